//! DPoP (RFC 9449): each request proves that its sender holds the key that the session is bound to.

use std::fmt;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextMut;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::base64;
use aws_smithy_types::config_bag::ConfigBag;
use awsenv_core::credentials::Secret;
use awsenv_host::clock;
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;

/// Puts a proof into the header of every request, a new one for every try.
pub(super) struct Dpop {
    key: EcdsaKeyPair,
    random: SystemRandom,
}

impl Dpop {
    /// Reads the key of a session: PEM of a P-256 key, as SEC1 or PKCS #8. `None` where it is none.
    pub(super) fn new(pem: &Secret) -> Option<Self> {
        let random = SystemRandom::new();
        let der = PrivateKeyDer::from_pem_slice(pem.expose().as_bytes()).ok()?;
        let key = match &der {
            PrivateKeyDer::Sec1(key) => {
                let key = sec1(key.secret_sec1_der())?;
                EcdsaKeyPair::from_private_key_and_public_key(
                    &ECDSA_P256_SHA256_FIXED_SIGNING,
                    key.private,
                    key.public,
                    &random,
                )
            }
            PrivateKeyDer::Pkcs8(key) => {
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.secret_pkcs8_der(), &random)
            }
            _ => return None,
        };
        Some(Self { key: key.ok()?, random })
    }

    /// The proof for one request, as botocore makes it (`_build_dpop_header`). `seconds` since the epoch.
    fn proof(&self, method: &str, url: &str, seconds: i64) -> Result<String, ring::error::Unspecified> {
        // 4, then the 32 bytes of x and of y.
        let (x, y) = self.key.public_key().as_ref().get(1..65).ok_or(ring::error::Unspecified)?.split_at(32);
        let jwk = serde_json::json!({"kty": "EC", "x": base64url(x), "y": base64url(y), "crv": "P-256"});
        let header = serde_json::json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk});
        let payload = serde_json::json!({"htm": method, "htu": url, "iat": seconds, "jti": self.id()?});
        let part = |value: &serde_json::Value| base64url(value.to_string().as_bytes());
        let signed = format!("{}.{}", part(&header), part(&payload));
        let signature = self.key.sign(&self.random, signed.as_bytes())?;
        Ok(format!("{signed}.{}", base64url(signature.as_ref())))
    }

    /// A random UUID (RFC 9562, version 4).
    fn id(&self) -> Result<String, ring::error::Unspecified> {
        let mut bytes = [0; 16];
        self.random.fill(&mut bytes)?;
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok([&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-"))
    }
}

#[dyn_dispatch_hint]
impl Intercept for Dpop {
    fn name(&self) -> &'static str {
        "dpop"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        let url = request.uri().split(['?', '#']).next().unwrap_or_default().to_owned();
        let proof = self.proof(request.method(), &url, clock::now().as_second()).map_err(|_| "no randomness")?;
        request.headers_mut().insert("dpop", proof);
        Ok(())
    }
}

impl fmt::Debug for Dpop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dpop")
    }
}

fn base64url(bytes: &[u8]) -> String {
    base64::encode(bytes).trim_end_matches('=').replace('+', "-").replace('/', "_")
}

struct Sec1<'d> {
    private: &'d [u8],
    public: &'d [u8],
}

/// `ECPrivateKey` (RFC 5915): `SEQUENCE { 1, OCTET STRING, [0] curve, [1] BIT STRING }`. Every tool writes the public key,
/// which signing needs; the curve is known from the lengths.
fn sec1(der: &[u8]) -> Option<Sec1<'_>> {
    const SEQUENCE: u8 = 0x30;
    const INTEGER: u8 = 0x02;
    const OCTETS: u8 = 0x04;
    const CURVE: u8 = 0xa0;
    const PUBLIC: u8 = 0xa1;
    const BITS: u8 = 0x03;
    let (content, _) = element(der, SEQUENCE)?;
    let (version, rest) = element(content, INTEGER)?;
    let (private, rest) = element(rest, OCTETS)?;
    let rest = element(rest, CURVE).map_or(rest, |(_, after)| after);
    let (public, _) = element(rest, PUBLIC)?;
    let (bits, _) = element(public, BITS)?;
    // The first byte says how many bits of the last are not used.
    (version == [1]).then_some(Sec1 { private, public: bits.strip_prefix(&[0])? })
}

/// The content of the element with `tag` at the start of `der`, and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&[first, length], rest) = der.split_first_chunk()?;
    let (length, rest) = match length {
        0..=0x7f => (usize::from(length), rest),
        0x81 => (usize::from(*rest.first()?), &rest[1..]),
        _ => return None,
    };
    (first == tag).then(|| rest.split_at_checked(length))?
}

#[cfg(test)]
mod tests {
    use super::*;

    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    /// One key in both forms, as DER: SEC1 (RFC 5915) is the inner part of PKCS #8 (RFC 5958).
    fn key() -> (Vec<u8>, Vec<u8>) {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
        let (content, _) = element(pkcs8.as_ref(), 0x30).unwrap();
        let (_, rest) = element(content, 0x02).unwrap();
        let (_, rest) = element(rest, 0x30).unwrap();
        let (sec1, _) = element(rest, 0x04).unwrap();
        (sec1.to_vec(), pkcs8.as_ref().to_vec())
    }

    fn pem(label: &str, der: &[u8]) -> String {
        let text = base64::encode(der);
        let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
    }

    fn dpop() -> Dpop {
        Dpop::new(&Secret::new(pem("EC PRIVATE KEY", &key().0))).unwrap()
    }

    fn decode(part: &str) -> Vec<u8> {
        let mut text = part.replace('-', "+").replace('_', "/");
        text.push_str(&"=".repeat((4 - text.len() % 4) % 4));
        base64::decode(text).unwrap()
    }

    #[test]
    fn both_forms_of_the_key_prove_the_same() {
        let (sec1, pkcs8) = key();
        let public = |pem: String| Dpop::new(&Secret::new(pem)).unwrap().key.public_key().as_ref().to_vec();
        let expected = public(pem("EC PRIVATE KEY", &sec1));
        assert_eq!(public(pem("PRIVATE KEY", &pkcs8)), expected);
        assert_eq!(public(pem("EC PRIVATE KEY", &sec1).replace('\n', "\r\n")), expected);
    }

    #[test]
    fn a_proof_says_what_it_is_for_and_is_signed() {
        let dpop = dpop();
        let proof = dpop.proof("POST", "https://eu-west-1.signin.aws.amazon.com/v1/token", 1_795_600_000).unwrap();
        let parts: Vec<_> = proof.split('.').collect();
        let payload: serde_json::Value = serde_json::from_slice(&decode(parts[1])).unwrap();
        assert_eq!(payload["htm"], "POST");
        assert_eq!(payload["htu"], "https://eu-west-1.signin.aws.amazon.com/v1/token");
        assert_eq!(payload["iat"], 1_795_600_000);
        let header: serde_json::Value = serde_json::from_slice(&decode(parts[0])).unwrap();
        assert_eq!((&header["typ"], &header["alg"]), (&"dpop+jwt".into(), &"ES256".into()));
        let coordinate = |name: &str| decode(header["jwk"][name].as_str().unwrap());
        let point = [vec![4], coordinate("x"), coordinate("y")].concat();
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &point);
        key.verify(format!("{}.{}", parts[0], parts[1]).as_bytes(), &decode(parts[2])).unwrap();
        assert_ne!(payload["jti"], dpop.proof("POST", "u", 0).unwrap());
    }

    #[test]
    fn ids_are_random_uuids() {
        let dpop = dpop();
        let (one, other) = (dpop.id().unwrap(), dpop.id().unwrap());
        assert_ne!(one, other);
        assert_eq!(one.len(), 36);
        assert_eq!(one.as_bytes()[14], b'4');
        assert!(b"89ab".contains(&one.as_bytes()[19]));
    }

    #[test]
    fn what_is_no_key() {
        let (sec1, _) = key();
        let good = pem("EC PRIVATE KEY", &sec1);
        assert!(Dpop::new(&Secret::new(good.as_str())).is_some());
        for end in 0..sec1.len() {
            assert!(Dpop::new(&Secret::new(pem("EC PRIVATE KEY", &sec1[..end]))).is_none(), "{end}");
            let mut wrong = sec1.clone();
            wrong[end] ^= 1;
            // Another key's public part, another version, another length; every bit counts.
            assert!(Dpop::new(&Secret::new(pem("EC PRIVATE KEY", &wrong))).is_none(), "{end}");
        }
        for bad in
            ["", "x", &good[..60], &good.replace("EC PRIVATE", "RSA PRIVATE"), &good.replace("PRIVATE", "PUBLIC")]
        {
            assert!(Dpop::new(&Secret::new(bad)).is_none(), "{bad}");
        }
    }
}
