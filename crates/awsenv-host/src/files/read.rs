//! Reading.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

use jiff::Timestamp;

use super::{FileError, FileKind};

/// What is in the file at `path`; `None` when there is none.
///
/// Never waits: a pipe, a device, a folder is an error, but the null device is an empty file, because people set
/// `AWS_CONFIG_FILE=/dev/null`. Symlinks are followed; one that leads nowhere is no file.
pub fn read(path: &Path) -> Result<Option<Vec<u8>>, FileError> {
    read_up_to(path, u64::MAX)
}

/// As [`read`], with an error for a file of more than `limit` bytes.
pub fn read_up_to(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, FileError> {
    Ok(read_with_metadata(path, limit, Links::Followed)?.map(|(bytes, _)| bytes))
}

/// What becomes of a symlink in a file's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Links {
    /// It stands for its target.
    Followed,
    /// It is an error. (Not on Windows, where making one takes an administrator.)
    Refused,
}

/// As [`read_up_to`], with what the system says of the very file that was read.
pub(crate) fn read_with_metadata(
    path: &Path,
    limit: u64,
    links: Links,
) -> Result<Option<(Vec<u8>, Metadata)>, FileError> {
    match open(path, links)? {
        None => Ok(None),
        Some((_, metadata)) if !metadata.is_file() => Ok(Some((Vec::new(), metadata))),
        Some((file, metadata)) => Ok(Some((fill(file, &metadata, path, limit)?, metadata))),
    }
}

/// Opens a file or the null device, and nothing else.
fn open(path: &Path, links: Links) -> Result<Option<(File, Metadata)>, FileError> {
    let failed = |reason| FileError::system("read", path, reason);
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        // Without it, the mere opening of a pipe that nobody writes to would wait for ever.
        let follow = if links == Links::Refused { OFlags::NOFOLLOW } else { OFlags::empty() };
        options.custom_flags((OFlags::NONBLOCK | OFlags::NOCTTY | follow).bits().cast_signed());
    }
    #[cfg(not(unix))]
    let _ = links;
    let file = match options.open(path) {
        Ok(file) => file,
        // ENOTDIR (`~/.aws` is a file) is an error: somebody expects something to be there.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        // Windows doesn't open folders, Unix no sockets; say so rather than "access denied".
        Err(error) => {
            return Err(match std::fs::metadata(path) {
                Ok(metadata) if !metadata.is_file() => not_a_file(path, &metadata),
                _ => failed(error),
            });
        }
    };
    let metadata = file.metadata().map_err(failed)?;
    if metadata.is_file() || is_null_device(&metadata) {
        Ok(Some((file, metadata)))
    } else {
        Err(not_a_file(path, &metadata))
    }
}

fn not_a_file(path: &Path, metadata: &Metadata) -> FileError {
    FileError::NotAFile { path: path.to_owned(), kind: FileKind::of(metadata.file_type()) }
}

/// One read for what the file says it holds and one for its end.
fn fill(file: File, metadata: &Metadata, path: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
    let too_large = || FileError::TooLarge { path: path.to_owned(), limit };
    if metadata.len() > limit {
        return Err(too_large());
    }
    // The spare bytes let `read_to_end` see the end without growing the buffer.
    let mut bytes = Vec::new();
    bytes
        .try_reserve_exact(usize::try_from(metadata.len()).unwrap_or(usize::MAX).saturating_add(64))
        .map_err(|_| FileError::system("read", path, io::ErrorKind::OutOfMemory.into()))?;
    // `take` hides from std that this is a file, and so saves its asking for the size again.
    file.take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|reason| FileError::system("read", path, reason))?;
    if bytes.len() as u64 > limit { Err(too_large()) } else { Ok(bytes) }
}

#[cfg(unix)]
fn is_null_device(metadata: &Metadata) -> bool {
    use std::os::unix::fs::{FileTypeExt, MetadataExt};
    metadata.file_type().is_char_device()
        && std::fs::metadata("/dev/null")
            .is_ok_and(|null| null.file_type().is_char_device() && null.rdev() == metadata.rdev())
}

/// On Windows `NUL` opens as something that is no file and reads as empty.
#[cfg(not(unix))]
fn is_null_device(_: &Metadata) -> bool {
    false
}

/// When another file may have come to be at `path`, or other text in it, as far as the file system knows: the last time
/// that it was written, put in its place, or, where it is a symlink, the link was. `None` where there is none.
pub(crate) fn changed(path: &Path) -> Option<Timestamp> {
    let link = std::fs::symlink_metadata(path).ok()?;
    let target = if link.is_symlink() { std::fs::metadata(path).ok() } else { None };
    [Some(link), target].iter().flatten().filter_map(changed_by).max()
}

fn changed_by(metadata: &Metadata) -> Option<Timestamp> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        // A file that is moved keeps the time of its text.
        let moved = i32::try_from(metadata.ctime_nsec()).ok().and_then(|n| Timestamp::new(metadata.ctime(), n).ok());
        moved.max(modified_by(metadata))
    }
    #[cfg(not(unix))]
    {
        modified_by(metadata)
    }
}

/// When the file was last written, by what the system said of it.
pub(crate) fn modified_by(metadata: &Metadata) -> Option<Timestamp> {
    metadata.modified().ok().and_then(|time| Timestamp::try_from(time).ok())
}

/// The permission bits of the file at `path`, when its group or others may do anything with it: for a diagnostic.
///
/// `None` when there is no such file, when all is well, and on systems without such bits.
pub fn permissions_too_open(path: &Path) -> Option<u32> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let metadata = std::fs::metadata(path).ok().filter(Metadata::is_file)?;
        Some(metadata.permissions().mode() & 0o7777).filter(|mode| mode & 0o077 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    #[test]
    fn what_is_there_is_read_whole() {
        let folder = folder();
        for size in [0, 1, 31, 32, 33, 8191, 8192, 100_000, 5_000_000] {
            let path = folder.path().join("f");
            let bytes = (0..size).map(|i| (i % 251) as u8).collect::<Vec<_>>();
            std::fs::write(&path, &bytes).unwrap();
            assert!(read(&path).unwrap().unwrap() == bytes, "{size}");
            assert!(read_up_to(&path, size as u64).unwrap().unwrap() == bytes, "{size}");
            if size > 0 {
                assert_eq!(read_up_to(&path, size as u64 - 1).unwrap_err().code(), "file-too-large", "{size}");
            }
        }
    }

    #[test]
    fn what_is_not_there_is_none() {
        assert!(read(&folder().path().join("x/y")).unwrap().is_none());
    }

    #[test]
    fn a_folder_is_an_error_with_its_path() {
        let folder = folder();
        let error = read(folder.path()).unwrap_err();
        assert_eq!(error.code(), "not-a-file");
        assert_eq!(error.path(), folder.path());
        assert_eq!(error.to_string(), format!("{} is a folder, not a file", folder.path().display()));
    }

    #[test]
    fn a_file_in_place_of_a_folder_is_an_error() {
        let folder = folder();
        std::fs::write(folder.path().join("f"), "").unwrap();
        assert_eq!(read(&folder.path().join("f/config")).unwrap_err().code(), "file-unreadable");
    }

    #[cfg(unix)]
    mod unix {
        use super::*;
        use std::os::unix::fs::{PermissionsExt, symlink};

        #[test]
        fn a_pipe_never_blocks() {
            let folder = folder();
            let path = folder.path().join("pipe");
            rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
            assert!(matches!(read(&path), Err(FileError::NotAFile { kind: FileKind::Pipe, .. })));
        }

        #[test]
        fn a_socket_and_a_device_are_errors() {
            let folder = folder();
            let path = folder.path().join("socket");
            let _listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
            assert!(matches!(read(&path), Err(FileError::NotAFile { kind: FileKind::Socket, .. })));
            assert!(matches!(read(Path::new("/dev/zero")), Err(FileError::NotAFile { kind: FileKind::Device, .. })));
        }

        #[test]
        fn the_null_device_is_empty_through_a_link_too() {
            let folder = folder();
            let link = folder.path().join("config");
            symlink("/dev/null", &link).unwrap();
            assert_eq!(read(Path::new("/dev/null")).unwrap(), Some(Vec::new()));
            assert_eq!(read(&link).unwrap(), Some(Vec::new()));
        }

        #[test]
        fn links_are_followed_and_loops_reported() {
            let folder = folder();
            let [a, b, c, d] = ["a", "b", "c", "d"].map(|name| folder.path().join(name));
            symlink(&b, &a).unwrap();
            symlink(&a, &b).unwrap();
            assert_eq!(read(&a).unwrap_err().code(), "file-unreadable");
            symlink("nowhere", &c).unwrap();
            assert!(read(&c).unwrap().is_none());
            std::fs::write(folder.path().join("real"), "x").unwrap();
            symlink("real", &d).unwrap();
            assert_eq!(read(&d).unwrap(), Some(b"x".to_vec()));
        }

        #[test]
        fn a_file_or_link_that_is_put_in_place_is_a_change() {
            let folder = folder();
            let [path, other, link] = ["config", "other", "link"].map(|name| folder.path().join(name));
            assert_eq!(changed(&path), None);
            let old = std::time::SystemTime::UNIX_EPOCH;
            for file in [&path, &other] {
                std::fs::write(file, "x").unwrap();
                File::options().write(true).open(file).unwrap().set_modified(old).unwrap();
            }
            symlink(&path, &link).unwrap();
            let before = [changed(&path).unwrap(), changed(&link).unwrap()];
            assert!(before[0] > Timestamp::try_from(old).unwrap());
            // The file system's clock has ticks.
            let mut replaced = before;
            for _ in 0..1000 {
                std::thread::sleep(std::time::Duration::from_millis(2));
                std::fs::rename(&path, folder.path().join("away")).unwrap();
                std::fs::rename(&other, &path).unwrap();
                std::fs::rename(folder.path().join("away"), &other).unwrap();
                std::fs::remove_file(&link).unwrap();
                symlink(&path, &link).unwrap();
                replaced = [changed(&path).unwrap(), changed(&link).unwrap()];
                if replaced[0] > before[0] && replaced[1] > before[1] {
                    return;
                }
            }
            panic!("{before:?} {replaced:?}");
        }

        #[test]
        fn open_permissions_are_seen() {
            let folder = folder();
            let path = folder.path().join("credentials");
            assert_eq!(permissions_too_open(&path), None);
            std::fs::write(&path, "").unwrap();
            for (mode, expected) in [(0o600, None), (0o400, None), (0o640, Some(0o640)), (0o604, Some(0o604))] {
                std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
                assert_eq!(permissions_too_open(&path), expected);
            }
        }
    }
}
