//! The change of an environment as data. Shells only render it.

use std::fmt;

use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Why a variable can't be part of an [`EnvChange`]. Never holds the value.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ChangeError {
    /// The name is not `[A-Za-z_][A-Za-z0-9_]*`: some shell would read it as something else.
    #[error("`{}` is not a name for an environment variable", .name.escape_debug())]
    Name {
        /// The name.
        name: String,
    },
    /// The value is not UTF-8, so no shell can be told it safely.
    #[error("the value of {name} is not UTF-8")]
    NotUtf8 {
        /// The variable.
        name: String,
    },
    /// The value holds NUL, a line break or another control character.
    #[error("the value for {name} holds a control character ({})", .character.escape_unicode())]
    ControlCharacter {
        /// The variable.
        name: String,
        /// The first such character.
        character: char,
    },
}

/// A value that a renderer may quote: UTF-8 without NUL or control characters. Wiped when dropped.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct EnvValue {
    text: String,
    #[zeroize(skip)]
    secret: bool,
}

impl EnvValue {
    /// The text.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// Whether people must not see it.
    pub fn is_secret(&self) -> bool {
        self.secret
    }
}

impl fmt::Debug for EnvValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.secret { f.write_str("***") } else { fmt::Debug::fmt(&self.text, f) }
    }
}

/// What happens to one variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvVar {
    name: String,
    value: Option<EnvValue>,
}

impl EnvVar {
    /// The name, always `[A-Za-z_][A-Za-z0-9_]*`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value to export, or `None` to unset the variable.
    pub fn value(&self) -> Option<&EnvValue> {
        self.value.as_ref()
    }
}

/// An ordered change of an environment: every variable at most once, either exported with a value or unset.
///
/// What is in here has been checked: names are names, values have no control characters. A shell's renderer has
/// nothing left to refuse but what that shell alone can't say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnvChange {
    variables: Vec<EnvVar>,
}

impl EnvChange {
    /// A change of nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Exports `name` with `value`. A later call for the same name replaces the earlier one in its place.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), ChangeError> {
        self.put(name, Some((value, false)))
    }

    /// As [`set`](Self::set), for a value that people must not see.
    pub fn set_secret(&mut self, name: &str, value: &str) -> Result<(), ChangeError> {
        self.put(name, Some((value, true)))
    }

    /// Unsets `name`.
    pub fn unset(&mut self, name: &str) -> Result<(), ChangeError> {
        self.put(name, None)
    }

    /// The variables in order.
    pub fn iter(&self) -> std::slice::Iter<'_, EnvVar> {
        self.variables.iter()
    }

    /// How many variables it speaks about.
    pub fn len(&self) -> usize {
        self.variables.len()
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.variables.is_empty()
    }

    fn put(&mut self, name: &str, value: Option<(&str, bool)>) -> Result<(), ChangeError> {
        check_name(name)?;
        let value = match value {
            None => None,
            Some((text, secret)) => {
                check_value(name, text)?;
                Some(EnvValue { text: text.to_owned(), secret })
            }
        };
        match self.variables.iter_mut().find(|v| v.name == name) {
            Some(slot) => slot.value = value,
            None => self.variables.push(EnvVar { name: name.to_owned(), value }),
        }
        Ok(())
    }
}

impl<'a> IntoIterator for &'a EnvChange {
    type Item = &'a EnvVar;
    type IntoIter = std::slice::Iter<'a, EnvVar>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

fn check_name(name: &str) -> Result<(), ChangeError> {
    let mut bytes = name.bytes();
    let first = bytes.next().is_some_and(|b| b == b'_' || b.is_ascii_alphabetic());
    if first && bytes.all(|b| b == b'_' || b.is_ascii_alphanumeric()) {
        Ok(())
    } else {
        Err(ChangeError::Name { name: name.to_owned() })
    }
}

/// Whether `value` may become the value of an environment variable.
///
/// Besides control characters (C0, DEL, C1), the line and paragraph separators U+2028 and U+2029 are refused: some
/// shells' readers end a line at them.
pub fn check_value(name: &str, value: &str) -> Result<(), ChangeError> {
    match value.chars().find(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        None => Ok(()),
        Some(character) => Err(ChangeError::ControlCharacter { name: name.to_owned(), character }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_names() {
        let mut change = EnvChange::new();
        for bad in ["", "1A", "A B", "A=B", "A;x", "Ä", "A-B", "$(x)"] {
            assert!(matches!(change.set(bad, "v"), Err(ChangeError::Name { .. })), "{bad:?}");
        }
        assert!(change.is_empty());
        change.set("AWS_ENDPOINT_URL_S3", "v").unwrap();
    }

    #[test]
    fn control_characters_never_reach_a_renderer() {
        let mut change = EnvChange::new();
        for bad in ["\0", "a\nb", "\r", "\u{1b}[31m", "\u{7f}", "\u{85}", "\u{2028}"] {
            assert!(matches!(change.set("A", bad), Err(ChangeError::ControlCharacter { .. })), "{bad:?}");
        }
        assert!(change.is_empty());
    }

    #[test]
    fn one_place_a_name() {
        let mut change = EnvChange::new();
        change.set("A", "1").unwrap();
        change.unset("B").unwrap();
        change.unset("A").unwrap();
        assert_eq!(change.iter().map(EnvVar::name).collect::<Vec<_>>(), ["A", "B"]);
        assert!(change.iter().all(|v| v.value().is_none()));
    }

    #[test]
    fn debug_hides_secrets() {
        let mut change = EnvChange::new();
        change.set_secret("AWS_SECRET_ACCESS_KEY", "canary").unwrap();
        assert!(!format!("{change:?}").contains("canary"));
    }
}
