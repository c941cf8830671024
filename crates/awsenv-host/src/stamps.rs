//! One empty file a shell, whose time says when its hook last looked: what is newer is news (`-nt`).

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::files;

/// The most stamps of shells that are gone which are cleared away at once.
const SWEPT: usize = 32;

/// Where the stamp of the shell with this process id is; `None` where the platform has no folder for state.
pub fn path(shell: u32) -> Option<PathBuf> {
    let folder = dirs::state_dir().or_else(dirs::data_local_dir)?;
    Some(folder.join("awsenv").join("shells").join(shell.to_string()))
}

/// Makes the stamp, or sets its time to `looked`: the moment before anything was read.
///
/// # Errors
/// The file can't be made, or would be root's in another user's home (`sudo`): the shell has to ask every time.
pub fn set(path: &Path, looked: SystemTime) -> io::Result<()> {
    let is_new = !path.exists();
    if let Some(folder) = path.parent() {
        files::create_private_folder(folder).map_err(io::Error::other)?;
        files::check_folder_owner(folder).map_err(io::Error::other)?;
        if is_new {
            sweep(folder);
        }
    }
    open(path)?.set_modified(looked)
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600).custom_flags((OFlags::NONBLOCK | OFlags::NOFOLLOW).bits().cast_signed());
    }
    options.open(path)
}

/// Clears away stamps of shells that are gone, where the system tells (`/proc`).
fn sweep(folder: &Path) {
    let processes = Path::new("/proc");
    if !processes.join("self").exists() {
        return;
    }
    let Ok(entries) = fs::read_dir(folder) else { return };
    let gone = entries.flatten().map(|entry| entry.path()).filter(|path| {
        // A shell's stamp is its number; what lies beside it has the number before a dot.
        let shell = path.file_stem().and_then(|name| name.to_str()).and_then(|name| name.parse::<u32>().ok());
        shell.is_some_and(|shell| !processes.join(shell.to_string()).exists())
    });
    for path in gone.take(SWEPT) {
        // Another shell may have been quicker.
        let _ = fs::remove_file(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_stamp_has_the_time_before_the_look() {
        let folder = tempfile::tempdir().unwrap();
        let stamp = folder.path().join("awsenv/shells").join(std::process::id().to_string());
        let looked = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        set(&stamp, looked).unwrap();
        assert_eq!(fs::metadata(&stamp).unwrap().modified().unwrap(), looked);
        set(&stamp, looked + Duration::from_secs(1)).unwrap();
        assert_eq!(fs::metadata(&stamp).unwrap().modified().unwrap(), looked + Duration::from_secs(1));
        assert_eq!(fs::metadata(&stamp).unwrap().len(), 0);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn stamps_of_shells_that_are_gone_are_cleared_away() {
        let folder = tempfile::tempdir().unwrap();
        let own = std::process::id().to_string();
        for name in ["4194999", "4194999.done", own.as_str(), "note"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        set(&folder.path().join("1"), SystemTime::UNIX_EPOCH).unwrap();
        let mut left: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        let mut expected = ["1".to_owned(), own, "note".to_owned()];
        expected.sort();
        assert_eq!(left, expected);
    }
}
