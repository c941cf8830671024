//! elvish: `eval` keeps the names it makes to itself, so the text hands the command on, and the rest to the editor
//! where there is one.

use std::fmt::Write as _;

use super::{Hook, InitOptions};
use crate::{RenderError, Shell, quote};

pub(super) const HOOK: Hook = Hook { head, files: &[], core: &[], define };

const FUNCTIONS: &str = include_str!("../../../../shell/elvish/hook.elv");
const INTERACTIVE: &str = include_str!("../../../../shell/elvish/interactive.elv");

fn head(shell: Shell, options: &InitOptions<'_>) -> Result<String, RenderError> {
    let mut text = String::from("var __awsenv_options = '");
    for (name, value) in options.assignments() {
        // A String takes everything that is written to it.
        let _ = writeln!(text, "var {name} = {}", quote(shell, value)?.replace('\'', "''"));
    }
    text.push_str("'\n");
    Ok(text)
}

fn define(command: &str) -> String {
    format!(
        "var {command}~ = $nop~\n\
         eval $__awsenv_options'\n{}' &on-end={{|hook|\n    \
             set {command}~ = $hook[__awsenv_main~]\n    \
             if ?(eval 'nop $edit:prompt') {{\n        \
                 eval '\n{}' &ns=(ns [&hook=$hook &command={command}])\n    \
             }}\n\
         }}\n",
        FUNCTIONS.replace('\'', "''"),
        INTERACTIVE.replace('\'', "''"),
    )
}

/// `text`, evaluated only where there is an editor.
pub(super) fn in_editor(text: &str) -> String {
    format!("if ?(eval 'nop $edit:prompt') {{\n    eval '\n{}'\n}}\n", text.replace('\'', "''"))
}
