//! What a profile says about a role arrives at STS, and what STS would refuse is said before it is asked.

use awsenv_core::chain::AssumeRole;
use awsenv_testkit::fake::{MfaRule, Role};

use crate::common::{ADMIN, DEPLOY, OTHER, World, assume, role, someone};

/// `…/20261126/eu-west-1/sts/aws4_request`: the region that a request was signed for.
fn region_of(recorded: &awsenv_testkit::fake::Recorded) -> String {
    let header = recorded.header("authorization").expect("a signed request");
    header.split('/').nth(2).expect("a scope").to_owned()
}

#[test]
fn every_argument_arrives() {
    let user = someone(&["475869"]);
    let trust = Role::new(ADMIN).trusts(&user.arn()).external_id("xy:/1").session_name("me@home").max_duration(43_200);
    let world = World::new(user, |fake| fake.role(trust.mfa(MfaRule::NeededOnTheCall)));
    let full = AssumeRole {
        role_session_name: Some("me@home".to_owned()),
        external_id: Some("xy:/1".to_owned()),
        mfa_serial: Some(crate::common::SERIAL.to_owned()),
        duration_seconds: Some(7200),
        region: Some("ap-southeast-2".to_owned()),
        ..role(ADMIN)
    };
    let mut request = world.request(vec![world.keys(), assume("acme", full)]);
    request.person.mfa_code = Some(awsenv_core::credentials::Secret::new("475869"));
    // The session comes first, and the role doesn't take it; the code is spent.
    let refused = world.answer(&request);
    assert_eq!((refused.code(), world.fake.calls("GetSessionToken")), ("access-denied", 1), "{}", refused.json);
    world.fake.add_mfa_code(crate::common::SERIAL, "654321");
    request.person.mfa_code = Some(awsenv_core::credentials::Secret::new("654321"));
    let answer = world.answer(&request);
    let expected = "arn:aws:sts::123456789012:assumed-role/Admin/me@home";
    assert_eq!(world.fake.identity_of(answer.key_id()).as_deref(), Some(expected));
    assert_eq!(answer.json["AccountId"], "123456789012");
    let sent = world.fake.requests().pop().expect("a request");
    for (name, value) in [
        ("Action", "AssumeRole"),
        ("RoleArn", ADMIN),
        ("RoleSessionName", "me@home"),
        ("ExternalId", "xy:/1"),
        ("SerialNumber", crate::common::SERIAL),
        ("TokenCode", "654321"),
        ("DurationSeconds", "7200"),
    ] {
        assert_eq!(sent.parameter(name).as_deref(), Some(value), "{name}");
    }
    assert_eq!(region_of(&sent), "ap-southeast-2");
    let lifetime = end_of(&answer) - world.fake.now();
    assert!((7100..=7200).contains(&lifetime), "{lifetime}");
}

fn end_of(answer: &crate::common::Answer) -> i64 {
    let end = answer.json["Expiration"].as_str().expect("an end");
    end.parse::<jiff::Timestamp>().expect("RFC 3339").as_second()
}

#[test]
fn nothing_that_was_not_written_is_sent_but_a_name() {
    let user = someone(&[]);
    let trust = Role::new(ADMIN).trusts(&user.arn());
    let world = World::new(user, |fake| fake.role(trust));
    let answer = world.answer(&world.request(vec![world.keys(), assume("acme", role(ADMIN))]));
    let sent = world.fake.requests().pop().expect("a request");
    for name in ["ExternalId", "SerialNumber", "TokenCode", "DurationSeconds", "Policy"] {
        assert_eq!(sent.parameter(name), None, "{name}");
    }
    assert_eq!(region_of(&sent), "eu-west-1");
    let name = sent.parameter("RoleSessionName").expect("a name");
    let time = name.strip_prefix("awsenv-someone-").unwrap_or_else(|| panic!("{name}"));
    assert!(time.parse::<i64>().is_ok(), "{name}");
    assert_eq!(
        world.fake.identity_of(answer.key_id()),
        Some(format!("arn:aws:sts::123456789012:assumed-role/Admin/{name}"))
    );
    assert!(answer.warnings().is_empty(), "{:?}", answer.warnings());
}

#[test]
fn each_link_has_its_own_settings_and_the_signature_of_the_one_before() {
    let user = someone(&[]);
    let world = World::new(user.clone(), |fake| {
        fake.role(Role::new(ADMIN).trusts(&user.arn()))
            .role(Role::new(DEPLOY).trusts(ADMIN).external_id("second"))
            .role(Role::new(OTHER).trusts(DEPLOY).session_name("third"))
    });
    let second =
        AssumeRole { external_id: Some("second".to_owned()), region: Some("us-west-2".to_owned()), ..role(DEPLOY) };
    let third = AssumeRole { role_session_name: Some("third".to_owned()), ..role(OTHER) };
    let steps = vec![world.keys(), assume("one", role(ADMIN)), assume("two", second), assume("three", third)];
    let answer = world.answer(&world.request(steps));
    let expected = "arn:aws:sts::210987654321:assumed-role/Other/third";
    assert_eq!(world.fake.identity_of(answer.key_id()).as_deref(), Some(expected));
    assert_eq!(answer.json["AccountId"], "210987654321");
    let sent = world.fake.requests();
    let regions: Vec<_> = sent.iter().map(region_of).collect();
    assert_eq!(regions, ["eu-west-1", "us-west-2", "eu-west-1"]);
    let callers: Vec<_> = sent.iter().map(|sent| sent.caller.clone().unwrap_or_default()).collect();
    assert_eq!(callers[0], user.arn());
    assert!(callers[1].contains("assumed-role/Admin/") && callers[2].contains("assumed-role/Deploy/"), "{callers:?}");
}

#[test]
fn more_than_an_hour_for_a_chained_role_is_refused_before_any_call() {
    let user = someone(&[]);
    let world = World::new(user.clone(), |fake| {
        fake.role(Role::new(ADMIN).trusts(&user.arn())).role(Role::new(DEPLOY).trusts(ADMIN).max_duration(43_200))
    });
    let chained = |seconds| {
        let second = AssumeRole { duration_seconds: Some(seconds), ..role(DEPLOY) };
        world.request(vec![world.keys(), assume("one", role(ADMIN)), assume("two", second)])
    };
    let refused = world.answer(&chained(3601));
    assert_eq!((refused.code(), refused.kind()), ("duration-too-long", "refused"));
    assert!(refused.message().contains("`two`") && refused.message().contains("`one`"), "{}", refused.message());
    assert!(refused.place().ends_with("/.aws/config:9"), "{}", refused.place());
    assert!(refused.hint().contains("3600"), "{}", refused.hint());
    assert_eq!(world.fake.requests().len(), 0);
    // An hour is what AWS gives.
    let answer = world.answer(&chained(3600));
    assert!(world.fake.identity_of(answer.key_id()).is_some_and(|arn| arn.contains("assumed-role/Deploy/")));
}

#[test]
fn a_duration_that_the_role_does_not_allow_is_not_shortened() {
    let user = someone(&[]);
    let trust = Role::new(ADMIN).trusts(&user.arn());
    let world = World::new(user, |fake| fake.role(trust));
    for (seconds, code, words) in [(7200, "duration-too-long", "maximum session duration"), (60, "request-invalid", "")]
    {
        let wanted = AssumeRole { duration_seconds: Some(seconds), ..role(ADMIN) };
        let refused = world.answer(&world.request(vec![world.keys(), assume("acme", wanted)]));
        assert_eq!(refused.code(), code, "{}", refused.json);
        assert!(refused.json["error"]["hint"].as_str().unwrap_or("").contains(words), "{}", refused.json);
        assert!(refused.place().ends_with("/.aws/config:9"));
    }
}

#[test]
fn a_session_name_that_sts_does_not_take_is_refused_and_not_mended() {
    let user = someone(&[]);
    let trust = Role::new(ADMIN).trusts(&user.arn());
    let world = World::new(user, |fake| fake.role(trust));
    for name in ["a", "two words", "ä1", &"x".repeat(65), "x\u{1b}[31m"] {
        let named = AssumeRole { role_session_name: Some((*name).to_owned()), ..role(ADMIN) };
        let refused = world.answer(&world.request(vec![world.keys(), assume("acme", named)]));
        assert_eq!(refused.code(), "role-session-name", "{name}");
        assert!(!refused.message().contains('\u{1b}'));
    }
    assert_eq!(world.fake.requests().len(), 0);
}

#[test]
fn a_denial_says_who_wanted_what_and_what_to_look_at() {
    let user = someone(&[]);
    let world =
        World::new(user.clone(), |fake| fake.role(Role::new(ADMIN).trusts("arn:aws:iam::111122223333:user/else")));
    let refused = world.answer(&world.request(vec![world.keys(), assume("acme", role(ADMIN))]));
    assert_eq!((refused.code(), refused.kind()), ("access-denied", "refused"));
    for part in [user.arn().as_str(), ADMIN, "AccessDenied", "request "] {
        assert!(refused.message().contains(part), "{part}: {}", refused.message());
    }
    assert!(refused.hint().contains("trust policy"), "{}", refused.hint());
    assert!(refused.place().ends_with("/.aws/config:9"), "{}", refused.place());
    assert_eq!(world.fake.calls("AssumeRole"), 1, "a denial is not tried again");
}

#[test]
fn keys_that_aws_does_not_take_are_told_apart() {
    let user = someone(&[]);
    let world = World::new(user.clone(), |fake| fake.role(Role::new(ADMIN).trusts(&user.arn())));
    let with_keys = |key_id: &str, secret: &str| {
        let mut keys = world.keys();
        keys.source = awsenv_core::chain::CredentialSource::Static {
            access_key_id: key_id.to_owned(),
            secret_access_key: awsenv_core::credentials::Secret::new(secret),
            session_token: None,
            account_id: None,
        };
        world.answer(&world.request(vec![keys, assume("acme", role(ADMIN))]))
    };
    let unknown = with_keys("AKIAUNKNOWNUNKNOWN22", "wrong/secret+of+nobody");
    assert_eq!(unknown.code(), "aws-credentials-invalid", "{}", unknown.json);
    let mistyped = with_keys(user.access_key_id(), "wrong/secret+of+nobody");
    assert_eq!(mistyped.code(), "signature-refused", "{}", mistyped.json);
    assert!(mistyped.hint().contains("aws_secret_access_key"), "{}", mistyped.hint());
}
