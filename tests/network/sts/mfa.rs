//! MFA without a terminal: `--mfa`, `mfa_process`, one session for all roles, and policies that refuse sessions.

use awsenv_core::broker::Request;
use awsenv_core::credentials::Secret;
use awsenv_testkit::fake::{Fault, MfaRule, Role};

use crate::common::{
    ADMIN, Answer, DEPLOY, OTHER, SERIAL, World, assume, role, role_with_mfa, script, someone, world_with_mfa,
};

fn wanting(world: &World, arn: &str) -> Request {
    world.request(vec![world.keys(), assume("acme", role_with_mfa(arn))])
}

fn with_code(world: &World, arn: &str, code: &str) -> Answer {
    let mut request = wanting(world, arn);
    request.person.mfa_code = Some(Secret::new(code));
    world.answer(&request)
}

#[track_caller]
fn assert_role(world: &World, answer: &Answer, name: &str) {
    let arn = world.fake.identity_of(answer.key_id()).expect("issued keys");
    assert!(arn.contains(&format!(":assumed-role/{name}/")), "{arn}");
}

#[test]
fn one_session_serves_every_role_until_it_ends() {
    let world = world_with_mfa(&["111111", "222222"]);
    assert_role(&world, &with_code(&world, ADMIN, "111111"), "Admin");
    // Neither asks for a code: none is given, and nobody is there.
    assert_role(&world, &world.answer(&wanting(&world, DEPLOY)), "Deploy");
    assert_role(&world, &world.answer(&wanting(&world, ADMIN)), "Admin");
    assert_eq!((world.fake.calls("GetSessionToken"), world.fake.calls("AssumeRole")), (1, 3));
    for sent in world.fake.requests().iter().filter(|sent| sent.operation == "AssumeRole") {
        assert_eq!((sent.parameter("SerialNumber"), sent.parameter("TokenCode")), (None, None));
        assert_eq!(sent.caller.as_deref(), Some(world.user.arn().as_str()));
    }
    // A code that is given all the same is not spent.
    assert_role(&world, &with_code(&world, DEPLOY, "222222"), "Deploy");
    assert_eq!(world.fake.calls("GetSessionToken"), 1);
    // When the session is over, a code is needed again.
    end_everything_kept(&world);
    assert_eq!(world.answer(&wanting(&world, DEPLOY)).code(), "mfa-needed");
    assert_role(&world, &with_code(&world, DEPLOY, "222222"), "Deploy");
    assert_eq!(world.fake.calls("GetSessionToken"), 2);
}

/// Lets every entry of awsenv's own cache be over.
fn end_everything_kept(world: &World) {
    let kept = std::fs::read_dir(world.home.join(".cache/awsenv")).expect("a cache").flatten();
    for path in kept.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|end| end == "json")) {
        let text = std::fs::read_to_string(&path).expect("an entry");
        let mut entry: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        entry["expires"] = "2020-01-01T00:00:00Z".into();
        std::fs::write(&path, entry.to_string()).expect("an entry");
    }
}

#[test]
fn two_roles_with_one_device_in_a_chain_and_out_of_it_take_one_code() {
    let user = someone(&["111111"]);
    let world = World::new(user.clone(), |fake| {
        fake.role(Role::new(ADMIN).trusts(&user.arn()).mfa(MfaRule::Needed)).role(Role::new(DEPLOY).trusts(ADMIN))
    });
    let mut request =
        world.request(vec![world.keys(), assume("one", role_with_mfa(ADMIN)), assume("two", role(DEPLOY))]);
    request.person.mfa_code = Some(Secret::new("111111"));
    assert_role(&world, &world.answer(&request), "Deploy");
    assert_eq!((world.fake.calls("GetSessionToken"), world.fake.calls("AssumeRole")), (1, 2));
}

#[test]
fn many_at_once_with_one_code_make_one_session() {
    let world = world_with_mfa(&["111111"]);
    std::thread::scope(|scope| {
        let asked: Vec<_> = (0..12)
            .map(|number| {
                let arn = if number % 2 == 0 { ADMIN } else { DEPLOY };
                let world = &world;
                scope.spawn(move || with_code(world, arn, "111111"))
            })
            .collect();
        for answer in asked {
            let answer = answer.join().expect("an answer");
            assert!(!answer.is_failure(), "{}", answer.json);
        }
    });
    assert_eq!(world.fake.calls("GetSessionToken"), 1);
}

#[test]
fn a_role_that_refuses_the_session_gets_the_next_code_itself() {
    let world = world_with_mfa(&["111111", "222222", "333333"]);
    let refused = with_code(&world, OTHER, "111111");
    assert_eq!((refused.code(), refused.kind()), ("access-denied", "refused"));
    assert!(refused.hint().contains("--mfa CODE") && refused.hint().contains("spent"), "{}", refused.hint());
    assert_eq!((world.fake.calls("GetSessionToken"), world.fake.calls("AssumeRole")), (1, 1));
    // The refusal is remembered: the next code is not spent on a session.
    assert_role(&world, &with_code(&world, OTHER, "222222"), "Other");
    assert_role(&world, &with_code(&world, OTHER, "333333"), "Other");
    assert_eq!((world.fake.calls("GetSessionToken"), world.fake.calls("AssumeRole")), (1, 3));
    // For this role alone: the others still use the session.
    assert_role(&world, &world.answer(&wanting(&world, ADMIN)), "Admin");
    // Without a code it says so, and doesn't try the session again.
    world.fake.reset_calls();
    assert_eq!(world.answer(&wanting(&world, OTHER)).code(), "mfa-needed");
    assert_eq!(world.fake.requests().len(), 0);
}

#[test]
fn a_role_that_is_denied_in_any_way_is_not_remembered_as_one_that_refuses_sessions() {
    let user = someone(&["111111", "222222", "333333"]);
    let closed = Role::new(ADMIN).trusts("arn:aws:iam::111122223333:user/else").mfa(MfaRule::Needed);
    let world = World::new(user.clone(), |fake| fake.role(closed));
    assert_eq!(with_code(&world, ADMIN, "111111").code(), "access-denied");
    assert_eq!(with_code(&world, ADMIN, "222222").code(), "access-denied");
    // The administrator opens it: the session that still lives is enough.
    world.fake.add_role(Role::new(ADMIN).trusts(&user.arn()).mfa(MfaRule::Needed));
    assert_role(&world, &world.answer(&wanting(&world, ADMIN)), "Admin");
    assert_eq!(world.fake.calls("GetSessionToken"), 1);
}

#[test]
fn a_session_that_was_revoked_is_replaced() {
    let world = world_with_mfa(&["111111", "222222"]);
    assert_role(&world, &with_code(&world, ADMIN, "111111"), "Admin");
    let sent = world.fake.requests();
    let session = sent.iter().find(|sent| sent.operation == "AssumeRole").expect("a call");
    let authorization = session.header("authorization").expect("signed");
    let key_id = authorization.split("Credential=").nth(1).and_then(|rest| rest.split('/').next()).expect("a key id");
    world.fake.expire_key(key_id);
    let asked = world.answer(&wanting(&world, DEPLOY));
    assert_eq!((asked.code(), asked.kind()), ("mfa-needed", "needs-person"));
    assert_role(&world, &with_code(&world, DEPLOY, "222222"), "Deploy");
    assert_eq!(world.fake.calls("GetSessionToken"), 2);
}

#[test]
fn without_a_code_a_person_is_needed_and_told_what_to_run() {
    let world = world_with_mfa(&[]);
    for may_ask in [false, true] {
        let mut request = wanting(&world, ADMIN);
        request.person.may_ask = may_ask;
        let needed = world.answer(&request);
        assert_eq!((needed.code(), needed.kind()), ("mfa-needed", "needs-person"));
        assert!(needed.message().contains("`acme`") && needed.message().contains(SERIAL), "{}", needed.message());
        assert!(
            needed.hint().contains("`awsenv use acme`") && needed.hint().contains("--mfa CODE"),
            "{}",
            needed.hint()
        );
        assert!(needed.place().ends_with("/.aws/config:9"));
    }
    assert_eq!(world.fake.requests().len(), 0);
}

/// The profile that was asked for is the one to name, not the one on the way whose role wants the code.
#[test]
fn what_to_run_names_the_profile_that_was_asked_for() {
    let world = world_with_mfa(&[]);
    let last = assume("it's the last", role(DEPLOY));
    let needed = world.answer(&world.request(vec![world.keys(), assume("middle", role_with_mfa(ADMIN)), last]));
    assert_eq!(needed.code(), "mfa-needed");
    assert!(needed.message().contains("`middle`"), "{}", needed.message());
    assert!(needed.hint().contains("`awsenv use 'it'\\''s the last' --mfa CODE`"), "{}", needed.hint());
}

#[test]
fn a_wrong_code_is_said_and_a_malformed_one_is_not_sent() {
    let world = world_with_mfa(&["111111"]);
    let wrong = with_code(&world, ADMIN, "999999");
    assert_eq!((wrong.code(), wrong.kind()), ("mfa-code-wrong", "refused"), "{}", wrong.json);
    assert_eq!(world.fake.calls("GetSessionToken"), 1, "a wrong code is not tried again: devices lock");
    for code in ["", "11111", "1111111", "11111a", "１１１１１１"] {
        assert_eq!(with_code(&world, ADMIN, code).code(), "mfa-code-format", "{code}");
    }
    assert_eq!(world.fake.requests().len(), 1);
    // A code is good once.
    assert_role(&world, &with_code(&world, ADMIN, "111111"), "Admin");
    std::fs::remove_dir_all(world.home.join(".cache/awsenv")).expect("a cache");
    assert_eq!(with_code(&world, ADMIN, "111111").code(), "mfa-code-wrong");
}

#[test]
fn a_session_that_can_not_be_kept_is_used_and_it_is_said() {
    let world = world_with_mfa(&["111111"]);
    std::fs::create_dir_all(world.home.join(".cache")).expect("a folder");
    std::fs::write(world.home.join(".cache/awsenv"), "in the way").expect("a file");
    let answer = with_code(&world, ADMIN, "111111");
    assert_role(&world, &answer, "Admin");
    assert!(answer.warnings().iter().any(|warning| warning.contains("MFA session can't be kept")), "{}", answer.json);
    assert_eq!(std::fs::read_to_string(world.home.join(".cache/awsenv")).expect("a file"), "in the way");
}

#[test]
fn a_device_of_somebody_else_is_said() {
    let world = world_with_mfa(&["111111"]);
    let mut wanted = role_with_mfa(ADMIN);
    wanted.mfa_serial = Some("arn:aws:iam::111122223333:mfa/lost".to_owned());
    let mut request = world.request(vec![world.keys(), assume("acme", wanted)]);
    request.person.mfa_code = Some(Secret::new("111111"));
    let refused = world.answer(&request);
    assert_eq!(refused.code(), "mfa-device-wrong", "{}", refused.json);
    assert!(refused.hint().contains("mfa_serial"), "{}", refused.hint());
}

#[test]
fn temporary_keys_can_have_no_session_so_the_code_goes_with_the_call() {
    let world = world_with_mfa(&["111111"]);
    let mut request = world.request(vec![
        world.keys(),
        assume("one", role("arn:aws:iam::123456789012:role/Open")),
        assume("two", role_with_mfa(ADMIN)),
    ]);
    world.fake.add_role(Role::new("arn:aws:iam::123456789012:role/Open").trusts(&world.user.arn()));
    request.person.mfa_code = Some(Secret::new("111111"));
    let refused = world.answer(&request);
    // A role has no MFA device: AWS says so. What matters is that no session was asked for.
    assert_eq!(refused.code(), "mfa-device-wrong", "{}", refused.json);
    assert_eq!((world.fake.calls("GetSessionToken"), world.fake.calls("AssumeRole")), (0, 2));
    let sent = world.fake.requests().pop().expect("a request");
    assert_eq!(sent.parameter("SerialNumber").as_deref(), Some(SERIAL));
}

#[test]
fn a_process_gives_the_code() {
    let world = world_with_mfa(&["111111"]);
    let path = script(&world.home, "code", "#!/bin/sh\nprintf ' 111111\\n'\n");
    let mut request = wanting(&world, ADMIN);
    request.person.mfa_process = Some(format!("'{}' --device phone", path.display()));
    assert_role(&world, &world.answer(&request), "Admin");
    // `--mfa` comes before it.
    script(&world.home, "code", "#!/bin/sh\necho called >called\nprintf 111111\n");
    std::fs::remove_dir_all(world.home.join(".cache/awsenv")).expect("a cache");
    world.fake.add_mfa_code(SERIAL, "222222");
    request.person.mfa_code = Some(Secret::new("222222"));
    assert_role(&world, &world.answer(&request), "Admin");
    assert!(!world.home.join("called").exists());
}

#[test]
fn a_process_that_gives_no_code_is_said_and_what_it_printed_is_not() {
    let world = world_with_mfa(&["111111"]);
    for (text, code) in [
        ("echo CANARY", "mfa-process-output"),
        ("echo CANARY; exit 3", "mfa-process-failed"),
        ("echo 1234567", "mfa-process-output"),
    ] {
        let path = script(&world.home, "code", &format!("#!/bin/sh\n{text}\n"));
        let mut request = wanting(&world, ADMIN);
        request.person.mfa_process = Some(path.display().to_string());
        let refused = world.answer(&request);
        assert_eq!(refused.code(), code, "{}", refused.json);
        assert!(!format!("{refused:?}").contains("CANARY"), "{refused:?}");
        assert!(refused.hint().contains("mfa_process") && refused.hint().contains("--mfa CODE"));
    }
    let mut request = wanting(&world, ADMIN);
    request.person.mfa_process = Some("no-such-program-of-awsenv".to_owned());
    assert_eq!(world.answer(&request).code(), "mfa-process-not-found");
    assert_eq!(world.fake.requests().len(), 0);
}

#[test]
fn a_process_that_repeats_a_spent_code_does_not_spend_it_twice() {
    let world = world_with_mfa(&["111111"]);
    let path = script(&world.home, "code", "#!/bin/sh\necho 111111\n");
    let mut request = wanting(&world, OTHER);
    request.person.mfa_process = Some(path.display().to_string());
    let refused = world.answer(&request);
    assert_eq!(refused.code(), "mfa-code-spent", "{}", refused.json);
    assert_eq!((world.fake.calls("GetSessionToken"), world.fake.calls("AssumeRole")), (1, 1));
    // Half a minute later the device shows another, which goes straight on the call.
    world.fake.add_mfa_code(SERIAL, "222222");
    script(&world.home, "code", "#!/bin/sh\necho 222222\n");
    assert_role(&world, &world.answer(&request), "Other");
    assert_eq!((world.fake.calls("GetSessionToken"), world.fake.calls("AssumeRole")), (1, 2));
}

#[test]
fn keys_that_may_have_no_session_send_the_code_with_the_call() {
    let world = world_with_mfa(&["111111", "222222"]);
    world.fake.set_fault("GetSessionToken", Fault::refuse(403, "AccessDenied", "explicit deny"), 1);
    // AWS looked at the policy before the code: the same code is still good.
    assert_role(&world, &with_code(&world, ADMIN, "111111"), "Admin");
    assert_eq!((world.fake.calls("GetSessionToken"), world.fake.calls("AssumeRole")), (1, 1));
    // And it is known now, for every role of these keys.
    assert_role(&world, &with_code(&world, DEPLOY, "222222"), "Deploy");
    assert_eq!((world.fake.calls("GetSessionToken"), world.fake.calls("AssumeRole")), (1, 2));
}
