//! STS: botocore's own client is served, and every wrong call is refused as AWS refuses it.

use awsenv_testkit::fake::{FakeAws, Fault, MfaRule, Role, User};
use serde_json::{Value, json};

use crate::http;
use awsenv_testkit::botocore::{Botocore, keys_in, keys_of};

const ROLE: &str = "arn:aws:iam::123456789012:role/team/Admin";
const PHONE: &str = "arn:aws:iam::111122223333:mfa/phone";

fn someone() -> User {
    User::new("111122223333", "someone").mfa(PHONE, &["111111", "222222", "333333", "444444"])
}

fn assume(botocore: &mut Botocore, keys: &Value, more: &Value) -> Value {
    let mut arguments = json!({"RoleArn": ROLE, "RoleSessionName": "me"});
    arguments.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    botocore.call("sts", "assume_role", keys, &arguments)
}

fn assert_refused(answer: &Value, code: &str, words: &str) {
    assert_eq!(answer["code"], code, "{answer}");
    assert!(answer["message"].as_str().is_some_and(|text| text.contains(words)), "{answer}");
    assert_eq!(answer["request_id"].as_str().map(str::len), Some(36), "{answer}");
}

#[test]
fn a_role_is_assumed_and_its_keys_sign() {
    let fake = FakeAws::builder().user(someone()).role(Role::new(ROLE).trusts(&someone().arn())).start();
    let Some(mut botocore) = Botocore::start(&fake, "a_role_is_assumed_and_its_keys_sign") else { return };
    let keys = keys_of(&someone());
    let assumed = assume(&mut botocore, &keys, &json!({"DurationSeconds": 900}));
    let arn = "arn:aws:sts::123456789012:assumed-role/Admin/me";
    assert_eq!(assumed["AssumedRoleUser"]["Arn"], arn, "{assumed}");
    let id = assumed["Credentials"]["AccessKeyId"].as_str().expect("a key id").to_owned();
    assert_eq!(fake.identity_of(&id).as_deref(), Some(arn));
    let who = botocore.call("sts", "get_caller_identity", &keys_in(&assumed), &json!({}));
    assert_eq!((&who["Arn"], &who["Account"]), (&json!(arn), &json!("123456789012")));
    assert_eq!(who["UserId"], assumed["AssumedRoleUser"]["AssumedRoleId"]);
    assert_eq!((fake.calls("AssumeRole"), fake.calls("GetCallerIdentity")), (1, 1));
    // Temporary keys without their token, and past their end, sign nothing.
    let mut bare = keys_in(&assumed);
    bare["token"] = Value::Null;
    assert_refused(&botocore.call("sts", "get_caller_identity", &bare, &json!({})), "InvalidClientTokenId", "invalid");
    fake.expire_key(&id);
    let late = botocore.call("sts", "get_caller_identity", &keys_in(&assumed), &json!({}));
    assert_refused(&late, "ExpiredToken", "The security token included in the request is expired");
}

#[test]
fn a_trust_policy_is_obeyed() {
    let other = User::new("111122223333", "other");
    let far = User::new("444455556666", "far");
    let named = Role::new("arn:aws:iam::123456789012:role/Named").trusts("111122223333").session_name("fixed");
    let fake = FakeAws::builder()
        .user(someone())
        .user(other.clone())
        .user(far.clone())
        .role(Role::new(ROLE).trusts(&someone().arn()).external_id("xy"))
        .role(Role::new("arn:aws:iam::123456789012:role/Root").trusts("arn:aws:iam::111122223333:root"))
        .role(named)
        .start();
    let Some(mut botocore) = Botocore::start(&fake, "a_trust_policy_is_obeyed") else { return };
    let denied = format!("User: {} is not authorized to perform: sts:AssumeRole on resource: {ROLE}", someone().arn());
    let keys = keys_of(&someone());
    assert_refused(&assume(&mut botocore, &keys, &json!({})), "AccessDenied", &denied);
    assert_refused(&assume(&mut botocore, &keys, &json!({"ExternalId": "xz"})), "AccessDenied", &denied);
    assert!(assume(&mut botocore, &keys, &json!({"ExternalId": "xy"}))["Credentials"].is_object());
    let answer = assume(&mut botocore, &keys_of(&other), &json!({"ExternalId": "xy"}));
    assert_refused(&answer, "AccessDenied", "user/other is not authorized");
    let root = json!({"RoleArn": "arn:aws:iam::123456789012:role/Root"});
    assert!(assume(&mut botocore, &keys_of(&other), &root)["Credentials"].is_object());
    assert_refused(&assume(&mut botocore, &keys_of(&far), &root), "AccessDenied", "user/far is not authorized");
    let named = "arn:aws:iam::123456789012:role/Named";
    assert_refused(&assume(&mut botocore, &keys, &json!({"RoleArn": named})), "AccessDenied", "is not authorized");
    assert!(assume(&mut botocore, &keys, &json!({"RoleArn": named, "RoleSessionName": "fixed"}))["code"].is_null());
    let missing = json!({"RoleArn": "arn:aws:iam::123456789012:role/Missing"});
    assert_refused(&assume(&mut botocore, &keys, &missing), "AccessDenied", "is not authorized");
}

#[test]
fn durations_and_names_have_their_limits() {
    let user = keys_of(&someone());
    let role = Role::new(ROLE).trusts(&someone().arn()).max_duration(7200);
    let second = Role::new("arn:aws:iam::123456789012:role/Second").trusts(ROLE).max_duration(43_200);
    let fake = FakeAws::builder().user(someone()).role(role).role(second).start();
    let Some(mut botocore) = Botocore::start(&fake, "durations_and_names_have_their_limits") else { return };
    let mut refused = |more: Value, code: &str, words: &str| {
        assert_refused(&assume(&mut botocore, &user, &more), code, words);
    };
    let at = "at 'durationSeconds' failed to satisfy constraint: Member must have value";
    refused(json!({"DurationSeconds": 899}), "ValidationError", &format!("{at} greater than or equal to 900"));
    refused(json!({"DurationSeconds": 43_201}), "ValidationError", &format!("{at} less than or equal to 43200"));
    refused(json!({"DurationSeconds": 7201}), "ValidationError", "exceeds the MaxSessionDuration set for this role");
    refused(json!({"RoleSessionName": "two words"}), "ValidationError", "[\\w+=,.@-]*");
    refused(json!({"RoleSessionName": "x".repeat(65)}), "ValidationError", "less than or equal to 64");
    refused(json!({"ExternalId": "a b"}), "ValidationError", "'externalId'");
    let first = assume(&mut botocore, &user, &json!({"DurationSeconds": 7200}));
    let chained = json!({"RoleArn": "arn:aws:iam::123456789012:role/Second", "DurationSeconds": 3601});
    assert_refused(
        &assume(&mut botocore, &keys_in(&first), &chained),
        "ValidationError",
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
    );
    let chained = json!({"RoleArn": "arn:aws:iam::123456789012:role/Second", "DurationSeconds": 3600});
    assert!(assume(&mut botocore, &keys_in(&first), &chained)["Credentials"].is_object());
}

#[test]
fn a_code_of_the_device_works_once() {
    let user = keys_of(&someone());
    let fake =
        FakeAws::builder().user(someone()).role(Role::new(ROLE).trusts(&someone().arn()).mfa(MfaRule::Needed)).start();
    let Some(mut botocore) = Botocore::start(&fake, "a_code_of_the_device_works_once") else { return };
    let mut with =
        |serial: &str, code: &str| assume(&mut botocore, &user, &json!({"SerialNumber": serial, "TokenCode": code}));
    let wrong = "MultiFactorAuthentication failed with invalid MFA one time pass code";
    assert_refused(&with(PHONE, "999999"), "AccessDenied", wrong);
    assert_refused(
        &with("arn:aws:iam::111122223333:mfa/other", "111111"),
        "AccessDenied",
        "verify your MFA serial number",
    );
    assert_refused(&with(PHONE, "12345x"), "ValidationError", "'tokenCode'");
    assert!(with(PHONE, "111111")["Credentials"].is_object());
    assert_refused(&with(PHONE, "111111"), "AccessDenied", wrong);
    fake.add_mfa_code(PHONE, "111111");
    assert!(with(PHONE, "111111")["Credentials"].is_object());
    assert_refused(&assume(&mut botocore, &user, &json!({})), "AccessDenied", "is not authorized to perform");
    let serial_only = assume(&mut botocore, &user, &json!({"SerialNumber": PHONE}));
    assert_refused(&serial_only, "AccessDenied", "MultiFactorAuthentication failed");
}

#[test]
fn a_session_with_mfa_serves_where_the_policy_lets_it() {
    let user = keys_of(&someone());
    let strict = "arn:aws:iam::123456789012:role/Strict";
    let fake = FakeAws::builder()
        .user(someone())
        .role(Role::new(ROLE).trusts(&someone().arn()).mfa(MfaRule::Needed))
        .role(Role::new(strict).trusts(&someone().arn()).mfa(MfaRule::NeededOnTheCall))
        .start();
    let Some(mut botocore) = Botocore::start(&fake, "a_session_with_mfa_serves") else { return };
    let without = keys_in(&botocore.call("sts", "get_session_token", &user, &json!({})));
    let with = json!({"SerialNumber": PHONE, "TokenCode": "222222"});
    let with = keys_in(&botocore.call("sts", "get_session_token", &user, &with));
    assert_refused(&assume(&mut botocore, &without, &json!({})), "AccessDenied", "is not authorized");
    assert!(assume(&mut botocore, &with, &json!({}))["Credentials"].is_object());
    assert_refused(&assume(&mut botocore, &with, &json!({"RoleArn": strict})), "AccessDenied", "is not authorized");
    let on_the_call = json!({"RoleArn": strict, "SerialNumber": PHONE, "TokenCode": "333333"});
    assert!(assume(&mut botocore, &user, &on_the_call)["Credentials"].is_object());
    // A session is the user, and gets no session of its own.
    let who = botocore.call("sts", "get_caller_identity", &with, &json!({}));
    assert_eq!(who["Arn"], someone().arn());
    let again = botocore.call("sts", "get_session_token", &with, &json!({}));
    assert_refused(&again, "AccessDenied", "Cannot call GetSessionToken with session credentials");
    // IAM is for sessions with MFA alone.
    assert_eq!(botocore.call("iam", "list_mfa_devices", &with, &json!({}))["MFADevices"][0]["SerialNumber"], PHONE);
    let refused = botocore.call("iam", "list_mfa_devices", &without, &json!({}));
    assert_refused(&refused, "InvalidClientTokenId", "invalid");
}

#[test]
fn a_web_identity_needs_a_token_that_the_role_trusts() {
    let role = Role::new(ROLE).trusts_web_identity("id.example.com", "sts.amazonaws.com", "pod");
    let fake = FakeAws::builder().role(role).start();
    let Some(mut botocore) = Botocore::start(&fake, "a_web_identity_needs_a_token") else { return };
    let mut with = |token: &str| {
        let arguments = json!({"RoleArn": ROLE, "RoleSessionName": "me", "WebIdentityToken": token});
        botocore.call("sts", "assume_role_with_web_identity", &Value::Null, &arguments)
    };
    let good = fake.web_identity_token("id.example.com", "sts.amazonaws.com", "pod", 600);
    let answer = with(&good);
    assert_eq!(answer["AssumedRoleUser"]["Arn"], "arn:aws:sts::123456789012:assumed-role/Admin/me", "{answer}");
    assert_eq!(answer["SubjectFromWebIdentityToken"], "pod");
    assert_refused(&with(&format!("{good}x")), "InvalidIdentityToken", "verification key");
    for (provider, audience, subject) in [
        ("evil.example.com", "sts.amazonaws.com", "pod"),
        ("id.example.com", "other", "pod"),
        ("id.example.com", "sts.amazonaws.com", "other"),
    ] {
        let token = fake.web_identity_token(provider, audience, subject, 600);
        assert_refused(&with(&token), "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity");
    }
    let old = fake.web_identity_token("id.example.com", "sts.amazonaws.com", "pod", -1);
    assert_refused(&with(&old), "ExpiredTokenException", "Token expired");
}

#[test]
fn faults_happen_as_often_as_told() {
    let fake = FakeAws::builder().user(someone()).role(Role::new(ROLE).trusts(&someone().arn())).start();
    let Some(mut botocore) = Botocore::start(&fake, "faults_happen_as_often_as_told") else { return };
    let keys = keys_of(&someone());
    fake.set_fault("AssumeRole", Fault::Status(500), 1);
    fake.set_fault("AssumeRole", Fault::Throttle, 1);
    fake.set_fault("AssumeRole", Fault::WrongAccount, 1);
    let answer = assume(&mut botocore, &keys, &json!({}));
    assert_eq!((&answer["code"], &answer["status"]), (&json!("InternalFailure"), &json!(500)));
    let answer = assume(&mut botocore, &keys, &json!({}));
    assert_eq!((&answer["code"], &answer["status"]), (&json!("Throttling"), &json!(400)));
    let answer = assume(&mut botocore, &keys, &json!({}));
    assert_eq!(answer["AssumedRoleUser"]["Arn"], "arn:aws:sts::999999999999:assumed-role/Admin/me");
    let who = botocore.call("sts", "get_caller_identity", &keys_in(&answer), &json!({}));
    assert_eq!(who["Account"], "999999999999");
    let answer = assume(&mut botocore, &keys, &json!({}));
    assert_eq!(answer["AssumedRoleUser"]["Arn"], "arn:aws:sts::123456789012:assumed-role/Admin/me");
    assert_eq!(fake.calls("AssumeRole"), 4);
}

#[test]
fn broken_answers_are_broken() {
    let fake = FakeAws::builder().start();
    let page = |fault: Fault| {
        fake.set_fault("ImdsToken", fault, 1);
        let headers = [("x-aws-ec2-metadata-token-ttl-seconds", "60")];
        http::try_send("PUT", &format!("{}/latest/api/token", fake.url()), &headers, "")
    };
    assert!(page(Fault::Close).is_err());
    assert!(page(Fault::CloseMidBody).is_err());
    assert!(page(Fault::LoseAnswer).is_err());
    let garbage = page(Fault::Garbage).expect("an answer");
    assert!(garbage.status == 200 && garbage.body.contains("not what was asked for"));
    let delayed = page(Fault::Delay(std::time::Duration::from_millis(20))).expect("an answer");
    assert_eq!(delayed.status, 200);
    assert_eq!(fake.calls("ImdsToken"), 5);
}

#[test]
fn unknown_actions_and_versions_are_refused() {
    let fake = FakeAws::builder().user(someone()).start();
    for body in ["Action=GetFederationToken&Version=2011-06-15", "Action=GetCallerIdentity&Version=2020-01-01", ""] {
        let headers = [("Content-Type", "application/x-www-form-urlencoded")];
        let answer = http::send("POST", &format!("{}/", fake.url()), &headers, body);
        assert_eq!((answer.status, answer.xml("Code")), (400, "InvalidAction"), "{body}");
    }
    assert_eq!(http::send("GET", &format!("{}/nowhere", fake.url()), &[], "").status, 404);
}

#[test]
fn what_a_call_lacks_is_named() {
    let user = keys_of(&someone());
    let role = Role::new(ROLE).trusts(&someone().arn()).trusts_web_identity("p", "a", "s");
    let fake = FakeAws::builder().user(someone()).role(role).start();
    let Some(mut botocore) = Botocore::start(&fake, "what_a_call_lacks_is_named") else { return };
    let mut refused = |method: &str, arguments: &Value, code: &str, words: &str| {
        let answer = botocore.call("sts", method, &user, arguments);
        assert_refused(&answer, code, words);
    };
    let null = |member: &str| format!("Value null at '{member}' failed to satisfy constraint: Member must not be null");
    refused("assume_role", &json!({"RoleSessionName": "me"}), "ValidationError", &null("roleArn"));
    refused("assume_role", &json!({"RoleArn": ROLE}), "ValidationError", &null("roleSessionName"));
    let short = json!({"RoleArn": "arn:aws:iam::1:role", "RoleSessionName": "me"});
    refused(
        "assume_role",
        &short,
        "ValidationError",
        "'roleArn' failed to satisfy constraint: Member must have length",
    );
    let code = json!({"RoleArn": ROLE, "RoleSessionName": "me", "TokenCode": "111111"});
    refused("assume_role", &code, "AccessDenied", "must provide both MFA serial number");
    let words = json!({"RoleArn": ROLE, "RoleSessionName": "me", "DurationSeconds": "long"});
    refused("assume_role", &words, "MalformedInput", "");
    let bounds = "at 'durationSeconds' failed to satisfy constraint";
    refused("get_session_token", &json!({"DurationSeconds": 899}), "ValidationError", bounds);
    refused("get_session_token", &json!({"DurationSeconds": 129_601}), "ValidationError", bounds);
    let wrong_code = json!({"SerialNumber": PHONE, "TokenCode": "999999"});
    refused("get_session_token", &wrong_code, "AccessDenied", "invalid MFA one time pass code");
    let token = fake.web_identity_token("p", "a", "s", 600);
    let long = json!({"RoleArn": ROLE, "RoleSessionName": "me", "WebIdentityToken": token, "DurationSeconds": 3601});
    refused("assume_role_with_web_identity", &long, "ValidationError", "MaxSessionDuration");
    let none = json!({"RoleArn": ROLE, "RoleSessionName": "me", "WebIdentityToken": "x"});
    refused("assume_role_with_web_identity", &none, "ValidationError", "'webIdentityToken'");
    // IAM: nobody's own device for a role, nothing unsigned, nothing but the one call.
    let role = keys_in(&assume(&mut botocore, &user, &json!({})));
    let answer = botocore.call("iam", "list_mfa_devices", &role, &json!({}));
    assert_refused(&answer, "ValidationError", "Must specify userName");
    let unsigned = botocore.call("iam", "list_mfa_devices", &Value::Null, &json!({}));
    assert_refused(&unsigned, "MissingAuthenticationToken", "missing Authentication Token");
    let answer = botocore.call("iam", "list_users", &user, &json!({}));
    assert_eq!((&answer["code"], &answer["status"]), (&json!("InvalidAction"), &json!(400)));
}

#[test]
fn identities_keep_their_partition() {
    let user = User::new("111122223333", "someone").partition("aws-cn");
    let role = "arn:aws-cn:iam::123456789012:role/Admin";
    let fake = FakeAws::builder().role(Role::new(role).trusts(&user.arn())).user(user.clone()).start();
    let Some(mut botocore) = Botocore::start(&fake, "identities_keep_their_partition") else { return };
    let assumed = assume(&mut botocore, &keys_of(&user), &json!({"RoleArn": role}));
    let who = botocore.call("sts", "get_caller_identity", &keys_in(&assumed), &json!({}));
    assert_eq!(who["Arn"], "arn:aws-cn:sts::123456789012:assumed-role/Admin/me");
    let who = botocore.call("sts", "get_caller_identity", &keys_of(&user), &json!({}));
    assert_eq!(who["Arn"], "arn:aws-cn:iam::111122223333:user/someone");
}

/// Load: many at once are all served, each for its own.
#[test]
fn two_hundred_at_once_are_served() {
    let fake = FakeAws::builder().container("/task", "arn:aws:iam::123456789012:role/Task", None).start();
    let url = format!("{}/task", fake.url());
    let ids: std::collections::BTreeSet<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..200).map(|_| scope.spawn(|| http::send("GET", &url, &[], "").json())).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("served")["AccessKeyId"].as_str().expect("a key id").to_owned())
            .collect()
    });
    assert_eq!((ids.len(), fake.calls("ContainerCredentials")), (200, 200));
}

/// A request that hangs gets no answer, and keeps neither the next one nor the fake's end waiting.
#[test]
fn a_hanging_answer_hangs_alone() {
    use std::io::{Read as _, Write as _};
    let fake = FakeAws::builder().container("/task", "arn:aws:iam::123456789012:role/Task", None).start();
    fake.set_fault("ContainerCredentials", Fault::Hang, 1);
    let mut stream = std::net::TcpStream::connect(fake.url().trim_start_matches("http://")).expect("the fake is there");
    stream.set_read_timeout(Some(std::time::Duration::from_millis(300))).expect("a time limit");
    stream.write_all(b"GET /task HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").expect("the fake listens");
    let kind = stream.read(&mut [0; 16]).expect_err("no answer").kind();
    assert!(matches!(kind, std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut), "{kind:?}");
    assert_eq!(http::send("GET", &format!("{}/task", fake.url()), &[], "").status, 200);
    assert_eq!(fake.requests().iter().map(|one| one.status).collect::<Vec<_>>(), [None, Some(200)]);
}
