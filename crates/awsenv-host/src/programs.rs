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
/// `started_as` is `argv[0]`; a name without a folder is looked for on the `PATH` of `environment`.
pub fn own_path(started_as: &OsStr, environment: &Environment) -> io::Result<PathBuf> {
    let file = std::env::current_exe()?;
    let path = Path::new(started_as);
    let named = if path.components().count() > 1 {
        std::path::absolute(path).ok()
    } else {
        started_as.to_str().and_then(|name| find(name, environment))
    };
    let is_this =
        |named: &PathBuf| named.canonicalize().is_ok_and(|named| file.canonicalize().is_ok_and(|file| file == named));
    Ok(named.filter(is_this).unwrap_or(file))
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
}
