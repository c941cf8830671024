//! bash, 3.2 (macOS) and later, also as `bash --posix`.
//!
//! `unset -v` of a name reference (`declare -n`) would unset what it refers to, so `unset -n` comes first. It touches
//! nothing but references, answers 1 when one of them is readonly, and 2 in bash 3.2, which has none.

use awsenv_core::change::EnvChange;

use crate::RenderError;
use crate::dialect::Dialect;
use crate::sh_family::{self, Export, Grammar};

pub(crate) const DIALECT: Dialect = Dialect { quote, change, failure, form };

const GRAMMAR: Grammar = Grammar {
    probe: "\\unset -n \"$@\" 2>&-; if [ $? -eq 1 ]; then \\unset -v \"$@\"; \\exit 1; fi; ",
    prepare: Some(("\\unset -n", " 2>&- || :; ")),
    export: Export::Apart,
    obstacle: "readonly",
};

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
