//! `awsenv clear`: no identity but the machine's own, or (`--lock`) none at all.

use awsenv_core::identity::{EXPIRED_PROFILE, LOCKED_PROFILE};
use awsenv_core::resolve::resolve_profile;
use awsenv_core::switch::{plan_clear, plan_lock};
use awsenv_core::variables::AMBIENT_VARIABLES;
use awsenv_shell::evaluation_form;

use crate::context::Context;
use crate::error::CliError;
use crate::evaluation::{self, Target};
use crate::outcome::Outcome;

/// Runs it.
pub(crate) fn run(context: &Context, target: Target, lock: bool, print: bool) -> Outcome {
    match clear(context, target, lock, print) {
        Ok(outcome) => outcome,
        Err(error) => evaluation::failure(context, target.shell, &error),
    }
}

fn clear(context: &Context, target: Target, lock: bool, print: bool) -> Result<Outcome, CliError> {
    if context.stdout_is_terminal && !print {
        let command = if lock { "awsenv clear --lock" } else { "awsenv clear" };
        return Err(evaluation::on_terminal(&evaluation_form(target.shell, command)));
    }
    let change = if lock {
        plan_lock(&context.environment, &missing_profile(context, LOCKED_PROFILE))?
    } else {
        plan_clear(&context.environment)?
    };
    let snippet = target.render(context, &change)?;
    let mut outcome = Outcome::stdout(format!("{}\n", snippet.expose()));
    if !lock && falls_to_default(context) {
        outcome.stderr =
            "awsenv: AWS tools now take the profile [default]; `awsenv clear --lock` leaves none\n".to_owned();
    }
    Ok(outcome)
}

/// Whether tools without any variable find credentials in `[default]`. Files that can't be read are another command's
/// news: clearing must always work.
fn falls_to_default(context: &Context) -> bool {
    let machine = AMBIENT_VARIABLES.iter().any(|name| {
        *name == "AWS_WEB_IDENTITY_TOKEN_FILE"
            && (context.environment.is_set(name) || context.environment.is_set(&format!("AWSENV_AMBIENT_{name}")))
    });
    !machine && context.read_files().is_ok_and(|texts| resolve_profile(&texts.profiles(), "default").is_ok())
}

/// A name for the lock that no profile has: `wanted`, if that is so.
pub(crate) fn missing_profile(context: &Context, wanted: &str) -> String {
    let Ok(texts) = context.read_files() else { return wanted.to_owned() };
    let set = texts.profiles();
    [wanted, LOCKED_PROFILE, EXPIRED_PROFILE]
        .into_iter()
        .map(str::to_owned)
        .chain((2..).map(|n| format!("{LOCKED_PROFILE}-{n}")))
        .find(|name| set.get(name).is_none())
        .unwrap_or_else(|| wanted.to_owned())
}
