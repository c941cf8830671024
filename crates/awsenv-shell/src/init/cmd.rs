//! cmd: a `doskey` macro, which is all that it has. It is put in place of the word at the prompt alone: in a batch file,
//! a pipe or a `for` the word is the program, so the evaluated form goes on working. Nothing runs before a prompt, and
//! nothing can hold what `back` would give back.

use super::{Hook, InitOptions};
use crate::{RenderError, Shell, quote};

pub(super) const HOOK: Hook = Hook { head, files: &[], core: &[], define: |_| String::new() };

const MACRO: &str = include_str!("../../../../shell/cmd/hook.cmd");

/// Evaluated as a snippet is, so nothing in it is parsed before `doskey` has it. A `$` in the path would be the macro's.
fn head(shell: Shell, options: &InitOptions<'_>) -> Result<String, RenderError> {
    let what = || "the path of awsenv".to_owned();
    quote(shell, options.binary)?;
    if let Some(character) = options.binary.chars().find(|c| matches!(c, '$' | '^' | '!')) {
        return Err(RenderError::Character { shell, what: what(), character });
    }
    Ok(MACRO.replace("@COMMAND@", options.command).replace("@BINARY@", options.binary))
}
