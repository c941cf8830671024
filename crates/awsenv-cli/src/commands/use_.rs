//! `awsenv use`: the snippet that makes a profile the identity of the shell.

use awsenv_core::credentials::Secret;
use awsenv_core::identity::LOCKED_PROFILE;
use awsenv_core::options::{UseOptions, parse_previous};
use awsenv_core::switch::plan_lock;
use awsenv_host::settings::Settings;
use awsenv_shell::{Shell, Snippet, evaluation_form};
use clap::ArgMatches;

use super::clear::missing_profile;
use super::{flag, identity_options, mfa_code};
use crate::context::{Context, FileTexts};
use crate::error::CliError;
use crate::evaluation::{self, Target};
use crate::outcome::Outcome;
use crate::picker;
use crate::prepare::{Wanted, prepare};

/// The option that makes a failure a lock.
pub(crate) const OR_CLEAR: &str = "--or-clear";

/// What `use` was called with.
pub(crate) struct Use {
    /// The profile, or `-`; `None`: none was named.
    pub(crate) profile: Option<String>,
    /// Its options.
    pub(crate) options: UseOptions,
    /// `--refresh`
    pub(crate) refresh: bool,
    /// `--mfa`
    pub(crate) mfa: Option<Secret>,
    /// `--print`
    pub(crate) print: bool,
    /// `--yes`
    pub(crate) yes: bool,
}

impl Use {
    /// Reads clap's matches.
    pub(crate) fn from_matches(matches: &ArgMatches) -> Result<Self, CliError> {
        Ok(Self {
            profile: matches.get_one::<String>("profile").cloned(),
            options: identity_options(matches)?,
            refresh: flag(matches, "refresh"),
            mfa: mfa_code(matches)?,
            print: flag(matches, "print"),
            yes: flag(matches, "yes"),
        })
    }

    /// `use NAME` and nothing else.
    pub(crate) fn of_profile(name: &str) -> Self {
        Self {
            profile: Some(name.to_owned()),
            options: UseOptions::default(),
            refresh: false,
            mfa: None,
            print: false,
            yes: false,
        }
    }
}

/// Runs it. A failure is what makes the evaluation fail.
pub(crate) fn run(context: &Context, target: Target, call: &Use) -> Outcome {
    match switch(context, target, call) {
        Ok(outcome) => outcome,
        Err(error) => evaluation::failure(context, target.shell, &error),
    }
}

fn switch(context: &Context, target: Target, call: &Use) -> Result<Outcome, CliError> {
    let named = wanted_profile(context, call)?;
    let (settings, mut warnings) = context.read_settings()?;
    let texts = context.read_files()?;
    let is_shown = context.stdout_is_terminal && !call.print;
    let (profile, options) = match named {
        Some(named) => named,
        None => (picked(context, target.shell, &settings, &texts, is_shown)?, call.options.clone()),
    };
    if is_shown {
        // Nothing is fetched for a snippet that nobody gets; but a name that does not exist is said first.
        awsenv_core::resolve::find_profile(&texts.profiles(), &profile)
            .map_err(|error| CliError::of_profile(error, &texts.files))?;
        return Err(evaluation::on_terminal(&evaluation::use_form(target.shell, &profile)));
    }
    let wanted = Wanted {
        profile: &profile,
        options,
        refresh: call.refresh,
        yes: call.yes,
        mfa: call.mfa.clone(),
        renewal: None,
    };
    let prepared = prepare(context, &texts, &settings, &wanted)?;
    let snippet = target.render(context, &prepared.plan(&context.environment)?)?;
    warnings.push_str(&prepared.warnings);
    let mut outcome = Outcome::stdout(format!("{}\n", snippet.expose())).prepend_stderr(&warnings);
    // What is only looked at is not used.
    outcome.used = (!call.print).then_some(profile);
    Ok(outcome)
}

/// The profile that the person at the terminal picks.
fn picked(
    context: &Context,
    shell: Shell,
    settings: &Settings,
    texts: &FileTexts,
    is_shown: bool,
) -> Result<String, CliError> {
    let set = texts.profiles();
    if set.profiles().len() == 0 {
        let config = texts.files.config.display();
        return Err(CliError::new("no-profiles", "there is no profile yet to pick")
            .hint(format!("write one into {config}, as `aws configure` does")));
    }
    if is_shown {
        return Err(evaluation::on_terminal(&evaluation_form(shell, "awsenv use")));
    }
    picker::pick(context, settings, &set)
}

/// The profile that is meant, and its options: for `-` those it was used with, as far as none are given now. `None`
/// where none is named.
fn wanted_profile(context: &Context, call: &Use) -> Result<Option<(String, UseOptions)>, CliError> {
    let Some(profile) = &call.profile else { return Ok(None) };
    if profile != "-" {
        return Ok(Some((profile.clone(), call.options.clone())));
    }
    let previous = context.environment.get_nonempty("AWSENV_PREVIOUS").and_then(parse_previous);
    let Some((name, before)) = previous else {
        return Err(CliError::new("no-previous", "no profile was in use before this one in this shell").hint(
            "`awsenv back` gives back the variables that were there before, whoever set them (it takes the shell hook)",
        ));
    };
    let given = call.options.clone();
    let options = UseOptions {
        region: given.region.or(before.region),
        mode: given.mode.or(before.mode),
        duration: given.duration.or(before.duration),
        keep_for: given.keep_for.or(before.keep_for),
        role_session_name: given.role_session_name.or(before.role_session_name),
    };
    Ok(Some((name.to_owned(), options)))
}

/// `--or-clear`, whatever `use` failed of: the old identity must not go on, and the evaluation fails all the same.
pub(crate) fn lock_and_fail(context: &Context, target: Target, mut failed: Outcome) -> Outcome {
    if context.stdout_is_terminal {
        return failed;
    }
    if let Some(snippet) =
        lock_and_fail_text(context, target, &missing_profile(context, LOCKED_PROFILE), failed.stderr.trim_end())
    {
        failed.stdout = format!("{}\n", snippet.expose());
        // Nothing would be locked otherwise. The text fails by itself.
        if target.shell.stops_at_failed_program() {
            failed.status = 0;
        }
        failed
            .stderr
            .push_str("  this shell is locked now: no AWS tool finds an identity (`awsenv use`, `awsenv clear`)\n");
    }
    failed
}

/// The text that locks and then fails; `None` where the shell can't say it.
pub(crate) fn lock_and_fail_text(context: &Context, target: Target, profile: &str, message: &str) -> Option<Snippet> {
    let change = plan_lock(&context.environment, profile).ok()?;
    target.render_and_fail(context, &change, message).ok()
}
