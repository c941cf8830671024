//! `awsenv completions`: the completion script for a shell.

use awsenv_shell::{Shell, completion};

use crate::error::CliError;
use crate::outcome::Outcome;

/// Runs it.
pub(crate) fn run(shell: &str) -> Result<Outcome, CliError> {
    let script = shell.parse::<Shell>().ok().and_then(completion::text);
    script
        .map(Outcome::stdout)
        .ok_or_else(|| CliError::new("no-completion", format!("there is no completion for {shell}")).usage())
}
