//! xonsh: one Python expression in square brackets, open until the last byte.
//!
//! When xonsh can't parse a line it tries to read it as a command, so a text that is cut off must not be one either:
//! in a string everything but letters, digits and a few harmless characters is written as an escape.
//!
//! A string that is a word of a command is not left alone: xonsh expands `~`, `$NAME` and `${…}` in it even where they
//! are written as escapes. Only a Python expression, `@('…')`, stays what it is.

use std::fmt::Write as _;

use awsenv_core::change::EnvChange;

use crate::RenderError;
use crate::dialect::Dialect;

pub(crate) const DIALECT: Dialect = Dialect { quote, change, failure, form };

/// A Python string literal, as an expression where xonsh would expand it.
fn quote(value: &str, out: &mut String) -> Result<(), RenderError> {
    let is_expanded = value.contains(['~', '$']);
    if is_expanded {
        out.push_str("@(");
    }
    literal(value, out);
    if is_expanded {
        out.push(')');
    }
    Ok(())
}

/// A Python string literal of ASCII characters.
pub(crate) fn literal(value: &str, out: &mut String) {
    out.push('\'');
    for character in value.chars() {
        let code = u32::from(character);
        // A String takes everything that is written to it.
        let _ = match character {
            c if c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ':' | '=' | '+' | ',') => {
                out.push(c);
                Ok(())
            }
            c if c.is_ascii() => write!(out, "\\x{code:02x}"),
            _ if code <= 0xFFFF => write!(out, "\\u{code:04x}"),
            _ => write!(out, "\\U{code:08x}"),
        };
    }
    out.push('\'');
}

fn change(change: &EnvChange, save: &str, out: &mut String) -> Result<(), RenderError> {
    out.push('[');
    if !save.is_empty() {
        out.push_str("__awsenv_save('");
        out.push_str(save);
        out.push_str("'), ");
    }
    out.push_str("[__xonsh__.env.pop(name, None) for name in (");
    for variable in change {
        out.push('\'');
        out.push_str(variable.name());
        out.push_str("', ");
    }
    out.push_str(")], __xonsh__.env.update({");
    for variable in change {
        if let Some(value) = variable.value() {
            out.push('\'');
            out.push_str(variable.name());
            out.push_str("': ");
            literal(value.expose(), out);
            out.push_str(", ");
        }
    }
    out.push_str("})]");
    Ok(())
}

fn failure(_message: &str) -> String {
    "raise RuntimeError('awsenv')".to_owned()
}

fn form(command: &str) -> String {
    format!("execx($({command}))")
}
