//! The process environment, read once.

use std::ffi::OsString;

use awsenv_core::environment::Environment;

/// A copy of the process environment as it is now.
///
/// Names that are not UTF-8 are left out: no AWS tool and no shell can name them. Values are kept as the system gave
/// them.
pub fn capture() -> Environment {
    std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value))).collect()
}

/// One variable, for a command that needs no more and that every start of a shell waits for.
#[expect(clippy::disallowed_methods, reason = "this is where the environment is read")]
pub fn one(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_is_copied() {
        let environment = capture();
        assert_eq!(environment.get_os("PATH").map(ToOwned::to_owned), one("PATH"));
        assert_eq!(
            environment.get_os("PATH").map(ToOwned::to_owned),
            std::env::vars_os().find(|v| v.0 == "PATH").map(|v| v.1)
        );
    }
}
