//! `awsenv exec`: a command with the identity of a profile.

use std::ffi::OsString;
use std::io::ErrorKind;

use awsenv_core::change::EnvChange;
use awsenv_core::environment::Environment;
use awsenv_host::process;

use crate::context::Context;
use crate::error::CliError;
use crate::outcome::Outcome;
use crate::prepare::{Wanted, prepare};

/// awsenv failed before the command ran.
pub(crate) const FAILED: i32 = 125;
const NOT_EXECUTABLE: i32 = 126;
const NOT_FOUND: i32 = 127;

/// Runs it; returns only where the command could not take this process's place.
pub(crate) fn run(context: &Context, wanted: &Wanted<'_>, command: &[OsString], say: impl FnOnce(&str)) -> Outcome {
    let (program, arguments) = match command.split_first() {
        Some(parts) => parts,
        None => return failed(&CliError::new("usage", "which command?")),
    };
    let prepared = context.read_settings().and_then(|(settings, warnings)| {
        let texts = context.read_files()?;
        let prepared = prepare(context, &texts, &settings, wanted)?;
        Ok((warnings + &prepared.warnings, prepared.plan(&context.environment)?))
    });
    let (warnings, change) = match prepared {
        Ok(prepared) => prepared,
        Err(error) => return failed(&error),
    };
    // The command takes over both streams, so this can't wait for the end.
    say(&warnings);
    let environment = applied(&context.environment, &change);
    match process::exec(program, arguments, &environment) {
        Ok(status) => Outcome { stdout: String::new(), stderr: String::new(), status, used: None },
        Err(error) => {
            let name = program.to_string_lossy();
            let mut outcome = Outcome::failure(&CliError::new("exec", format!("{name:?}: {error}")));
            outcome.status = if error.kind() == ErrorKind::NotFound { NOT_FOUND } else { NOT_EXECUTABLE };
            outcome
        }
    }
}

/// `environment` after `change`.
fn applied(environment: &Environment, change: &EnvChange) -> Environment {
    let mut environment = environment.clone();
    for variable in change {
        match variable.value() {
            Some(value) => environment.set(variable.name(), value.expose()),
            None => environment.unset(variable.name()),
        }
    }
    environment
}

fn failed(error: &CliError) -> Outcome {
    let mut outcome = Outcome::failure(error);
    outcome.status = FAILED;
    outcome
}
