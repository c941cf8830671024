//! What an identity was made from, in one short word: if it changes, a renewal would be another identity.

use crate::chain::{CredentialChain, CredentialSource};
use crate::location::Files;
use crate::options::UseOptions;

/// The fingerprint of file paths, resolved chain and options: 16 hexadecimal digits. No secret goes into it.
pub fn of(files: &Files, chain: &CredentialChain, options: &UseOptions) -> String {
    let mut hash = Fingerprint::default();
    hash.add(&files.config.to_string_lossy());
    hash.add(&files.credentials.to_string_lossy());
    for step in &chain.steps {
        hash.add(&step.profile);
        hash.add(step.source.kind());
        add_source(&mut hash, &step.source);
    }
    hash.add(&options.to_text());
    format!("{:016x}", hash.0)
}

/// `AWSENV_SOURCE`: the fingerprint `source`, then that of the settings that go with it as variables. The second tells
/// whether anybody changed one of them by hand since.
pub fn with_settings<'v>(source: &str, settings: impl IntoIterator<Item = (&'v str, &'v str)>) -> String {
    format!("{source}.{}", of_settings(settings))
}

/// The first part of `AWSENV_SOURCE`.
pub fn source_of(text: &str) -> &str {
    text.split_once('.').map_or(text, |(source, _)| source)
}

/// Whether `AWSENV_SOURCE`, `text`, was written beside exactly these settings.
pub fn is_of_settings<'v>(text: &str, settings: impl IntoIterator<Item = (&'v str, &'v str)>) -> bool {
    text.split_once('.').is_some_and(|(_, known)| known == of_settings(settings))
}

/// The same for every order.
fn of_settings<'v>(settings: impl IntoIterator<Item = (&'v str, &'v str)>) -> String {
    let of_one = |(name, value): (&str, &str)| {
        let mut hash = Fingerprint::default();
        hash.add(name);
        hash.add(value);
        hash.0
    };
    let sum = settings.into_iter().map(of_one).fold(0, u64::wrapping_add);
    format!("{sum:016x}")
}

fn add_source(hash: &mut Fingerprint, source: &CredentialSource) {
    match source {
        CredentialSource::Static { access_key_id, .. } => hash.add(access_key_id),
        CredentialSource::AssumeRole(role) => {
            hash.add(&role.role_arn);
            for text in [&role.role_session_name, &role.external_id, &role.mfa_serial, &role.region] {
                hash.add_option(text.as_deref());
            }
            hash.add_option(role.duration_seconds.map(|seconds| seconds.to_string()).as_deref());
        }
        CredentialSource::WebIdentity { role_arn, role_session_name, token_file, duration_seconds } => {
            hash.add(role_arn);
            hash.add_option(role_session_name.as_deref());
            hash.add(token_file);
            hash.add_option(duration_seconds.map(|seconds| seconds.to_string()).as_deref());
        }
        CredentialSource::Sso(sso) => {
            hash.add_option(sso.sso_session.as_deref());
            hash.add(&sso.start_url);
            hash.add(&sso.sso_region);
            hash.add_option(sso.account_id.as_deref());
            hash.add_option(sso.role_name.as_deref());
        }
        CredentialSource::LoginSession { login_session } => hash.add(login_session),
        CredentialSource::CredentialProcess { command, .. } => hash.add(command),
        CredentialSource::Named(named) => hash.add(named.as_str()),
    }
}

/// FNV-1a over parts with their lengths. It tells a change from none; it keeps nobody out, and need not: whoever can
/// write the user's environment or files has won already.
struct Fingerprint(u64);

impl Default for Fingerprint {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fingerprint {
    fn add(&mut self, text: &str) {
        self.bytes(&(text.len() as u64).to_le_bytes());
        self.bytes(text.as_bytes());
    }

    fn add_option(&mut self, text: Option<&str>) {
        self.bytes(&[u8::from(text.is_some())]);
        self.add(text.unwrap_or(""));
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_beside_a_source() {
        let settings = [("AWS_REGION", "eu-west-1"), ("AWS_MAX_ATTEMPTS", "3")];
        let text = with_settings("0123456789abcdef", settings);
        assert_eq!(source_of(&text), "0123456789abcdef");
        assert!(is_of_settings(&text, settings.into_iter().rev()));
        for other in [&settings[..1], &[settings[0], ("AWS_MAX_ATTEMPTS", "4")], &[]] {
            assert!(!is_of_settings(&text, other.iter().copied()), "{other:?}");
        }
        assert!(!is_of_settings("0123456789abcdef", settings));
        assert_eq!(source_of("0123456789abcdef"), "0123456789abcdef");
        assert_ne!(with_settings("s", [("A", "BC")]), with_settings("s", [("AB", "C")]));
    }
}
