//! Removing.

use std::fs;
use std::io;
use std::path::Path;

use super::FileError;
use super::write::{check_owner, folder_of};

/// Removes the file at `path`; whether there was one. A symlink goes and its target stays. What is another user's, or
/// lies in another user's folder, is refused as for writing.
pub fn remove(path: &Path) -> Result<bool, FileError> {
    check_owner(path, folder_of(path))?;
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(reason) => Err(FileError::system("remove", path, reason)),
    }
}
