//! The user's home folder, as the AWS tools find it.

use std::path::{Path, PathBuf};

use awsenv_core::environment::Environment;

/// The home folder: `HOME`; on Windows `USERPROFILE`, then `HOMEDRIVE` and `HOMEPATH` together. Empty counts as unset.
///
/// Never the user database: AWS tools started by the same shell follow the variable.
pub fn folder(environment: &Environment) -> Option<PathBuf> {
    let variable = |name: &str| environment.get_os(name).filter(|value| !value.is_empty());
    if cfg!(windows) {
        variable("USERPROFILE").map(PathBuf::from).or_else(|| {
            let mut path = variable("HOMEDRIVE")?.to_owned();
            path.push(variable("HOMEPATH")?);
            Some(path.into())
        })
    } else {
        variable("HOME").map(PathBuf::from)
    }
}

/// `path` with a leading `~` (alone or before a separator) replaced by `home`. `~user` is left as it is.
///
/// `None` when the path needs a home folder and there is none.
pub fn expand(path: &str, home: Option<&Path>) -> Option<PathBuf> {
    let Some(rest) = path.strip_prefix('~') else { return Some(path.into()) };
    if rest.is_empty() {
        return home.map(Path::to_owned);
    }
    match rest.strip_prefix(std::path::is_separator) {
        Some(rest) => home.map(|home| home.join(rest.trim_start_matches(std::path::is_separator))),
        None => Some(path.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_leading_tilde_is_expanded() {
        let home = Some(Path::new("/h"));
        for (input, expected) in [
            ("~", "/h"),
            ("~/", "/h/"),
            ("~/a", "/h/a"),
            ("~//a", "/h/a"),
            ("/a/~", "/a/~"),
            ("~bob/a", "~bob/a"),
            ("", ""),
        ] {
            assert_eq!(expand(input, home).as_deref(), Some(Path::new(expected)), "{input}");
        }
        assert_eq!(expand("~/a", None), None);
        assert_eq!(expand("/a", None), Some("/a".into()));
    }

    #[test]
    fn an_empty_home_is_no_home() {
        let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
        assert_eq!(folder(&Environment::default()), None);
        assert_eq!(folder(&[(name, "")].into_iter().collect()), None);
        assert_eq!(folder(&[(name, "/h")].into_iter().collect()), Some("/h".into()));
    }
}
