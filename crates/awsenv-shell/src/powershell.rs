//! Windows PowerShell 5.1 and PowerShell 7.
//!
//! - `& {…}` is open until the last byte, and `Invoke-Expression` parses everything before it runs anything.
//! - The text is ASCII: PowerShell decodes a program's output by the console's code page, so every other character is
//!   written as the UTF-16 units that it is made of, `[char]0x00E9`. That also keeps away the typographic quotes
//!   U+2018 to U+201B, which PowerShell takes for `'`.
//! - `$env:NAME = $null` removes a variable and is no error where there is none.
//! - Windows has no empty environment variables: an empty value unsets. AWS tools read an empty variable as unset.
//!
//! No PowerShell runs in this project's tests: its snippets are compared with golden files and parsed by
//! tree-sitter-powershell.

use std::fmt::Write as _;

use awsenv_core::change::{EnvChange, EnvValue};

use crate::dialect::Dialect;
use crate::{RenderError, Shell};

pub(crate) const DIALECT: Dialect = Dialect { quote, change, failure, form };

/// What Windows holds in one environment variable, in UTF-16 units.
/// <https://learn.microsoft.com/windows/win32/api/processenv/nf-processenv-setenvironmentvariablew>
const LONGEST_VALUE: usize = 32_766;

/// `'…'`, a single quote doubled; where there are characters outside ASCII, a sum of such strings and of characters.
fn quote(value: &str, out: &mut String) -> Result<(), RenderError> {
    let plain = value.is_ascii();
    if !plain {
        out.push('(');
    }
    out.push('\'');
    for character in value.chars() {
        match character {
            '\'' => out.push_str("''"),
            c if c.is_ascii() => out.push(c),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    // A String takes everything that is written to it.
                    let _ = write!(out, "'+[char]0x{unit:04X}+'");
                }
            }
        }
    }
    out.push('\'');
    if !plain {
        out.push(')');
    }
    Ok(())
}

fn change(change: &EnvChange, save: &str, out: &mut String) -> Result<(), RenderError> {
    out.push_str("& {\n");
    if !save.is_empty() {
        out.push_str("__awsenv_save ");
        out.push_str(save);
        out.push('\n');
    }
    for variable in change {
        out.push_str("$env:");
        out.push_str(variable.name());
        out.push_str(" = ");
        match variable.value().map(EnvValue::expose).filter(|value| !value.is_empty()) {
            None => out.push_str("$null"),
            Some(value) if value.encode_utf16().count() > LONGEST_VALUE => {
                return Err(RenderError::TooLong {
                    shell: Shell::Powershell,
                    what: format!("the value for {}", variable.name()),
                    limit: LONGEST_VALUE,
                });
            }
            Some(value) => quote(value, out)?,
        }
        out.push('\n');
    }
    out.push('}');
    Ok(())
}

fn failure(_message: &str) -> String {
    "throw 'awsenv'".to_owned()
}

fn form(command: &str) -> String {
    format!("{command} | Out-String | Invoke-Expression")
}
