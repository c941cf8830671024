//! Running the program that a profile's `credential_process` names, and reading its answer strictly.
//!
//! The contract: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>.

mod answer;
mod guard;
mod run;
mod words;

use std::process::ExitStatus;
use std::time::Duration;

use awsenv_core::credentials::Credentials;
use awsenv_core::environment::Environment;
use jiff::Timestamp;
use thiserror::Error;
use zeroize::Zeroizing;

pub use crate::json::JsonError;
pub(crate) use answer::interpret_answer;
pub use answer::parse_answer;
pub use guard::GUARD_VARIABLE;
pub use words::{SplitError, split_windows_words, split_words};

/// The most that a program may answer, in bytes. Real answers have about two thousand.
pub const LARGEST_ANSWER: usize = 1 << 20;

/// How long a program may take where no person waits for it.
pub const BACKGROUND_LIMIT: Duration = Duration::from_secs(60);

/// One run of a `credential_process`.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The property's value as it stands in the file.
    pub command: &'a str,
    /// The profile it is for; a program that asks awsenv for the same profile again is stopped.
    pub profile: &'a str,
    /// The environment of the program, to which only [`GUARD_VARIABLE`] is added. awsenv's own variables should not be
    /// in it.
    pub environment: &'a Environment,
    /// How long it may take. `None`: a person waits, may be asked things on the terminal, and can press Ctrl-C, which
    /// reaches the program too. With a limit ([`BACKGROUND_LIMIT`]) it runs in a process group of its own without
    /// standard input, and the whole group is killed when the time is over.
    pub limit: Option<Duration>,
}

/// Why a `credential_process` gave no credentials.
///
/// Of the command only the program is named, since arguments may be secret; of the answer nothing but field names.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CredentialProcessError {
    /// The command can't be split into words.
    #[error("credential_process: {0}")]
    Words(#[from] SplitError),
    /// The program asks awsenv for the credentials that it should give.
    #[error("the credential_process of profile `{}` asks for the same profile again", .profile.escape_debug())]
    Loop {
        /// The profile.
        profile: String,
    },
    /// The program can't be started.
    #[error("credential_process `{program}` can't be started: {reason}")]
    Start {
        /// The program.
        program: String,
        /// The system's reason.
        reason: std::io::Error,
    },
    /// It ended with a status other than 0.
    #[error("credential_process `{program}` failed ({status})")]
    Failed {
        /// The program.
        program: String,
        /// Its exit status or signal.
        status: ExitStatus,
    },
    /// It took too long and was ended.
    #[error("credential_process `{program}` took more than {} s", .limit.as_secs_f64())]
    TimedOut {
        /// The program.
        program: String,
        /// How long it was given.
        limit: Duration,
    },
    /// It answered more than [`LARGEST_ANSWER`] and was ended.
    #[error("credential_process `{program}` answered more than {LARGEST_ANSWER} bytes")]
    TooLong {
        /// The program.
        program: String,
    },
    /// Its answer could not be read or its end not be awaited.
    #[error("the answer of credential_process `{program}` can't be read: {reason}")]
    System {
        /// The program.
        program: String,
        /// The system's reason.
        reason: std::io::Error,
    },
    /// Its answer breaks the contract.
    #[error("the answer of credential_process `{program}` can't be used: {problem}")]
    Answer {
        /// The program.
        program: String,
        /// What is wrong.
        problem: AnswerError,
    },
}

/// What is wrong with an answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// It is no JSON object, or a field is missing, empty, of another type or holds control characters.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// `Version` is not the integer 1.
    #[error("`Version` is not the integer 1")]
    Version,
    /// `Expiration` is no ISO 8601 time with a zone.
    #[error("`Expiration` is not an ISO 8601 time")]
    Expiration,
    /// The credentials are over.
    #[error("the credentials expired at {0}")]
    Expired(Timestamp),
    /// `AccountId` is not 12 digits.
    #[error("`AccountId` is not 12 digits")]
    AccountId,
}

impl CredentialProcessError {
    /// A stable code, kebab case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Words(_) => "credential-process-syntax",
            Self::Loop { .. } => "credential-process-loop",
            Self::Start { reason, .. } if reason.kind() == std::io::ErrorKind::NotFound => {
                "credential-process-not-found"
            }
            Self::Start { .. } | Self::Failed { .. } | Self::System { .. } => "credential-process-failed",
            Self::TimedOut { .. } => "credential-process-timeout",
            Self::Answer { problem: AnswerError::Expired(_), .. } => "credential-process-expired",
            Self::TooLong { .. } | Self::Answer { .. } => "credential-process-output",
        }
    }

    /// What to do about it, where the command itself shows what went wrong.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Start { program, .. } if program.starts_with(['~', '$']) => {
                Some("no shell runs the command, so `~` and variables stay as they are: write the whole path")
            }
            Self::Start { program, .. } if program.ends_with("=…") => {
                Some("no shell runs the command: set variables with `env NAME=VALUE PROGRAM`")
            }
            _ => None,
        }
    }
}

/// Runs the program and returns the credentials it answers with.
///
/// No shell is involved; the words are split as botocore splits them. The program's standard error is this process's.
pub fn run(request: &Request<'_>) -> Result<Credentials, CredentialProcessError> {
    let (program, answer) = capture(request)?;
    // Only now, since a person may have taken minutes.
    parse_answer(&answer, crate::clock::now()).map_err(|problem| CredentialProcessError::Answer { program, problem })
}

/// Runs the program and returns its name, as it may stand in a message, and what it printed.
pub(crate) fn capture(request: &Request<'_>) -> Result<(String, Zeroizing<Vec<u8>>), CredentialProcessError> {
    let guard = guard::enter(request.environment, request.profile)
        .ok_or_else(|| CredentialProcessError::Loop { profile: request.profile.to_owned() })?;
    let words = words::split(request.command)?;
    let program = displayed(&words[0]);
    let answer = run::capture(&words, &program, request, &guard)?;
    Ok((program, answer))
}

/// The program as it may stand in a message. `TOKEN=x program` needs a shell, and `TOKEN=x` is no program's name but a
/// secret put in the wrong place.
fn displayed(program: &str) -> String {
    match program.split_once('=') {
        Some((name, _)) if !name.contains(std::path::is_separator) => format!("{}=…", name.escape_debug()),
        _ => program.escape_debug().to_string(),
    }
}
