//! What is meant in a folder: by a `.awsenv` file there or above, or by a `[directory …]` of the settings.
//!
//! Folders are looked at by their real path, whatever links led there. The nearest says it; in the same folder the
//! user's own settings come before a file that anybody may have put there.

use std::path::{Path, PathBuf};

use awsenv_core::folder::{FOLDER_FILE, FolderFile, FolderFileError, parse_folder_file};
use thiserror::Error;

use crate::files::{self, FileError};
use crate::settings::{Pin, PinError, Settings};

/// The most that is read of a `.awsenv` file, in bytes.
const LARGEST: u64 = 64 << 10;

/// What is meant in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderBinding {
    /// The folder that says it, by its real path.
    pub folder: PathBuf,
    /// What it says.
    pub meant: FolderFile,
    /// The file it stands in; `None`: in the user's settings, which need no trust.
    pub file: Option<BindingFile>,
}

/// A `.awsenv` file, as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BindingFile {
    /// Its real path.
    pub path: PathBuf,
    /// All that is in it.
    pub content: Vec<u8>,
}

/// Why it can't be told what is meant in a folder.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum FolderError {
    /// The file can't be read.
    #[error("{}: {reason}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The file is no `.awsenv` file.
    #[error("{}: {error}", .path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        error: FolderFileError,
    },
    /// The account that the settings pin the folder to can't be read.
    #[error(transparent)]
    Pin(PinError),
}

impl FolderError {
    /// A stable code, kebab case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "file-unreadable",
            Self::Unusable { .. } => "folder-file",
            Self::Pin(error) => error.code(),
        }
    }
}

/// What is meant in `folder`, an absolute path; `None` where nothing says anything, or there is no such folder (any
/// more).
///
/// # Errors
/// The nearest file, or pin, can't be read: what lies above it is then not meant either.
pub fn find(folder: &Path, settings: &Settings) -> Result<Option<FolderBinding>, FolderError> {
    let Ok(real) = folder.canonicalize() else { return Ok(None) };
    let bound: Vec<(PathBuf, usize)> = settings
        .directories
        .iter()
        .enumerate()
        .filter_map(|(index, directory)| Some((directory.path.canonicalize().ok()?, index)))
        .collect();
    for folder in real.ancestors() {
        // The last one that names a folder holds, as in the whole settings.
        if let Some((_, index)) = bound.iter().rev().find(|(path, _)| path == folder) {
            let directory = &settings.directories[*index];
            let account = match &directory.account {
                Pin::None => None,
                Pin::Account(account) => Some(account.clone()),
                Pin::Unreadable(error) => return Err(FolderError::Pin(error.clone())),
            };
            let meant = FolderFile { profile: directory.profile.clone(), region: directory.region.clone(), account };
            if meant != FolderFile::default() {
                return Ok(Some(FolderBinding { folder: folder.to_owned(), meant, file: None }));
            }
        }
        if let Some(file) = read(&folder.join(FOLDER_FILE))? {
            let text = String::from_utf8_lossy(&file.content);
            let meant =
                parse_folder_file(&text).map_err(|error| FolderError::Unusable { path: file.path.clone(), error })?;
            return Ok(Some(FolderBinding { folder: folder.to_owned(), meant, file: Some(file) }));
        }
    }
    Ok(None)
}

fn read(path: &Path) -> Result<Option<BindingFile>, FolderError> {
    let unreadable = |error: FileError| FolderError::Unreadable { path: path.to_owned(), reason: error.to_string() };
    // A folder of that name means nothing.
    if path.is_dir() {
        return Ok(None);
    }
    let Some(content) = files::read_up_to(path, LARGEST).map_err(unreadable)? else { return Ok(None) };
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    Ok(Some(BindingFile { path, content }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::DirectorySettings;
    use std::fs;

    fn profile(folder: &Path, settings: &Settings) -> String {
        match find(folder, settings) {
            Ok(Some(binding)) => binding.meant.profile.unwrap_or_default(),
            Ok(None) => "-".to_owned(),
            Err(error) => error.code().to_owned(),
        }
    }

    #[test]
    fn the_nearest_says_it() {
        let home = tempfile::tempdir().unwrap();
        let home = home.path().canonicalize().unwrap();
        let deep = home.join("acme/infra/live");
        fs::create_dir_all(&deep).unwrap();
        fs::write(home.join("acme/.awsenv"), "profile = acme\n").unwrap();
        let mut settings = Settings::default();
        assert_eq!(profile(&home, &settings), "-");
        assert_eq!(profile(&deep, &settings), "acme");
        fs::write(home.join("acme/infra/.awsenv"), "profile = infra\n").unwrap();
        assert_eq!(profile(&deep, &settings), "infra");
        settings.directories.push(DirectorySettings {
            path: home.join("acme/infra"),
            profile: Some("own".into()),
            region: None,
            account: Pin::None,
        });
        assert_eq!(profile(&deep, &settings), "own", "the user's own word first");
        assert_eq!(profile(&home.join("acme"), &settings), "acme");
        fs::remove_dir_all(&deep).unwrap();
        assert_eq!(profile(&deep, &settings), "-", "a folder that is gone");
    }

    #[cfg(unix)]
    #[test]
    fn links_lead_to_real_folders() {
        let home = tempfile::tempdir().unwrap();
        let real = home.path().join("real");
        fs::create_dir(&real).unwrap();
        fs::write(real.join(".awsenv"), "profile = real\n").unwrap();
        std::os::unix::fs::symlink(&real, home.path().join("link")).unwrap();
        let found = find(&home.path().join("link"), &Settings::default()).unwrap().unwrap();
        assert_eq!(found.folder, real.canonicalize().unwrap());
        assert_eq!(found.file.unwrap().path, real.canonicalize().unwrap().join(".awsenv"));
    }

    #[test]
    fn what_cannot_be_read_is_not_passed_over() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join(".awsenv"), "profile = above\n").unwrap();
        let folder = home.path().join("below");
        fs::create_dir(&folder).unwrap();
        for text in ["role_arn = x\n", "", "\u{0}\n"] {
            fs::write(folder.join(".awsenv"), text).unwrap();
            assert_eq!(profile(&folder, &Settings::default()), "folder-file", "{text:?}");
        }
        fs::write(folder.join(".awsenv"), vec![b'#'; 100 << 10]).unwrap();
        assert_eq!(profile(&folder, &Settings::default()), "file-unreadable");
        fs::remove_file(folder.join(".awsenv")).unwrap();
        fs::create_dir(folder.join(".awsenv")).unwrap();
        assert_eq!(profile(&folder, &Settings::default()), "above", "a folder of that name is no file");
    }
}
