//! What went wrong, for a person and for a script.

use std::borrow::Cow;
use std::fmt::Write;

use awsenv_core::broker::{Failure, FailureKind};
use awsenv_core::change::ChangeError;
use awsenv_core::diagnostic::Origin;
use awsenv_core::location::{Files, NoHome};
use awsenv_core::resolve::ResolveError;
use awsenv_host::broker::BrokerError;
use awsenv_host::credential_process::CredentialProcessError;
use awsenv_host::files::FileError;
use awsenv_host::settings::{PinError, SettingsError};
use awsenv_shell::RenderError;

/// The exit status of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// The user's files, the meaning of the arguments, or AWS said no.
    Refused = 1,
    /// The arguments can't be understood.
    Usage = 2,
    /// A person must log in or give a one-time code.
    NeedsPerson = 3,
    /// The person did not want it after all.
    Interrupted = 130,
}

/// A failure: what happened, where, what to do next, and a stable code. Never holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CliError {
    /// The exit status it makes.
    pub(crate) status: Status,
    /// The stable code, kebab case.
    pub(crate) code: Cow<'static, str>,
    /// What happened: lower case, no full stop.
    pub(crate) message: String,
    /// What to do next.
    pub(crate) hint: Option<String>,
    /// The place in a file of the user's, `path:line`.
    pub(crate) place: Option<String>,
    /// The same place, for JSON.
    pub(crate) origin: Option<Origin>,
}

impl CliError {
    /// A refusal without a place.
    pub(crate) fn new(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self {
            status: Status::Refused,
            code: code.into(),
            message: message.into(),
            hint: None,
            place: None,
            origin: None,
        }
    }

    /// Adds what to do next.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Makes it a mistake in the command line.
    pub(crate) fn usage(mut self) -> Self {
        self.status = Status::Usage;
        self
    }

    /// Makes it something that only a person can put right.
    pub(crate) fn needs_person(mut self) -> Self {
        self.status = Status::NeedsPerson;
        self
    }

    /// Makes it something that the person at the terminal has stopped.
    pub(crate) fn interrupted(mut self) -> Self {
        self.status = Status::Interrupted;
        self
    }

    /// Adds the place, unless there is one already.
    pub(crate) fn at(mut self, origin: Origin, files: &Files) -> Self {
        if self.place.is_none() {
            self.place = Some(files.place(origin));
            self.origin = Some(origin);
        }
        self
    }

    /// An error of a profile, with the place in its file.
    pub(crate) fn of_profile(error: ResolveError, files: &Files) -> Self {
        Self {
            status: Status::Refused,
            code: error.code.into(),
            message: error.message,
            hint: Some(error.hint),
            place: error.origin.map(|origin| files.place(origin)),
            origin: error.origin,
        }
    }

    /// Two or three lines for standard error.
    pub(crate) fn to_text(&self) -> String {
        let mut text = format!("awsenv: {}", printable(&self.message));
        if let Some(place) = self.place.as_ref().filter(|place| !self.message.contains(place.as_str())) {
            let _ = write!(text, " ({})", printable(place));
        }
        let _ = writeln!(text, " [{}]", self.code);
        if let Some(hint) = &self.hint {
            for line in hint.lines() {
                let _ = writeln!(text, "  {}", printable(line));
            }
        }
        text
    }
}

/// Text from files and the environment must not steer the terminal.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { c.escape_debug().to_string() } else { c.to_string() }).collect()
}

impl From<ChangeError> for CliError {
    fn from(error: ChangeError) -> Self {
        Self::new("unsafe-value", error.to_string())
            .hint("no shell can be handed such a value safely; look where it comes from with `awsenv explain`")
    }
}

impl From<RenderError> for CliError {
    fn from(error: RenderError) -> Self {
        Self::new("shell-cannot-say", error.to_string()).hint("use another shell, or `awsenv exec PROFILE -- COMMAND`")
    }
}

impl From<NoHome> for CliError {
    fn from(error: NoHome) -> Self {
        Self::new("no-home", error.to_string())
    }
}

impl From<FileError> for CliError {
    fn from(error: FileError) -> Self {
        let code = if error.code() == "file-unwritable" { "file-unwritable" } else { "file-unreadable" };
        let mut this = Self::new(code, error.to_string());
        this.place = Some(error.path().display().to_string());
        this
    }
}

impl From<SettingsError> for CliError {
    fn from(error: SettingsError) -> Self {
        Self::new(error.code(), error.to_string())
            .hint("awsenv does not guess what its settings were: mend the file, or move it away")
    }
}

impl From<&PinError> for CliError {
    fn from(error: &PinError) -> Self {
        Self::new(error.code(), error.to_string()).hint("an account is 12 digits; the profile is not used before")
    }
}

impl From<CredentialProcessError> for CliError {
    fn from(error: CredentialProcessError) -> Self {
        let this = Self::new(error.code(), error.to_string());
        match error.hint() {
            Some(hint) => this.hint(hint),
            None => this,
        }
    }
}

impl From<BrokerError> for CliError {
    fn from(error: BrokerError) -> Self {
        let mut this = Self::new(error.code().to_owned(), error.to_string());
        this.hint = error.hint().map(str::to_owned);
        match error {
            BrokerError::Interrupted => this.status = Status::Interrupted,
            BrokerError::Failed { failure, warnings } => {
                let Failure { kind, place, .. } = *failure;
                this.status = match kind {
                    FailureKind::Refused => Status::Refused,
                    FailureKind::NeedsPerson => Status::NeedsPerson,
                    FailureKind::Interrupted => Status::Interrupted,
                };
                this.place = place;
                for warning in warnings {
                    let hint = this.hint.get_or_insert_default();
                    let line_break = if hint.is_empty() { "" } else { "\n" };
                    let _ = write!(hint, "{line_break}note: {warning}");
                }
            }
            _ => {}
        }
        this
    }
}
