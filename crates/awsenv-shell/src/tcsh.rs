//! tcsh, whose evaluation joins everything to one line, and which has no compound command that one line could hold.
//!
//! ```csh
//! eval 'set __awsenv_c=(`awk …`);unsetenv A;setenv B "it${__awsenv_c[6]}s";unset __awsenv_c'
//! ```
//!
//! - One single quote stays open until the last byte: cut off anywhere inside, the line is an error before any of it
//!   runs. So no other single quote may stand in it, not even closed and opened again as in `'\''`, because a cut
//!   there would run half of the commands.
//! - The six characters that mean something in single or double quotes (the backslash only under
//!   `set backslash_quote`) therefore come from a list that `awk` makes, where a value has any. Values of AWS rarely
//!   do. A list that is not whole is an error before anything changes. Braces keep a `:` that follows from being a
//!   modifier.
//! - What no shape can help: `eval` with nothing after it succeeds, so a text cut off after its first 4 or 5 bytes
//!   changes nothing, but does not fail.
//! - Aliases of `eval`, `setenv` and `unsetenv` are obeyed: a backslash before the name, which elsewhere keeps them
//!   away, makes tcsh look for a program when there is something to expand in the rest of the command.
//! - Variables of the environment can't be readonly here; `set -r` makes shell variables so, which are others.

use std::fmt::Write as _;

use awsenv_core::change::{EnvChange, EnvValue};

use crate::RenderError;
use crate::dialect::Dialect;

pub(crate) const DIALECT: Dialect = Dialect { quote, change, failure, form };

/// What has a meaning inside quotes.
const SPECIAL: [char; 6] = ['"', '$', '`', '!', '\\', '\''];

/// Makes the list of [`SPECIAL`]. Not by `printf "\042 …"`: a backslash at the end of a text that is cut off there
/// makes tcsh forget about the open quote.
const MAKE_LIST: &str = r#"set __awsenv_c=(`awk -v "f=%c %c %c %c %c %c" "BEGIN{printf f,34,36,96,33,92,39}"`);set __awsenv_c=($__awsenv_c[1-6]:q);"#;

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

fn change(change: &EnvChange, save: &str, out: &mut String) -> Result<(), RenderError> {
    let mut values = change.iter().filter_map(|variable| variable.value()).map(EnvValue::expose);
    let needs_list = values.any(|value| value.contains(SPECIAL));
    out.push_str("eval '");
    if !save.is_empty() {
        keep(save, out);
    }
    if needs_list {
        out.push_str(MAKE_LIST);
    }
    for variable in change {
        match variable.value() {
            None => {
                out.push_str("unsetenv ");
                out.push_str(variable.name());
            }
            Some(value) => {
                out.push_str("setenv ");
                out.push_str(variable.name());
                out.push(' ');
                quote_by_list(value.expose(), out);
            }
        }
        out.push(';');
    }
    if needs_list {
        out.push_str("unset __awsenv_c");
    }
    out.push('\'');
    Ok(())
}

/// What the hook gives back: the list of names, and the value of each that is exported now. A shell variable of that
/// name would be read in its place, so a subshell without the exported ones says (by `1`) where there is one.
fn keep(save: &str, out: &mut String) {
    let exported = || save.split(' ').take_while(|name| *name != "--");
    out.push_str("unset __awsenv_back_*;set __awsenv_hidden=(`");
    // A String takes everything that is written to it.
    for name in exported() {
        let _ = write!(out, "unsetenv {name};");
    }
    out.push_str("echo x");
    for name in exported() {
        let _ = write!(out, "$?{name}");
    }
    out.push_str("`);");
    for name in exported() {
        let _ = write!(out, "set __awsenv_back_{name}=${name}:q;");
    }
    let _ = write!(out, "set __awsenv_back=({save});");
}

/// `"…"` without any of [`SPECIAL`] but the `$` of the list.
fn quote_by_list(value: &str, out: &mut String) {
    out.push('"');
    for character in value.chars() {
        match SPECIAL.iter().position(|special| *special == character) {
            // A String takes everything that is written to it.
            Some(index) => drop(write!(out, "${{__awsenv_c[{}]}}", index + 1)),
            None => out.push(character),
        }
    }
    out.push('"');
}

fn failure(_message: &str) -> String {
    "false".to_owned()
}

fn form(command: &str) -> String {
    format!("eval \"`{command}`\"")
}
