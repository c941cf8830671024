//! Signatures: what botocore signs is taken, and anything else about them that is wrong is refused with AWS's words.

use awsenv_testkit::fake::{FakeAws, User};
use serde_json::{Value, json};

use crate::http::{self, Answer};
use awsenv_testkit::botocore::{Botocore, keys_in, keys_of};

const BODY: &str = "Action=GetCallerIdentity&Version=2011-06-15";

fn someone() -> User {
    User::new("111122223333", "someone")
}

/// A request of GetCallerIdentity as botocore would sign it now, in eu-west-1, with good keys.
fn request(fake: &FakeAws) -> Value {
    json!({
        "operation": "sign",
        "method": "POST",
        "url": format!("{}/", fake.url()),
        "headers": {"Content-Type": "application/x-www-form-urlencoded"},
        "body": BODY,
        "keys": keys_of(&someone()),
        "service": "sts",
        "region": "eu-west-1",
    })
}

fn send(fake: &FakeAws, headers: &[(String, String)], body: &str) -> Answer {
    let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    http::send("POST", &format!("{}/", fake.url()), &headers, body)
}

fn assert_refused(answer: &Answer, code: &str, words: &str) {
    assert_eq!(answer.status, 403, "{}", answer.body);
    assert_eq!(answer.xml("Code"), code, "{}", answer.body);
    assert!(answer.xml("Message").contains(words), "{}", answer.body);
    assert_eq!(answer.xml("RequestId").len(), 36);
}

#[test]
fn what_botocore_signs_is_good_and_any_change_to_it_is_not() {
    let fake = FakeAws::builder().user(someone()).start();
    let Some(mut botocore) = Botocore::start(&fake, "what_botocore_signs_is_good") else { return };
    let signed = botocore.sign(&request(&fake));
    let good = send(&fake, &signed, BODY);
    assert_eq!((good.status, good.xml("Arn")), (200, "arn:aws:iam::111122223333:user/someone"), "{}", good.body);

    let mismatch = "The request signature we calculated does not match";
    assert_refused(&send(&fake, &signed, &format!("{BODY}&More=1")), "SignatureDoesNotMatch", mismatch);
    let change = |name: &str, change: &dyn Fn(&str) -> String| -> Vec<(String, String)> {
        let mut headers = signed.clone();
        let found = headers.iter_mut().find(|(known, _)| known == name).unwrap_or_else(|| panic!("no {name}"));
        found.1 = change(&found.1);
        headers
    };
    let last_digit = |text: &str| {
        let (rest, last) = text.split_at(text.len() - 1);
        format!("{rest}{}", if last == "0" { "1" } else { "0" })
    };
    assert_refused(&send(&fake, &change("Authorization", &last_digit), BODY), "SignatureDoesNotMatch", mismatch);
    let other_type = |_: &str| "text/plain".to_owned();
    // botocore signs every header that it is given but a few: the content type is one of those signed.
    assert!(
        signed.iter().any(|(name, value)| name == "Authorization" && value.contains("content-type;host;x-amz-date"))
    );
    assert_refused(&send(&fake, &change("Content-Type", &other_type), BODY), "SignatureDoesNotMatch", mismatch);
    let mut more = signed.clone();
    more.push(("X-Amz-Target".to_owned(), "elsewhere".to_owned()));
    assert_refused(&send(&fake, &more, BODY), "SignatureDoesNotMatch", "'x-amz-target' must be a 'SignedHeader'");
    let elsewhere = |text: &str| text.replace("/eu-west-1/", "/eu-west-2/");
    assert_refused(&send(&fake, &change("Authorization", &elsewhere), BODY), "SignatureDoesNotMatch", mismatch);
    assert_refused(&send(&fake, &[], BODY), "MissingAuthenticationToken", "missing Authentication Token");
    let basic = |_: &str| "Basic c29tZW9uZQ==".to_owned();
    assert_refused(&send(&fake, &change("Authorization", &basic), BODY), "IncompleteSignature", "algorithm");
}

#[test]
fn keys_scope_and_time_are_checked() {
    let fake = FakeAws::builder().user(someone()).region("eu-west-1").start();
    let Some(mut botocore) = Botocore::start(&fake, "keys_scope_and_time_are_checked") else { return };
    let mut ask = |changes: Value| {
        let mut request = request(&fake);
        for (name, value) in changes.as_object().expect("an object") {
            request[name] = value.clone();
        }
        let signed = botocore.sign(&request);
        send(&fake, &signed, BODY)
    };
    let user = someone();
    let (id, secret) = (user.access_key_id(), user.secret_access_key());
    let unknown = ask(json!({"keys": {"id": "AKIAIOSFODNN7EXAMPLE", "secret": secret, "token": null}}));
    assert_refused(&unknown, "InvalidClientTokenId", "The security token included in the request is invalid.");
    let wrong = ask(json!({"keys": {"id": id, "secret": format!("{secret}x"), "token": null}}));
    assert_refused(&wrong, "SignatureDoesNotMatch", "does not match the signature you provided");
    let stray_token = ask(json!({"keys": {"id": id, "secret": secret, "token": "somebody's"}}));
    assert_refused(&stray_token, "InvalidClientTokenId", "invalid");
    let service = ask(json!({"service": "iam"}));
    assert_refused(&service, "SignatureDoesNotMatch", "Credential should be scoped to correct service: 'sts'.");
    let region = ask(json!({"region": "eu-west-2"}));
    assert_refused(&region, "SignatureDoesNotMatch", "Credential should be scoped to a valid region.");
    let now = fake.now();
    assert_eq!(ask(json!({"time": now - 14 * 60})).status, 200);
    assert_eq!(ask(json!({"time": now + 14 * 60})).status, 200);
    assert_refused(&ask(json!({"time": now - 16 * 60})), "SignatureDoesNotMatch", "Signature expired: ");
    assert_refused(&ask(json!({"time": now + 16 * 60})), "SignatureDoesNotMatch", "Signature not yet current: ");
    fake.set_clock_offset(3600);
    let answer = ask(json!({}));
    assert_refused(&answer, "SignatureDoesNotMatch", "Signature expired: ");
    let date = answer.header("date").expect("the fake's time, by which clients correct theirs");
    assert!(date.ends_with(" GMT"), "{date}");
    assert_eq!(ask(json!({"time": now + 3600})).status, 200);
}

/// The other way round: for everything that botocore's own clients sent, the signature that botocore computes anew is the
/// one that the fake took.
#[test]
fn what_the_fake_took_botocore_signs_the_same() {
    let fake = FakeAws::builder().user(someone()).start();
    let Some(mut botocore) = Botocore::start(&fake, "what_the_fake_took_botocore_signs_the_same") else { return };
    let keys = keys_of(&someone());
    botocore.call("sts", "get_caller_identity", &keys, &json!({}));
    let session = botocore.call("sts", "get_session_token", &keys, &json!({"DurationSeconds": 900}));
    let temporary = keys_in(&session);
    botocore.call("sts", "get_caller_identity", &temporary, &json!({}));
    botocore.call("iam", "list_mfa_devices", &keys, &json!({}));
    let requests = fake.requests();
    assert_eq!(requests.len(), 4);
    for request in &requests {
        assert_eq!(request.status, Some(200), "{request:?}");
        assert!(request.caller.is_some());
        assert_eq!(botocore.resign(&fake, request), request.header("authorization").expect("signed"));
    }
}

/// A region's form, where no one region was named.
#[test]
fn a_scope_without_a_region_is_refused() {
    let fake = FakeAws::builder().user(someone()).start();
    let Some(mut botocore) = Botocore::start(&fake, "a_scope_without_a_region_is_refused") else { return };
    for (region, good) in [("us-isob-east-1", true), ("cn-north-1", true), ("nowhere", false), ("eu-west-1.", false)] {
        let mut request = request(&fake);
        request["region"] = region.into();
        let signed = botocore.sign(&request);
        assert_eq!(send(&fake, &signed, BODY).status == 200, good, "{region}");
    }
}

/// Headers that lack a part, or whose parts don't fit each other.
#[test]
fn incomplete_signatures_are_refused() {
    let fake = FakeAws::builder().user(someone()).start();
    let Some(mut botocore) = Botocore::start(&fake, "incomplete_signatures_are_refused") else { return };
    let signed = botocore.sign(&request(&fake));
    let with = |name: &str, change: &dyn Fn(&str) -> Option<String>| {
        let mut headers = signed.clone();
        headers.retain_mut(|(known, value)| match change(value) {
            Some(changed) if known == name => {
                *value = changed;
                true
            }
            None if known == name => false,
            _ => true,
        });
        send(&fake, &headers, BODY)
    };
    let authorization = |from: &str, to: &str| {
        let answer = with("Authorization", &|text| {
            assert!(!text.starts_with("AWS4") || text.contains(from), "{text}");
            Some(text.replace(from, to))
        });
        (answer.status, answer.xml("Code").to_owned(), answer.xml("Message").to_owned())
    };
    for (from, to, words) in [
        ("Credential=", "Credentials=", "'Credential' parameter"),
        ("SignedHeaders=", "Headers=", "'SignedHeaders' parameter"),
        ("Signature=", "Sig=", "'Signature' parameter"),
        ("/aws4_request", "/aws5_request", "exactly 5 slash-delimited elements"),
        ("/eu-west-1/", "/", "exactly 5 slash-delimited elements"),
    ] {
        let (status, code, message) = authorization(from, to);
        assert_eq!((status, code.as_str()), (403, "IncompleteSignature"), "{from}");
        assert!(message.contains(words), "{from}: {message}");
    }
    for (from, to, words) in
        [(";x-amz-date", "", "'x-amz-date' must be a 'SignedHeader'"), ("host;", "", "'host' must be a 'SignedHeader'")]
    {
        let (status, code, message) = authorization(from, to);
        assert_eq!((status, code.as_str()), (403, "SignatureDoesNotMatch"), "{from}");
        assert!(message.contains(words), "{from}: {message}");
    }
    let undated = with("X-Amz-Date", &|_| None);
    assert_refused(&undated, "IncompleteSignature", "'X-Amz-Date'");
    let other_form = with("X-Amz-Date", &|text| Some(format!("{}T000000+00:00", text.get(..8).unwrap_or_default())));
    assert_refused(&other_form, "IncompleteSignature", "ISO-8601 'basic format'");
    let other_day = with("X-Amz-Date", &|_| Some("20010101T000000Z".to_owned()));
    assert_refused(&other_day, "SignatureDoesNotMatch", "Date in Credential scope does not match");
}
