//! ksh93 and ksh93u+m.
//!
//! A name reference (`typeset -n`) is refused: `unset -v` follows it, `unset -n` crashed ksh93u+m 1.0.4 in a
//! subshell, and `typeset +n` makes a local variable inside a function.

use awsenv_core::change::EnvChange;

use crate::RenderError;
use crate::dialect::Dialect;
use crate::sh_family::{self, Export, Grammar};

pub(crate) const DIALECT: Dialect = Dialect { quote, change, failure, form };

const GRAMMAR: Grammar = Grammar {
    probe: "for __awsenv_name do if [[ -R $__awsenv_name ]]; then \\exit 1; fi; done; ",
    prepare: None,
    export: Export::Apart,
    obstacle: "readonly or a name reference",
};

fn quote(value: &str, out: &mut String) -> Result<(), RenderError> {
    sh_family::quote(value, out);
    Ok(())
}

fn change(change: &EnvChange, out: &mut String) -> Result<(), RenderError> {
    sh_family::change(change, &GRAMMAR, out);
    Ok(())
}

fn failure(_message: &str) -> String {
    sh_family::failure()
}

fn form(command: &str) -> String {
    sh_family::form(command)
}
