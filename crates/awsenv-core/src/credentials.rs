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

/// Writing and reading a [`Secret`] as the text it is, for the one pipe it is meant for: `#[serde(with = "exposed")]`.
/// `Secret` itself has no `Serialize`, so that nothing writes it by accident.
pub mod exposed {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::Secret;

    /// Writes the secret.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(secret.expose())
    }

    /// Reads a secret.
    ///
    /// # Errors
    /// Those of the deserializer.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
        String::deserialize(deserializer).map(Secret::new)
    }
}

/// As [`exposed`], for a secret that may be missing.
pub mod exposed_option {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Secret;

    /// Writes the secret, or null.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(secret: &Option<Secret>, serializer: S) -> Result<S::Ok, S::Error> {
        secret.as_ref().map(Secret::expose).serialize(serializer)
    }

    /// Reads a secret, or null.
    ///
    /// # Errors
    /// Those of the deserializer.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Secret>, D::Error> {
        Ok(Option::<String>::deserialize(deserializer)?.map(Secret::new))
    }
}
