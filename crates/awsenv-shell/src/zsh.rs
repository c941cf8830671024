//! zsh.
//!
//! `export NAME=value` rather than an assignment, because an assignment inside a function draws a warning under
//! `setopt warn_create_global`. Quoted as it is, no word of it is split, globbed or expanded under any option.

use awsenv_core::change::EnvChange;

use crate::RenderError;
use crate::dialect::Dialect;
use crate::sh_family::{self, Export, Grammar};

pub(crate) const DIALECT: Dialect = Dialect { quote, change, failure, form };

const GRAMMAR: Grammar = Grammar { probe: "", prepare: None, export: Export::Together, obstacle: "readonly" };

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
