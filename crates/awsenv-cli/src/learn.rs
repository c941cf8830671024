//! What a shell has to know to build the prompt segment itself, without starting a process: `awsenv-prompt --learn`.
//!
//! bash and zsh evaluate it once; from then on they add the time left, and ask again only when a variable or one of the
//! watched files has changed. Shells without a clock or a way to watch run awsenv-prompt at every prompt.
//!
//! | variable | holds |
//! |---|---|
//! | `__awsenv_end` | the end, epoch seconds; empty: there is none |
//! | `__awsenv_head`, `__awsenv_tail` | the segment, escaped for the shell's prompt, around the time left |
//! | `__awsenv_color` | zsh's name of the segment's color, or nothing: there the prompt around the segment says it |
//! | `__awsenv_shows_left` | `yes` where the format shows the time left |
//! | `__awsenv_near` | what stands before the time left when the end is near |
//! | `__awsenv_over` | the segment once the end has come |
//! | `__awsenv_renew_at` | from when on a process in the background is to get new credentials, epoch seconds; empty: never |
//! | `__awsenv_locks` | `yes` where the shell is to be locked at the end: the identity is awsenv's |
//! | `__awsenv_is_news` | a function: whether a file that was read is newer than the stamp |
//! | `__awsenv_file1` to `6`, `__awsenv_has_more` | zsh: these files instead, where they are few, since a call takes it longer than their test; `yes` where the function has them |
//! | `__awsenv_stamp` | the stamp; empty: there is none, ask every time |

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};

use awsenv_core::chain::{CredentialChain, CredentialSource};
use awsenv_core::color::Color;
use awsenv_core::identity::Identity;
use awsenv_host::sessions::sso_token_key;
use awsenv_host::settings::{self, Settings};
use awsenv_host::{clock, login_cache, stamps};
use awsenv_shell::Shell;
use awsenv_shell::prompt::{Embed, escape, paint};
use jiff::Timestamp;

use crate::commands::prompt::outlook;
use crate::context::Context;
use crate::request::folders;
use crate::segment::{Body, Template};

/// How many files zsh tests without calling a function.
const FEW: usize = 6;

/// Stands between the parts while they are painted together.
const PLACE: &str = "\u{2}left\u{2}";

/// The text that `shell` evaluates; empty for a shell that can't keep it.
pub(crate) fn text(context: &Context, shell: Shell, process: u32) -> String {
    if !matches!(shell, Shell::Bash | Shell::Zsh) {
        return String::new();
    }
    let looked = clock::system_now();
    let mut watched: Vec<PathBuf> = settings::path(&context.environment).into_iter().collect();
    let settings = Settings::of_user(&context.environment).ok();
    watched.extend(settings.iter().flat_map(|settings| settings.files.iter().cloned()));
    let files = RefCell::new(Vec::new());
    let renew_at = Cell::new(None);
    let renews = settings.as_ref().is_some_and(|settings| settings.refresh);
    let outlook = |profile: &str| {
        let found = outlook(context, profile);
        files.replace(found.files);
        renew_at.set(found.renew_at.filter(|_| renews));
        found.outlook
    };
    let template = Template::of(&context.environment, None, || settings, outlook);
    watched.extend(files.take());
    if template.is_none() {
        // Then no file can say more than the variables do.
        watched.clear();
    }
    watched.sort();
    watched.dedup();
    let stamp = stamps::path(process).filter(|path| stamps::set(path, looked).is_ok());

    let mut text = String::new();
    let mut assign = |name: &str, value: &str| {
        text.push_str(&format!("__awsenv_{name}={}\n", ansi_c_quoted(value)));
    };
    let color = template.as_ref().and_then(|template| template.color).filter(|_| context.shows_colors());
    let (end, head, tail, near, over) = match template {
        None => Default::default(),
        Some(Template { body, .. }) => {
            let dressed = Dressed { shell, color };
            match body {
                Body::Fixed(text) => (String::new(), dressed.whole(&text), None, "", String::new()),
                Body::Timed { end, head, tail, near, over } => {
                    let (head, tail) = dressed.around(&head, tail.as_deref());
                    (end.as_second().to_string(), head, tail, near, dressed.whole(&over))
                }
            }
        }
    };
    assign("end", &end);
    assign("head", &head);
    assign("shows_left", if tail.is_some() { "yes" } else { "no" });
    assign("tail", &tail.unwrap_or_default());
    assign("near", near);
    if shell == Shell::Zsh {
        assign("color", color.map_or("", Color::name));
    }
    assign("over", &over);
    let owned = Identity::from_environment(&context.environment, false).owned;
    assign("locks", if owned { "yes" } else { "no" });
    assign("renew_at", &renew_at.take().map(|at: Timestamp| at.as_second().to_string()).unwrap_or_default());
    assign("stamp", stamp.as_deref().and_then(Path::to_str).unwrap_or_default());
    let stamp = stamp.as_deref().and_then(Path::to_str).map(ansi_c_quoted).unwrap_or_default();
    let watched: Vec<String> = watched.iter().filter_map(|path| path.to_str()).map(ansi_c_quoted).collect();
    let is_few = shell == Shell::Zsh && watched.len() <= FEW;
    if shell == Shell::Zsh {
        for index in 0..FEW {
            let path = watched.get(index).filter(|_| is_few).map_or("", String::as_str);
            text.push_str(&format!("__awsenv_file{}={path}\n", index + 1));
        }
        text.push_str(&format!("__awsenv_has_more={}\n", if is_few { "" } else { "yes" }));
    }
    // One test of all of them, because a loop takes longer than what it does.
    let newer: Vec<String> = watched.iter().filter(|_| !is_few).map(|path| format!("{path} -nt {stamp}")).collect();
    let test = if newer.is_empty() || stamp.is_empty() {
        "\\false".to_owned()
    } else {
        format!("[[ {} ]]", newer.join(" || "))
    };
    text.push_str(&format!("__awsenv_is_news() {{\n{test}\n}}\n"));
    text
}

/// `$'…'` of bash and zsh, which can say the control characters that a painted prompt has.
fn ansi_c_quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 8);
    quoted.push_str("$'");
    for character in text.chars() {
        match character {
            '\\' | '\'' => quoted.extend(['\\', character]),
            character if character.is_ascii_control() => quoted.push_str(&format!("\\{:03o}", character as u32)),
            character => quoted.push(character),
        }
    }
    quoted.push('\'');
    quoted
}

/// The file, beside the two of AWS, that says what comes when credentials end.
pub(crate) fn cache(context: &Context, chain: &CredentialChain) -> Option<PathBuf> {
    let folders = folders(context).ok()?;
    match &chain.base().source {
        CredentialSource::Sso(sso) => Some(folders.sso.join(sso_token_key(sso).file_name())),
        CredentialSource::LoginSession { login_session } => {
            Some(folders.login.join(login_cache::file_name(login_session)))
        }
        _ => None,
    }
}

/// How clean text gets into a prompt.
struct Dressed {
    shell: Shell,
    color: Option<Color>,
}

impl Dressed {
    fn whole(&self, text: &str) -> String {
        self.paint(&escape(self.shell, Embed::Late, text))
    }

    /// The parts on both sides of a time, which needs no escaping: letters, digits and blanks.
    fn around(&self, head: &str, tail: Option<&str>) -> (String, Option<String>) {
        let Some(tail) = tail else { return (self.whole(head), None) };
        let escaped = |text| escape(self.shell, Embed::Late, text);
        let painted = self.paint(&format!("{}{PLACE}{}", escaped(head), escaped(tail)));
        let (head, tail) = painted.split_once(PLACE).unwrap_or((&painted, ""));
        (head.to_owned(), Some(tail.to_owned()))
    }

    fn paint(&self, escaped: &str) -> String {
        self.color.map_or_else(|| escaped.to_owned(), |color| paint(self.shell, Embed::Late, escaped, color))
    }
}
