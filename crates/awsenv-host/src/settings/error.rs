//! What can be wrong with settings, and where. No value of a key is in here.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;

use crate::files::FileError;

/// A line of a settings file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub path: Arc<Path>,
    /// The line, from 1. 0 speaks of the whole file.
    pub line: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}", self.path.display()),
            line => write!(f, "{}:{line}", self.path.display()),
        }
    }
}

/// Why there are no settings at all.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The file can't be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// A line means nothing.
    #[error("{place}: {problem}")]
    Line {
        /// Where.
        place: Place,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// An included file is not there.
    #[error("{place}: the included file {} doesn't exist", .file.display())]
    IncludeMissing {
        /// Where it is included.
        place: Place,
        /// The file.
        file: PathBuf,
    },
    /// A file includes itself, by way of others perhaps.
    #[error("{place}: {} includes itself", .file.display())]
    IncludeLoop {
        /// Where the loop is closed.
        place: Place,
        /// The file.
        file: PathBuf,
    },
}

impl SettingsError {
    /// A stable code, kebab case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::File(_) => "settings-unreadable",
            Self::Line { .. } => "settings-syntax",
            Self::IncludeMissing { .. } | Self::IncludeLoop { .. } => "settings-include",
        }
    }
}

/// Something in the settings that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsWarning {
    /// Where.
    pub place: Place,
    /// A stable code, kebab case.
    pub code: &'static str,
    /// What is wrong: lower case, no full stop.
    pub message: String,
}

impl fmt::Display for SettingsWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// An account pin that can't be read. The identity it is about must not be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{place}: {problem}")]
pub struct PinError {
    /// Where.
    pub place: Place,
    /// What is wrong with it.
    pub problem: &'static str,
}

impl PinError {
    /// A stable code, kebab case.
    pub fn code(&self) -> &'static str {
        "account-pin-unreadable"
    }
}
