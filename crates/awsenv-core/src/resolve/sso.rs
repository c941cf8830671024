//! IAM Identity Center in the two forms that profiles have: with an `sso-session`, and with everything in the profile.

use crate::chain::Sso;
use crate::config::shown_key;
use crate::diagnostic::{Origin, SourceFile};
use crate::profile::{Profile, ProfileSet};

use super::{ResolveError, check_readable, given, quoted};

/// Where the profile says that it is an SSO role: `sso_account_id` or `sso_role_name`.
pub(super) fn sso_role_origin(profile: Profile<'_, '_>) -> Option<Origin> {
    profile.get("sso_account_id").or_else(|| profile.get("sso_role_name")).map(|value| value.origin)
}

/// Rule 9.
pub(super) fn sso(set: &ProfileSet<'_>, profile: Profile<'_, '_>, origin: Origin) -> Result<Sso, ResolveError> {
    let name = quoted(profile.name());
    let session_name = given(profile, "sso_session")?;
    let session = match &session_name {
        None => None,
        Some(value) => Some(set.sso_session(&value.text).ok_or_else(|| {
            ResolveError::new(
                "sso-session-not-found",
                value.origin,
                format!("the sso_session {} of {name} does not exist", quoted(&value.text)),
                format!("add a section [sso-session {}] to the config file", value.text.escape_debug()),
            )
        })?),
    };
    if let Some(session) = session {
        check_readable(session)?;
    }
    if let Some(session) = session {
        for (key, shared) in session.properties() {
            if let Some(own) = profile.get(&key).filter(|own| own.text != shared.text) {
                return Err(ResolveError::new(
                    "sso-session-conflict",
                    own.origin,
                    format!("the profile {name} and its sso_session give different values for {}", shown_key(&key)),
                    "remove it from the profile; the AWS CLI refuses the two together",
                ));
            }
        }
    }
    let get = |key: &str| {
        let value = profile.get(key).or_else(|| session.and_then(|session| session.get(key)));
        value.map(|value| value.text.into_owned()).filter(|text| !text.is_empty())
    };
    let account_id = get("sso_account_id");
    let role_name = get("sso_role_name");
    let start_url = get("sso_start_url");
    let sso_region = get("sso_region");
    let token_only = session.is_some() && account_id.is_none() && role_name.is_none();
    let mut missing = Vec::new();
    for (key, value) in [("sso_start_url", &start_url), ("sso_region", &sso_region)] {
        if value.is_none() {
            missing.push(key);
        }
    }
    for (key, value) in [("sso_account_id", &account_id), ("sso_role_name", &role_name)] {
        if value.is_none() && !token_only {
            missing.push(key);
        }
    }
    match (start_url, sso_region) {
        (Some(start_url), Some(sso_region)) if missing.is_empty() => Ok(Sso {
            sso_session: session_name.map(|value| value.text.into_owned()),
            start_url,
            sso_region,
            account_id,
            role_name,
            scopes: session.map(registration_scopes).unwrap_or_default(),
        }),
        _ => Err(ResolveError::new(
            "sso-incomplete",
            origin,
            format!("the profile {name} is not complete for IAM Identity Center: {} missing", missing.join(", ")),
            "run `aws configure sso`, or add what is missing",
        )),
    }
}

/// The session that `[sso-session NAME]` describes: its token, with no account and no role.
///
/// # Errors
/// `sso-session-not-found`, `sso-incomplete`, or `syntax` where a line of it can't be read.
pub fn resolve_sso_session(set: &ProfileSet<'_>, name: &str) -> Result<Sso, ResolveError> {
    let session = set.sso_session(name).ok_or_else(|| {
        ResolveError::new(
            "sso-session-not-found",
            Origin::whole(SourceFile::Config),
            format!("there is no [sso-session {}]", name.escape_debug()),
            "`aws configure sso` makes one",
        )
    })?;
    check_readable(session)?;
    let get = |key| session.get_nonempty(key).map(|value| value.text.into_owned());
    match (get("sso_start_url"), get("sso_region")) {
        (Some(start_url), Some(sso_region)) => Ok(Sso {
            sso_session: Some(name.to_owned()),
            start_url,
            sso_region,
            account_id: None,
            role_name: None,
            scopes: registration_scopes(session),
        }),
        (start_url, sso_region) => {
            let missing = [("sso_start_url", start_url), ("sso_region", sso_region)];
            let missing: Vec<_> = missing.iter().filter(|(_, value)| value.is_none()).map(|(key, _)| *key).collect();
            Err(ResolveError::new(
                "sso-incomplete",
                session.origin(),
                format!("the sso-session {} is not complete: {} missing", quoted(name), missing.join(", ")),
                "run `aws configure sso`, or add what is missing",
            ))
        }
    }
}

/// `sso_registration_scopes`, separated by commas.
fn registration_scopes(session: Profile<'_, '_>) -> Vec<String> {
    let scopes =
        session.get_nonempty("sso_registration_scopes").map(|value| value.text.into_owned()).unwrap_or_default();
    scopes.split(',').map(str::trim).filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
}
