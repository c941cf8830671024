//! What becomes of a session that is nearly over.

use std::time::Duration;

use awsenv_core::credentials::{Credentials, Secret};
use awsenv_host::clock;
use awsenv_testkit::fake::{Fault, MfaRule, Role};
use jiff::SignedDuration;

use crate::world::{ADMIN, ADMIN_ENTRY, CONFIG, World, user};

/// A role that takes MFA alone.
const MFA: &str = "mfa_serial = arn:aws:iam::111122223333:mfa/phone\n";

/// A session that awsenv keeps for profile `a`, of which so much is left of an hour.
fn nearly_over(world: &World, name: &str, left: Duration) {
    let end = clock::now() + SignedDuration::try_from(left).expect("a short time");
    let session = Credentials {
        access_key_id: "ASIANEARLYOVER".to_owned(),
        secret_access_key: Secret::new("s"),
        session_token: Some(Secret::new("t")),
        expiration: Some(end),
        account_id: Some("123456789012".to_owned()),
    };
    world.keep("a", &session, "arn:aws:sts::123456789012:assumed-role/Admin/x");
    world.age(&world.cli(name), Duration::from_secs(3600) - left);
}

#[test]
fn it_is_renewed() {
    let world = World::new(CONFIG, |fake| fake);
    nearly_over(&world, ADMIN_ENTRY, Duration::from_secs(1200));
    assert_eq!(world.ask("a").key_id(), "ASIANEARLYOVER", "a third of its life is left");
    nearly_over(&world, ADMIN_ENTRY, Duration::from_secs(600));
    let answer = world.ask("a");
    world.assert_session(&answer, ADMIN);
    assert!(answer.warnings().is_empty());
    assert_eq!(world.ask("a").key_id(), answer.key_id());
    assert_eq!(world.fake.calls("AssumeRole"), 1);
}

#[test]
fn it_serves_while_aws_cannot_be_asked_and_the_user_is_told() {
    for (fault, code) in
        [(Fault::Close, "broke"), (Fault::Status(503), "failure of its own"), (Fault::Throttle, "often")]
    {
        let world = World::new(CONFIG, |fake| fake);
        nearly_over(&world, ADMIN_ENTRY, Duration::from_secs(600));
        world.fake.set_fault("AssumeRole", fault, 1000);
        let answer = world.ask_with("a", |request, _| request.calls.max_attempts = Some(1));
        assert_eq!(answer.key_id(), "ASIANEARLYOVER");
        let warnings = answer.warnings().join("\n");
        assert!(warnings.contains("can't be renewed now") && warnings.contains(code), "{warnings}");
    }
}

#[test]
fn a_renewal_that_hangs_is_not_waited_for_long_nor_every_time() {
    let world = World::new(CONFIG, |fake| fake);
    nearly_over(&world, ADMIN_ENTRY, Duration::from_secs(600));
    world.fake.set_fault("AssumeRole", Fault::Hang, 1000);
    let answer = world.ask("a");
    assert_eq!(answer.key_id(), "ASIANEARLYOVER");
    assert!(answer.warnings().join("\n").contains("within 5 s"), "{:?}", answer.warnings());
    let calls = world.fake.calls("AssumeRole");
    let answer = world.ask("a");
    assert_eq!((answer.key_id(), world.fake.calls("AssumeRole")), ("ASIANEARLYOVER", calls), "not again at once");
    assert!(answer.warnings().join("\n").contains("within 5 s"), "{:?}", answer.warnings());
    // Whoever has nothing that lives asks all the same.
    world.fake.clear_faults();
    nearly_over(&world, ADMIN_ENTRY, Duration::ZERO);
    world.assert_session(&world.ask("a"), ADMIN);
}

#[test]
fn nobody_is_asked_for_a_code_while_it_lives() {
    let config = format!("{CONFIG}{MFA}");
    let world = World::new(&config, |fake| {
        let user = user("one").mfa("arn:aws:iam::111122223333:mfa/phone", &["123456"]);
        let role = Role::new(ADMIN).trusts(&user.arn()).mfa(MfaRule::Needed);
        fake.user(user).role(role)
    });
    let name = world.shared("a").expect("a name");
    assert_ne!(name, ADMIN_ENTRY);
    nearly_over(&world, &name, Duration::from_secs(600));
    // The code would be good, and the person there.
    let answer = world.ask_with("a", |request, _| {
        request.person.may_ask = true;
        request.person.mfa_code = Some(Secret::new("123456"));
    });
    assert_eq!(answer.key_id(), "ASIANEARLYOVER");
    assert!(answer.warnings().is_empty(), "{:?}", answer.warnings());
    assert_eq!((world.fake.calls("AssumeRole"), world.fake.calls("GetSessionToken")), (0, 0));
    // When it is over, one code makes a session that serves the renewals to come.
    nearly_over(&world, &name, Duration::ZERO);
    let answer = world.ask_with("a", |request, _| {
        request.person.mfa_code = Some(Secret::new("123456"));
    });
    world.assert_session(&answer, ADMIN);
    nearly_over(&world, &name, Duration::from_secs(600));
    world.assert_session(&world.ask("a"), ADMIN);
    assert_eq!((world.fake.calls("AssumeRole"), world.fake.calls("GetSessionToken")), (2, 1));
}

#[test]
fn refresh_passes_over_what_is_there_and_keeps_what_it_got() {
    let world = World::new(CONFIG, |fake| fake);
    let first = world.ask("a");
    assert_eq!(world.ask("a").key_id(), first.key_id());
    let second = world.ask_with("a", |_, task| task.refresh = true);
    world.assert_session(&second, ADMIN);
    assert_ne!(first.key_id(), second.key_id());
    assert_eq!(world.ask("a").key_id(), second.key_id());
    assert_eq!(world.fake.calls("AssumeRole"), 2);
    // What it can't have it does not replace by what was there: new ones were asked for.
    world.fake.set_fault("AssumeRole", Fault::Status(503), 1000);
    let failed = world.ask_with("a", |request, task| {
        task.refresh = true;
        request.calls.max_attempts = Some(1);
    });
    assert_eq!(failed.code(), "aws-unavailable");
}
