//! From sections to settings.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use awsenv_core::duration::parse_duration;
use awsenv_core::location::{Platform, expand_tilde};
use awsenv_core::naming::Naming;
use awsenv_core::prompt_format::PromptFormat;

use super::error::{PinError, Place, SettingsError, SettingsWarning};
use super::text::{self, Entry};
use super::{Class, Color, DirectorySettings, HookMode, LongTermKeys, Pin, ProfileSettings, Settings, UseAs};
use crate::cache::is_account_id;
use crate::files;

/// Reads files, includes first, into one [`Settings`]; what comes later wins key by key.
pub(super) struct Interpreter<'a> {
    home: Option<&'a Path>,
    settings: Settings,
    /// The files that are being read, by their canonical paths where they are included.
    open: Vec<PathBuf>,
}

impl<'a> Interpreter<'a> {
    pub(super) fn new(home: Option<&'a Path>) -> Self {
        Self { home, settings: Settings::default(), open: Vec::new() }
    }

    pub(super) fn finish(self) -> Settings {
        self.settings
    }

    /// Reads a file and what it includes. `false` when it doesn't exist.
    pub(super) fn file(&mut self, path: &Path) -> Result<bool, SettingsError> {
        self.settings.files.push(path.to_owned());
        let Some(bytes) = files::read(path)? else { return Ok(false) };
        self.text(path, &bytes)?;
        Ok(true)
    }

    /// Reads the text of the file at `path` and what it includes.
    pub(super) fn text(&mut self, path: &Path, bytes: &[u8]) -> Result<(), SettingsError> {
        let path: Arc<Path> = path.into();
        let sections = text::parse(&path, bytes)?;
        let at = |line| Place { path: path.clone(), line };

        for section in sections.iter().filter(|section| may_include(section.name.as_deref())) {
            for entry in section.entries.iter().filter(|entry| entry.key == "include") {
                self.include(&path, &entry.value, at(entry.line))?;
            }
        }
        let mut seen = HashSet::new();
        for section in &sections {
            let name = section.name.as_deref();
            let mut target = self.target(name, &at(section.line));
            for entry in section.entries.iter().filter(|entry| !(entry.key == "include" && may_include(name))) {
                let again = !seen.insert((name, &entry.key));
                if again {
                    self.warn(
                        at(entry.line),
                        "duplicate-setting",
                        format!("`{}` stands here a second time", shown(&entry.key)),
                    );
                }
                self.entry(&mut target, entry, at(entry.line), again);
            }
        }
        Ok(())
    }

    fn include(&mut self, from: &Path, value: &str, place: Place) -> Result<(), SettingsError> {
        let file = from.parent().unwrap_or(Path::new("")).join(expand(value, self.home));
        // Every name of a file is the same file. One that doesn't exist has no canonical name, and is found out below.
        let canonical = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if self.open.is_empty() {
            self.open.push(canonical(from));
        }
        let real = canonical(&file);
        if self.open.contains(&real) {
            return Err(SettingsError::IncludeLoop { place, file });
        }
        self.open.push(real);
        if self.open.len() > MOST_INCLUDES {
            return Err(SettingsError::Line { place, problem: "files include each other too deeply" });
        }
        let found = self.file(&file)?;
        self.open.pop();
        if found { Ok(()) } else { Err(SettingsError::IncludeMissing { place, file }) }
    }

    fn warn(&mut self, place: Place, code: &'static str, message: String) {
        self.settings.warnings.push(SettingsWarning { place, code, message });
    }

    fn wrong(&mut self, place: Place, key: &str, expected: &str) {
        self.warn(place, "wrong-setting", format!("`{key}` must be {expected}"));
    }

    /// What a header speaks about; made where it is new.
    fn target(&mut self, name: Option<&str>, place: &Place) -> Target {
        let Some(name) = name else { return Target::NoSection };
        let (kind, argument) = name.split_once([' ', '\t']).map_or((name, ""), |(kind, rest)| (kind, rest.trim()));
        match (kind, argument) {
            ("settings", "") => Target::Settings,
            ("class", argument) if !argument.is_empty() => {
                let classes = &mut self.settings.classes;
                Target::Class(position_or_push(
                    classes,
                    |class| class.name == argument,
                    || Class { name: argument.to_owned(), ..Class::default() },
                ))
            }
            ("profile", argument) if !argument.is_empty() => {
                let new = || ProfileSettings { name: argument.to_owned(), account: Pin::None, alias: None };
                Target::Profile(position_or_push(&mut self.settings.profiles, |profile| profile.name == argument, new))
            }
            ("directory", argument) if !argument.is_empty() => match expand(argument, self.home) {
                path if path.is_absolute() => {
                    let new =
                        || DirectorySettings { path: path.clone(), profile: None, region: None, account: Pin::None };
                    Target::Directory(position_or_push(&mut self.settings.directories, |other| other.path == path, new))
                }
                _ => {
                    self.warn(
                        place.clone(),
                        "wrong-setting",
                        "a directory's path must be absolute or start with `~`".into(),
                    );
                    Target::Unknown
                }
            },
            _ => {
                let known = "[settings], [class NAME], [profile NAME] or [directory PATH]";
                self.warn(place.clone(), "unknown-section", format!("`[{}]` is not {known}", shown(name)));
                Target::Unknown
            }
        }
    }

    fn entry(&mut self, target: &mut Target, entry: &Entry, place: Place, again: bool) {
        let known = match *target {
            Target::Settings => self.setting(entry, &place),
            Target::Class(index) => self.class(index, entry, &place),
            Target::Profile(index) => {
                let profile = &mut self.settings.profiles[index];
                match entry.key.as_str() {
                    "account" => set_pin(&mut profile.account, &entry.value, &place, again),
                    "alias" => profile.alias = some(&entry.value),
                    _ => return self.unknown(entry, place),
                }
                true
            }
            Target::Directory(index) => self.directory(index, entry, &place, again),
            Target::NoSection => {
                self.warn(place, "unknown-setting", format!("`{}` stands in no section", shown(&entry.key)));
                return;
            }
            // The header has been warned about.
            Target::Unknown => true,
        };
        if !known {
            self.unknown(entry, place);
        }
    }

    fn unknown(&mut self, entry: &Entry, place: Place) {
        self.warn(place, "unknown-setting", format!("`{}` is not a setting of this section", shown(&entry.key)));
    }

    fn setting(&mut self, entry: &Entry, place: &Place) -> bool {
        let value = entry.value.as_str();
        let home = self.home;
        let settings = &mut self.settings;
        let expected = match entry.key.as_str() {
            "as" => choose(
                &mut settings.use_as,
                value,
                &[("keys", UseAs::Keys), ("profile", UseAs::Profile)],
                "keys or profile",
            ),
            "long_term_keys" => choose(
                &mut settings.long_term_keys,
                value,
                &[
                    ("export", LongTermKeys::Export),
                    ("session", LongTermKeys::Session),
                    ("refuse", LongTermKeys::Refuse),
                ],
                "export, session or refuse",
            ),
            "hook" => choose(
                &mut settings.hook,
                value,
                &[("off", HookMode::Off), ("suggest", HookMode::Suggest), ("switch", HookMode::Switch)],
                "off, suggest or switch",
            ),
            "refresh" => choose(&mut settings.refresh, value, YES_NO, "yes or no"),
            "region" => set_region(&mut settings.region, value),
            "mfa_process" => set(&mut settings.mfa_process, some(value)),
            "prompt" => {
                let (format, problems) = PromptFormat::parse(value);
                settings.prompt = format;
                for problem in problems {
                    self.warn(place.clone(), "wrong-setting", format!("`prompt`: {problem}"));
                }
                return true;
            }
            "naming" => {
                match Naming::parse(value) {
                    Ok(naming) => (settings.naming, settings.naming_is_chosen) = (naming, true),
                    Err(problem) => self.warn(place.clone(), "wrong-setting", format!("`naming`: {problem}")),
                }
                return true;
            }
            "broker" => match expand(value, home) {
                path if path.is_absolute() => set(&mut settings.broker, Some(path)),
                path if path.as_os_str().is_empty() => set(&mut settings.broker, None),
                _ => Err("an absolute path"),
            },
            "connect_timeout" => set_timeout(&mut settings.connect_timeout, value),
            "call_timeout" => set_timeout(&mut settings.call_timeout, value),
            _ => return false,
        };
        if let Err(expected) = expected {
            self.wrong(place.clone(), &entry.key, expected);
        }
        true
    }

    fn class(&mut self, index: usize, entry: &Entry, place: &Place) -> bool {
        let value = entry.value.as_str();
        let class = &mut self.settings.classes[index];
        let expected = match entry.key.as_str() {
            "match" => set(&mut class.patterns, list(value)),
            "color" => choose_color(&mut class.color, value),
            "label" => set(&mut class.label, some(value)),
            "confirm" => choose(&mut class.confirm, value, YES_NO, "yes or no, and counts as yes")
                .inspect_err(|_| class.confirm = true),
            "max_duration" => match parse_duration(value) {
                Ok(duration) => set(&mut class.max_duration, Some(duration)),
                Err(_) if value.is_empty() => set(&mut class.max_duration, None),
                Err(_) => Err("a duration such as 90s, 15m or 1h30m"),
            },
            "guard" => set(&mut class.guard, list(value)),
            _ => return false,
        };
        if let Err(expected) = expected {
            self.wrong(place.clone(), &entry.key, expected);
        }
        true
    }

    fn directory(&mut self, index: usize, entry: &Entry, place: &Place, again: bool) -> bool {
        let directory = &mut self.settings.directories[index];
        match entry.key.as_str() {
            "profile" => directory.profile = some(&entry.value),
            "account" => set_pin(&mut directory.account, &entry.value, place, again),
            "region" => {
                if let Err(expected) = set_region(&mut directory.region, &entry.value) {
                    self.wrong(place.clone(), "region", expected);
                }
            }
            _ => return false,
        }
        true
    }
}

/// How many files may be open at once.
const MOST_INCLUDES: usize = 10;

const YES_NO: &[(&str, bool)] =
    &[("yes", true), ("no", false), ("true", true), ("false", false), ("on", true), ("off", false)];

/// What the entries under a header change.
enum Target {
    NoSection,
    Settings,
    Class(usize),
    Profile(usize),
    Directory(usize),
    Unknown,
}

/// `include` stands above the first section or in `[settings]`.
fn may_include(section: Option<&str>) -> bool {
    matches!(section, None | Some("settings"))
}

fn expand(path: &str, home: Option<&Path>) -> PathBuf {
    expand_tilde(Path::new(path), home, Platform::current())
}

fn position_or_push<T>(list: &mut Vec<T>, is_it: impl Fn(&T) -> bool, new: impl FnOnce() -> T) -> usize {
    list.iter().position(is_it).unwrap_or_else(|| {
        list.push(new());
        list.len() - 1
    })
}

fn set<T>(slot: &mut T, value: T) -> Result<(), &'static str> {
    *slot = value;
    Ok(())
}

fn choose<T: Copy>(
    slot: &mut T,
    value: &str,
    choices: &[(&str, T)],
    expected: &'static str,
) -> Result<(), &'static str> {
    let (_, chosen) = choices.iter().find(|(name, _)| *name == value).ok_or(expected)?;
    set(slot, *chosen)
}

fn choose_color(slot: &mut Option<Color>, value: &str) -> Result<(), &'static str> {
    let color = Color::ALL.into_iter().find(|color| color.name() == value);
    if color.is_none() && !value.is_empty() {
        return Err("black, red, green, yellow, blue, magenta, cyan or white");
    }
    set(slot, color)
}

/// A region becomes part of a host name.
fn set_region(slot: &mut Option<String>, value: &str) -> Result<(), &'static str> {
    if value.bytes().all(|byte| byte == b'-' || byte.is_ascii_lowercase() || byte.is_ascii_digit()) {
        set(slot, some(value))
    } else {
        Err("a region such as eu-central-1")
    }
}

/// The longest that a call may be waited for.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(3600);

fn set_timeout(slot: &mut Option<Duration>, value: &str) -> Result<(), &'static str> {
    if value.is_empty() {
        return set(slot, None);
    }
    match parse_duration(value) {
        Ok(timeout) if timeout <= LONGEST_TIMEOUT => set(slot, Some(timeout)),
        _ => Err("a duration such as 5s or 2m, an hour at most"),
    }
}

/// A pin that stands twice in one file and differs is as unreadable as one that is no account.
fn set_pin(pin: &mut Pin, value: &str, place: &Place, again: bool) {
    let unreadable = |problem| Pin::Unreadable(PinError { place: place.clone(), problem });
    *pin = if !is_account_id(value) {
        unreadable("`account` must be 12 digits")
    } else if again && *pin != Pin::Account(value.to_owned()) {
        unreadable("`account` stands here twice and differs")
    } else {
        Pin::Account(value.to_owned())
    };
}

fn some(value: &str) -> Option<String> {
    Some(value.to_owned()).filter(|value| !value.is_empty())
}

fn list(value: &str) -> Vec<String> {
    value.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

/// A name from the file as a message shows it.
fn shown(name: &str) -> String {
    name.escape_debug().collect()
}
