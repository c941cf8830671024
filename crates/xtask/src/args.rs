//! The words after a command's name: flags and values, taken one by one, and nothing left over.

use std::ffi::OsString;

use crate::failure::{Failure, Result};

/// The arguments of one command. Each option is taken out by name; [`Args::finish`] refuses what nobody took.
#[derive(Debug)]
pub(crate) struct Args {
    words: Vec<String>,
}

/// The command line as text.
///
/// # Errors
/// A word that is not UTF-8: nothing that xtask takes can be one.
pub(crate) fn words(raw: impl Iterator<Item = OsString>) -> Result<Vec<String>> {
    raw.map(|word| word.into_string().map_err(|word| Failure::new(format!("{} is not UTF-8", word.display()))))
        .collect()
}

impl Args {
    /// The arguments `words`, none of them taken yet.
    pub(crate) fn new(words: Vec<String>) -> Self {
        Self { words }
    }

    /// Takes the flag `name` (`--check`), as often as it stands there; whether it did.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        let before = self.words.len();
        self.words.retain(|word| word != name);
        self.words.len() != before
    }

    /// Takes every `name VALUE` and `name=VALUE`, in order.
    ///
    /// # Errors
    /// `name` as the last word, or before another option.
    pub(crate) fn values(&mut self, name: &str) -> Result<Vec<String>> {
        let mut found = Vec::new();
        let mut rest = Vec::new();
        let mut words = std::mem::take(&mut self.words).into_iter();
        while let Some(word) = words.next() {
            if word == name {
                let value = words.next().filter(|value| !value.starts_with("--"));
                found.push(value.ok_or_else(|| Failure::new(format!("{name} needs a value")))?);
            } else if let Some(value) = word.strip_prefix(name).and_then(|tail| tail.strip_prefix('=')) {
                found.push(value.to_owned());
            } else {
                rest.push(word);
            }
        }
        self.words = rest;
        Ok(found)
    }

    /// Takes the one value of `name`, if it is there.
    ///
    /// # Errors
    /// As [`Args::values`], and `name` given twice.
    pub(crate) fn value(&mut self, name: &str) -> Result<Option<String>> {
        let mut values = self.values(name)?;
        if values.len() > 1 {
            return Err(Failure::new(format!("{name} was given {} times", values.len())));
        }
        Ok(values.pop())
    }

    /// The end of the options.
    ///
    /// # Errors
    /// A word that no option took.
    pub(crate) fn finish(self) -> Result<()> {
        match self.words.first() {
            None => Ok(()),
            Some(word) => Err(Failure::new(format!("unknown argument '{word}' (--help tells what there is)"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(line: &str) -> Args {
        Args::new(line.split_whitespace().map(str::to_owned).collect())
    }

    #[test]
    fn takes_flags_and_values_in_any_order() {
        let mut args = args("--only fmt --no-setup --only=clippy");
        assert!(args.flag("--no-setup"));
        assert!(!args.flag("--no-setup"), "a flag is taken once");
        assert_eq!(args.values("--only").unwrap(), ["fmt", "clippy"]);
        args.finish().unwrap();
    }

    #[test]
    fn refuses_what_nobody_took() {
        let mut args = args("--root /opt --chekc");
        assert_eq!(args.value("--root").unwrap().as_deref(), Some("/opt"));
        assert_eq!(args.finish().unwrap_err().to_string(), "unknown argument '--chekc' (--help tells what there is)");
    }

    #[test]
    fn a_value_is_never_another_option() {
        assert!(args("--root").value("--root").is_err());
        assert!(args("--root --check").value("--root").is_err());
        assert!(args("--root a --root b").value("--root").is_err());
        assert_eq!(args("--rooted").value("--root").unwrap(), None);
    }
}
