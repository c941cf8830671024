//! Text that stands in a shell's prompt: cleaned, then escaped, then colored, by a function each.
//!
//! This is not quoting. A quoted value is a word of a command; a prompt is a template, which every shell expands by
//! rules of its own, some of them twice, each time it is shown. What has to be escaped depends on the shell and on how
//! the text gets into the prompt ([`Embed`]).

mod clean;
mod escape;
mod paint;

use std::str::FromStr;

use thiserror::Error;

pub use clean::{clean, cut};
pub use escape::escape;
pub use paint::paint;

/// How the text gets into the prompt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Embed {
    /// By way of a variable or function that the prompt names, so that the shell fetches the text when it shows the
    /// prompt: `PS1='$AWSENV_SEGMENT'`, zsh's `%1v`, tcsh's `%$AWSENV_SEGMENT`, xonsh's `$PROMPT_FIELDS`, the output of
    /// a prompt function.
    #[default]
    Late,
    /// Pasted into the prompt itself, whose every character the shell expands.
    Early,
}

impl Embed {
    /// Its name on the command line, as in `--embed NAME`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Late => "late",
            Self::Early => "early",
        }
    }

    /// Both.
    pub const ALL: [Self; 2] = [Self::Late, Self::Early];
}

/// A name that is no [`Embed`]'s.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("a text is embedded late or early")]
pub struct UnknownEmbed;

impl FromStr for Embed {
    type Err = UnknownEmbed;

    fn from_str(name: &str) -> Result<Self, UnknownEmbed> {
        Self::ALL.into_iter().find(|embed| embed.name() == name).ok_or(UnknownEmbed)
    }
}

#[cfg(test)]
mod tests;
