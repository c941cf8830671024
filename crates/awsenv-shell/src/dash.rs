//! dash, `/bin/sh` of Debian. A special builtin that fails ends the shell, so the probe is in a subshell.

use awsenv_core::change::EnvChange;

use crate::RenderError;
use crate::dialect::Dialect;
use crate::sh_family::{self, Export, Grammar};

pub(crate) const DIALECT: Dialect = Dialect { quote, change, failure, form };

const GRAMMAR: Grammar = Grammar { probe: "", prepare: None, export: Export::Apart, obstacle: "readonly" };

fn quote(value: &str, out: &mut String) -> Result<(), RenderError> {
    sh_family::quote(value, out);
    Ok(())
}

fn change(change: &EnvChange, save: &str, out: &mut String) -> Result<(), RenderError> {
    sh_family::change(change, &GRAMMAR, save, out);
    Ok(())
}

fn failure(_message: &str) -> String {
    sh_family::failure()
}

fn form(command: &str) -> String {
    sh_family::form(command)
}
