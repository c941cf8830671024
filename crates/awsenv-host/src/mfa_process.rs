//! Running the command of the setting `mfa_process`, which prints a one-time code.

use std::io;
use std::process::ExitStatus;
use std::time::Duration;

use awsenv_core::credentials::Secret;
use awsenv_core::environment::Environment;
use thiserror::Error;

use crate::credential_process::{self as process, CredentialProcessError, Request, SplitError};

/// What the guard variable calls the run of an `mfa_process`: no profile has such a name.
const GUARDED_AS: &str = "\u{0}mfa_process";

/// Why there is no code. Of the command only the program is named, of its answer nothing.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MfaProcessError {
    /// The command can't be split into words.
    #[error("mfa_process: {0}")]
    Words(SplitError),
    /// The command calls awsenv, which would run it again.
    #[error("mfa_process asks awsenv for something that needs mfa_process")]
    Loop,
    /// The program can't be started.
    #[error("mfa_process `{program}` can't be started: {reason}")]
    Start {
        /// The program.
        program: String,
        /// The system's reason.
        reason: io::Error,
    },
    /// It ended with a status other than 0.
    #[error("mfa_process `{program}` failed ({status})")]
    Failed {
        /// The program.
        program: String,
        /// Its exit status or signal.
        status: ExitStatus,
    },
    /// It took too long and was ended.
    #[error("mfa_process `{program}` took more than {} s", .limit.as_secs_f64())]
    TimedOut {
        /// The program.
        program: String,
        /// How long it was given.
        limit: Duration,
    },
    /// Its answer could not be read, or its end not be awaited.
    #[error("the answer of mfa_process `{program}` can't be read: {reason}")]
    System {
        /// The program.
        program: String,
        /// The system's reason.
        reason: io::Error,
    },
    /// What it printed is not six digits.
    #[error("mfa_process `{program}` did not print a code of six digits")]
    NotACode {
        /// The program.
        program: String,
    },
}

impl MfaProcessError {
    /// A stable code, kebab case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Words(_) => "mfa-process-syntax",
            Self::Loop => "mfa-process-loop",
            Self::Start { reason, .. } if reason.kind() == io::ErrorKind::NotFound => "mfa-process-not-found",
            Self::Start { .. } | Self::Failed { .. } | Self::System { .. } => "mfa-process-failed",
            Self::TimedOut { .. } => "mfa-process-timeout",
            Self::NotACode { .. } => "mfa-process-output",
        }
    }
}

/// Runs `command`, split into words without a shell as a `credential_process` is, and returns the code that it printed,
/// without the white space around it. Its standard error is this process's.
///
/// `limit`: how long it may take; `None` where a person waits and can press Ctrl-C.
///
/// # Errors
/// There is no code of six digits.
pub fn run(command: &str, environment: &Environment, limit: Option<Duration>) -> Result<Secret, MfaProcessError> {
    let request = Request { command, profile: GUARDED_AS, environment, limit };
    let (program, answer) = process::capture(&request)?;
    let code = answer.trim_ascii();
    match std::str::from_utf8(code) {
        Ok(text) if is_code(text) => Ok(Secret::new(text)),
        _ => Err(MfaProcessError::NotACode { program }),
    }
}

/// Whether `text` is a code as AWS takes it: six digits
/// (<https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>).
pub fn is_code(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl From<CredentialProcessError> for MfaProcessError {
    fn from(error: CredentialProcessError) -> Self {
        use CredentialProcessError as Error;
        match error {
            Error::Words(error) => Self::Words(error),
            Error::Loop { .. } => Self::Loop,
            Error::Start { program, reason } => Self::Start { program, reason },
            Error::Failed { program, status } => Self::Failed { program, status },
            Error::TimedOut { program, limit } => Self::TimedOut { program, limit },
            Error::System { program, reason } => Self::System { program, reason },
            Error::TooLong { program } | Error::Answer { program, .. } => Self::NotACode { program },
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn environment() -> Environment {
        [("PATH", "/usr/bin:/bin")].into_iter().collect()
    }

    fn run_here(command: &str) -> Result<Secret, MfaProcessError> {
        run(command, &environment(), Some(Duration::from_secs(60)))
    }

    #[test]
    fn a_code_is_what_was_printed_without_white_space() {
        for command in ["printf 123456", "echo 123456", "printf ' \\t123456 \\r\\n'", "sh -c 'echo 123456'"] {
            assert_eq!(run_here(command).unwrap().expose(), "123456", "{command}");
        }
    }

    #[test]
    fn anything_else_is_no_code_and_is_not_shown() {
        for (command, code) in [
            ("echo 12345", "mfa-process-output"),
            ("echo 1234567", "mfa-process-output"),
            ("echo 12345a", "mfa-process-output"),
            ("echo '123 456'", "mfa-process-output"),
            ("printf '987654\\n987654'", "mfa-process-output"),
            ("true", "mfa-process-output"),
            ("sh -c 'echo 987654; exit 3'", "mfa-process-failed"),
            ("no-such-program-of-awsenv", "mfa-process-not-found"),
            ("echo '", "mfa-process-syntax"),
            ("", "mfa-process-syntax"),
        ] {
            let error = run_here(command).unwrap_err();
            assert_eq!(error.code(), code, "{command}: {error}");
            assert!(!format!("{error} {error:?}").contains("987654"), "{error:?}");
        }
    }

    #[test]
    fn one_that_hangs_is_ended_and_one_within_another_is_refused() {
        let error = run("sleep 600", &environment(), Some(Duration::from_millis(100))).unwrap_err();
        assert_eq!(error.code(), "mfa-process-timeout");
        let command = format!("sh -c 'test -n \"${}\" && echo 123456'", process::GUARD_VARIABLE);
        run_here(&command).unwrap();
        let mut inside = environment();
        inside.set(process::GUARD_VARIABLE, "=%00mfa_process");
        assert_eq!(run(&command, &inside, None).unwrap_err().code(), "mfa-process-loop");
    }
}
