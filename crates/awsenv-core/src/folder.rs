//! `.awsenv`: a file in a folder that says which profile is meant there. Data, never evaluated.
//!
//! `key = value` on lines of their own, `#` and `;` begin comments; `profile`, `region` and `account` are all it can
//! say. Whatever else stands there makes the whole file unusable: half of it could be the wrong half.

use thiserror::Error;

use crate::chain::is_account_id;
use crate::options::is_region;

/// The name of such a file.
pub const FOLDER_FILE: &str = ".awsenv";

/// What a file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FolderFile {
    /// `profile`: the profile that is meant here.
    pub profile: Option<String>,
    /// `region`, in place of the profile's own.
    pub region: Option<String>,
    /// `account`: 12 digits; no other account is meant here.
    pub account: Option<String>,
}

/// Why a file can't be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}{problem}", Line(*.line))]
pub struct FolderFileError {
    /// The line, from 1; 0 speaks of the whole file.
    pub line: usize,
    /// What is wrong there.
    pub problem: FolderFileProblem,
}

struct Line(usize);

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0 == 0 { Ok(()) } else { write!(f, "line {}: ", self.0) }
    }
}

/// What is wrong in a file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FolderFileProblem {
    /// No `key = value`.
    #[error("not `key = value`, such as `profile = client1`")]
    NoPair,
    /// A key that means nothing here.
    #[error("`{}` can't be said here, only profile, region and account", .0.escape_debug())]
    UnknownKey(String),
    /// A key that stands there twice.
    #[error("`{0}` stands there twice")]
    Twice(&'static str),
    /// A value that is none.
    #[error("`{0}` must be {1}")]
    Value(&'static str, &'static str),
    /// Nothing in it.
    #[error("it names no profile, region or account")]
    Empty,
}

/// Reads the text of a file.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn parse_folder_file(text: &str) -> Result<FolderFile, FolderFileError> {
    let mut file = FolderFile::default();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (index, line) in text.lines().enumerate() {
        let failed = |problem| FolderFileError { line: index + 1, problem };
        let line = line.trim();
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        let (key, value) = line.split_once('=').ok_or_else(|| failed(FolderFileProblem::NoPair))?;
        let (key, value) = (key.trim(), value.trim());
        let (key, place, is_good, expected): (_, _, fn(&str) -> bool, _) = match key {
            "profile" => ("profile", &mut file.profile, is_profile_name, "a profile's name"),
            "region" => ("region", &mut file.region, is_region, "a region such as eu-central-1"),
            "account" => ("account", &mut file.account, is_account_id, "an account id of 12 digits"),
            other => return Err(failed(FolderFileProblem::UnknownKey(other.to_owned()))),
        };
        if place.is_some() {
            return Err(failed(FolderFileProblem::Twice(key)));
        }
        if !is_good(value) {
            return Err(failed(FolderFileProblem::Value(key, expected)));
        }
        *place = Some(value.to_owned());
    }
    match file {
        FolderFile { profile: None, region: None, account: None } => {
            Err(FolderFileError { line: 0, problem: FolderFileProblem::Empty })
        }
        file => Ok(file),
    }
}

fn is_profile_name(text: &str) -> bool {
    !text.is_empty() && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_says() {
        let text = "\u{feff}# the team's\r\n\r\n profile = acme dev; $(touch x)\r\nregion=eu-west-1\n; no\naccount = 123456789012";
        let expected = FolderFile {
            profile: Some("acme dev; $(touch x)".into()),
            region: Some("eu-west-1".into()),
            account: Some("123456789012".into()),
        };
        assert_eq!(parse_folder_file(text), Ok(expected));
        let only = parse_folder_file("account=123456789012\n").unwrap();
        assert_eq!((only.profile, only.account.as_deref()), (None, Some("123456789012")));
    }

    #[test]
    fn what_makes_it_unusable() {
        for (text, expected) in [
            ("", "it names no profile"),
            ("# nothing\n", "it names no profile"),
            ("client1\n", "line 1: not `key = value`"),
            ("profile = a\nexport X=1\n", "line 2: `export X` can't be said here"),
            ("profile = a\nrole_arn = x\n", "line 2: `role_arn` can't be said here"),
            ("[settings]\n", "line 1: not `key = value`"),
            ("profile = a\n\nprofile = b\n", "line 3: `profile` stands there twice"),
            ("profile =\n", "line 1: `profile` must be a profile's name"),
            ("profile = a\u{1b}[2J\n", "line 1: `profile` must be"),
            ("region = a;b\n", "line 1: `region` must be"),
            ("account = 123\n", "line 1: `account` must be an account id"),
        ] {
            let error = parse_folder_file(text).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{text:?}: {error}");
        }
    }
}
