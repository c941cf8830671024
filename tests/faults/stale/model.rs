//! What should be there after `use`, `clear` and `clear --lock`: written down from the documentation, independently of
//! the program, so that a name dropped there is missed here.

use crate::common::Env;

/// Set or unset by every `use`.
pub(super) const SET_OR_UNSET: &[&str] = &[
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_ACCOUNT_ID",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_CA_BUNDLE",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_STS_REGIONAL_ENDPOINTS",
    "AWS_RETRY_MODE",
    "AWS_MAX_ATTEMPTS",
    "AWS_DEFAULT_OUTPUT",
    "AWS_DEFAULTS_MODE",
    "AWS_SDK_UA_APP_ID",
];

/// awsenv's own record.
pub(super) const OWN: &[&str] = &[
    "AWSENV_PROFILE",
    "AWSENV_KEY_ID",
    "AWSENV_EXPIRATION",
    "AWSENV_ACCOUNT",
    "AWSENV_SOURCE",
    "AWSENV_OPTIONS",
    "AWSENV_PREVIOUS",
    "AWSENV_CLASS",
];

/// Only ever unset: other names for the same thing, and what other tools leave behind.
pub(super) const UNSET_ONLY: &[&str] = &[
    "AWS_SECURITY_TOKEN",
    "AWS_SESSION_EXPIRATION",
    "AWS_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "AWS_VAULT",
    "AWSUME_PROFILE",
    "AWSUME_EXPIRATION",
    "AWSU_PROFILE",
    "AWS_SSO",
    "AWS_SSO_PROFILE",
    "AWS_SSO_ACCOUNT_ID",
    "AWS_SSO_ROLE_NAME",
    "AWS_SSO_ROLE_ARN",
    "AWS_SSO_SESSION_EXPIRATION",
    "AWS_SSO_DEFAULT_REGION",
    "GRANTED_SSO",
    "GRANTED_SSO_START_URL",
    "GRANTED_SSO_ROLE_NAME",
    "GRANTED_SSO_REGION",
    "GRANTED_SSO_ACCOUNT_ID",
    "AWSRUNAS_PROFILE",
    "SAML2AWS_PROFILE",
    "ASSUMED_ROLE",
    "AWS_EB_PROFILE",
    "AWS_PROFILE_REGION",
];

/// The machine's own: kept aside by `use`, given back by `clear`.
pub(super) const AMBIENT: &[&str] = &[
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
];

/// Kept aside only by a chain that starts from the environment's keys, and given back by nobody.
pub(super) const KEYS: &[&str] = &["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];

/// One of each open set of names, and a few more.
pub(super) const OPEN: &[&str] = &[
    "AWS_ENDPOINT_URL_S3",
    "AWS_ENDPOINT_URL_STS",
    "AWS_ENDPOINT_URL_ELASTIC_BEANSTALK",
    "AWS_BEARER_TOKEN_BEDROCK",
    "AWS_BEARER_TOKEN_FUTURE_SERVICE",
];

/// Names that look alike and are none of awsenv's business.
pub(super) const UNMANAGED: &[&str] = &[
    "AWS_PAGER",
    "AWS_CLI_AUTO_PROMPT",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_SDK_LOAD_CONFIG",
    "AWS_VAULT_BACKEND",
    "AWSUME_OTHER",
    "AWS_SSO_CLIENT",
    "AWS_ENDPOINT",
    "MY_AWS_PROFILE",
    "AWS_PROFILE_",
    "TF_VAR_region",
    "AWSENV_AMBIENT_OTHER",
];

/// Where `use` keeps a variable.
pub(super) fn aside(name: &str) -> String {
    format!("AWSENV_AMBIENT_{name}")
}

/// Every managed name, those in open sets as far as `environment` has them.
pub(super) fn managed(environment: &Env) -> Vec<String> {
    let fixed = [SET_OR_UNSET, OWN, UNSET_ONLY, AMBIENT].concat().into_iter().map(str::to_owned);
    let aside = AMBIENT.iter().chain(KEYS).map(|name| aside(name));
    let open = |name: &&String| name.starts_with("AWS_ENDPOINT_URL_") || name.starts_with("AWS_BEARER_TOKEN_");
    fixed.chain(aside).chain(environment.keys().filter(open).cloned()).collect()
}

/// Without anything managed.
fn bare(before: &Env) -> Env {
    let mut after = before.clone();
    for name in managed(before) {
        after.remove(&name);
    }
    after
}

/// What the machine gives under `name`.
fn machine<'e>(before: &'e Env, name: &str) -> Option<&'e String> {
    before.get(name).or_else(|| before.get(&aside(name)))
}

fn keep_aside(before: &Env, after: &mut Env) {
    for name in AMBIENT {
        if let Some(value) = machine(before, name) {
            after.insert(aside(name), value.clone());
        }
    }
}

fn filled<'e>(environment: &'e Env, name: &str) -> Option<&'e str> {
    environment.get(name).map(String::as_str).filter(|value| !value.is_empty())
}

/// The profile that awsenv made active, if nobody has changed it since.
fn active(environment: &Env) -> Option<&str> {
    let profile = filled(environment, "AWSENV_PROFILE")?;
    let id = filled(environment, "AWS_ACCESS_KEY_ID");
    let own = match filled(environment, "AWSENV_KEY_ID") {
        Some(exported) => id == Some(exported),
        None => id.is_none() && filled(environment, "AWS_PROFILE") == Some(profile),
    };
    own.then_some(profile)
}

/// What `use -` goes back to: the active profile with its options; without any identity, what it was before; a foreign
/// identity is no profile.
fn previous(environment: &Env) -> Option<String> {
    let locked = |name: &str| filled(environment, name).is_some_and(|profile| profile.starts_with("awsenv-"));
    match active(environment) {
        Some(profile) => Some(match filled(environment, "AWSENV_OPTIONS") {
            Some(options) => format!("{options} -- {profile}"),
            None => format!("-- {profile}"),
        }),
        None => {
            let foreign = filled(environment, "AWS_ACCESS_KEY_ID").is_some()
                || (filled(environment, "AWS_PROFILE").is_some() && !locked("AWS_PROFILE"))
                || (filled(environment, "AWS_PROFILE").is_none()
                    && filled(environment, "AWS_DEFAULT_PROFILE").is_some());
            filled(environment, "AWSENV_PREVIOUS").filter(|_| !foreign).map(str::to_owned)
        }
    }
}

/// After `use` of `profile` with `options`, which exports `identity` (values that tests can't know are `""`, see
/// [`agree`]).
pub(super) fn after_use(before: &Env, profile: &str, options: &str, identity: &[(&str, &str)]) -> Env {
    let mut after = bare(before);
    keep_aside(before, &mut after);
    after.insert("AWSENV_PROFILE".into(), profile.into());
    after.insert("AWSENV_SOURCE".into(), String::new());
    if !options.is_empty() {
        after.insert("AWSENV_OPTIONS".into(), options.into());
    }
    let same = active(before) == Some(profile) && filled(before, "AWSENV_OPTIONS").unwrap_or("") == options;
    let before_it = if same { filled(before, "AWSENV_PREVIOUS").map(str::to_owned) } else { previous(before) };
    if let Some(before_it) = before_it {
        after.insert("AWSENV_PREVIOUS".into(), before_it);
    }
    after.extend(identity.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    after
}

/// After `clear`.
pub(super) fn after_clear(before: &Env) -> Env {
    let mut after = bare(before);
    for name in AMBIENT {
        if let Some(value) = machine(before, name) {
            after.insert((*name).to_owned(), value.clone());
        }
    }
    after.extend(previous(before).map(|previous| ("AWSENV_PREVIOUS".to_owned(), previous)));
    after
}

/// After `clear --lock`, and after a failing `use --or-clear`.
pub(super) fn after_lock(before: &Env) -> Env {
    let mut after = bare(before);
    keep_aside(before, &mut after);
    after.extend(previous(before).map(|previous| ("AWSENV_PREVIOUS".to_owned(), previous)));
    after.insert("AWS_PROFILE".into(), "awsenv-locked".into());
    after.insert("AWS_DEFAULT_PROFILE".into(), "awsenv-locked".into());
    after
}

/// Fails unless both are the same, but for the fingerprint in `AWSENV_SOURCE`, which must only be there.
#[track_caller]
pub(super) fn agree(mut seen: Env, expected: &Env, when: &str) {
    if expected.contains_key("AWSENV_SOURCE") && seen.get("AWSENV_SOURCE").is_some_and(|source| !source.is_empty()) {
        seen.insert("AWSENV_SOURCE".into(), String::new());
    }
    let stale: Vec<_> = seen.iter().filter(|(name, value)| expected.get(*name) != Some(value)).collect();
    let lost: Vec<_> = expected.iter().filter(|(name, value)| seen.get(*name) != Some(value)).collect();
    assert!(stale.is_empty() && lost.is_empty(), "{when}:\n  seen, but wrong: {stale:?}\n  expected: {lost:?}");
}
