//! `awsenv logout`: the end of logins at IAM Identity Center.

use awsenv_core::broker::{LogoutSession, LogoutTask, Task};
use awsenv_core::chain::{CredentialSource, Sso};
use awsenv_core::profile::ProfileSet;
use awsenv_core::resolve::{resolve_profile, resolve_sso_session};
use awsenv_host::sessions::{sso_cache_key, sso_token_key};
use clap::ArgMatches;

use super::flag;
use super::login::{Meant, name_of};
use crate::context::Context;
use crate::error::{CliError, printable};
use crate::outcome::Outcome;
use crate::request::{Asking, warnings};

/// Runs it.
pub(crate) fn run(context: &Context, matches: &ArgMatches) -> Result<Outcome, CliError> {
    let (settings, mut told) = context.read_settings()?;
    let texts = context.read_files()?;
    let set = texts.profiles();
    let roles = sso_of_profiles(&set);
    let (logins, profile) = if flag(matches, "all") {
        (all(&set, &roles), None)
    } else {
        let (sso, profile) = Meant::from_matches(matches).find(&texts, &set)?;
        (vec![sso], profile)
    };
    if logins.is_empty() {
        return Err(CliError::new("no-sso-session", "no profile and no [sso-session] has a login to end")
            .hint("`awsenv list` shows which profiles do (kind sso)"));
    }
    let names: Vec<String> = logins.iter().map(|sso| printable(name_of(sso))).collect();
    let sessions = logins
        .into_iter()
        .map(|sso| {
            let key = sso_token_key(&sso);
            let same = roles.iter().filter(|other| sso_token_key(other) == key);
            let mut role_entries: Vec<String> = same.filter_map(sso_cache_key).map(|key| key.file_name()).collect();
            role_entries.sort();
            role_entries.dedup();
            LogoutSession { sso, role_entries }
        })
        .collect();
    let asking = Asking { context, settings: &settings, files: &texts.files, mfa_code: None, may_ask: true };
    let answer = asking.ask(asking.calls(&set, profile)?, Task::Logout(LogoutTask { sessions }))?;
    let done = answer.logout()?;
    let names = names.join(", ");
    let removed = match done.role_credentials {
        0 => String::new(),
        1 => "; the credentials of 1 role are removed".to_owned(),
        count => format!("; the credentials of {count} roles are removed"),
    };
    let text = if done.tokens == 0 {
        format!("nobody was logged in to {names}{removed}\n")
    } else {
        format!("logged out of {names}{removed}\n")
    };
    told.push_str(&warnings(&answer));
    Ok(Outcome::stdout(text).prepend_stderr(&told))
}

/// The SSO step of every profile that has one.
fn sso_of_profiles(set: &ProfileSet<'_>) -> Vec<Sso> {
    let sso =
        |source: &CredentialSource| if let CredentialSource::Sso(sso) = source { Some(sso.clone()) } else { None };
    set.profiles()
        .filter_map(|profile| resolve_profile(set, profile.name()).ok())
        .filter_map(|chain| sso(&chain.base().source))
        .collect()
}

/// Every login there is: each `[sso-session]`, and those of profiles without one. One that isn't complete was never made.
fn all(set: &ProfileSet<'_>, roles: &[Sso]) -> Vec<Sso> {
    let mut logins: Vec<Sso> =
        set.sso_sessions().filter_map(|session| resolve_sso_session(set, session.name()).ok()).collect();
    for sso in roles {
        if !logins.iter().any(|known| sso_token_key(known) == sso_token_key(sso)) {
            logins.push(Sso { account_id: None, role_name: None, ..sso.clone() });
        }
    }
    logins
}
