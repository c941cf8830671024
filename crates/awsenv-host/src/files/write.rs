//! Writing: whole or not at all, and for the user's eyes only.

use std::fs::{self, DirBuilder};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tempfile::NamedTempFile;

use super::{FileError, FileKind};

/// How many symlinks are followed, as in Linux.
const MOST_LINKS: usize = 40;

/// How many random letters the name of a file has while it is written.
const RANDOM_LETTERS: usize = 12;

/// How old a file is that a killed process left behind half-written.
const LEFT_BEHIND: Duration = Duration::from_secs(600);

/// Puts `bytes` at `path`, at once: whoever reads sees the old file or the new one, never a part of either, even when
/// this process is killed or the disk is full.
///
/// The bytes go into a new file with a random name in the same folder (mode 0600 from its creation), to the disk, and
/// then in place of the old one. Folders that are missing are made (0700). A symlink is followed and its target
/// replaced, so that a dotfile manager's link stays one. What is no file, and what belongs to another user (`sudo` with
/// that user's `HOME`), is refused. A failure leaves no file behind.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    put(&resolve(path)?, bytes)
}

/// As [`write_private`], but a symlink in the file's place is itself replaced, its target left alone: for caches,
/// whose entries nobody keeps elsewhere, and whose secrets must not follow a link out of a private folder.
pub fn replace_private(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    check_replaceable(path)?;
    put(path, bytes)
}

fn check_replaceable(path: &Path) -> Result<(), FileError> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if !metadata.is_file() && !metadata.is_symlink() => {
            Err(FileError::NotAFile { path: path.to_owned(), kind: FileKind::of(metadata.file_type()) })
        }
        _ => Ok(()),
    }
}

fn put(target: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let mut file = begin(target)?;
    let failed = |reason| FileError::system("write", target, reason);
    file.write_all(bytes).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(target).map_err(|error| failed(error.error))?;
    sync_folder(folder_of(target)).map_err(failed)
}

/// A new file in the folder of `target`.
fn begin(target: &Path) -> Result<NamedTempFile, FileError> {
    let folder = folder_of(target);
    create_private_folder(folder)?;
    check_owner(target, folder)?;
    let mut prefix = std::ffi::OsString::from(".");
    prefix.push(target.file_name().unwrap_or_default());
    prefix.push(".");
    tempfile::Builder::new()
        .prefix(&prefix)
        .suffix(".tmp")
        .rand_bytes(RANDOM_LETTERS)
        .tempfile_in(folder)
        .map_err(|reason| FileError::system("write", target, reason))
}

/// A file that is sure of its place and its room on the disk before there is anything to write, for what can't be had a
/// second time. Dropped, it leaves nothing.
#[derive(Debug)]
pub struct Prepared {
    file: NamedTempFile,
    target: PathBuf,
}

impl Prepared {
    /// Makes ready to put up to `room` bytes at `path`, as [`replace_private`] would.
    ///
    /// # Errors
    /// Those of [`replace_private`], a full disk included.
    pub fn new(path: &Path, room: usize) -> Result<Self, FileError> {
        check_replaceable(path)?;
        let mut file = begin(path)?;
        let zeros = vec![0; room];
        file.write_all(&zeros)
            .and_then(|()| file.as_file().sync_all())
            .and_then(|()| file.rewind())
            .map_err(|reason| FileError::system("write", path, reason))?;
        Ok(Self { file, target: path.to_owned() })
    }

    /// Puts `bytes` in place. They are there when the name is, for all that ends a process; only then are they pressed
    /// to the disk, for all that ends a machine.
    ///
    /// # Errors
    /// The system's. After an error of the last step (`sync`) the bytes are in place all the same.
    pub fn put(mut self, bytes: &[u8]) -> Result<(), FileError> {
        let failed = |reason| FileError::system("write", &self.target, reason);
        self.file.write_all(bytes).map_err(failed)?;
        self.file.as_file().set_len(bytes.len() as u64).map_err(failed)?;
        let file = self.file.persist(&self.target).map_err(|error| failed(error.error))?;
        let failed = |reason| FileError::system("sync", &self.target, reason);
        file.sync_all().map_err(failed)?;
        sync_folder(folder_of(&self.target)).map_err(failed)
    }
}

/// Whether `name` is that of a file that [`write_private`] was about to put in the place of `target`, and that stayed
/// behind because the process was killed.
pub(crate) fn is_left_behind(name: &str, target: &str) -> bool {
    let random = name
        .strip_prefix('.')
        .and_then(|name| name.strip_prefix(target))
        .and_then(|name| name.strip_prefix('.'))
        .and_then(|name| name.strip_suffix(".tmp"));
    random
        .is_some_and(|random| random.len() == RANDOM_LETTERS && random.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// Removes what killed processes left half-written of the file `target`: it may hold secrets, too.
pub(crate) fn remove_left_behind(folder: &Path, target: &str) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let is_old = |time: SystemTime| time.elapsed().is_ok_and(|age| age > LEFT_BEHIND);
    for entry in entries.flatten() {
        let is_ours = entry.file_name().to_str().is_some_and(|name| is_left_behind(name, target));
        if is_ours && entry.metadata().and_then(|metadata| metadata.modified()).is_ok_and(is_old) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Makes `folder` and what is missing above it, for this user alone (0700).
pub(crate) fn create_private_folder(folder: &Path) -> Result<(), FileError> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    if let Some(existing) = folder.ancestors().skip(1).find(|ancestor| ancestor.exists()) {
        check_folder_owner(existing)?;
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder).map_err(|reason| FileError::system("create", folder, reason))
}

pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The file that `path` stands for: the end of its symlinks, whether or not it exists.
fn resolve(path: &Path) -> Result<PathBuf, FileError> {
    let failed = |reason| FileError::system("write", path, reason);
    let mut target = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::symlink_metadata(&target) {
            Ok(metadata) if metadata.is_symlink() => {
                let next = fs::read_link(&target).map_err(failed)?;
                target = folder_of(&target).join(next);
            }
            Ok(metadata) if !metadata.is_file() => {
                return Err(FileError::NotAFile { path: target, kind: FileKind::of(metadata.file_type()) });
            }
            Ok(_) => return Ok(target),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(target),
            Err(error) => return Err(failed(error)),
        }
    }
    Err(failed(io::Error::other("too many levels of symbolic links")))
}

/// A new file takes the place of the old one and is ours: refuse where that would change whose it is.
#[cfg(unix)]
pub(super) fn check_owner(target: &Path, folder: &Path) -> Result<(), FileError> {
    use std::os::unix::fs::MetadataExt;
    let user = rustix::process::geteuid().as_raw();
    check_folder_owner(folder)?;
    match fs::symlink_metadata(target) {
        Ok(metadata) if metadata.uid() != user => {
            Err(FileError::OtherOwner { path: target.to_owned(), owner: metadata.uid(), user })
        }
        _ => Ok(()),
    }
}

/// Root may write everywhere, so it is root that must not; for anybody else the system's permissions speak.
#[cfg(unix)]
pub(crate) fn check_folder_owner(folder: &Path) -> Result<(), FileError> {
    use std::os::unix::fs::MetadataExt;
    let user = rustix::process::geteuid().as_raw();
    if user != 0 {
        return Ok(());
    }
    let metadata = fs::metadata(folder).map_err(|reason| FileError::system("write to", folder, reason))?;
    if metadata.uid() == user {
        Ok(())
    } else {
        Err(FileError::OtherOwner { path: folder.to_owned(), owner: metadata.uid(), user })
    }
}

#[cfg(not(unix))]
pub(super) fn check_owner(_: &Path, _: &Path) -> Result<(), FileError> {
    Ok(())
}

#[cfg(not(unix))]
pub(crate) fn check_folder_owner(_: &Path) -> Result<(), FileError> {
    Ok(())
}

/// The new name is on the disk only when its folder is.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    match fs::File::open(folder)?.sync_all() {
        // Some file systems can't sync a folder; the rename has happened all the same.
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => Ok(()),
        result => result,
    }
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>();
        names.sort();
        names
    }

    #[test]
    fn written_replaced_and_nothing_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/file");
        write_private(&path, b"one").unwrap();
        write_private(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(names(path.parent().unwrap()), ["file"]);
    }

    #[test]
    fn what_is_prepared_is_put_whole_or_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/file");
        drop(Prepared::new(&path, 10_000).unwrap());
        assert!(names(path.parent().unwrap()).is_empty());
        for bytes in [&b"short"[..], &[7; 10_000], &[8; 20_000], b""] {
            Prepared::new(&path, 10_000).unwrap().put(bytes).unwrap();
            assert!(fs::read(&path).unwrap() == bytes);
            assert_eq!(names(path.parent().unwrap()), ["file"]);
        }
        assert_eq!(Prepared::new(folder.path(), 1).unwrap_err().code(), "not-a-file");
    }

    #[test]
    fn a_folder_is_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("d");
        fs::create_dir(&path).unwrap();
        assert_eq!(write_private(&path, b"x").unwrap_err().code(), "not-a-file");
        assert_eq!(names(folder.path()), ["d"]);
    }

    #[cfg(unix)]
    mod unix {
        use super::*;
        use std::os::unix::fs::{PermissionsExt, symlink};

        fn mode(path: &Path) -> u32 {
            fs::metadata(path).unwrap().permissions().mode() & 0o7777
        }

        #[test]
        fn private_whatever_was_there() {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("new/credentials");
            write_private(&path, b"x").unwrap();
            assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
            fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
            write_private(&path, b"y").unwrap();
            assert_eq!(mode(&path), 0o600);
        }

        #[test]
        fn a_link_stays_and_its_target_changes() {
            let folder = tempfile::tempdir().unwrap();
            let real = folder.path().join("dotfiles/credentials");
            let link = folder.path().join("credentials");
            symlink("middle", &link).unwrap();
            symlink("dotfiles/credentials", folder.path().join("middle")).unwrap();
            write_private(&link, b"one").unwrap();
            write_private(&link, b"two").unwrap();
            assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
            assert_eq!(fs::read(&real).unwrap(), b"two");
            assert_eq!(names(real.parent().unwrap()), ["credentials"]);
        }

        #[test]
        fn a_cache_s_link_is_replaced_and_its_target_stays() {
            let folder = tempfile::tempdir().unwrap();
            let real = folder.path().join("real");
            fs::write(&real, "old").unwrap();
            let link = folder.path().join("link");
            symlink("real", &link).unwrap();
            replace_private(&link, b"new").unwrap();
            assert_eq!((fs::read(&real).unwrap(), fs::read(&link).unwrap()), (b"old".to_vec(), b"new".to_vec()));
            assert_eq!(mode(&link), 0o600);
            fs::create_dir(folder.path().join("folder")).unwrap();
            assert_eq!(replace_private(&folder.path().join("folder"), b"x").unwrap_err().code(), "not-a-file");
        }

        #[test]
        fn loops_devices_and_pipes_are_refused() {
            let folder = tempfile::tempdir().unwrap();
            let [a, b, null, pipe] = ["a", "b", "null", "pipe"].map(|name| folder.path().join(name));
            symlink(&b, &a).unwrap();
            symlink(&a, &b).unwrap();
            assert_eq!(write_private(&a, b"x").unwrap_err().code(), "file-unwritable");
            symlink("/dev/null", &null).unwrap();
            assert_eq!(write_private(&null, b"x").unwrap_err().code(), "not-a-file");
            rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
            assert_eq!(write_private(&pipe, b"x").unwrap_err().code(), "not-a-file");
            assert_eq!(names(folder.path()), ["a", "b", "null", "pipe"]);
        }

        #[test]
        fn a_file_in_place_of_a_folder_stays_as_it_is() {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("f");
            fs::write(&path, "old").unwrap();
            let below = path.join("not-a-folder/g");
            assert_eq!(write_private(&below, b"x").unwrap_err().code(), "file-unwritable");
            assert_eq!(fs::read(&path).unwrap(), b"old");
            assert_eq!(names(folder.path()), ["f"]);
        }

        #[test]
        fn another_users_folder_is_refused_by_root() {
            if !rustix::process::geteuid().is_root() {
                return; // Only root can give files away, and only root is refused.
            }
            let folder = tempfile::tempdir().unwrap();
            let home = folder.path().join("home");
            fs::create_dir(&home).unwrap();
            std::os::unix::fs::chown(&home, Some(12_345), None).unwrap();
            for path in [home.join("credentials"), home.join(".aws/credentials")] {
                assert_eq!(write_private(&path, b"x").unwrap_err().code(), "other-owner");
            }
            assert!(names(&home).is_empty());
            let path = folder.path().join("theirs");
            fs::write(&path, "").unwrap();
            std::os::unix::fs::chown(&path, Some(12_345), None).unwrap();
            assert_eq!(write_private(&path, b"x").unwrap_err().code(), "other-owner");
        }
    }
}
