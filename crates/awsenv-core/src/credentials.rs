//! AWS credentials, and the care they need.

use std::fmt;

use jiff::Timestamp;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A string that is wiped when dropped and never shown by `Debug`.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Secret(String);

impl Secret {
    /// Takes `text` as a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one place it is meant for.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// One set of AWS credentials: what signs a request.
///
/// The shape of the AWS SDKs' `Credentials` and of `credential_process` output
/// (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The access key id, e.g. `AKIA…` (long-term) or `ASIA…` (temporary). Not a secret.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: Secret,
    /// The session token; temporary credentials do not work without it.
    pub session_token: Option<Secret>,
    /// When AWS stops accepting them. `None`: they do not expire by themselves.
    pub expiration: Option<Timestamp>,
    /// The account, where the source said so (an ARN, the SSO profile, STS); never guessed from the key id.
    pub account_id: Option<String>,
}
