//! elvish.
//!
//! A lambda that is called: `{ …}` is open until the last byte, and `eval` parses everything before it runs anything.
//! `unset-env` of what isn't there is no error.

use awsenv_core::change::EnvChange;

use crate::RenderError;
use crate::dialect::Dialect;

pub(crate) const DIALECT: Dialect = Dialect { quote, change, failure, form };

/// `'…'`, a single quote doubled.
fn quote(value: &str, out: &mut String) -> Result<(), RenderError> {
    out.push('\'');
    for character in value.chars() {
        if character == '\'' {
            out.push('\'');
        }
        out.push(character);
    }
    out.push('\'');
    Ok(())
}

fn change(change: &EnvChange, save: &str, out: &mut String) -> Result<(), RenderError> {
    out.push_str("{\n");
    if !save.is_empty() {
        out.push_str("__awsenv_save ");
        out.push_str(save);
        out.push('\n');
    }
    for variable in change {
        match variable.value() {
            None => {
                out.push_str("unset-env ");
                out.push_str(variable.name());
            }
            Some(value) => {
                out.push_str("set-env ");
                out.push_str(variable.name());
                out.push(' ');
                quote(value.expose(), out)?;
            }
        }
        out.push('\n');
    }
    out.push('}');
    Ok(())
}

fn failure(_message: &str) -> String {
    "fail awsenv".to_owned()
}

fn form(command: &str) -> String {
    format!("eval ({command} | slurp)")
}
