//! A rendered change.

use std::fmt;

use awsenv_core::change::EnvChange;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The text that makes a shell apply a change. Holds secrets: wiped when dropped, never shown by `Debug`.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Snippet(String);

impl Snippet {
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self(String::with_capacity(bytes))
    }

    pub(crate) fn text_mut(&mut self) -> &mut String {
        &mut self.0
    }

    /// The text, for the one write to standard output.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Snippet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// More bytes than any shell's snippet for `change` has, so that the text is never moved to a larger place, which
/// would leave an unwiped copy behind.
pub(crate) fn capacity(change: &EnvChange) -> usize {
    const FRAME: usize = 1024;
    const PER_NAME: usize = 8;
    const PER_VARIABLE: usize = 128;
    // tcsh's `${__awsenv_c[6]}` for a single quote.
    const PER_BYTE: usize = 18;
    let variables = change.iter().map(|variable| {
        let value = variable.value().map_or(0, |value| value.expose().len());
        PER_NAME * variable.name().len() + PER_BYTE * value + PER_VARIABLE
    });
    FRAME + variables.sum::<usize>()
}
