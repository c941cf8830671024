//! A server that does not do what it should: the right credentials in the end, or clear words.

use std::time::{Duration, Instant};

use awsenv_core::broker::Request;
use awsenv_core::credentials::Secret;
use awsenv_testkit::fake::{Fault, Role};

use crate::common::{ADMIN, Answer, World, assume, role, role_with_mfa, someone, world_with_mfa};
use crate::listener::Listener;

fn world() -> World {
    let user = someone(&[]);
    let trust = Role::new(ADMIN).trusts(&user.arn());
    World::new(user, |fake| fake.role(trust))
}

fn wanting(world: &World) -> Request {
    world.request(vec![world.keys(), assume("acme", role(ADMIN))])
}

#[track_caller]
fn assert_admin(world: &World, answer: &Answer) {
    let arn = world.fake.identity_of(answer.key_id()).expect("issued keys");
    assert!(arn.starts_with("arn:aws:sts::123456789012:assumed-role/Admin/"), "{arn}");
}

#[test]
fn what_passes_is_tried_again() {
    let world = world();
    for fault in [
        Fault::Status(500),
        Fault::Status(503),
        Fault::Status(502),
        Fault::Throttle,
        Fault::refuse(429, "TooManyRequestsException", "slow down"),
        Fault::Close,
        Fault::Delay(Duration::from_millis(50)),
    ] {
        world.fake.reset_calls();
        world.fake.set_fault("AssumeRole", fault.clone(), 1);
        assert_admin(&world, &world.answer(&wanting(&world)));
        let tries = if matches!(fault, Fault::Delay(_)) { 1 } else { 2 };
        assert_eq!(world.fake.calls("AssumeRole"), tries, "{fault:?}");
    }
}

/// A gateway's 429 is not in STS's words.
#[test]
fn too_many_requests_is_tried_again_whoever_says_so() {
    let world = world();
    let gateway = Listener::answering("HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n");
    let mut request = wanting(&world);
    request.calls.endpoint_url = Some(format!("http://127.0.0.1:{}", gateway.port));
    let answer = world.answer(&request);
    assert_eq!((answer.code(), gateway.connections()), ("throttled", 3), "{}", answer.json);
}

/// STS did it, but nobody heard: the next try finds the role assumed anew, and a code spent.
#[test]
fn an_answer_that_is_lost_is_asked_for_again() {
    let world = world();
    world.fake.set_fault("AssumeRole", Fault::LoseAnswer, 1);
    assert_admin(&world, &world.answer(&wanting(&world)));
    let world = world_with_mfa(&["111111", "222222"]);
    world.fake.set_fault("GetSessionToken", Fault::LoseAnswer, 1);
    let mut request = world.request(vec![world.keys(), assume("acme", role_with_mfa(ADMIN))]);
    request.person.mfa_code = Some(Secret::new("111111"));
    let answer = world.answer(&request);
    assert_eq!(answer.code(), "mfa-code-wrong", "{}", answer.json);
    assert!(answer.hint().contains("once"), "{}", answer.hint());
    request.person.mfa_code = Some(Secret::new("222222"));
    assert_admin(&world, &world.answer(&request));
}

#[test]
fn what_stays_is_said_after_the_tries_that_were_allowed() {
    let world = world();
    for (fault, code) in [
        (Fault::Status(500), "aws-unavailable"),
        (Fault::Status(503), "aws-unavailable"),
        (Fault::Throttle, "throttled"),
        (Fault::refuse(429, "TooManyRequestsException", "slow down"), "throttled"),
        (Fault::Close, "connection-broken"),
    ] {
        for (attempts, calls) in [(None, 3), (Some(2), 2), (Some(1), 1)] {
            world.fake.reset_calls();
            world.fake.set_fault("AssumeRole", fault.clone(), 10);
            let mut request = wanting(&world);
            request.calls.max_attempts = attempts;
            let answer = world.answer(&request);
            world.fake.clear_faults();
            assert_eq!((answer.code(), world.fake.calls("AssumeRole")), (code, calls), "{fault:?} {}", answer.json);
            assert!(!answer.hint().is_empty() && answer.place().ends_with("config:9"));
        }
    }
}

#[test]
fn an_answer_that_is_none_is_refused() {
    let world = world();
    for (fault, codes) in [
        (Fault::Garbage, &["bad-answer"][..]),
        (Fault::CloseMidBody, &["bad-answer", "connection-broken"]),
        (Fault::WrongAccount, &["bad-answer"]),
        (Fault::Status(404), &["aws-refused"]),
    ] {
        world.fake.set_fault("AssumeRole", fault.clone(), 10);
        let answer = world.answer(&wanting(&world));
        world.fake.clear_faults();
        assert!(codes.contains(&answer.code()), "{fault:?}: {}", answer.json);
        assert!(!answer.message().contains(['\u{1b}', '\0']), "{:?}", answer.message());
    }
    world.fake.set_fault("AssumeRole", Fault::WrongAccount, 1);
    let answer = world.answer(&wanting(&world));
    assert!(answer.message().contains("999999999999") && answer.message().contains("123456789012"), "{}", answer.json);
    assert_admin(&world, &world.answer(&wanting(&world)));
}

#[test]
fn a_server_that_hangs_is_left_after_the_whole_calls_time() {
    let world = world();
    world.fake.set_fault("AssumeRole", Fault::Hang, 10);
    let mut request = wanting(&world);
    request.calls.call_timeout_ms = 400;
    let start = Instant::now();
    let answer = world.answer(&request);
    assert_eq!(answer.code(), "timeout", "{}", answer.json);
    assert!(
        answer.message().contains("0.4 s") && answer.message().contains("all tries together"),
        "{}",
        answer.message()
    );
    assert!(start.elapsed() >= Duration::from_millis(400));
}

#[test]
fn the_total_time_holds_over_all_tries() {
    let world = world();
    world.fake.set_fault("AssumeRole", Fault::Status(500), 100);
    let mut request = wanting(&world);
    request.calls.max_attempts = Some(50);
    request.calls.call_timeout_ms = 1500;
    let answer = world.answer(&request);
    assert_eq!(answer.code(), "timeout", "{}", answer.json);
    assert!(world.fake.calls("AssumeRole") < 20, "{}", world.fake.calls("AssumeRole"));
}

#[test]
fn a_clock_that_is_an_hour_behind_is_made_up_for_and_said() {
    let world = world();
    world.fake.set_clock_offset(3600);
    let answer = world.answer(&wanting(&world));
    assert_admin(&world, &answer);
    assert_eq!(world.fake.calls("AssumeRole"), 2, "signed anew by the server's time");
    let warnings = answer.warnings();
    assert!(warnings.iter().any(|warning| warning.contains("60 min behind AWS's")), "{warnings:?}");
}

#[test]
fn a_clock_that_is_an_hour_ahead_would_take_good_credentials_for_over() {
    let world = world();
    world.fake.set_clock_offset(-3700);
    let answer = world.answer(&wanting(&world));
    assert_eq!(answer.code(), "clock-skew", "{}", answer.json);
    assert!(answer.message().contains("over by this machine's clock"), "{}", answer.message());
    assert_eq!(world.fake.calls("AssumeRole"), 2, "signed anew by the server's time");
    // Half an hour is enough to work with.
    world.fake.set_clock_offset(-1800);
    let answer = world.answer(&wanting(&world));
    assert_admin(&world, &answer);
    assert!(
        answer.warnings().iter().any(|warning| warning.contains("30 min ahead of AWS's")),
        "{:?}",
        answer.warnings()
    );
}

#[test]
fn a_clock_that_a_single_try_can_not_make_up_for_is_said_by_how_much() {
    let world = world();
    for (offset, words) in [(7500, "2 h 5 min behind AWS's"), (-4000, "67 min ahead of AWS's")] {
        world.fake.set_clock_offset(offset);
        let mut request = wanting(&world);
        request.calls.max_attempts = Some(1);
        let answer = world.answer(&request);
        assert_eq!(answer.code(), "clock-skew", "{}", answer.json);
        assert!(answer.message().contains(words), "{}", answer.message());
    }
}

#[test]
fn aws_own_words_come_through_and_its_hostile_ones_do_not() {
    let world = world();
    for (code, message, ours) in [
        ("ExpiredToken", "The security token included in the request is expired", "aws-credentials-expired"),
        ("RegionDisabledException", "STS is not activated in this region for account:123456789012.", "region-disabled"),
        ("AccessDenied", "evil \u{9b}31m \u{202e}text\u{200b}", "access-denied"),
        ("MalformedPolicyDocument", "bad policy", "request-invalid"),
        ("PackedPolicyTooLarge", "too large", "request-invalid"),
    ] {
        world.fake.set_fault("AssumeRole", Fault::refuse(403, code, message), 1);
        let answer = world.answer(&wanting(&world));
        assert_eq!(answer.code(), ours, "{}", answer.json);
        assert!(answer.message().contains(code) && answer.message().contains("request "), "{}", answer.message());
        assert!(!answer.message().contains(['\u{9b}', '\u{202e}', '\u{200b}']));
    }
    // Not XML at all.
    world.fake.set_fault("AssumeRole", Fault::refuse(403, "AccessDenied", "evil \u{1b}]0;title\u{7}"), 1);
    let answer = world.answer(&wanting(&world));
    assert_eq!(answer.code(), "bad-answer", "{}", answer.json);
    world.fake.set_fault("AssumeRole", Fault::refuse(403, "AccessDenied", &"x y ".repeat(100_000)), 1);
    assert!(world.answer(&wanting(&world)).message().len() < 2000);
}

#[test]
fn a_server_that_sends_the_request_back_does_not_show_its_secrets() {
    let world = world();
    // STS shows the canonical request, with the session token, when a signature is wrong.
    let token = "FwoGZXIvYXdzEB/short+token==";
    let mut keys = world.keys();
    keys.source = awsenv_core::chain::CredentialSource::Static {
        access_key_id: world.user.access_key_id().to_owned(),
        secret_access_key: Secret::new(world.user.secret_access_key()),
        session_token: Some(Secret::new(token)),
        account_id: None,
    };
    let request = world.request(vec![keys, assume("acme", role(ADMIN))]);
    for code in ["SignatureDoesNotMatch", "AccessDenied", "ValidationError", "SomethingNew"] {
        let message = format!(
            "x-amz-security-token:{token} secret {} 'Canonical'\n\nx-amz-security-token:{token}",
            world.user.secret_access_key()
        );
        world.fake.set_fault("AssumeRole", Fault::refuse(403, code, &message), 10);
        let answer = world.answer(&request);
        world.fake.clear_faults();
        let text = answer.json.to_string();
        assert!(
            answer.is_failure() && !text.contains(token) && !text.contains(world.user.secret_access_key()),
            "{text}"
        );
    }
}
