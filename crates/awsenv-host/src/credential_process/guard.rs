//! The variable that keeps a `credential_process` from asking awsenv for its own profile, over and over.

use awsenv_core::environment::Environment;

/// Names the profiles whose `credential_process` is running above this process.
///
/// Not `AWSENV_*`, since those variables are taken out of the program's environment.
pub const GUARD_VARIABLE: &str = "_AWSENV_CREDENTIAL_PROCESS";

/// The variable's value for a program run for `profile`; `None` when one already runs above.
pub(super) fn enter(environment: &Environment, profile: &str) -> Option<String> {
    let name = escape(profile);
    match environment.get_nonempty(GUARD_VARIABLE) {
        None => Some(name),
        Some(above) if above.split(':').any(|other| other == name) => None,
        Some(above) => Some(format!("{above}:{name}")),
    }
}

/// Makes any name a word without `:`. Never empty, so that an empty name is a name, too.
fn escape(name: &str) -> String {
    let mut text = String::from("=");
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inside(value: &str) -> Environment {
        [(GUARD_VARIABLE, value)].into_iter().collect()
    }

    #[test]
    fn any_name_is_recognised_and_no_other() {
        let names = ["a", "a:b", "b", "%61", "a%3Ab", "", "ä 😀", "=a", "a\nb", "$(x)"];
        let mut environment = Environment::default();
        for name in names {
            let value = enter(&environment, name).unwrap_or_else(|| panic!("{name:?} taken for another"));
            assert!(value.is_ascii() && !value.contains(['\n', ' ', '$']));
            environment = inside(&value);
            assert_eq!(enter(&environment, name), None, "{name:?}");
        }
        for name in names {
            assert_eq!(enter(&environment, name), None, "{name:?}");
        }
    }

    #[test]
    fn an_empty_variable_names_nobody() {
        assert!(enter(&inside(""), "").is_some());
    }
}
