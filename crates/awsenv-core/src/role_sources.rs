//! In how many ways the files reach a role.
//!
//! The AWS CLI's cache names a role's session by the arguments of the call alone; which source the role was assumed
//! from is not in the name. An entry can therefore be trusted only where exactly one source is configured for it.

use crate::chain::AssumeRole;
use crate::profile::{Profile, ProfileSet};
use crate::resolve::duration_seconds;

/// Whether `profile`'s own source is the only one (source profile, `credential_source`, web identity token) that any
/// profile of `set` has for a call with exactly the arguments of `role`.
pub fn is_only_source(set: &ProfileSet<'_>, profile: Profile<'_, '_>, role: &AssumeRole) -> bool {
    let own = source(profile);
    set.profiles().filter(|other| is_same_call(*other, role)).all(|other| source(other) == own)
}

fn is_same_call(profile: Profile<'_, '_>, role: &AssumeRole) -> bool {
    let text = |key| profile.get_nonempty(key).map(|value| value.text);
    let same = |key, wanted: &Option<String>| text(key).as_deref() == wanted.as_deref();
    if text("role_arn").as_deref() != Some(&role.role_arn) || !same("role_session_name", &role.role_session_name) {
        return false;
    }
    // A web identity call has neither an external id nor a device.
    let web = text("web_identity_token_file").is_some();
    duration_seconds(profile) == role.duration_seconds
        && (if web { role.external_id.is_none() } else { same("external_id", &role.external_id) })
        && (if web { role.mfa_serial.is_none() } else { same("mfa_serial", &role.mfa_serial) })
}

fn source(profile: Profile<'_, '_>) -> (&'static str, String) {
    for key in ["web_identity_token_file", "source_profile", "credential_source"] {
        if let Some(value) = profile.get_nonempty(key) {
            return (key, value.text.into_owned());
        }
    }
    ("none", profile.name().to_owned())
}
