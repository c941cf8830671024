//! The Windows command prompt.
//!
//! What `for /f "delims=" %i in ('…') do @%i` runs is a line of output put in place of `%i` *after* the line it stands
//! in was parsed. So nothing of it is parsed again, which decides everything here:
//! - A line is one simple command. `&`, `(…)`, `if` and `for` would be words in it, so there is no compound command
//!   that could hold a whole change: it takes a line a variable.
//! - `%` and `^` stand as they are: doubling them would double them in the value. (In a batch file only the `%i` of the
//!   loop itself is written `%%i`.) With `do @call %i`, which is what Wine's cmd needs, they would be taken once more.
//! - `set "NAME=value"` ends the value at the last quotation mark. A value with one in it is refused.
//! - `!` is lost where delayed expansion is on (`cmd /v:on`, `setlocal enabledelayedexpansion`); by default it is off.
//!
//! `for /f` decodes what it reads by the console's code page, so a value outside ASCII is refused: nobody here can
//! know what would arrive.
//!
//! Not all or nothing, then. Instead the order makes a text that was cut off between two lines fail closed:
//! `AWS_PROFILE` first names a profile that doesn't exist, at which AWS tools stop, and gets its own value (or none)
//! last. Neither is the status of a cut text a failure, and there are no readonly variables to test for. An empty
//! value unsets, because Windows has no empty variables; AWS tools read an empty variable as unset.

use awsenv_core::change::{EnvChange, EnvValue, EnvVar};

use crate::dialect::Dialect;
use crate::{RenderError, Shell};

pub(crate) const DIALECT: Dialect = Dialect { quote, change, failure, form };

/// The longest line that cmd reads, in characters.
/// <https://learn.microsoft.com/troubleshoot/windows-client/shell-experience/command-line-string-limitation>
const LONGEST_LINE: usize = 8191;

/// The variable that stops AWS tools while the change is on its way.
const GUARD: &str = "AWS_PROFILE";

/// `"…"`, as an argument in a command line. `%` can't be kept from naming a variable at the prompt.
fn quote(value: &str, out: &mut String) -> Result<(), RenderError> {
    if let Some(character) = value.chars().find(|c| matches!(c, '"' | '%') || !c.is_ascii()) {
        return Err(RenderError::Character { shell: Shell::Cmd, what: "the word".to_owned(), character });
    }
    out.push('"');
    out.push_str(value);
    out.push('"');
    Ok(())
}

fn change(change: &EnvChange, _save: &str, out: &mut String) -> Result<(), RenderError> {
    let guard = change.iter().find(|variable| variable.name() == GUARD);
    if guard.is_some() {
        out.push_str("set \"AWS_PROFILE=awsenv-incomplete\"\n");
    }
    let others = || change.iter().filter(|variable| variable.name() != GUARD);
    let unset = others().filter(|variable| variable.value().is_none());
    let set = others().filter(|variable| variable.value().is_some());
    for variable in unset.chain(set).chain(guard) {
        line(variable, out)?;
    }
    // No line break at the end.
    out.pop();
    Ok(())
}

fn failure(_message: &str) -> String {
    "cmd /c exit 1".to_owned()
}

fn form(command: &str) -> String {
    format!("for /f \"delims=\" %i in ('{command}') do @%i")
}

/// One `set "NAME=value"`, with its line break.
fn line(variable: &EnvVar, out: &mut String) -> Result<(), RenderError> {
    let value = variable.value().map_or("", EnvValue::expose);
    let what = || format!("the value for {}", variable.name());
    if let Some(character) = value.chars().find(|c| *c == '"' || !c.is_ascii()) {
        return Err(RenderError::Character { shell: Shell::Cmd, what: what(), character });
    }
    if "set \"=\"".len() + variable.name().len() + value.len() > LONGEST_LINE {
        return Err(RenderError::TooLong { shell: Shell::Cmd, what: what(), limit: LONGEST_LINE });
    }
    out.push_str("set \"");
    out.push_str(variable.name());
    out.push('=');
    out.push_str(value);
    out.push_str("\"\n");
    Ok(())
}
