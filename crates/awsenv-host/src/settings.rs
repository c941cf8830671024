//! awsenv's own settings file: INI, every key with a default, every mistake with its line.
//!
//! What is not understood is a warning and the default stays, with two exceptions, because they are what keeps people
//! out of the wrong account: an account pin that can't be read is an error for whoever asks for it, and an unreadable
//! `confirm` counts as `yes`. A file that can't be read or parsed at all is an error, never the defaults.

mod error;
mod interpret;
mod text;

use std::path::{Path, PathBuf};
use std::time::Duration;

use awsenv_core::environment::Environment;
use awsenv_core::location::{Platform, expand_tilde, home};
use awsenv_core::naming::Naming;
use awsenv_core::prompt_format::PromptFormat;

use crate::glob;

pub use awsenv_core::color::Color;
pub use error::{PinError, Place, SettingsError, SettingsWarning};

/// The variable that names another settings file.
pub const SETTINGS_VARIABLE: &str = "AWSENV_CONFIG";

/// What awsenv can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `as`: what `use` exports.
    pub use_as: UseAs,
    /// `long_term_keys`: what `use` does with keys that don't expire.
    pub long_term_keys: LongTermKeys,
    /// `hook`: what the hook does in folders.
    pub hook: HookMode,
    /// `refresh`: whether the hook renews before the credentials expire.
    pub refresh: bool,
    /// `region`: for profiles that name none.
    pub region: Option<String>,
    /// `mfa_process`: a command that prints a one-time code.
    pub mfa_process: Option<String>,
    /// `prompt`: what the prompt segment looks like.
    pub prompt: PromptFormat,
    /// `naming`: what the parts of a profile's name mean.
    pub naming: Naming,
    /// Whether somebody chose that pattern, so that other names break a convention.
    pub naming_is_chosen: bool,
    /// `broker`: the absolute path of `awsenv-broker`, where it is not beside awsenv. Never looked for on `PATH`, since
    /// it is handed long-term keys.
    pub broker: Option<PathBuf>,
    /// `connect_timeout`: how long a connection to AWS may take to open.
    pub connect_timeout: Option<Duration>,
    /// `call_timeout`: how long a whole call to AWS may take, all tries included.
    pub call_timeout: Option<Duration>,
    /// The classes, in file order.
    pub classes: Vec<Class>,
    /// What is said about single profiles, in file order.
    pub profiles: Vec<ProfileSettings>,
    /// What is said about folders, in file order.
    pub directories: Vec<DirectorySettings>,
    /// The files that were read, or looked for.
    pub files: Vec<PathBuf>,
    /// What was not understood.
    pub warnings: Vec<SettingsWarning>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            use_as: UseAs::Keys,
            long_term_keys: LongTermKeys::Export,
            hook: HookMode::Suggest,
            refresh: true,
            region: None,
            mfa_process: None,
            prompt: PromptFormat::default(),
            naming: Naming::default(),
            naming_is_chosen: false,
            broker: None,
            connect_timeout: None,
            call_timeout: None,
            classes: Vec::new(),
            profiles: Vec::new(),
            directories: Vec::new(),
            files: Vec::new(),
            warnings: Vec::new(),
        }
    }
}

/// What `use` exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UseAs {
    /// Credentials.
    Keys,
    /// The profile's name.
    Profile,
}

/// What `use` does with long-term keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LongTermKeys {
    /// Exports them.
    Export,
    /// Trades them for a session first (GetSessionToken).
    Session,
    /// Refuses.
    Refuse,
}

/// What the hook does in a folder that names a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookMode {
    /// Nothing.
    Off,
    /// Says so.
    Suggest,
    /// Switches, in folders that are allowed to.
    Switch,
}

/// `[class NAME]`: a kind of profile, e.g. production.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Class {
    /// Its name.
    pub name: String,
    /// `match`: patterns of profile names ([`glob::matches`]).
    pub patterns: Vec<String>,
    /// `color`: of the prompt segment.
    pub color: Option<Color>,
    /// `label`: what the prompt segment shows.
    pub label: Option<String>,
    /// `confirm`: whether `use` asks first. A value that is neither yes nor no counts as yes.
    pub confirm: bool,
    /// `max_duration`: how long a shell keeps such an identity at most.
    pub max_duration: Option<Duration>,
    /// `guard`: patterns of commands that are asked about first.
    pub guard: Vec<String>,
}

impl Class {
    /// Whether the profile of this name is of this class.
    pub fn holds(&self, profile: &str) -> bool {
        self.patterns.iter().any(|pattern| glob::matches(pattern, profile))
    }
}

/// `[profile NAME]`: what is known about one profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileSettings {
    /// The name as it stands in the header, with quotes where they are there.
    pub name: String,
    /// `account`: the account that the profile must lead to.
    pub account: Pin,
    /// `alias`: what the prompt segment calls it.
    pub alias: Option<String>,
}

impl ProfileSettings {
    /// Whether this is about the profile called `profile`: `[profile my client]`, or, as in the AWS tools' files,
    /// `[profile 'my client']`.
    fn is_about(&self, profile: &str) -> bool {
        let unquoted = ['\'', '"'].into_iter().find_map(|quote| self.name.strip_prefix(quote)?.strip_suffix(quote));
        self.name == profile || unquoted == Some(profile)
    }
}

/// `[directory PATH]`: what a folder and those below it use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectorySettings {
    /// The folder, absolute.
    pub path: PathBuf,
    /// `profile`.
    pub profile: Option<String>,
    /// `region`.
    pub region: Option<String>,
    /// `account`: the account that the profile must lead to.
    pub account: Pin,
}

/// An account that an identity is pinned to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Pin {
    /// None.
    #[default]
    None,
    /// This one, 12 digits.
    Account(String),
    /// One was meant, and can't be read. It is never the same as none.
    Unreadable(PinError),
}

impl Pin {
    /// The account, if there is a pin.
    pub fn account(&self) -> Result<Option<&str>, &PinError> {
        match self {
            Self::None => Ok(None),
            Self::Account(account) => Ok(Some(account)),
            Self::Unreadable(error) => Err(error),
        }
    }
}

impl Settings {
    /// The settings of this user: the file at [`path`], or the defaults where there is none. That
    /// [`SETTINGS_VARIABLE`] names a file that isn't there is a warning.
    pub fn of_user(environment: &Environment) -> Result<Self, SettingsError> {
        let Some(path) = path(environment) else { return Ok(Self::default()) };
        let (mut settings, found) = read(&path, home(environment, Platform::current()).as_deref())?;
        if !found && environment.get_os(SETTINGS_VARIABLE).is_some_and(|value| !value.is_empty()) {
            settings.warnings.push(SettingsWarning {
                place: Place { path: path.into(), line: 0 },
                code: "settings-missing",
                message: format!("the file that {SETTINGS_VARIABLE} names doesn't exist"),
            });
        }
        Ok(settings)
    }

    /// The settings in the file at `path`; the defaults where there is no such file. `home` stands for a leading `~`.
    pub fn load(path: &Path, home: Option<&Path>) -> Result<Self, SettingsError> {
        read(path, home).map(|(settings, _)| settings)
    }

    /// The settings in `text`, as if it stood in the file at `path`; what it includes is still read from disk.
    pub fn parse(path: &Path, text: &[u8], home: Option<&Path>) -> Result<Self, SettingsError> {
        let mut interpreter = interpret::Interpreter::new(home);
        interpreter.text(path, text)?;
        Ok(interpreter.finish())
    }

    /// The class of the profile of this name: the first in file order that it matches.
    pub fn class_of(&self, profile: &str) -> Option<&Class> {
        self.classes.iter().find(|class| class.holds(profile))
    }

    /// The alias of the profile of this name; of several the first in file order.
    pub fn alias_of(&self, profile: &str) -> Option<&str> {
        self.profiles
            .iter()
            .filter(|settings| settings.is_about(profile))
            .find_map(|settings| settings.alias.as_deref())
    }

    /// The account that the profile of this name is pinned to.
    ///
    /// An error means that a pin was meant: the profile must not be used before it is put right.
    pub fn pin(&self, profile: &str) -> Result<Option<&str>, &PinError> {
        let about = self.profiles.iter().filter(|settings| settings.is_about(profile));
        about.map(|settings| settings.account.account()).find(|pin| !matches!(pin, Ok(None))).unwrap_or(Ok(None))
    }
}

/// The settings in the file at `path`, and whether there is one.
fn read(path: &Path, home: Option<&Path>) -> Result<(Settings, bool), SettingsError> {
    let mut interpreter = interpret::Interpreter::new(home);
    let found = interpreter.file(path)?;
    Ok((interpreter.finish(), found))
}

/// Where the settings are: what [`SETTINGS_VARIABLE`] names (a leading `~` expanded), else `awsenv/config` under the
/// platform's configuration folder. `None` where there is no such folder.
pub fn path(environment: &Environment) -> Option<PathBuf> {
    match environment.get_os(SETTINGS_VARIABLE).filter(|value| !value.is_empty()) {
        None => dirs::config_dir().map(|folder| folder.join("awsenv").join("config")),
        Some(value) => {
            let platform = Platform::current();
            Some(expand_tilde(Path::new(value), home(environment, platform).as_deref(), platform))
        }
    }
}

#[cfg(test)]
mod tests;
