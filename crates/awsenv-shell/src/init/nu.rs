//! Nushell, which reads a file with the text: constants, and commands that change the environment of their caller.

use std::fmt::Write as _;

use super::{Hook, InitOptions};
use crate::{RenderError, Shell, quote};

pub(super) const HOOK: Hook = Hook { head, files: &[include_str!("../../../../shell/nu/hook.nu")], core: &[], define };

fn head(shell: Shell, options: &InitOptions<'_>) -> Result<String, RenderError> {
    let mut text = String::new();
    for (name, value) in options.assignments() {
        // A String takes everything that is written to it.
        let _ = writeln!(text, "const {name} = {}", quote(shell, value)?);
    }
    Ok(text)
}

fn define(command: &str) -> String {
    format!(
        "\n# Switch the AWS identity of this shell\n@complete __awsenv_complete\ndef --env --wrapped {command} [...arguments] {{\n    \
         __awsenv_main ...$arguments\n}}\n"
    )
}
