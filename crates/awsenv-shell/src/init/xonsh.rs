//! xonsh: one function, called once, so that no name of it stays behind.

use super::{Hook, InitOptions};
use crate::xonsh::literal;
use crate::{RenderError, Shell};

pub(super) const HOOK: Hook =
    Hook { head, files: &[include_str!("../../../../shell/xonsh/hook.xsh")], core: &[], define };

/// The paths as arguments of a function, whose name goes away after the call.
fn head(_: Shell, options: &InitOptions<'_>) -> Result<String, RenderError> {
    let mut text = String::from("__awsenv_options = (");
    for path in [options.binary, options.prompt_binary] {
        literal(path, &mut text);
        text.push_str(", ");
    }
    text.push_str(if options.prompt { "True)\n" } else { "False)\n" });
    Ok(text)
}

fn define(command: &str) -> String {
    format!("\n\n__awsenv_install(*__awsenv_options, '{command}')\ndel __awsenv_install, __awsenv_options\n")
}
