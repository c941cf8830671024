//! Files and folders, with the path in every error.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};

/// The text of a file.
pub(crate) fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| Failure::at(path, &error))
}

/// Writes a file, making its folder where it is missing.
pub(crate) fn write(path: &Path, text: impl AsRef<[u8]>) -> Result<()> {
    if let Some(parent) = path.parent() {
        create_dir(parent)?;
    }
    fs::write(path, text).map_err(|error| Failure::at(path, &error))
}

/// Makes a folder and those above it.
pub(crate) fn create_dir(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(|error| Failure::at(path, &error))
}

/// Removes a folder and all in it; one that isn't there is fine.
pub(crate) fn remove_dir(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Failure::at(path, &error)),
        _ => Ok(()),
    }
}

/// Copies a file with its permissions, making the folder where it is missing.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    if let Some(parent) = to.parent() {
        create_dir(parent)?;
    }
    fs::copy(from, to).map_err(|error| Failure::new(format!("{} to {}: {error}", from.display(), to.display())))?;
    Ok(())
}

/// The files below `folder`, as paths relative to it, sorted. A folder that isn't there has none.
pub(crate) fn tree(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(here) = open.pop() {
        if !here.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&here).map_err(|error| Failure::at(&here, &error))? {
            let path = entry.map_err(|error| Failure::at(&here, &error))?.path();
            if path.is_dir() {
                open.push(path);
            } else if let Ok(relative) = path.strip_prefix(folder) {
                found.push(relative.to_owned());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Puts a symbolic link (on Windows a copy) at `link`, replacing what is there.
pub(crate) fn link(original: &Path, link: &Path) -> Result<()> {
    if fs::symlink_metadata(link).is_ok() {
        fs::remove_file(link).map_err(|error| Failure::at(link, &error))?;
    }
    #[cfg(unix)]
    return std::os::unix::fs::symlink(original, link).map_err(|error| Failure::at(link, &error));
    #[cfg(not(unix))]
    return copy(original, link);
}

/// Lets the owner alone (`0o600`, `0o700`) or everyone (`0o755`) use a file, where the system has such modes.
pub(crate) fn set_mode(path: &Path, mode: u32) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(|error| Failure::at(path, &error))?;
    }
    #[cfg(not(unix))]
    let _ = (path, mode);
    Ok(())
}

/// A folder of this process's own that goes away with the value.
#[derive(Debug)]
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// Makes `path` anew, empty and for the owner alone.
    pub(crate) fn new(path: PathBuf) -> Result<Self> {
        remove_dir(&path)?;
        create_dir(&path)?;
        set_mode(&path, 0o700)?;
        Ok(Self(path))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(failure) = remove_dir(&self.0) {
            eprintln!("xtask: left behind: {failure}");
        }
    }
}
