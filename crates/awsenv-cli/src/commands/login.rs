//! `awsenv login`: a login at IAM Identity Center.

use awsenv_core::broker::{LoginTask, Task};
use awsenv_core::chain::{CredentialSource, Sso};
use awsenv_core::profile::{Profile, ProfileSet};
use awsenv_core::resolve::{find_profile, resolve_profile, resolve_sso_session};
use awsenv_host::timestamp::parse_expiration;
use clap::ArgMatches;
use jiff::Timestamp;

use super::flag;
use crate::context::{Context, FileTexts};
use crate::error::{CliError, printable};
use crate::evaluation::shell_word;
use crate::outcome::Outcome;
use crate::request::{Asking, warnings};

/// Which login is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Meant {
    /// The one that a profile starts from.
    Profile(String),
    /// That of an `[sso-session]`.
    Session(String),
    /// The only one there is.
    TheOnly,
}

impl Meant {
    /// Reads clap's matches.
    pub(crate) fn from_matches(matches: &ArgMatches) -> Self {
        let text = |name| matches.get_one::<String>(name).cloned();
        match (text("profile"), text("sso-session")) {
            (Some(profile), _) => Self::Profile(profile),
            (None, Some(session)) => Self::Session(session),
            (None, None) => Self::TheOnly,
        }
    }

    /// The login, and the profile whose settings steer the calls to it.
    pub(crate) fn find<'s, 'a>(
        &self,
        texts: &FileTexts,
        set: &'s ProfileSet<'a>,
    ) -> Result<(Sso, Option<Profile<'s, 'a>>), CliError> {
        let of_files = |error| CliError::of_profile(error, &texts.files);
        match self {
            Self::Profile(name) => {
                let profile = find_profile(set, name).map_err(of_files)?;
                let chain = resolve_profile(set, name).map_err(of_files)?;
                let base = chain.base();
                match &base.source {
                    CredentialSource::Sso(sso) => Ok((sso.clone(), set.get(&base.profile).or(Some(profile)))),
                    other => Err(not_sso(name, &base.profile, other)),
                }
            }
            Self::Session(name) => Ok((resolve_sso_session(set, name).map_err(of_files)?, None)),
            Self::TheOnly => {
                let mut sessions = set.sso_sessions();
                match (sessions.next(), sessions.next()) {
                    (Some(only), None) => Ok((resolve_sso_session(set, only.name()).map_err(of_files)?, None)),
                    (None, _) => Err(CliError::new("no-sso-session", "the config file has no [sso-session]")
                        .hint("name a profile that has a login of its own, or make a session with `aws configure sso`")
                        .usage()),
                    (Some(_), Some(_)) => Err(which(set)),
                }
            }
        }
    }
}

/// Several sessions, and none was named.
fn which(set: &ProfileSet<'_>) -> CliError {
    let names: Vec<&str> = set.sso_sessions().map(|session| session.name()).collect();
    let list: String = names.iter().map(|name| format!("\n  --sso-session {}", shell_word(name))).collect();
    CliError::new("which-sso-session", format!("there are {} logins in the config file: which one?", names.len()))
        .hint(format!("name a profile, or one of{list}"))
        .usage()
}

fn not_sso(name: &str, base: &str, source: &CredentialSource) -> CliError {
    let through = if name == base { String::new() } else { format!(" starts from {base:?}, which") };
    match source {
        CredentialSource::LoginSession { .. } => CliError::new(
            "not-sso",
            format!("the profile {name:?}{through} is one of `aws login`, which the AWS CLI alone can start"),
        )
        .hint(format!("aws login --profile {}; awsenv then uses the session, and renews it", shell_word(base))),
        other => CliError::new(
            "not-sso",
            format!("the profile {name:?}{through} has no login of IAM Identity Center ({})", other.kind()),
        )
        .hint("`awsenv list` shows which profiles do (kind sso)"),
    }
}

/// What a login is called.
pub(crate) fn name_of(sso: &Sso) -> &str {
    sso.sso_session.as_deref().unwrap_or(&sso.start_url)
}

/// Runs it.
pub(crate) fn run(context: &Context, matches: &ArgMatches) -> Result<Outcome, CliError> {
    let (settings, mut told) = context.read_settings()?;
    let texts = context.read_files()?;
    let set = texts.profiles();
    let (sso, profile) = Meant::from_matches(matches).find(&texts, &set)?;
    let name = printable(name_of(&sso));
    let asking = Asking { context, settings: &settings, files: &texts.files, mfa_code: None, may_ask: true };
    let task = LoginTask {
        sso,
        profile: profile.map(|profile| profile.name().to_owned()),
        device_code: flag(matches, "device-code"),
        open_browser: !flag(matches, "no-browser"),
        force: flag(matches, "force"),
    };
    let answer = asking.ask(asking.calls(&set, profile)?, Task::Login(task))?;
    let login = answer.login()?;
    let until = parse_expiration(&login.expires_at).map(|end| end_in_words(end, context.now)).unwrap_or_default();
    let renews = if login.renewable { ", and renews by itself as long as it may" } else { "" };
    let text = if login.was_valid {
        format!("logged in to {name} already{until}{renews} (--force logs in anew)\n")
    } else {
        // That it came to a good end has been shown already.
        format!("the login is good{until}{renews}\n")
    };
    told.push_str(&warnings(&answer));
    Ok(Outcome::stdout(text).prepend_stderr(&told))
}

fn end_in_words(end: Timestamp, now: Timestamp) -> String {
    let left = end.duration_since(now).unsigned_abs();
    // Seconds are noise here.
    let left = std::time::Duration::from_secs((left.as_secs() + 30) / 60 * 60);
    format!(" for {}", awsenv_core::duration::format_duration(left))
}
