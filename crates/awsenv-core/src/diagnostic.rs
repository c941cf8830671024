//! What is wrong or risky in a file, and where.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The file a value, a line or a problem comes from.
///
/// The path itself is kept once, in [`crate::location::Files`]; this is its short name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceFile {
    /// `~/.aws/config`, or what `AWS_CONFIG_FILE` names.
    Config,
    /// `~/.aws/credentials`, or what `AWS_SHARED_CREDENTIALS_FILE` names.
    Credentials,
}

/// A place in one of the user's files. Lines and columns count from 1; a column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Origin {
    /// Which file.
    pub file: SourceFile,
    /// The line, from 1. 0 speaks of the whole file.
    pub line: u32,
    /// The column, from 1, of the character that is meant.
    pub column: u32,
}

impl Origin {
    /// The first character of `line` in `file`.
    pub fn line(file: SourceFile, line: u32) -> Self {
        Self { file, line, column: 1 }
    }

    /// The file as a whole.
    pub fn whole(file: SourceFile) -> Self {
        Self { file, line: 0, column: 0 }
    }
}

/// How bad a [`Diagnostic`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing: tools agree on the meaning, or the difference is harmless.
    Info,
    /// The file means something, but not the same to every tool, or hardly what its writer wanted.
    Warning,
    /// The line could not be understood; the profile that it stands in is not used.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// One remark about the user's files. Never holds the value of a key, whatever the key is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// A stable code, kebab case, for scripts and for looking up.
    pub code: &'static str,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// What to do about it, or which AWS tool does what with this input.
    pub hint: Option<String>,
    /// Where.
    pub origin: Option<Origin>,
}
