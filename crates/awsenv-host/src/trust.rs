//! Which `.awsenv` files the user trusts to switch identities: those with exactly this path and this content.
//!
//! One empty-handed file an answer, below the platform's folder for state: `allowed/HASH` of path and content,
//! `denied/HASH` of the path. A file that is changed, moved or swapped for another is a file nobody was asked about.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::files::{self, FileError};

/// What the user has said about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// It may switch.
    Allowed,
    /// It may not, and nobody wants to hear of it.
    Denied,
    /// Nothing, or something about an earlier content of it.
    Unknown,
}

/// The answers.
#[derive(Clone, Debug)]
pub struct TrustStore {
    folder: PathBuf,
}

impl TrustStore {
    /// The user's: `awsenv` below the platform's folder for state, else for local data. `None` where there is no such
    /// folder.
    pub fn of_user() -> Option<Self> {
        let folder = dirs::state_dir().or_else(dirs::data_local_dir)?;
        Some(Self { folder: folder.join("awsenv") })
    }

    /// One in `folder`.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// What was said about the file at the canonical `path` with this `content`.
    pub fn trust(&self, path: &Path, content: &[u8]) -> Trust {
        if self.denied(path).exists() {
            Trust::Denied
        } else if self.allowed(path, content).exists() {
            Trust::Allowed
        } else {
            Trust::Unknown
        }
    }

    /// Lets the file switch, as it is now.
    ///
    /// # Errors
    /// The answer can't be written, or an earlier one not be taken back.
    pub fn allow(&self, path: &Path, content: &[u8]) -> Result<(), FileError> {
        remove(&self.denied(path))?;
        files::write_private(&self.allowed(path, content), &note(path))
    }

    /// Lets it switch no more, whatever its content becomes.
    ///
    /// # Errors
    /// As for [`allow`](Self::allow).
    pub fn deny(&self, path: &Path, content: &[u8]) -> Result<(), FileError> {
        files::write_private(&self.denied(path), &note(path))?;
        remove(&self.allowed(path, content))
    }

    fn allowed(&self, path: &Path, content: &[u8]) -> PathBuf {
        self.folder.join("allowed").join(hash(&[path.as_os_str().as_encoded_bytes(), b"\0", content]))
    }

    fn denied(&self, path: &Path) -> PathBuf {
        self.folder.join("denied").join(hash(&[path.as_os_str().as_encoded_bytes()]))
    }
}

/// For people who look into the folder.
fn note(path: &Path) -> Vec<u8> {
    [path.as_os_str().as_encoded_bytes(), b"\n"].concat()
}

fn remove(path: &Path) -> Result<(), FileError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(FileError::system("remove", path, error)),
        _ => Ok(()),
    }
}

fn hash(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_path_with_this_content() {
        let folder = tempfile::tempdir().unwrap();
        let store = TrustStore::new(folder.path());
        let (here, there) = (Path::new("/a/.awsenv"), Path::new("/b/.awsenv"));
        assert_eq!(store.trust(here, b"x"), Trust::Unknown);
        store.allow(here, b"x").unwrap();
        assert_eq!(store.trust(here, b"x"), Trust::Allowed);
        assert_eq!(store.trust(here, b"y"), Trust::Unknown, "changed");
        assert_eq!(store.trust(there, b"x"), Trust::Unknown, "the same file in another folder");
        // No path and content can be taken for another path and content.
        assert_eq!(store.trust(Path::new("/a/.awsen"), b"v\0x"), Trust::Unknown);

        store.deny(here, b"x").unwrap();
        assert_eq!(store.trust(here, b"x"), Trust::Denied);
        assert_eq!(store.trust(here, b"y"), Trust::Denied, "whatever it becomes");
        store.allow(here, b"y").unwrap();
        assert_eq!((store.trust(here, b"y"), store.trust(here, b"x")), (Trust::Allowed, Trust::Unknown));
    }
}
