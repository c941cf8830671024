//! What can't be said in a shell.

use awsenv_core::change::ChangeError;
use thiserror::Error;

use crate::Shell;

/// Why a change or a value can't be rendered. Never holds the value.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RenderError {
    /// The value holds something that no shell may see.
    #[error(transparent)]
    Value(#[from] ChangeError),
    /// The shell has no way to write this character so that it arrives unchanged.
    #[error("{shell} can't take the character `{}` ({}) in {what}", .character, .character.escape_unicode())]
    Character {
        /// The shell.
        shell: Shell,
        /// The variable, or what else the value is for.
        what: String,
        /// The first such character.
        character: char,
    },
    /// The shell reads lines of a limited length.
    #[error("{shell} can't take {what}: its line would be longer than {limit} characters")]
    TooLong {
        /// The shell.
        shell: Shell,
        /// The variable, or what else is too long.
        what: String,
        /// The longest line, in characters.
        limit: usize,
    },
}
