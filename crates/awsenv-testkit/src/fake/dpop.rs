//! DPoP proofs (RFC 9449): a JSON Web Signature, ES256, with its public key inside.

use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::elliptic_curve::sec1::ToEncodedPoint as _;
use p256::{EncodedPoint, PublicKey, SecretKey};
use serde_json::Value;

/// How old or how early a proof may be, in seconds.
const TOLERANCE: i64 = 300;

/// What a good proof says.
#[derive(Debug)]
pub(crate) struct Proof {
    /// `jti`, by which the same proof is known again.
    pub(crate) id: String,
    /// `x.y` of the public key.
    pub(crate) key: String,
}

/// Checks everything that RFC 9449, section 4.3, asks of a server. `now` in seconds since the epoch.
pub(crate) fn verify(header: &str, method: &str, url: &str, now: i64) -> Result<Proof, &'static str> {
    let parts: Vec<_> = header.split('.').collect();
    let &[head_text, payload_text, signature] = parts.as_slice() else { return Err("the DPoP proof is not a JWS") };
    let head = json(head_text).ok_or("the DPoP header is not JSON")?;
    let payload = json(payload_text).ok_or("the DPoP payload is not JSON")?;
    if head["typ"] != "dpop+jwt" {
        return Err("the DPoP proof's typ is not dpop+jwt");
    }
    if head["alg"] != "ES256" {
        return Err("the DPoP proof's alg is not ES256");
    }
    let jwk = &head["jwk"];
    if jwk["kty"] != "EC" || jwk["crv"] != "P-256" || !jwk["d"].is_null() {
        return Err("the DPoP proof's jwk is not a public P-256 key");
    }
    let key = public_key(jwk).ok_or("the DPoP proof's jwk is not a point of the curve")?;
    let bytes = Base64UrlUnpadded::decode_vec(signature).map_err(|_| "the DPoP signature is not base64url")?;
    let signature = Signature::from_slice(&bytes).map_err(|_| "the DPoP signature is not 64 bytes")?;
    let signed = format!("{head_text}.{payload_text}");
    VerifyingKey::from(&key).verify(signed.as_bytes(), &signature).map_err(|_| "the DPoP signature does not fit")?;
    if payload["htm"] != method {
        return Err("the DPoP proof's htm is another method");
    }
    if payload["htu"] != url {
        return Err("the DPoP proof's htu is another URL");
    }
    let issued = payload["iat"].as_i64().ok_or("the DPoP proof's iat is not a number")?;
    if (issued - now).abs() > TOLERANCE {
        return Err("the DPoP proof's iat is too far from now");
    }
    let id = payload["jti"].as_str().filter(|id| !id.is_empty()).ok_or("the DPoP proof's jti is missing")?;
    Ok(Proof { id: id.to_owned(), key: key_name(&key) })
}

/// `x.y`, base64url.
pub(crate) fn key_name(key: &PublicKey) -> String {
    let point = key.to_encoded_point(false);
    let part = |part: Option<&[u8]>| Base64UrlUnpadded::encode_string(part.unwrap_or_default());
    format!("{}.{}", part(point.x().map(AsRef::as_ref)), part(point.y().map(AsRef::as_ref)))
}

/// A private key as `aws login` writes it: SEC1 with the curve's name and the public key inside, in PEM. (p256's own
/// writer leaves the curve out, which botocore's library doesn't read.)
pub(crate) fn to_pem(key: &SecretKey) -> String {
    let point = key.public_key().to_encoded_point(false);
    let mut der = vec![0x30, 0x77, 0x02, 0x01, 0x01, 0x04, 0x20];
    der.extend_from_slice(&key.to_bytes());
    // [0] the OID of P-256; [1] a bit string with the uncompressed point.
    der.extend_from_slice(&[0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]);
    der.extend_from_slice(&[0xa1, 0x44, 0x03, 0x42, 0x00]);
    der.extend_from_slice(point.as_bytes());
    let text = Base64::encode_string(&der);
    let (first, rest) = text.split_at(64);
    let (second, third) = rest.split_at(64);
    format!("-----BEGIN EC PRIVATE KEY-----\n{first}\n{second}\n{third}\n-----END EC PRIVATE KEY-----\n")
}

fn json(part: &str) -> Option<Value> {
    let bytes = Base64UrlUnpadded::decode_vec(part).ok()?;
    serde_json::from_slice(&bytes).ok().filter(Value::is_object)
}

fn public_key(jwk: &Value) -> Option<PublicKey> {
    let part = |name: &str| {
        let bytes = Base64UrlUnpadded::decode_vec(jwk[name].as_str()?).ok()?;
        <[u8; 32]>::try_from(bytes).ok()
    };
    let point = EncodedPoint::from_affine_coordinates(&part("x")?.into(), &part("y")?.into(), false);
    PublicKey::from_sec1_bytes(point.as_bytes()).ok()
}
