//! Commands whose output a shell evaluates: which shell that is, and how it is made to notice a failure.

use awsenv_shell::{Shell, render_failure};

use crate::context::Context;
use crate::error::CliError;
use crate::outcome::Outcome;

/// The shell that will evaluate: `--shell`, else the one that started this process, else plain POSIX. Never `$SHELL`:
/// that is the login shell, whatever runs now.
pub(crate) fn shell(named: Option<&str>) -> Shell {
    named.and_then(|name| name.parse().ok()).unwrap_or_else(|| {
        let names = awsenv_host::process::parent_process_names();
        names.iter().find_map(|name| Shell::from_process_name(name)).unwrap_or(Shell::Posix)
    })
}

/// Only what makes the evaluation fail, on standard output; the reason on standard error. A person at a terminal gets
/// the reason alone.
pub(crate) fn failure(context: &Context, shell: Shell, error: &CliError) -> Outcome {
    let mut outcome = Outcome::failure(error);
    if !context.stdout_is_terminal {
        outcome.stdout = format!("{}\n", render_failure(shell, &error.message));
    }
    outcome
}

/// A terminal gets no snippet: it may hold secrets, and it does nothing there.
pub(crate) fn on_terminal(form: &str) -> CliError {
    CliError::new("not-evaluated", "nothing was switched: the output must be evaluated, not shown")
        .hint(format!("{form}\nor, to look at it, secrets and all: --print"))
}
