//! What every shell's file provides.

use awsenv_core::change::EnvChange;

use crate::RenderError;

/// The functions of one shell, in the order in which its file holds them.
pub(crate) struct Dialect {
    /// Appends a value as one word.
    pub(crate) quote: fn(value: &str, out: &mut String) -> Result<(), RenderError>,
    /// Appends the snippet for a change. Where `save` is not empty it calls the hook's `__awsenv_save` with these
    /// arguments, inside its compound command, after the probe and before anything is changed.
    pub(crate) change: fn(change: &EnvChange, save: &str, out: &mut String) -> Result<(), RenderError>,
    /// The text whose evaluation fails.
    pub(crate) failure: fn(message: &str) -> String,
    /// The command line that evaluates what `command` prints.
    pub(crate) form: fn(command: &str) -> String,
}
