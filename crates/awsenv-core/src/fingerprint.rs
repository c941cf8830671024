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
