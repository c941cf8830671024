//! Sign-In's token service: a proof of possession that is wrong in any one way refreshes nothing.

use awsenv_testkit::fake::{FakeAws, Fault, LoginSession};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use p256::SecretKey;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use p256::elliptic_curve::sec1::ToEncodedPoint as _;
use serde_json::{Value, json};

use crate::http::{self, Answer};

const SOMEONE: &str = "arn:aws:iam::123456789012:user/someone";

fn base64(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// A proof as RFC 9449 has it, for one refresh.
struct Proof {
    key: SecretKey,
    head: Value,
    payload: Value,
}

impl Proof {
    fn new(fake: &FakeAws, key: &SecretKey, id: &str) -> Self {
        let point = key.public_key().to_encoded_point(false);
        let part = |part: Option<&p256::FieldBytes>| base64(part.expect("a point"));
        Self {
            key: key.clone(),
            head: json!({
                "typ": "dpop+jwt",
                "alg": "ES256",
                "jwk": {"kty": "EC", "crv": "P-256", "x": part(point.x()), "y": part(point.y())},
            }),
            payload: json!({
                "jti": id,
                "htm": "POST",
                "htu": format!("{}/v1/token", fake.url()),
                "iat": fake.now(),
            }),
        }
    }

    fn head(mut self, name: &str, value: Value) -> Self {
        self.head[name] = value;
        self
    }

    fn payload(mut self, name: &str, value: Value) -> Self {
        self.payload[name] = value;
        self
    }

    fn sign(&self) -> String {
        let text =
            format!("{}.{}", base64(self.head.to_string().as_bytes()), base64(self.payload.to_string().as_bytes()));
        let signature: Signature = SigningKey::from(&self.key).sign(text.as_bytes());
        format!("{text}.{}", base64(&signature.to_bytes()))
    }
}

fn key_of(session: &LoginSession) -> SecretKey {
    SecretKey::from_sec1_pem(&session.dpop_key).expect("a key in PEM")
}

fn body(refresh_token: &str) -> Value {
    json!({
        "clientId": "arn:aws:signin:::devtools/same-device",
        "grantType": "refresh_token",
        "refreshToken": refresh_token,
    })
}

fn refresh(fake: &FakeAws, proof: &str, body: &Value) -> Answer {
    let headers = [("Content-Type", "application/json"), ("DPoP", proof)];
    http::send("POST", &format!("{}/v1/token", fake.url()), &headers, &body.to_string())
}

fn refused(answer: &Answer, exception: &str, error: &str) {
    assert_eq!((answer.status, answer.header("x-amzn-errortype")), (400, Some(exception)), "{}", answer.body);
    assert_eq!(answer.json()["error"], error);
    assert!(answer.json()["message"].is_string());
}

#[test]
fn a_good_proof_refreshes_once() {
    let fake = FakeAws::builder().start();
    let session = fake.login_session(SOMEONE, -60);
    let key = key_of(&session);
    let answer = refresh(&fake, &Proof::new(&fake, &key, "one").sign(), &body(&session.refresh_token));
    let output = answer.json();
    assert_eq!((&output["tokenType"], &output["expiresIn"]), (&json!("aws_sigv4"), &json!(900)), "{output}");
    let id = output["accessToken"]["accessKeyId"].as_str().expect("a key id");
    assert_eq!(fake.identity_of(id).as_deref(), Some(SOMEONE));
    // The refresh token is used up, its successor isn't; a proof is good once.
    let again = refresh(&fake, &Proof::new(&fake, &key, "two").sign(), &body(&session.refresh_token));
    refused(&again, "AccessDeniedException", "TOKEN_EXPIRED");
    let next = body(output["refreshToken"].as_str().expect("a successor"));
    refused(&refresh(&fake, &Proof::new(&fake, &key, "one").sign(), &next), "ValidationException", "INVALID_REQUEST");
    assert_eq!(refresh(&fake, &Proof::new(&fake, &key, "three").sign(), &next).status, 200);
}

#[test]
fn a_wrong_proof_refreshes_nothing() {
    let fake = FakeAws::builder().start();
    let session = fake.login_session(SOMEONE, -60);
    let (key, stranger) = (key_of(&session), key_of(&fake.login_session(SOMEONE, 60)));
    let proof = |id: &str| Proof::new(&fake, &key, id);
    let stranger_jwk = Proof::new(&fake, &stranger, "x").head["jwk"].clone();
    let mut off_the_curve = proof("x").head["jwk"].clone();
    off_the_curve["y"] = off_the_curve["x"].clone();
    let mut private = proof("x").head["jwk"].clone();
    private["d"] = json!("AAAA");
    let good = proof("cut").sign();
    let (unsigned, _) = good.rsplit_once('.').expect("a signature");
    let wrong = [
        ("another type", proof("1").head("typ", json!("JWT")).sign()),
        ("another algorithm", proof("2").head("alg", json!("none")).sign()),
        ("another's key inside", proof("3").head("jwk", stranger_jwk).sign()),
        ("no point of the curve", proof("4").head("jwk", off_the_curve).sign()),
        ("a private key inside", proof("5").head("jwk", private).sign()),
        ("another method", proof("6").payload("htm", json!("GET")).sign()),
        ("another URL", proof("7").payload("htu", json!("https://example.com/v1/token")).sign()),
        ("too old", proof("8").payload("iat", json!(fake.now() - 301)).sign()),
        ("from the future", proof("9").payload("iat", json!(fake.now() + 310)).sign()),
        ("no id", proof("").sign()),
        ("no time", proof("10").payload("iat", json!("now")).sign()),
        ("no signature", format!("{unsigned}.")),
        ("two parts", unsigned.to_owned()),
        ("nothing", String::new()),
        ("a changed payload", good.replacen('.', ".e30", 1)),
    ];
    for (what, proof) in &wrong {
        let answer = refresh(&fake, proof, &body(&session.refresh_token));
        assert_eq!(answer.status, 400, "{what}");
        refused(&answer, "ValidationException", "INVALID_REQUEST");
    }
    // A good proof of another key.
    let proof = Proof::new(&fake, &stranger, "11").sign();
    let answer = refresh(&fake, &proof, &body(&session.refresh_token));
    refused(&answer, "AccessDeniedException", "TOKEN_EXPIRED");
    // None of these used the token up.
    let proof = Proof::new(&fake, &key, "12").sign();
    assert_eq!(refresh(&fake, &proof, &body(&session.refresh_token)).status, 200);
}

#[test]
fn client_grant_and_login_are_checked() {
    let fake = FakeAws::builder().start();
    let session = fake.login_session("arn:aws:sts::123456789012:assumed-role/Admin/me", -60);
    let key = key_of(&session);
    let with = |id: &str, name: &str, value: &str| {
        let mut body = body(&session.refresh_token);
        body[name] = value.into();
        refresh(&fake, &Proof::new(&fake, &key, id).sign(), &body)
    };
    refused(&with("1", "clientId", "somebody"), "ValidationException", "INVALID_REQUEST");
    refused(&with("2", "clientId", "arn:aws:signin:::devtools/cross-device"), "AccessDeniedException", "TOKEN_EXPIRED");
    refused(&with("3", "grantType", "password"), "ValidationException", "unsupported_grant_type");
    refused(&with("4", "refreshToken", "made-up"), "AccessDeniedException", "TOKEN_EXPIRED");
    fake.revoke_logins("USER_CREDENTIALS_CHANGED");
    refused(&with("5", "x", ""), "AccessDeniedException", "USER_CREDENTIALS_CHANGED");
    let late = fake.login_session(SOMEONE, 60);
    fake.set_clock_offset(13 * 3600);
    let proof = Proof::new(&fake, &key_of(&late), "6").sign();
    refused(&refresh(&fake, &proof, &body(&late.refresh_token)), "AccessDeniedException", "TOKEN_EXPIRED");
    let text = http::send("POST", &format!("{}/v1/token", fake.url()), &[("DPoP", "x")], "grant_type=refresh_token");
    refused(&text, "ValidationException", "INVALID_REQUEST");
}

#[test]
fn another_account_comes_only_when_told() {
    let fake = FakeAws::builder().start();
    let session = fake.login_session(SOMEONE, -60);
    fake.set_fault("CreateOAuth2Token", Fault::WrongAccount, 1);
    let proof = Proof::new(&fake, &key_of(&session), "one").sign();
    let output = refresh(&fake, &proof, &body(&session.refresh_token)).json();
    let id = output["accessToken"]["accessKeyId"].as_str().expect("a key id");
    assert_eq!(fake.identity_of(id).as_deref(), Some("arn:aws:iam::999999999999:user/someone"));
}
