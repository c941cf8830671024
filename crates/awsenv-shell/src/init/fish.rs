//! fish: globals that are not exported, and a function that shadows no scope of its caller.

use std::fmt::Write as _;

use super::{Hook, InitOptions};
use crate::{RenderError, Shell, quote};

pub(super) const HOOK: Hook = Hook {
    head,
    files: &[include_str!("../../../../shell/fish/hook.fish")],
    core: &[include_str!("../../../../shell/fish/core.fish"), include_str!("../../../../shell/fish/folder.fish")],
    define,
};

fn head(shell: Shell, options: &InitOptions<'_>) -> Result<String, RenderError> {
    let mut text = String::new();
    for (name, value) in options.assignments() {
        // A String takes everything that is written to it.
        let _ = writeln!(text, "set -gu {name} {}", quote(shell, value)?);
    }
    Ok(text)
}

fn define(command: &str) -> String {
    format!(
        "function {command} --no-scope-shadowing --description 'Switch the AWS identity of this shell'\n    \
         __awsenv_call $argv\nend\n"
    )
}
