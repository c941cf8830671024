//! fish.
//!
//! - `begin … end` is open until the last byte, and `source` parses everything before it runs anything.
//! - Each statement stands on a line of its own: when fish reports a syntax error (a text that was cut off), it shows
//!   the line that it is in.
//! - Locals of any enclosing block and the global are erased. A universal variable is not: that would change every
//!   other running session. An unexported, empty global hides it from this one.
//! - `set` leaves `$status` alone on success and `set -e` fails for what isn't there, hence the `true` at the end.
//!   fish refuses functions named `set`, `while`, and so on; `true` it does not.

use awsenv_core::change::EnvChange;

use crate::RenderError;
use crate::dialect::Dialect;

pub(crate) const DIALECT: Dialect = Dialect { quote, change, failure, form };

/// `'…'`, where `\` and `'` take a backslash.
fn quote(value: &str, out: &mut String) -> Result<(), RenderError> {
    out.push('\'');
    for character in value.chars() {
        if matches!(character, '\\' | '\'') {
            out.push('\\');
        }
        out.push(character);
    }
    out.push('\'');
    Ok(())
}

fn change(change: &EnvChange, out: &mut String) -> Result<(), RenderError> {
    out.push_str("begin\n");
    if !change.is_empty() {
        out.push_str("for __awsenv_name in");
        for variable in change {
            out.push(' ');
            out.push_str(variable.name());
        }
        out.push_str("\nwhile set -ql $__awsenv_name; set -el $__awsenv_name; end\n");
        out.push_str("set -eg $__awsenv_name\n");
        out.push_str("if set -qU $__awsenv_name; set -gu $__awsenv_name; end\nend\n");
    }
    for variable in change {
        if let Some(value) = variable.value() {
            out.push_str("set -gx ");
            out.push_str(variable.name());
            out.push(' ');
            quote(value.expose(), out)?;
            out.push('\n');
        }
    }
    out.push_str("builtin true\nend");
    Ok(())
}

fn failure(_message: &str) -> String {
    "false".to_owned()
}

fn form(command: &str) -> String {
    format!("{command} | source")
}
