//! tcsh.

use awsenv_core::change::EnvChange;

use crate::RenderError;
use crate::dialect::Dialect;

pub(crate) const DIALECT: Dialect = Dialect { quote, change, failure, form };

/// `'…'`; a single quote, a backslash and `!` stand outside the quotes with a backslash before them, where they mean
/// the same under `set backslash_quote`.
fn quote(value: &str, out: &mut String) -> Result<(), RenderError> {
    out.push('\'');
    for character in value.chars() {
        if matches!(character, '\'' | '\\' | '!') {
            out.push_str("'\\");
            out.push(character);
            out.push('\'');
        } else {
            out.push(character);
        }
    }
    out.push('\'');
    Ok(())
}

fn change(change: &EnvChange, out: &mut String) -> Result<(), RenderError> {
    out.push_str("eval ");
    let mut code = String::new();
    for variable in change {
        match variable.value() {
            None => {
                code.push_str("unsetenv ");
                code.push_str(variable.name());
            }
            Some(value) => {
                code.push_str("setenv ");
                code.push_str(variable.name());
                code.push(' ');
                quote(value.expose(), &mut code)?;
            }
        }
        code.push(';');
    }
    quote(&code, out)
}

fn failure(_message: &str) -> String {
    "false".to_owned()
}

fn form(command: &str) -> String {
    format!("eval \"`{command}`\"")
}
