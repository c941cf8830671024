//! The Windows command prompt.

use awsenv_core::change::EnvChange;

use crate::dialect::Dialect;
use crate::{RenderError, Shell};

pub(crate) const DIALECT: Dialect = Dialect { quote, change, failure, form };

/// The longest line that cmd reads, in characters.
const LONGEST_LINE: usize = 8191;

fn quote(value: &str, out: &mut String) -> Result<(), RenderError> {
    if let Some(character) = value.chars().find(|c| matches!(c, '"' | '%') || !c.is_ascii()) {
        return Err(RenderError::Character { shell: Shell::Cmd, what: "the word".to_owned(), character });
    }
    out.push('"');
    out.push_str(value);
    out.push('"');
    Ok(())
}

fn change(change: &EnvChange, out: &mut String) -> Result<(), RenderError> {
    for (index, variable) in change.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        let start = out.len();
        out.push_str("set \"");
        out.push_str(variable.name());
        out.push('=');
        let what = || format!("the value for {}", variable.name());
        if let Some(value) = variable.value() {
            let value = value.expose();
            if let Some(character) = value.chars().find(|c| *c == '"' || !c.is_ascii()) {
                return Err(RenderError::Character { shell: Shell::Cmd, what: what(), character });
            }
            out.push_str(value);
        }
        out.push('"');
        if out.len() - start > LONGEST_LINE {
            return Err(RenderError::TooLong { shell: Shell::Cmd, what: what(), limit: LONGEST_LINE });
        }
    }
    Ok(())
}

fn failure(_message: &str) -> String {
    "cmd /c exit 1".to_owned()
}

fn form(command: &str) -> String {
    format!("for /f \"delims=\" %i in ('{command}') do @%i")
}
