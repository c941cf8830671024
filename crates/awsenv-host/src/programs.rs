//! Other programs that a person may have.

use std::path::PathBuf;

use awsenv_core::environment::Environment;

/// Where `name` is found on the `PATH` of `environment`: for hints that name a program, never for what is handed a
/// secret. Only absolute entries count, so that a folder one merely stands in has no say.
pub fn find(name: &str, environment: &Environment) -> Option<PathBuf> {
    let path = environment.get_os("PATH")?;
    let absolute = std::env::join_paths(std::env::split_paths(path).filter(|folder| folder.is_absolute())).ok()?;
    which::which_in_global(name, Some(absolute)).ok()?.next()
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
