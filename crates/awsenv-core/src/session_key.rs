//! What tells a cached session from every other one.
//!
//! The AWS CLI names a role's session by the arguments of the call alone. That says neither from where the role was
//! assumed nor how; here everything is in the name that decides whose session it is.

use std::fmt::Write;

use crate::chain::{ChainStep, CredentialSource, NamedSource};
use crate::environment::Environment;
use crate::switch::{cleared_environment, environment_keys};

/// The variables that say where a container's credentials come from.
const CONTAINER: [&str; 2] = ["AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"];

/// The key of the session at the end of `steps`: the base with the id of its access key, every role with its settings,
/// and the `endpoints` (service, URL) that were configured, because what another server gives is another session.
///
/// `environment` is the process's own; it counts where the base is in it. Names of profiles, and the regions whose STS
/// is asked, are no part of it: they change nothing about the session. The text may hold a `credential_process` with
/// whatever stands in it; it is meant to be hashed, not shown or stored.
pub fn session_key<'a>(
    steps: &[ChainStep],
    environment: &Environment,
    endpoints: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> String {
    let mut key = Key("session".to_owned());
    for step in steps {
        key.text(step.source.kind());
        add_source(&mut key, &step.source, environment);
    }
    for (service, url) in endpoints {
        key.text(service);
        key.text(url);
    }
    key.0
}

/// The key of the session that serves every role with one device: the keys it was made with, the device's serial number,
/// and where STS is if not at AWS. The same key id at another endpoint is another user.
pub fn mfa_session_key(access_key_id: &str, serial: &str, sts: Option<&str>) -> String {
    ["mfa-session", access_key_id, serial, sts.unwrap_or_default()].join("\n")
}

/// The key of what STS once said about whose an access key is; it stays true for as long as the key exists.
pub fn account_key(access_key_id: &str, sts: Option<&str>) -> String {
    ["account", access_key_id, sts.unwrap_or_default()].join("\n")
}

/// The name of the field with the account in the record under [`account_key`].
pub const ACCOUNT_FIELD: &str = "account";

fn add_source(key: &mut Key, source: &CredentialSource, environment: &Environment) {
    match source {
        CredentialSource::Static { access_key_id, .. } => key.text(access_key_id),
        CredentialSource::AssumeRole(role) => {
            key.text(&role.role_arn);
            for text in [&role.role_session_name, &role.external_id, &role.mfa_serial] {
                key.optional(text.as_deref());
            }
            key.number(role.duration_seconds);
        }
        CredentialSource::WebIdentity { role_arn, role_session_name, token_file, duration_seconds } => {
            key.text(role_arn);
            key.optional(role_session_name.as_deref());
            key.text(token_file);
            key.number(*duration_seconds);
        }
        CredentialSource::Sso(sso) => {
            for text in [&sso.sso_session, &sso.account_id, &sso.role_name] {
                key.optional(text.as_deref());
            }
            key.text(&sso.start_url);
            key.text(&sso.sso_region);
        }
        CredentialSource::LoginSession { login_session } => key.text(login_session),
        CredentialSource::CredentialProcess { command, .. } => key.text(command),
        CredentialSource::Named(named) => {
            key.text(named.as_str());
            match named {
                NamedSource::Environment => key.optional(environment_keys(environment).and_then(|keys| keys[0])),
                NamedSource::EcsContainer => {
                    let environment = cleared_environment(environment);
                    CONTAINER.iter().for_each(|name| key.optional(environment.get_nonempty(name)));
                }
                NamedSource::Ec2InstanceMetadata => {}
            }
        }
    }
}

/// Parts with their lengths, so that no two lists of parts make the same text.
struct Key(String);

impl Key {
    fn text(&mut self, text: &str) {
        let _ = write!(self.0, ",{}:{text}", text.len());
    }

    fn optional(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.0.push_str(",-"),
        }
    }

    fn number(&mut self, number: Option<u32>) {
        match number {
            Some(number) => self.text(&number.to_string()),
            None => self.0.push_str(",-"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::ProfileSet;
    use crate::resolve::resolve_profile;
    use crate::testing::with_profiles;

    const ROLE: &str = "[profile a]\nrole_arn = R\nsource_profile = one\n";

    fn key_of(set: &ProfileSet<'_>, environment: &[(&str, &str)]) -> String {
        let environment = environment.iter().copied().collect();
        session_key(&resolve_profile(set, "a").unwrap().steps, &environment, [])
    }

    fn key(config: &str, credentials: &str, environment: &[(&str, &str)]) -> String {
        with_profiles(config, credentials, |set| key_of(set, environment))
    }

    fn keys(id: &str) -> String {
        format!(
            "[one]\naws_access_key_id = {id}\naws_secret_access_key = S\n[two]\naws_access_key_id = {id}2\naws_secret_access_key = S\n"
        )
    }

    #[test]
    fn everything_that_makes_another_session() {
        let mut seen = vec![key(ROLE, &keys("I"), &[])];
        for other in [
            ROLE.replace("= R", "= Q"),
            ROLE.replace("= one", "= two"),
            format!("{ROLE}external_id = x\n"),
            format!("{ROLE}mfa_serial = x\n"),
            format!("{ROLE}role_session_name = x\n"),
            format!("{ROLE}duration_seconds = 900\n"),
            ROLE.replace("source_profile = one", "credential_source = Environment"),
            ROLE.replace("source_profile = one", "credential_source = EcsContainer"),
            ROLE.replace("source_profile = one", "credential_source = Ec2InstanceMetadata"),
            ROLE.replace("source_profile = one", "web_identity_token_file = /t"),
            ROLE.replace("source_profile = one", "web_identity_token_file = /u"),
            ROLE.replace("source_profile = one", "web_identity_token_file = /t\nduration_seconds = 900"),
            format!("{}[profile b]\nrole_arn = M\nsource_profile = one\n", ROLE.replace("= one", "= b")),
            format!("{}[profile p]\ncredential_process = x\n", ROLE.replace("= one", "= p")),
            format!("{}[profile p]\ncredential_process = y\n", ROLE.replace("= one", "= p")),
        ] {
            seen.push(key(&other, &keys("I"), &[]));
        }
        seen.push(key(ROLE, &keys("J"), &[]));
        let count = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), count);
    }

    #[test]
    fn what_makes_no_other_session() {
        let same = key(ROLE, &keys("I"), &[]);
        assert_eq!(key(&format!("{ROLE}region = eu-west-1\noutput = json\n"), &keys("I"), &[]), same);
        assert_eq!(key(ROLE, &keys("I").replace("= S", "= other"), &[]), same);
        assert_eq!(key(ROLE, &keys("I"), &[("AWS_ACCESS_KEY_ID", "X"), ("AWS_SECRET_ACCESS_KEY", "S")]), same);
        let renamed = format!("[profile a]\nrole_arn = R\nsource_profile = three\n{}", "");
        assert_eq!(key(&renamed, &keys("I").replace("[one]", "[three]"), &[]), same);
    }

    #[test]
    fn the_environment_counts_where_the_chain_starts_from_it() {
        let config = ROLE.replace("source_profile = one", "credential_source = Environment");
        let with = |id| key(&config, "", &[("AWS_ACCESS_KEY_ID", id), ("AWS_SECRET_ACCESS_KEY", "S")]);
        assert_ne!(with("X"), with("Y"));
        let config = ROLE.replace("source_profile = one", "credential_source = EcsContainer");
        let with = |name, uri| key(&config, "", &[(name, uri)]);
        assert_ne!(with(CONTAINER[0], "http://x/a"), with(CONTAINER[0], "http://x/b"));
        assert_eq!(
            with(CONTAINER[0], "http://x/a"),
            with("AWSENV_AMBIENT_AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://x/a")
        );
    }

    #[test]
    fn another_server_gives_another_session() {
        let keys_of = |endpoints: &[(&str, &str)]| {
            with_profiles(ROLE, &keys("I"), |set| {
                let steps = resolve_profile(set, "a").unwrap().steps;
                session_key(&steps, &Environment::default(), endpoints.iter().copied())
            })
        };
        assert_ne!(keys_of(&[]), keys_of(&[("STS", "http://127.0.0.1:1")]));
        assert_ne!(keys_of(&[("STS", "http://127.0.0.1:2")]), keys_of(&[("STS", "http://127.0.0.1:1")]));
    }
}
