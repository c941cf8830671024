//! Nushell: JSON, and no source text built from values.
//!
//! ```json
//! {"set": {"NAME": "VALUE"}, "unset": ["NAME"]}
//! ```
//!
//! What is cut off is no JSON, so `from json` fails. nu goes on after a command that fails inside a pipe, so a failure
//! is JSON too, without `set`: `$r.set` is what fails then.

use std::fmt::Write as _;

use awsenv_core::change::EnvChange;

use crate::RenderError;
use crate::dialect::Dialect;

pub(crate) const DIALECT: Dialect = Dialect { quote, change, failure, form };

/// A double-quoted string, whose escapes are JSON's.
fn quote(value: &str, out: &mut String) -> Result<(), RenderError> {
    json(value, out);
    Ok(())
}

fn change(change: &EnvChange, _save: &str, out: &mut String) -> Result<(), RenderError> {
    out.push_str("{\"set\": {");
    let set = change.iter().filter_map(|variable| Some((variable.name(), variable.value()?)));
    for (index, (name, value)) in set.enumerate() {
        separate(index, out);
        json(name, out);
        out.push_str(": ");
        json(value.expose(), out);
    }
    out.push_str("}, \"unset\": [");
    for (index, variable) in change.iter().filter(|variable| variable.value().is_none()).enumerate() {
        separate(index, out);
        json(variable.name(), out);
    }
    out.push_str("]}");
    Ok(())
}

fn failure(message: &str) -> String {
    let mut text = String::from("{\"error\": ");
    json(message, &mut text);
    text.push('}');
    text
}

fn form(command: &str) -> String {
    format!(
        "{command} | from json | do --env {{|r| load-env $r.set; hide-env -i ...$r.unset; \
         if 'error' in $r {{ error make {{msg: $r.error}} }} }} $in"
    )
}

fn separate(index: usize, out: &mut String) {
    if index > 0 {
        out.push_str(", ");
    }
}

/// A JSON string, control characters and everything outside ASCII that isn't a letter of text escaped.
fn json(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                out.push('\\');
                out.push(character);
            }
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => {
                // A String takes everything that is written to it.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
