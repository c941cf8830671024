//! A snapshot of a process environment. awsenv-host takes it once; everything else reads this copy.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

/// Environment variables by name, as they were when the process started.
///
/// `Debug` shows names only: the values of an environment are as secret as its worst one.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Environment {
    variables: BTreeMap<String, OsString>,
}

impl Environment {
    /// The value, where the variable is set and valid UTF-8. An empty value is a value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).and_then(|value| value.to_str())
    }

    /// The value, where the variable is set, valid UTF-8 and not empty: how AWS tools read most variables.
    pub fn get_nonempty(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// The value as the system gave it.
    pub fn get_os(&self, name: &str) -> Option<&OsStr> {
        self.variables.get(name).map(OsString::as_os_str)
    }

    /// Whether the variable is set at all, be it empty or not UTF-8.
    pub fn is_set(&self, name: &str) -> bool {
        self.variables.contains_key(name)
    }

    /// Sets or replaces a variable in this copy.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<OsString>) {
        self.variables.insert(name.into(), value.into());
    }

    /// Removes a variable from this copy.
    pub fn unset(&mut self, name: &str) {
        self.variables.remove(name);
    }

    /// The names that start with `prefix`, in order.
    pub fn names_with_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a str> {
        self.variables
            .range(prefix.to_owned()..)
            .map(|(name, _)| name.as_str())
            .take_while(move |name| name.starts_with(prefix))
    }

    /// Every variable, in the order of names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &OsStr)> {
        self.variables.iter().map(|(name, value)| (name.as_str(), value.as_os_str()))
    }
}

impl<N: Into<String>, V: Into<OsString>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(iter: I) -> Self {
        Self { variables: iter.into_iter().map(|(n, v)| (n.into(), v.into())).collect() }
    }
}

impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.variables.keys()).finish()
    }
}
