//! Other programs that a person may have.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use awsenv_core::environment::Environment;

/// Where `name` is found on the `PATH` of `environment`: for hints that name a program, never for what is handed a
/// secret. Only absolute entries count, so that a folder one merely stands in has no say.
pub fn find(name: &str, environment: &Environment) -> Option<PathBuf> {
    let path = environment.get_os("PATH")?;
    let absolute = std::env::join_paths(std::env::split_paths(path).filter(|folder| folder.is_absolute())).ok()?;
    which::which_in_global(name, Some(absolute)).ok()?.next()
}

/// The absolute path of this program, by the name it was started by as far as that leads to it: a link that a package
/// manager keeps pointing at the newest version stays good, the file behind it does not.
///
/// `started_as` is `argv[0]`; a name without a folder is looked for on `path`, the value of `PATH`.
pub fn own_path(started_as: &OsStr, path: Option<&OsStr>) -> io::Result<PathBuf> {
    let file = std::env::current_exe()?;
    let name = Path::new(started_as);
    let named = if name.components().count() > 1 {
        std::path::absolute(name).ok().filter(|named| is_same(named, &file))
    } else {
        let folders = path.map(std::env::split_paths).into_iter().flatten();
        let names = folders.filter(|folder| folder.is_absolute()).map(|folder| folder.join(name));
        names.into_iter().find(|named| is_same(named, &file))
    };
    Ok(named.unwrap_or(file))
}

/// Whether both names lead to one file.
#[cfg(unix)]
fn is_same(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    one.metadata()
        .is_ok_and(|one| other.metadata().is_ok_and(|other| (one.dev(), one.ino()) == (other.dev(), other.ino())))
}

/// Whether both names lead to one file.
#[cfg(not(unix))]
fn is_same(one: &Path, other: &Path) -> bool {
    one.canonicalize().is_ok_and(|one| other.canonicalize().is_ok_and(|other| one == other))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn on_the_given_path_alone() {
        let environment: Environment = [("PATH", "relative:/bin:/usr/bin")].into_iter().collect();
        assert!(find("sh", &environment).is_some_and(|path| path.is_absolute()));
        assert_eq!(find("no-such-program", &environment), None);
        assert_eq!(find("sh", &[("PATH", "/nowhere")].into_iter().collect()), None);
        assert_eq!(find("sh", &Environment::default()), None);
    }

    #[test]
    fn own_path_is_the_name_that_leads_here() {
        let file = std::env::current_exe().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("tool");
        std::os::unix::fs::symlink(&file, &link).unwrap();
        let path = std::env::join_paths([Path::new("relative"), Path::new("/bin"), folder.path()]).unwrap();
        assert_eq!(own_path("tool".as_ref(), Some(&path)).unwrap(), link);
        assert_eq!(own_path(link.as_os_str(), None).unwrap(), link);
        for other in ["sh", "/bin/sh", "no-such-program", ""] {
            assert_eq!(own_path(other.as_ref(), Some(&path)).unwrap(), file, "{other}");
        }
    }
}
