//! Appending.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use super::{FileError, FileKind};

/// Adds `bytes` to the end of the file at `path`, which is there already: the like of `GITHUB_ENV`, which another
/// program made and reads.
pub fn append(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let failed = |reason| FileError::system("write", path, reason);
    let kind = std::fs::metadata(path).map_err(failed)?.file_type();
    if !kind.is_file() {
        return Err(FileError::NotAFile { path: path.to_owned(), kind: FileKind::of(kind) });
    }
    let mut file = OpenOptions::new().append(true).open(path).map_err(failed)?;
    file.write_all(bytes).map_err(failed)
}
