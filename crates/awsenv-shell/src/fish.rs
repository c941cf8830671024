//! fish.
//!
//! - `begin … end` is open until the last byte, and `source` parses everything before it runs anything.
//! - Each statement stands on a line of its own: when fish reports a syntax error (a text that was cut off), it shows
//!   the line that it is in.
//! - Locals of any enclosing block and the global are erased, so that none of them hides what is set.
//! - An exported universal variable that is to be unset stands in the way, as a readonly variable does elsewhere, and
//!   nothing is applied. It belongs to every session: erasing it would change their identity too, and an unexported
//!   global does not hide it from children. One that is to be set is hidden by the exported global.
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

fn change(change: &EnvChange, save: &str, out: &mut String) -> Result<(), RenderError> {
    out.push_str("begin\nset -l __awsenv_universal\nfor __awsenv_name in");
    for variable in change.iter().filter(|variable| variable.value().is_none()) {
        out.push(' ');
        out.push_str(variable.name());
    }
    out.push_str("\nset -qUx $__awsenv_name; and set -a __awsenv_universal $__awsenv_name\nend\n");
    out.push_str("if set -q __awsenv_universal[1]\n");
    out.push_str("echo \"awsenv: nothing was changed: universal variables belong to every session; ");
    out.push_str("to erase them: set -eU $__awsenv_universal\" >&2\nbuiltin false\nelse\n");
    if !save.is_empty() {
        out.push_str("__awsenv_save ");
        out.push_str(save);
        out.push('\n');
    }
    out.push_str("for __awsenv_name in");
    for variable in change {
        out.push(' ');
        out.push_str(variable.name());
    }
    out.push_str("\nwhile set -ql $__awsenv_name; set -el $__awsenv_name; end\nset -eg $__awsenv_name\nend\n");
    for variable in change {
        if let Some(value) = variable.value() {
            out.push_str("set -gx ");
            out.push_str(variable.name());
            out.push(' ');
            quote(value.expose(), out)?;
            out.push('\n');
        }
    }
    out.push_str("builtin true\nend\nend");
    Ok(())
}

fn failure(_message: &str) -> String {
    "false".to_owned()
}

fn form(command: &str) -> String {
    format!("{command} | source")
}
