//! tcsh, which evaluates one line: every line of the text ends in a semicolon, and none is a comment.

use std::fmt::Write as _;

use super::{Hook, InitOptions};
use crate::{RenderError, Shell, quote};

pub(super) const HOOK: Hook =
    Hook { head, files: &[], core: &[include_str!("../../../../shell/tcsh/core.tcsh")], define };

const PROMPT: &str = include_str!("../../../../shell/tcsh/prompt.tcsh");
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
    // The path goes through backquotes as the argument of a program alone.
    let mut text = format!(
        "alias __awsenv_script 'sh -c '\\''exec \"$0\" __complete tcsh script {command} 2>/dev/null'\\'' \
         $__awsenv_binary:q';\n"
    );
    text.push_str(&one_line(ALIASES));
    // A String takes everything that is written to it.
    let _ = writeln!(
        text,
        "alias {command} 'set __awsenv_words = (\\!*); if (! $?__awsenv_loaded) eval __awsenv_load; eval __awsenv_prepare; \
         $__awsenv_call:q \\!*';"
    );
    text
}

/// What is evaluated at the first prompt.
pub(super) fn at_first_prompt(completion: &str) -> String {
    one_line(PROMPT) + &one_line(completion)
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
