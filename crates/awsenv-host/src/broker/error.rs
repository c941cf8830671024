//! Why there is no answer.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;

use awsenv_core::broker::{BROKER, Failure, PROTOCOL};
use thiserror::Error;

use crate::json::JsonError;

/// Why the broker gave no answer. Never holds anything of the request or the answer but the broker's own words.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BrokerError {
    /// There is none.
    #[error("{BROKER}, the program of awsenv that asks AWS, is missing: {}", .path.display())]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },
    /// The settings name it by a path that depends on where one is.
    #[error("the settings' path of {BROKER} is not absolute: {}", .path.display())]
    Relative {
        /// As it stands there.
        path: PathBuf,
    },
    /// Somebody else could have put another program in its place.
    #[error("{} is not started, for it would be handed your keys: {why}", .path.display())]
    Untrusted {
        /// Where it is.
        path: PathBuf,
        /// Who else can.
        why: &'static str,
    },
    /// The system does not start it.
    #[error("{} can't be started: {reason}", .path.display())]
    Start {
        /// Where it is.
        path: PathBuf,
        /// The system's reason.
        reason: io::Error,
    },
    /// It could not be handed the request, or its answer not be read.
    #[error("{BROKER} can't be talked to: {reason}")]
    System {
        /// The system's reason.
        reason: io::Error,
    },
    /// It ended without an answer.
    #[error("{BROKER} ended without an answer ({status})")]
    Ended {
        /// Its exit status or signal.
        status: ExitStatus,
    },
    /// It answered more than any answer has.
    #[error("{BROKER} answered more than {} bytes", super::LARGEST_ANSWER)]
    TooLong,
    /// It speaks another version of the protocol.
    #[error("awsenv speaks version {PROTOCOL} of its protocol, {BROKER} version {version}")]
    Version {
        /// The broker's.
        version: u32,
    },
    /// Its answer is not what the protocol says.
    #[error("the answer of {BROKER} can't be used: {0}")]
    Answer(String),
    /// The person at the terminal pressed Ctrl-C.
    #[error("interrupted")]
    Interrupted,
    /// What was asked for failed, and the broker says why.
    #[error("{}", .failure.message)]
    Failed {
        /// Why.
        failure: Box<Failure>,
        /// What it warned of before.
        warnings: Vec<String>,
    },
}

impl BrokerError {
    /// A stable code, kebab case.
    pub fn code(&self) -> &str {
        match self {
            Self::Missing { .. } => "broker-missing",
            Self::Relative { .. } | Self::Untrusted { .. } => "broker-untrusted",
            Self::Start { .. } | Self::System { .. } | Self::Ended { .. } => "broker-failed",
            Self::Version { .. } => "broker-protocol",
            Self::TooLong | Self::Answer(_) => "broker-answer",
            Self::Interrupted => "interrupted",
            Self::Failed { failure, .. } => &failure.code,
        }
    }

    /// What to do next.
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::Missing { .. } => Some(
                "`cargo xtask install` puts it beside awsenv; elsewhere, say where it is: broker = /absolute/path in awsenv's settings",
            ),
            Self::Relative { .. } => {
                Some("write the whole path: it is never looked for on PATH or in the folder one stands in")
            }
            Self::Untrusted { .. } => Some("`cargo xtask install` puts one in place that only you can change"),
            Self::Start { .. } | Self::Version { .. } | Self::TooLong | Self::Answer(_) => {
                Some("`cargo xtask install` installs both programs anew, from one build")
            }
            Self::Ended { .. } => Some(
                "if it said nothing above: `cargo xtask install` installs both programs anew; else it is a bug in awsenv",
            ),
            Self::System { .. } | Self::Interrupted => None,
            Self::Failed { failure, .. } => failure.hint.as_deref(),
        }
    }
}

impl From<JsonError> for BrokerError {
    fn from(error: JsonError) -> Self {
        Self::Answer(error.to_string())
    }
}
