//! What can be wrong with a file.

use std::fmt;
use std::fs::FileType;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a file can't be read or written. Never holds what is in it.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FileError {
    /// The system said no.
    #[error("can't {action} {}: {reason}", .path.display())]
    System {
        /// What was tried, e.g. `read`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        reason: io::Error,
    },
    /// Something else stands where a file should.
    #[error("{} is {kind}, not a file", .path.display())]
    NotAFile {
        /// Where.
        path: PathBuf,
        /// What it is.
        kind: FileKind,
    },
    /// The file is bigger than anything its format could need.
    #[error("{} has more than {limit} bytes", .path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The most that is read, in bytes.
        limit: u64,
    },
    /// Writing would leave a file that its owner can't use: `sudo` with another user's `HOME`, mostly.
    #[error("{} belongs to another user (uid {owner}), and awsenv runs as uid {user}", .path.display())]
    OtherOwner {
        /// The file or folder.
        path: PathBuf,
        /// Whose it is.
        owner: u32,
        /// Who we are.
        user: u32,
    },
    /// Whoever may write a file says what is in it.
    #[error("{} may be written by others (mode {mode:o})", .path.display())]
    OthersMayWrite {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
}

impl FileError {
    pub(crate) fn system(action: &'static str, path: &Path, reason: io::Error) -> Self {
        Self::System { action, path: path.to_owned(), reason }
    }

    /// A stable code, kebab case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::System { action: "read", .. } => "file-unreadable",
            Self::System { .. } => "file-unwritable",
            Self::NotAFile { .. } => "not-a-file",
            Self::TooLarge { .. } => "file-too-large",
            Self::OtherOwner { .. } => "other-owner",
            Self::OthersMayWrite { .. } => "others-may-write",
        }
    }

    /// The file or folder it is about.
    pub fn path(&self) -> &Path {
        match self {
            Self::System { path, .. }
            | Self::NotAFile { path, .. }
            | Self::TooLarge { path, .. }
            | Self::OtherOwner { path, .. }
            | Self::OthersMayWrite { path, .. } => path,
        }
    }
}

/// What can stand where a file should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileKind {
    /// A folder.
    Folder,
    /// A named pipe, or the shell's `<(…)`.
    Pipe,
    /// A device.
    Device,
    /// A socket.
    Socket,
    /// Something this system alone has.
    Other,
}

impl FileKind {
    /// The kind of something that is no regular file.
    pub(crate) fn of(file_type: FileType) -> Self {
        if file_type.is_dir() {
            return Self::Folder;
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::FileTypeExt;
            if file_type.is_fifo() {
                return Self::Pipe;
            } else if file_type.is_block_device() || file_type.is_char_device() {
                return Self::Device;
            } else if file_type.is_socket() {
                return Self::Socket;
            }
        }
        Self::Other
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Folder => "a folder",
            Self::Pipe => "a pipe",
            Self::Device => "a device",
            Self::Socket => "a socket",
            Self::Other => "something special",
        })
    }
}
