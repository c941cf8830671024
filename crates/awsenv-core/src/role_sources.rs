//! In how many ways the files reach a role.
//!
//! The AWS CLI's cache names a role's session by the arguments of the call alone; which source the role was assumed
//! from is not in the name. An entry can therefore be trusted only where exactly one source is configured for it.

use crate::chain::AssumeRole;
use crate::profile::{Profile, ProfileSet};
use crate::resolve::duration_seconds;

/// Whether `profile`'s own source is the only one (source profile, `credential_source`, web identity token) that any
/// profile of `set` has for a call with exactly the arguments of `role`.
///
/// Not so where the arguments are not those of `profile` itself, but of this run's options (`--duration`): then no
/// profile is configured for the call, and nothing is known about who else makes it.
pub fn is_only_source(set: &ProfileSet<'_>, profile: Profile<'_, '_>, role: &AssumeRole) -> bool {
    let own = source(profile);
    is_same_call(profile, role)
        && set.profiles().filter(|other| is_same_call(*other, role)).all(|other| source(other) == own)
}

fn is_same_call(profile: Profile<'_, '_>, role: &AssumeRole) -> bool {
    let text = |key| profile.get_nonempty(key).map(|value| value.text);
    let same = |key, wanted: &Option<String>| text(key).as_deref() == wanted.as_deref();
    if text("role_arn").as_deref() != Some(&role.role_arn) || !same("role_session_name", &role.role_session_name) {
        return false;
    }
    if text("web_identity_token_file").is_some() {
        // The AWS CLI makes a web identity call with the role and the session's name alone.
        return role.duration_seconds.is_none() && role.external_id.is_none() && role.mfa_serial.is_none();
    }
    let duration = duration_seconds(profile);
    // What is no number here may be one to the AWS CLI (`1_000`).
    let may_be_same = duration.is_none() && profile.get_nonempty("duration_seconds").is_some();
    (duration == role.duration_seconds || may_be_same)
        && same("external_id", &role.external_id)
        && same("mfa_serial", &role.mfa_serial)
}

fn source(profile: Profile<'_, '_>) -> (&'static str, String) {
    for key in ["web_identity_token_file", "source_profile", "credential_source"] {
        if let Some(value) = profile.get_nonempty(key) {
            return (key, value.text.into_owned());
        }
    }
    ("none", profile.name().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::CredentialSource;
    use crate::resolve::resolve_profile;
    use crate::testing::with_profiles;

    /// Whether the role of profile `a` has one source beside the profile `b`.
    fn only(a: &str, b: &str) -> bool {
        let config = format!("[profile a]\nrole_arn = R\n{a}\n[profile b]\nrole_arn = R\n{b}\n");
        let keys = |name| format!("[{name}]\naws_access_key_id = I\naws_secret_access_key = S\n");
        with_profiles(&config, &(keys("one") + &keys("two")), |set| {
            let chain = resolve_profile(set, "a").unwrap();
            let CredentialSource::AssumeRole(role) = &chain.last().source else { panic!("{chain:?}") };
            is_only_source(set, set.get("a").unwrap(), role)
        })
    }

    #[test]
    fn two_ways_to_one_entry() {
        let one = "source_profile = one";
        assert!(only(one, one));
        assert!(!only(one, "source_profile = two"));
        assert!(!only(one, "credential_source = Environment"));
        assert!(!only(one, "web_identity_token_file = t"));
        for apart in ["external_id = x", "mfa_serial = m", "role_session_name = n", "duration_seconds = 900"] {
            assert!(only(one, &format!("source_profile = two\n{apart}")), "{apart}");
            assert!(!only(&format!("{one}\n{apart}"), &format!("source_profile = two\n{apart}")), "{apart}");
        }
    }

    #[test]
    fn a_call_that_no_profile_is_configured_for() {
        let keys = "[one]\naws_access_key_id = I\naws_secret_access_key = S\n";
        with_profiles("[profile a]\nrole_arn = R\nsource_profile = one\n", keys, |set| {
            let chain = resolve_profile(set, "a").unwrap();
            let CredentialSource::AssumeRole(role) = &chain.last().source else { panic!("{chain:?}") };
            let profile = set.get("a").unwrap();
            assert!(is_only_source(set, profile, role));
            let longer = AssumeRole { duration_seconds: Some(7200), ..role.clone() };
            assert!(!is_only_source(set, profile, &longer));
        });
    }

    /// The AWS CLI names a web identity entry without the duration, whatever the profile says.
    #[test]
    fn what_is_not_in_the_name_keeps_nothing_apart() {
        assert!(!only("source_profile = one", "web_identity_token_file = t\nduration_seconds = 900"));
        assert!(!only(
            "source_profile = one\nduration_seconds = 1000",
            "source_profile = two\nduration_seconds = 1_000"
        ));
    }
}
