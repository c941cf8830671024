//! Commands whose output a shell evaluates: which shell that is, and how it is made to notice a failure.

use std::ffi::OsString;

use awsenv_core::change::EnvChange;
use awsenv_shell::{
    RenderError, Shell, Snippet, evaluation_form, quote, render_change, render_change_and_fail,
    render_change_and_fail_for_hook, render_change_for_hook, render_failure,
};

use crate::context::Context;
use crate::error::CliError;
use crate::outcome::Outcome;

/// Who will evaluate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// The shell: `--shell`, else the one whose hook asks, else the one that started this process, else plain POSIX.
    /// Never `$SHELL`: that is the login shell, whatever runs now.
    pub(crate) shell: Shell,
    /// Whether it is the shell whose hook asks, so that the hook can keep what `back` gives back.
    pub(crate) hooked: bool,
}

impl Target {
    /// As options before they have been understood, or where they can't be, say.
    pub(crate) fn of_arguments(arguments: &[OsString]) -> Self {
        let shell = |option: &str| option_value(arguments, option).and_then(|name| name.parse().ok());
        Self::new(shell("--shell"), shell("--hook"))
    }

    /// As the values of `--shell` and of `--hook` say.
    pub(crate) fn new(named: Option<Shell>, hook: Option<Shell>) -> Self {
        let shell = named.or(hook).unwrap_or_else(|| {
            let mut names = awsenv_host::process::parent_process_names();
            names.find_map(|name| Shell::from_process_name(&name)).unwrap_or(Shell::Posix)
        });
        Self { shell, hooked: hook == Some(shell) }
    }

    /// The text that applies `change`.
    pub(crate) fn render(self, context: &Context, change: &EnvChange) -> Result<Snippet, RenderError> {
        if self.hooked {
            render_change_for_hook(self.shell, change, |name| context.environment.is_set(name))
        } else {
            render_change(self.shell, change)
        }
    }

    /// The text that applies `change` and is no step that `back` takes back.
    pub(crate) fn render_quietly(self, change: &EnvChange) -> Result<Snippet, RenderError> {
        render_change(self.shell, change)
    }

    /// The text that applies `change` and then fails; `message` says of what.
    pub(crate) fn render_and_fail(
        self,
        context: &Context,
        change: &EnvChange,
        message: &str,
    ) -> Result<Snippet, RenderError> {
        if self.hooked {
            render_change_and_fail_for_hook(self.shell, change, |name| context.environment.is_set(name), message)
        } else {
            render_change_and_fail(self.shell, change, message)
        }
    }
}

/// Whether a flag is there, before the arguments have been understood, or where they can't be.
pub(crate) fn has_option(arguments: &[OsString], option: &str) -> bool {
    arguments.iter().take_while(|argument| *argument != "--").any(|argument| argument == option)
}

/// The value of an option before the arguments have been understood, or where they can't be.
pub(crate) fn option_value(arguments: &[OsString], option: &str) -> Option<String> {
    let mut arguments = arguments.iter().filter_map(|argument| argument.to_str()).take_while(|a| *a != "--");
    while let Some(argument) = arguments.next() {
        if argument == option {
            return arguments.next().map(str::to_owned);
        }
        if let Some(value) = argument.strip_prefix(option).and_then(|rest| rest.strip_prefix('=')) {
            return Some(value.to_owned());
        }
    }
    None
}

/// Only what makes the evaluation fail, on standard output; the reason on standard error. A person at a terminal gets
/// the reason alone.
pub(crate) fn failure(context: &Context, shell: Shell, error: &CliError) -> Outcome {
    let mut outcome = Outcome::failure(error);
    if !context.stdout_is_terminal {
        outcome.stdout = format!("{}\n", render_failure(shell, &error.message));
    }
    outcome
}

/// How a person evaluates `awsenv use PROFILE`, to copy from a terminal. Where the name can't be said there, in a way
/// that makes nothing else happen than a switch, it stays `PROFILE`.
pub(crate) fn use_form(shell: Shell, profile: &str) -> String {
    evaluation_form(shell, &use_form_of_hook(shell, profile))
}

/// The same where the hook is loaded.
pub(crate) fn use_form_of_hook(shell: Shell, profile: &str) -> String {
    // tcsh's form has the command between quotes and backquotes, which no quoting inside of them gets around.
    let is_sayable = shell != Shell::Tcsh || !profile.contains(['"', '$', '`', '!', '\\', '\'']);
    let word = if is_plain(profile) {
        profile.to_owned()
    } else {
        quote(shell, profile).ok().filter(|_| is_sayable).unwrap_or_else(|| "PROFILE".to_owned())
    };
    let end_of_options = if profile.starts_with('-') { "-- " } else { "" };
    format!("awsenv use {end_of_options}{word}")
}

/// Whether it is a word that means itself in every shell: it begins with a letter, so that none takes it for a number.
fn is_plain(profile: &str) -> bool {
    let ok = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
    profile.starts_with(|c: char| c.is_ascii_alphabetic()) && profile.bytes().all(ok)
}

/// A word of a command line to copy, in quotes where it needs them.
pub(crate) fn shell_word(text: &str) -> String {
    if awsenv_core::config::is_identifier(text) {
        return text.to_owned();
    }
    // One with a control character is shown as it may be shown, and is still one word.
    quote(Shell::Posix, &crate::error::printable(text)).unwrap_or_else(|_| "''".to_owned())
}

/// A terminal gets no snippet: it may hold secrets, and it does nothing there.
pub(crate) fn on_terminal(form: &str) -> CliError {
    CliError::new("not-evaluated", "nothing was switched: the output must be evaluated, not shown")
        .hint(format!("{form}\nor, to look at it, secrets and all: --print"))
}
