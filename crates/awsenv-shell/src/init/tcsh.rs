//! tcsh, which evaluates one line: every line of the text ends in a semicolon, and none is a comment.

use std::fmt::Write as _;

use super::{Hook, InitOptions};
use crate::{RenderError, Shell, quote};

pub(super) const HOOK: Hook = Hook { head, files: &[], define };

const ALIASES: &str = include_str!("../../../../shell/tcsh/hook.tcsh");

fn head(shell: Shell, options: &InitOptions<'_>) -> Result<String, RenderError> {
    let mut text = String::new();
    for (name, value) in options.assignments() {
        // A String takes everything that is written to it.
        let _ = writeln!(text, "set {name} = {};", quote(shell, value)?);
    }
    Ok(text)
}

fn define(command: &str) -> String {
    let mut text = one_line(ALIASES);
    // A String takes everything that is written to it.
    let _ = writeln!(text, "alias {command} 'set __awsenv_words = (\\!*); __awsenv_prepare; $__awsenv_call:q \\!*';");
    text
}

/// The lines of `text` that are commands, each ended.
pub(super) fn one_line(text: &str) -> String {
    let mut commands = String::with_capacity(text.len());
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        commands.push_str(line);
        commands.push_str(";\n");
    }
    commands
}
