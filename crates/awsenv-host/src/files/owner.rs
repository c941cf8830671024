//! Whose a file is, and who may change it.

use std::fs::Metadata;
use std::path::Path;

use super::FileError;

/// Refuses what is another user's.
#[cfg(unix)]
pub(crate) fn check_owner_of(path: &Path, metadata: &Metadata) -> Result<(), FileError> {
    use std::os::unix::fs::MetadataExt;
    let user = rustix::process::geteuid().as_raw();
    if metadata.uid() == user {
        Ok(())
    } else {
        Err(FileError::OtherOwner { path: path.to_owned(), owner: metadata.uid(), user })
    }
}

/// Refuses a file that is another user's, or that others may write.
pub(crate) fn check_own(path: &Path, metadata: &Metadata) -> Result<(), FileError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        check_owner_of(path, metadata)?;
        if metadata.mode() & 0o022 != 0 {
            return Err(FileError::OthersMayWrite { path: path.to_owned(), mode: metadata.mode() & 0o7777 });
        }
    }
    #[cfg(not(unix))]
    let _ = (path, metadata);
    Ok(())
}

/// Refuses a file that somebody else may have filled: one of another user, root aside, or one that everybody may write.
/// Root believes every user's files: it was told to use that user's home.
pub(crate) fn check_trusted(path: &Path, metadata: &Metadata) -> Result<(), FileError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let user = rustix::process::geteuid().as_raw();
        if metadata.uid() != user && metadata.uid() != 0 && user != 0 {
            return Err(FileError::OtherOwner { path: path.to_owned(), owner: metadata.uid(), user });
        }
        if metadata.mode() & 0o002 != 0 {
            return Err(FileError::OthersMayWrite { path: path.to_owned(), mode: metadata.mode() & 0o7777 });
        }
    }
    #[cfg(not(unix))]
    let _ = (path, metadata);
    Ok(())
}
