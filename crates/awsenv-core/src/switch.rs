//! What `use`, `clear` and a lock do to the environment: an [`EnvChange`] over every managed variable.

use std::ffi::OsStr;

use jiff::Timestamp;

use crate::change::{ChangeError, EnvChange, check_value};
use crate::credentials::Credentials;
use crate::environment::Environment;
use crate::fingerprint;
use crate::identity::owned_profile;
use crate::options::{UseOptions, format_previous};
use crate::variables::{
    AMBIENT_PREFIX, AMBIENT_VARIABLES, KEY_VARIABLES, MANAGED, REGION_VARIABLES, Role, is_secret, open_variables,
};

/// An identity that is about to become active.
#[derive(Clone, Copy, Debug)]
pub struct Switch<'a> {
    /// The profile.
    pub profile: &'a str,
    /// The credentials to export; `None`: `AWS_PROFILE` alone.
    pub credentials: Option<&'a Credentials>,
    /// The region; `None`: both variables are unset.
    pub region: Option<&'a str>,
    /// Settings as variables ([`crate::profile_settings`]).
    pub settings: &'a [(String, String)],
    /// The account, where an ARN, the SSO profile or STS said so.
    pub account_id: Option<&'a str>,
    /// When the shell stops keeping it: the end of the credentials or of `--for`, whichever is first.
    pub until: Option<Timestamp>,
    /// When the shell stops keeping it even if the credentials are renewed: the end of `--for` or of the class's time.
    pub kept_until: Option<Timestamp>,
    /// The fingerprint of files, chain and options.
    pub source: &'a str,
    /// The options of this `use`.
    pub options: &'a UseOptions,
    /// The class of the profile.
    pub class: Option<&'a str>,
    /// The chain starts from the keys that the environment held: they are kept aside for a renewal.
    pub keeps_environment_keys: bool,
    /// AWS tools go the way themselves and start from the container's credentials: its variables stay in their place.
    pub leaves_container: bool,
}

/// The change that makes `switch` the identity of a process with `environment`.
pub fn plan_use(environment: &Environment, switch: &Switch<'_>) -> Result<EnvChange, ChangeError> {
    let mut change = unset_everything(environment)?;
    if let Some(credentials) = switch.credentials {
        change.set("AWS_ACCESS_KEY_ID", &credentials.access_key_id)?;
        change.set_secret("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key.expose())?;
        if let Some(token) = &credentials.session_token {
            change.set_secret("AWS_SESSION_TOKEN", token.expose())?;
        }
        if let Some(expiration) = credentials.expiration {
            change.set("AWS_CREDENTIAL_EXPIRATION", &rfc3339(expiration))?;
        }
        change.set("AWSENV_KEY_ID", &credentials.access_key_id)?;
        for (name, value) in switch.settings {
            change.set(name, value)?;
        }
        if let Some(account) = switch.account_id {
            change.set("AWS_ACCOUNT_ID", account)?;
        }
    } else {
        change.set("AWS_PROFILE", switch.profile)?;
        change.set("AWS_DEFAULT_PROFILE", switch.profile)?;
    }
    if let Some(region) = switch.region {
        for name in REGION_VARIABLES {
            change.set(name, region)?;
        }
    }
    change.set("AWSENV_PROFILE", switch.profile)?;
    change.set("AWSENV_SOURCE", &fingerprint::with_settings(switch.source, exported_settings(switch)))?;
    let options = Some(switch.options.to_text()).filter(|text| !text.is_empty());
    let own =
        [("AWSENV_ACCOUNT", switch.account_id), ("AWSENV_CLASS", switch.class), ("AWSENV_OPTIONS", options.as_deref())];
    for (name, value) in own.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        change.set(name, value)?;
    }
    if let Some(until) = switch.until {
        change.set("AWSENV_EXPIRATION", &until.as_second().to_string())?;
    }
    if let Some(kept_until) = switch.kept_until {
        change.set("AWSENV_UNTIL", &kept_until.as_second().to_string())?;
    }
    if let Some(previous) = previous_of_use(environment, switch) {
        change.set("AWSENV_PREVIOUS", &previous)?;
    }
    set_ambient_aside(environment, &mut change)?;
    if switch.leaves_container {
        leave_container(environment, &mut change)?;
    }
    if switch.keeps_environment_keys {
        keep_keys(environment, &mut change)?;
    }
    Ok(change)
}

/// What `switch` exports besides the credentials: settings and region.
fn exported_settings<'a>(switch: &Switch<'a>) -> impl Iterator<Item = (&'a str, &'a str)> {
    let settings = switch.credentials.map_or(&[][..], |_| switch.settings);
    let region = switch.region.into_iter().flat_map(|region| REGION_VARIABLES.map(|name| (name, region)));
    settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(region)
}

/// The change that leaves no identity but the machine's own: every managed variable is unset, and what the machine
/// had given is there again. Keys never are: pasted keys must not rise again.
pub fn plan_clear(environment: &Environment) -> Result<EnvChange, ChangeError> {
    let mut change = unset_everything(environment)?;
    for name in AMBIENT_VARIABLES {
        if let Some(value) = ambient_value(environment, name) {
            put(&mut change, name, text(name, value)?)?;
        }
    }
    keep_previous(environment, &mut change)?;
    Ok(change)
}

/// The change after which every AWS tool stops: `AWS_PROFILE` names a profile that does not exist, and there are no
/// keys. What the machine had given stays aside.
pub fn plan_lock(environment: &Environment, missing_profile: &str) -> Result<EnvChange, ChangeError> {
    let mut change = unset_everything(environment)?;
    set_ambient_aside(environment, &mut change)?;
    keep_previous(environment, &mut change)?;
    change.set("AWS_PROFILE", missing_profile)?;
    change.set("AWS_DEFAULT_PROFILE", missing_profile)?;
    Ok(change)
}

/// The environment without what awsenv did to it: what a `credential_process` and the base of a chain see. Keys that
/// awsenv exported are not their business; the user's own are as they are for the AWS CLI; the machine's are back.
pub fn cleared_environment(environment: &Environment) -> Environment {
    let mut cleared = environment.clone();
    for name in environment.names_with_prefix("AWSENV_") {
        cleared.unset(name);
    }
    let locked = environment.get("AWS_PROFILE").is_some_and(crate::identity::is_lock);
    if locked || owned_profile(environment).is_some() {
        for &(name, role) in MANAGED {
            if role != Role::Ambient {
                cleared.unset(name);
            }
        }
        for name in open_variables(environment) {
            cleared.unset(name);
        }
    }
    for name in AMBIENT_VARIABLES {
        if let Some(value) = ambient_value(environment, name) {
            cleared.set(name, value);
        }
    }
    cleared
}

/// The keys that `credential_source = Environment` means: those that awsenv did not export, else those kept aside.
pub fn environment_keys(environment: &Environment) -> Option<[Option<&str>; 3]> {
    let find = |prefix: &str| {
        let value = |name: &str| environment.get_nonempty(&format!("{prefix}{name}"));
        let keys = KEY_VARIABLES.map(value);
        (keys[0].is_some() && keys[1].is_some()).then_some(keys)
    };
    let foreign = environment.get("AWS_ACCESS_KEY_ID") != environment.get("AWSENV_KEY_ID");
    find("").filter(|_| foreign).or_else(|| find(AMBIENT_PREFIX))
}

/// Unsets every managed variable: those of the list, the open ones that are there, and keys kept aside.
fn unset_everything(environment: &Environment) -> Result<EnvChange, ChangeError> {
    let mut change = EnvChange::new();
    for &(name, _) in MANAGED {
        change.unset(name)?;
    }
    for name in open_variables(environment) {
        change.unset(name)?;
    }
    for name in AMBIENT_VARIABLES.into_iter().chain(KEY_VARIABLES) {
        change.unset(&format!("{AMBIENT_PREFIX}{name}"))?;
    }
    Ok(change)
}

/// What the machine gives under `name`: the variable itself, which is newer, else the one kept aside.
fn ambient_value<'e>(environment: &'e Environment, name: &str) -> Option<&'e OsStr> {
    environment.get_os(name).or_else(|| environment.get_os(&format!("{AMBIENT_PREFIX}{name}")))
}

/// A value that is to be given on: one that can't be is a loud failure, not a lost source.
fn text<'v>(name: &str, value: &'v OsStr) -> Result<&'v str, ChangeError> {
    value.to_str().ok_or_else(|| ChangeError::NotUtf8 { name: name.to_owned() })
}

fn set_ambient_aside(environment: &Environment, change: &mut EnvChange) -> Result<(), ChangeError> {
    for name in AMBIENT_VARIABLES {
        if let Some(value) = ambient_value(environment, name) {
            put(change, &format!("{AMBIENT_PREFIX}{name}"), text(name, value)?)?;
        }
    }
    Ok(())
}

/// `AWS_PROFILE` alone does not reach a container's endpoint: the tool that reads the profile needs these, too.
fn leave_container(environment: &Environment, change: &mut EnvChange) -> Result<(), ChangeError> {
    for name in AMBIENT_VARIABLES.into_iter().filter(|name| name.starts_with("AWS_CONTAINER_")) {
        if let Some(value) = ambient_value(environment, name) {
            put(change, name, text(name, value)?)?;
            change.unset(&format!("{AMBIENT_PREFIX}{name}"))?;
        }
    }
    Ok(())
}

fn keep_keys(environment: &Environment, change: &mut EnvChange) -> Result<(), ChangeError> {
    let keys = environment_keys(environment).unwrap_or_default();
    for (name, value) in KEY_VARIABLES.into_iter().zip(keys) {
        if let Some(value) = value {
            put(change, &format!("{AMBIENT_PREFIX}{name}"), value)?;
        }
    }
    Ok(())
}

fn put(change: &mut EnvChange, name: &str, value: &str) -> Result<(), ChangeError> {
    if is_secret(name) { change.set_secret(name, value) } else { change.set(name, value) }
}

/// What `use -` goes back to after this `use`: the profile that was active, unless it is the same again.
fn previous_of_use(environment: &Environment, switch: &Switch<'_>) -> Option<String> {
    let options = environment.get("AWSENV_OPTIONS").unwrap_or("");
    if owned_profile(environment) == Some(switch.profile) && options == switch.options.to_text() {
        return kept_previous(environment);
    }
    previous(environment)
}

/// The profile that is active, with its options. After `clear` or a lock the one before is still the one before; a
/// foreign identity is no profile.
fn previous(environment: &Environment) -> Option<String> {
    match owned_profile(environment) {
        Some(active) => Some(format_previous(active, environment.get("AWSENV_OPTIONS").unwrap_or(""))),
        None if is_without_identity(environment) => kept_previous(environment),
        None => None,
    }
    .filter(|text| check_value("AWSENV_PREVIOUS", text).is_ok())
}

fn kept_previous(environment: &Environment) -> Option<String> {
    let kept = environment.get_nonempty("AWSENV_PREVIOUS")?;
    check_value("AWSENV_PREVIOUS", kept).is_ok().then(|| kept.to_owned())
}

fn keep_previous(environment: &Environment, change: &mut EnvChange) -> Result<(), ChangeError> {
    match previous(environment) {
        Some(previous) => change.set("AWSENV_PREVIOUS", &previous),
        None => Ok(()),
    }
}

/// Neither keys nor a profile but a lock.
fn is_without_identity(environment: &Environment) -> bool {
    let profile = environment.get_nonempty("AWS_PROFILE");
    environment.get_nonempty("AWS_ACCESS_KEY_ID").is_none()
        && profile.is_none_or(crate::identity::is_lock)
        && (profile.is_some() || environment.get_nonempty("AWS_DEFAULT_PROFILE").is_none())
}

/// RFC 3339 with `+00:00`, as starship and others read `AWS_CREDENTIAL_EXPIRATION`.
fn rfc3339(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

#[cfg(test)]
mod tests;
