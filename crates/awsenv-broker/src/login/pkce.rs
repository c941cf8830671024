//! Proof Key for Code Exchange (RFC 7636), method S256: who has only seen the authorization code can't use it.

use aws_smithy_types::base64;
use awsenv_core::credentials::Secret;
use zeroize::Zeroizing;

use crate::error::{BrokerError, Result};

/// A verifier, which only this process and, at the end, the server see, and its challenge, which everybody may see.
pub(super) struct Pkce {
    pub(super) verifier: Secret,
    pub(super) challenge: String,
}

impl Pkce {
    /// A new pair.
    pub(super) fn new() -> Result<Self> {
        Ok(Self::of(random_text()?))
    }

    fn of(verifier: Secret) -> Self {
        let digest = ring::digest::digest(&ring::digest::SHA256, verifier.expose().as_bytes());
        Self { challenge: base64_url(digest.as_ref()), verifier }
    }
}

/// 43 characters that nobody can guess, fit for an address: 256 bits of the system's.
pub(super) fn random_text() -> Result<Secret> {
    let mut bytes = Zeroizing::new([0; 32]);
    ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut *bytes)
        .map_err(|_| BrokerError::new("system", "the system gives no random numbers"))?;
    Ok(Secret::new(base64_url(&*bytes)))
}

/// RFC 4648's alphabet for addresses, without padding.
fn base64_url(bytes: &[u8]) -> String {
    base64::encode(bytes).trim_end_matches('=').replace('+', "-").replace('/', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_7636() {
        let pkce = Pkce::of(Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
        assert_eq!(pkce.challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn no_two_are_the_same() {
        let (one, other) = (Pkce::new().unwrap(), Pkce::new().unwrap());
        assert_ne!(one.verifier, other.verifier);
        for text in [one.verifier.expose(), &one.challenge] {
            assert_eq!(text.len(), 43);
            assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{text}");
        }
    }
}
