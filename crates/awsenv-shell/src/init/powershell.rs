//! PowerShell: everything is global, because a profile may be read inside a function.

use std::fmt::Write as _;

use super::{Hook, InitOptions};
use crate::{RenderError, Shell, quote};

pub(super) const HOOK: Hook =
    Hook { head, files: &[include_str!("../../../../shell/powershell/hook.ps1")], core: &[], define };

fn head(shell: Shell, options: &InitOptions<'_>) -> Result<String, RenderError> {
    let mut text = String::new();
    for (name, value) in options.assignments() {
        // A String takes everything that is written to it.
        let _ = writeln!(text, "$global:{name} = {}", quote(shell, value)?);
    }
    Ok(text)
}

fn define(command: &str) -> String {
    format!(
        "\nfunction global:{command} {{\n    \
             __awsenv_main -Words $args -HandOn ($MyInvocation.PipelinePosition -lt $MyInvocation.PipelineLength)\n}}\n"
    )
}
