//! An advisory lock between processes, for work that must not be done twice at once.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use thiserror::Error;

use crate::files::{self, FileError};

/// The shortest and the longest pause between two tries.
const PAUSES: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(50));

/// Why a lock could not be had.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LockError {
    /// Another process holds it and did not let go in time.
    #[error("{} is held by {}", .path.display(), Holder(*.holder))]
    Held {
        /// The lock file.
        path: PathBuf,
        /// The process that holds it, as far as it said.
        holder: Option<u32>,
    },
    /// The lock file can't be made or locked.
    #[error(transparent)]
    File(#[from] FileError),
}

struct Holder(Option<u32>);

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(pid) => write!(f, "process {pid}"),
            None => f.write_str("another process"),
        }
    }
}

impl LockError {
    /// A stable code, kebab case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Held { .. } => "locked-by-another-process",
            Self::File(error) => error.code(),
        }
    }
}

/// A held lock. Dropping it, or the end of the process however it comes, lets go.
///
/// The file stays: whoever waits has it open.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

/// What one who waits knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The process that holds the lock, as far as it said.
    pub holder: Option<u32>,
    /// How long it has been waited for.
    pub waited: Duration,
}

impl Lock {
    /// Takes the lock at `path` (made with mode 0600, its folder with 0700), waiting for `patience` at most.
    pub fn acquire(path: &Path, patience: Duration) -> Result<Self, LockError> {
        Self::acquire_while(path, |waiting| waiting.waited < patience)
    }

    /// As [`acquire`](Self::acquire), waiting as long as `wait_on` says so. It is asked several times a second.
    ///
    /// # Errors
    /// [`LockError::Held`] where `wait_on` gave up; [`LockError::File`] where there can be no lock: a folder that can't
    /// be written, or is another user's.
    pub fn acquire_while(path: &Path, mut wait_on: impl FnMut(&Waiting) -> bool) -> Result<Self, LockError> {
        let start = Instant::now();
        let mut file = open(path)?;
        let mut pause = PAUSES.0;
        loop {
            match file.try_lock() {
                Ok(()) => {
                    // Who holds it is a courtesy to the one who waits; the lock is good without.
                    let _ = file
                        .set_len(0)
                        .and_then(|()| file.rewind())
                        .and_then(|()| write!(file, "{}", std::process::id()));
                    return Ok(Self { file });
                }
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(reason)) => return Err(FileError::system("lock", path, reason).into()),
            }
            let waiting = Waiting { holder: holder(&mut file), waited: start.elapsed() };
            if !wait_on(&waiting) {
                return Err(LockError::Held { path: path.to_owned(), holder: waiting.holder });
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(PAUSES.1);
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.file.set_len(0);
        let _ = self.file.unlock();
    }
}

fn open(path: &Path) -> Result<File, FileError> {
    if let Some(folder) = path.parent() {
        files::create_private_folder(folder)?;
        files::check_folder_owner(folder)?;
    }
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600).custom_flags((OFlags::NONBLOCK | OFlags::NOFOLLOW).bits().cast_signed());
    }
    let file = options.open(path).map_err(|reason| FileError::system("lock", path, reason))?;
    match file.metadata() {
        Ok(metadata) if metadata.is_file() => Ok(file),
        Ok(metadata) => {
            Err(FileError::NotAFile { path: path.to_owned(), kind: files::FileKind::of(metadata.file_type()) })
        }
        Err(reason) => Err(FileError::system("lock", path, reason)),
    }
}

fn holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.take(20).read_to_string(&mut text).ok()?;
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_and_the_holder_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/lock");
        let first = Lock::acquire(&path, Duration::ZERO).unwrap();
        let error = Lock::acquire(&path, Duration::from_millis(5)).unwrap_err();
        assert_eq!(error.code(), "locked-by-another-process");
        #[cfg(unix)]
        assert_eq!(error.to_string(), format!("{} is held by process {}", path.display(), std::process::id()));
        drop(first);
        Lock::acquire(&path, Duration::ZERO).unwrap();
    }

    #[test]
    fn a_waiting_process_gets_it_when_it_is_let_go() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let first = Lock::acquire(&path, Duration::ZERO).unwrap();
        std::thread::scope(|scope| {
            let second = scope.spawn(|| Lock::acquire(&path, Duration::from_secs(60)).is_ok());
            std::thread::sleep(Duration::from_millis(20));
            assert!(!second.is_finished());
            drop(first);
            assert!(second.join().unwrap());
        });
    }

    #[test]
    fn what_is_no_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(Lock::acquire(folder.path(), Duration::ZERO), Err(LockError::File(_))));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let pipe = folder.path().join("pipe");
            rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
            assert_eq!(Lock::acquire(&pipe, Duration::ZERO).unwrap_err().code(), "not-a-file");
            let link = folder.path().join("link");
            std::os::unix::fs::symlink(folder.path().join("elsewhere"), &link).unwrap();
            assert!(matches!(Lock::acquire(&link, Duration::ZERO), Err(LockError::File(_))));
            let path = folder.path().join("lock");
            drop(Lock::acquire(&path, Duration::ZERO).unwrap());
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
