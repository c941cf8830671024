//! One module a command: arguments in, an [`Outcome`](crate::outcome::Outcome) out.

pub(crate) mod allow;
pub(crate) mod clear;
pub(crate) mod completions;
pub(crate) mod current;
pub(crate) mod exec;
pub(crate) mod explain;
pub(crate) mod export;
pub(crate) mod filter;
pub(crate) mod folder;
pub(crate) mod guard;
pub(crate) mod init;
pub(crate) mod list;
pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod prompt;
pub(crate) mod renew;
pub(crate) mod use_;

use awsenv_core::credentials::Secret;
use awsenv_core::duration::parse_duration;
use awsenv_core::options::{Mode, UseOptions, is_region, is_role_session_name};
use clap::ArgMatches;

use crate::error::CliError;

/// STS's limits for a role session, in seconds
/// (<https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>).
const SESSION_SECONDS: std::ops::RangeInclusive<u64> = 900..=43_200;

/// The options of an identity, checked.
pub(crate) fn identity_options(matches: &ArgMatches) -> Result<UseOptions, CliError> {
    let text = |name: &str| matches.get_one::<String>(name).map(String::as_str);
    let usage = |message: String| CliError::new("usage", message).usage();
    let duration = |name: &str| match text(name) {
        None => Ok(None),
        Some(value) => parse_duration(value).map(Some).map_err(|error| usage(format!("--{name}: {error}"))),
    };
    let options = UseOptions {
        region: text("region").map(str::to_owned),
        mode: text("as").and_then(Mode::from_name),
        duration: duration("duration")?,
        keep_for: duration("for")?,
        role_session_name: text("role-session-name").map(str::to_owned),
    };
    if let Some(region) = options.region.as_deref().filter(|region| !is_region(region)) {
        return Err(usage(format!("--region: {region:?} is no region's name, such as eu-west-1")));
    }
    if options.duration.is_some_and(|duration| !SESSION_SECONDS.contains(&duration.as_secs())) {
        return Err(usage("--duration: AWS gives role sessions of 15m to 12h".to_owned()));
    }
    if let Some(name) = options.role_session_name.as_deref().filter(|name| !is_role_session_name(name)) {
        return Err(usage(format!("--role-session-name: {name:?} is not 2 to 64 letters, digits or any of _+=,.@-")));
    }
    Ok(options)
}

/// `--mfa`: the one secret that may stand in arguments, since it is worth nothing half a minute later.
pub(crate) fn mfa_code(matches: &ArgMatches) -> Result<Option<Secret>, CliError> {
    let Some(code) = matches.get_one::<String>("mfa") else { return Ok(None) };
    if code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()) {
        Ok(Some(Secret::new(code)))
    } else {
        Err(CliError::new("usage", "--mfa: a one-time code is six digits").usage())
    }
}

/// Whether a flag is there.
pub(crate) fn flag(matches: &ArgMatches, name: &str) -> bool {
    matches.get_flag(name)
}
