//! `--as keys`: a profile's settings as the variables that AWS has for them.
//!
//! With keys in the environment no profile is named, so AWS tools read `[default]` for all the rest. What the profile
//! says is therefore exported, and what `[default]` would push in is neutralized where AWS has a value for that
//! (<https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html>,
//! <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>).

use std::collections::BTreeMap;

use crate::config::shown_key;
use crate::diagnostic::{Diagnostic, Severity};
use crate::endpoints::{Endpoints, is_true};
use crate::profile::{Profile, ProfileSet};
use crate::resolve::{ResolveError, quoted};
use crate::variables::ENDPOINT_PREFIX;

/// Settings with one variable each, which are exported as they are.
const PLAIN: [(&str, &str); 9] = [
    ("ca_bundle", "AWS_CA_BUNDLE"),
    ("use_fips_endpoint", "AWS_USE_FIPS_ENDPOINT"),
    ("use_dualstack_endpoint", "AWS_USE_DUALSTACK_ENDPOINT"),
    ("sts_regional_endpoints", "AWS_STS_REGIONAL_ENDPOINTS"),
    ("retry_mode", "AWS_RETRY_MODE"),
    ("max_attempts", "AWS_MAX_ATTEMPTS"),
    ("output", "AWS_DEFAULT_OUTPUT"),
    ("defaults_mode", "AWS_DEFAULTS_MODE"),
    ("sdk_ua_app_id", "AWS_SDK_UA_APP_ID"),
];

/// Settings that have been dealt with elsewhere: the way to the credentials, the region, the endpoints.
const OF_THE_CHAIN: [&str; 22] = [
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "aws_security_token",
    "aws_account_id",
    "aws_expiration",
    "role_arn",
    "role_session_name",
    "source_profile",
    "credential_source",
    "external_id",
    "mfa_serial",
    "duration_seconds",
    "web_identity_token_file",
    "credential_process",
    "login_session",
    "region",
    "endpoint_url",
    "services",
    "ignore_configured_endpoint_urls",
    "x_principal_arn",
    "x_security_token_expires",
];

/// The variables for a profile's settings, and what no variable can say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileSettings {
    /// Name and value of each variable, region not included.
    pub variables: Vec<(String, String)>,
    /// What differs all the same.
    pub diagnostics: Vec<Diagnostic>,
}

/// Says the settings of `profile` in variables, so that tools which read `[default]` for the rest behave as if they
/// had read `profile`.
///
/// # Errors
/// `endpoints-need-profile` where no set of variables can say what the profile says; `services-not-found` where it
/// names a `[services]` section that does not exist or is empty.
pub fn export_settings(set: &ProfileSet<'_>, profile: Profile<'_, '_>) -> Result<ProfileSettings, ResolveError> {
    let default = set.get("default").filter(|default| default.name() != profile.name());
    let mut out = ProfileSettings::default();
    for (key, variable) in PLAIN {
        if let Some(value) = profile.get_nonempty(key) {
            out.variables.push((variable.to_owned(), value.text.into_owned()));
        } else if matches!(key, "use_fips_endpoint" | "use_dualstack_endpoint")
            && default.is_some_and(|default| is_true(default, key))
        {
            out.variables.push((variable.to_owned(), "false".to_owned()));
        } else if key == "sts_regional_endpoints"
            && default
                .is_some_and(|default| default.get(key).is_some_and(|value| value.text.eq_ignore_ascii_case("legacy")))
        {
            // Else STS would be asked at its global endpoint, which [default] alone wants.
            out.variables.push((variable.to_owned(), "regional".to_owned()));
        }
    }
    export_endpoints(set, profile, default, &mut out)?;
    unsayable(profile, default, &mut out.diagnostics);
    Ok(out)
}

/// Variables beat files, and the variable for all services beats a file's entry for one.
fn export_endpoints<'a>(
    set: &ProfileSet<'a>,
    profile: Profile<'_, 'a>,
    default: Option<Profile<'_, 'a>>,
    out: &mut ProfileSettings,
) -> Result<(), ResolveError> {
    const IGNORE: &str = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS";
    let own = Endpoints::of(set, profile);
    let theirs = default.map(|default| Endpoints::of(set, default)).unwrap_or_default();
    if own.ignored {
        out.variables.push((IGNORE.to_owned(), "true".to_owned()));
        return Ok(());
    }
    own.check_services(profile)?;
    if own.global.is_none() && own.services.is_empty() {
        if !theirs.ignored && theirs.pushed(&[]).is_some() {
            out.variables.push((IGNORE.to_owned(), "true".to_owned()));
        }
        return Ok(());
    }
    // Also where [default] ignores its own: the variable that says otherwise for the profile would wake them.
    if own.global.is_none()
        && let Some(value) = theirs.pushed(&own.services)
    {
        return Err(ResolveError {
            code: "endpoints-need-profile",
            message: format!(
                "no variables can say the endpoints of {}: it has some of its own, and [default] would add others",
                quoted(profile.name())
            ),
            hint: "use it with --as profile, or move the endpoint out of [default]".to_owned(),
            origin: Some(value.origin),
        });
    }
    if theirs.ignored {
        out.variables.push((IGNORE.to_owned(), "false".to_owned()));
    }
    if let Some(url) = own.global {
        out.variables.push(("AWS_ENDPOINT_URL".to_owned(), url.text.into_owned()));
    }
    for (service, url) in own.services {
        out.variables.push((format!("{ENDPOINT_PREFIX}{service}"), url.text.into_owned()));
    }
    Ok(())
}

/// Settings without a variable that differ between the profile and `[default]`.
fn unsayable(profile: Profile<'_, '_>, default: Option<Profile<'_, '_>>, diagnostics: &mut Vec<Diagnostic>) {
    let Some(default) = default else { return };
    let own = profile.properties();
    let theirs = default.properties();
    let own_by_key: BTreeMap<&str, &str> = own.iter().map(|(key, value)| (key.as_str(), &*value.text)).collect();
    let theirs_by_key: BTreeMap<&str, &str> = theirs.iter().map(|(key, value)| (key.as_str(), &*value.text)).collect();
    let known = |key: &str| OF_THE_CHAIN.contains(&key) || key.starts_with("sso_");
    let plain = |key: &str| PLAIN.iter().any(|(name, _)| *name == key);
    for (key, value) in &own {
        let same = theirs_by_key.get(key.as_str()) == Some(&&*value.text);
        if same || known(key) || plain(key) {
            continue;
        }
        diagnostics.push(Diagnostic {
            severity: Severity::Warning,
            code: "no-variable",
            message: format!("{} is not handed over with keys, so it is not in force", shown_key(key)),
            hint: Some("use the profile with --as profile where this setting matters".to_owned()),
            origin: Some(value.origin),
        });
    }
    for (key, value) in &theirs {
        let neutral = matches!(key.as_str(), "use_fips_endpoint" | "use_dualstack_endpoint" | "sts_regional_endpoints");
        if known(key) || neutral || value.text.is_empty() || own_by_key.contains_key(key.as_str()) {
            continue;
        }
        diagnostics.push(Diagnostic {
            severity: Severity::Info,
            code: "default-shines-through",
            message: format!(
                "with keys, {} of [default] also holds for {}, which has none",
                shown_key(key),
                quoted(profile.name())
            ),
            hint: Some("give the profile a value of its own, or use it with --as profile".to_owned()),
            origin: Some(value.origin),
        });
    }
}

#[cfg(test)]
mod tests;
