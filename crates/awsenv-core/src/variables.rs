//! The managed variables: every variable that decides, or seems to decide, which AWS identity is active.
//!
//! One list, with a role each. Every `use` and every `clear` speaks about all of them, so nothing stale survives.

use crate::environment::Environment;

/// What awsenv does with a managed variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Part of an identity: set where the identity has it, unset where not.
    Identity,
    /// A setting that AWS has a variable for: set where the profile has it, unset where not.
    Setting,
    /// Never set, always unset: other names for the same thing, and what other tools leave behind.
    Stale,
    /// The machine's own (container, web identity): kept aside under `AWSENV_AMBIENT_<NAME>`, given back by `clear`.
    Ambient,
    /// awsenv's own record of what it did.
    Own,
}

/// Access keys given by the environment itself; kept aside only while a chain starts from them.
pub const KEY_VARIABLES: [&str; 3] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];

/// The region, by the names that different tools read.
pub const REGION_VARIABLES: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

/// What the machine gives: container and web-identity sources.
pub const AMBIENT_VARIABLES: [&str; 7] = [
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
];

/// Where a variable that awsenv took out of the way is kept: `AWSENV_AMBIENT_<NAME>`.
pub const AMBIENT_PREFIX: &str = "AWSENV_AMBIENT_";

/// Service endpoints: one variable a service, so the set is open.
pub const ENDPOINT_PREFIX: &str = "AWS_ENDPOINT_URL_";

/// Bearer tokens beat a signature wherever a service takes them (e.g. `AWS_BEARER_TOKEN_BEDROCK`).
pub const BEARER_TOKEN_PREFIX: &str = "AWS_BEARER_TOKEN_";

/// Every managed variable with a fixed name, in the order in which a snippet speaks about them.
pub const MANAGED: &[(&str, Role)] = &[
    ("AWS_ACCESS_KEY_ID", Role::Identity),
    ("AWS_SECRET_ACCESS_KEY", Role::Identity),
    ("AWS_SESSION_TOKEN", Role::Identity),
    ("AWS_CREDENTIAL_EXPIRATION", Role::Identity),
    ("AWS_ACCOUNT_ID", Role::Identity),
    ("AWS_PROFILE", Role::Identity),
    ("AWS_DEFAULT_PROFILE", Role::Identity),
    ("AWS_REGION", Role::Identity),
    ("AWS_DEFAULT_REGION", Role::Identity),
    ("AWS_ENDPOINT_URL", Role::Setting),
    ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", Role::Setting),
    ("AWS_CA_BUNDLE", Role::Setting),
    ("AWS_USE_FIPS_ENDPOINT", Role::Setting),
    ("AWS_USE_DUALSTACK_ENDPOINT", Role::Setting),
    ("AWS_STS_REGIONAL_ENDPOINTS", Role::Setting),
    ("AWS_RETRY_MODE", Role::Setting),
    ("AWS_MAX_ATTEMPTS", Role::Setting),
    ("AWS_DEFAULT_OUTPUT", Role::Setting),
    ("AWS_DEFAULTS_MODE", Role::Setting),
    ("AWS_SDK_UA_APP_ID", Role::Setting),
    ("AWSENV_PROFILE", Role::Own),
    ("AWSENV_KEY_ID", Role::Own),
    ("AWSENV_EXPIRATION", Role::Own),
    ("AWSENV_UNTIL", Role::Own),
    ("AWSENV_ACCOUNT", Role::Own),
    ("AWSENV_SOURCE", Role::Own),
    ("AWSENV_OPTIONS", Role::Own),
    ("AWSENV_PREVIOUS", Role::Own),
    ("AWSENV_CLASS", Role::Own),
    ("AWS_ROLE_ARN", Role::Ambient),
    ("AWS_ROLE_SESSION_NAME", Role::Ambient),
    ("AWS_WEB_IDENTITY_TOKEN_FILE", Role::Ambient),
    ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", Role::Ambient),
    ("AWS_CONTAINER_CREDENTIALS_FULL_URI", Role::Ambient),
    ("AWS_CONTAINER_AUTHORIZATION_TOKEN", Role::Ambient),
    ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", Role::Ambient),
    ("AWS_SECURITY_TOKEN", Role::Stale),
    ("AWS_SESSION_EXPIRATION", Role::Stale),
    ("AWS_ACCESS_KEY", Role::Stale),
    ("AWS_SECRET_KEY", Role::Stale),
    ("AWS_VAULT", Role::Stale),
    ("AWSUME_PROFILE", Role::Stale),
    ("AWSUME_EXPIRATION", Role::Stale),
    ("AWSU_PROFILE", Role::Stale),
    ("AWS_SSO", Role::Stale),
    ("AWS_SSO_PROFILE", Role::Stale),
    ("AWS_SSO_ACCOUNT_ID", Role::Stale),
    ("AWS_SSO_ROLE_NAME", Role::Stale),
    ("AWS_SSO_ROLE_ARN", Role::Stale),
    ("AWS_SSO_SESSION_EXPIRATION", Role::Stale),
    ("AWS_SSO_DEFAULT_REGION", Role::Stale),
    ("GRANTED_SSO", Role::Stale),
    ("GRANTED_SSO_START_URL", Role::Stale),
    ("GRANTED_SSO_ROLE_NAME", Role::Stale),
    ("GRANTED_SSO_REGION", Role::Stale),
    ("GRANTED_SSO_ACCOUNT_ID", Role::Stale),
    ("AWSRUNAS_PROFILE", Role::Stale),
    ("SAML2AWS_PROFILE", Role::Stale),
    ("ASSUMED_ROLE", Role::Stale),
    ("AWS_EB_PROFILE", Role::Stale),
    ("AWS_PROFILE_REGION", Role::Stale),
];

/// Managed variables whose names are open sets, as far as `environment` holds any: service endpoints and bearer
/// tokens. Only names that can be shell names are returned; others can't have come from a shell and no shell could
/// unset them.
pub fn open_variables(environment: &Environment) -> Vec<&str> {
    [ENDPOINT_PREFIX, BEARER_TOKEN_PREFIX]
        .into_iter()
        .flat_map(|prefix| environment.names_with_prefix(prefix))
        .filter(|name| name.bytes().all(|b| b == b'_' || b.is_ascii_alphanumeric()))
        .collect()
}

/// Every setting that `environment` holds as a variable: those of the list, the regions and the service endpoints.
pub fn settings(environment: &Environment) -> impl Iterator<Item = (&str, &str)> {
    let listed = MANAGED.iter().filter(|(_, role)| *role == Role::Setting).map(|(name, _)| *name);
    let endpoints = open_variables(environment).into_iter().filter(|name| name.starts_with(ENDPOINT_PREFIX));
    let names = listed.chain(REGION_VARIABLES).chain(endpoints);
    names.filter_map(|name| Some((name, environment.get(name)?)))
}

/// Whether people must not see the value of `name`.
pub fn is_secret(name: &str) -> bool {
    let name = name.strip_prefix(AMBIENT_PREFIX).unwrap_or(name);
    matches!(
        name,
        "AWS_SECRET_ACCESS_KEY"
            | "AWS_SESSION_TOKEN"
            | "AWS_SECURITY_TOKEN"
            | "AWS_SECRET_KEY"
            | "AWS_CONTAINER_AUTHORIZATION_TOKEN"
    ) || name.starts_with(BEARER_TOKEN_PREFIX)
}

/// Whether people must not see the value of `key` in a config or credentials file: by its meaning, or, for keys that
/// other tools put there, by its name.
pub fn is_secret_key(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    ["secret", "token", "password", "passphrase", "private_key", "api_key"].iter().any(|word| key.contains(word))
        && !matches!(key.as_str(), "web_identity_token_file")
}
