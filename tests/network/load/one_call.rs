//! Any number of processes that want the same thing at once make one call.

use std::collections::BTreeSet;
use std::time::Duration;

use awsenv_testkit::fake::{Fault, Role};

use crate::world::{ADMIN, ADMIN_ENTRY, Answer, CONFIG, Running, World, assert_whole, user};

/// A session of the role that ended a minute ago, as the AWS CLI left it.
const OVER: &str = r#"{"Credentials": {"AccessKeyId": "ASIAOVER", "SecretAccessKey": "s", "SessionToken": "t",
    "Expiration": "2026-01-01T00:00:00Z"}, "AssumedRoleUser": {"Arn": "arn:aws:sts::123456789012:assumed-role/Admin/x"}}"#;

#[test]
fn two_hundred_want_the_same_expired_role() {
    let world = World::new(CONFIG, |fake| fake);
    let entry = world.cli(ADMIN_ENTRY);
    std::fs::create_dir_all(world.cli("")).expect("a folder");
    std::fs::write(&entry, OVER).expect("an entry");
    // Long enough that they meet.
    world.fake.set_fault("AssumeRole", Fault::Delay(Duration::from_millis(500)), 1000);
    let request = world.request("a");
    let running: Vec<_> = (0..200).map(|_| world.start(&request)).collect();
    let answers: Vec<_> = running.into_iter().map(Running::answer).collect();
    assert_eq!(world.fake.calls("AssumeRole"), 1);
    let ids: BTreeSet<_> = answers.iter().map(Answer::key_id).collect();
    assert_eq!(ids.len(), 1);
    world.assert_session(&answers[0], ADMIN);
    assert!(answers.iter().all(|answer| answer.warnings().is_empty()));
    assert_whole(&world);
}

#[test]
fn fifty_roles_are_fifty_calls() {
    let arn = |number: usize| format!("arn:aws:iam::123456789012:role/R{number}");
    let profile =
        |number| format!("[profile p{number}]\nrole_arn = {}\nsource_profile = one\nexternal_id = xy\n", arn(number));
    let config: String = (0..50).map(profile).collect();
    let world = World::new(&config, |mut fake| {
        for number in 0..50 {
            fake = fake.role(Role::new(&arn(number)).trusts(&user("one").arn()).external_id("xy"));
        }
        fake
    });
    world.fake.set_fault("AssumeRole", Fault::Delay(Duration::from_millis(200)), 1000);
    let requests: Vec<_> = (0..50).map(|number| world.request(&format!("p{number}"))).collect();
    // Four of each, all of them mixed.
    let running: Vec<_> = (0..200).map(|number| world.start(&requests[number % 50])).collect();
    let answers: Vec<_> = running.into_iter().map(Running::answer).collect();
    for (number, answer) in answers.iter().enumerate() {
        world.assert_session(answer, &arn(number % 50));
    }
    assert_eq!(world.fake.calls("AssumeRole"), 50);
    assert_whole(&world);
}

#[test]
fn a_chain_s_first_role_is_assumed_once_for_all_that_need_it() {
    let arn = |number: usize| format!("arn:aws:iam::123456789012:role/R{number}");
    let profile = |number| format!("[profile p{number}]\nrole_arn = {}\nsource_profile = a\n", arn(number));
    let config: String = CONFIG.to_owned() + &(0..10).map(profile).collect::<String>();
    let world = World::new(&config, |mut fake| {
        for number in 0..10 {
            fake = fake.role(Role::new(&arn(number)).trusts(ADMIN));
        }
        fake
    });
    world.fake.set_fault("AssumeRole", Fault::Delay(Duration::from_millis(200)), 1000);
    let running: Vec<_> = (0..30).map(|number| world.start(&world.request(&format!("p{}", number % 10)))).collect();
    for (number, running) in running.into_iter().enumerate() {
        world.assert_session(&running.answer(), &arn(number % 10));
    }
    assert_eq!(world.fake.calls("AssumeRole"), 11);
}

#[test]
fn many_that_refresh_at_once_make_no_more_than_one_call_after_they_asked() {
    let world = World::new(CONFIG, |fake| fake);
    let first = world.ask("a");
    world.fake.set_fault("AssumeRole", Fault::Delay(Duration::from_millis(3000)), 1);
    let request = world.request_with("a", |_, task| task.refresh = true);
    let running: Vec<_> = (0..20).map(|_| world.start(&request)).collect();
    let answers: Vec<_> = running.into_iter().map(Running::answer).collect();
    assert!(answers.iter().all(|answer| answer.key_id() != first.key_id()));
    // All but a straggler have asked before the one call was answered.
    let calls = world.fake.calls("AssumeRole");
    assert!((2..10).contains(&calls), "{calls}");
}

#[test]
fn a_refusal_is_for_all_who_waited_for_it() {
    let world = World::new(&CONFIG.replace("Admin", "Nobody"), |fake| fake);
    world.fake.set_fault("AssumeRole", Fault::Delay(Duration::from_millis(3000)), 1);
    let request = world.request("a");
    let running: Vec<_> = (0..20).map(|_| world.start(&request)).collect();
    for running in running {
        let answer = running.answer();
        assert_eq!(answer.code(), "access-denied");
        let error = &answer.json["error"];
        assert!(error["place"].as_str().is_some_and(|place| place.ends_with(".aws/config:2")), "{error}");
        assert!(error["hint"].is_string() && error["message"].is_string(), "{error}");
    }
    let calls = world.fake.calls("AssumeRole");
    assert!((1..10).contains(&calls), "{calls} calls of twenty");
    // Who comes later asks for himself: the role may trust him by now.
    assert_eq!(world.ask("a").code(), "access-denied");
    assert_eq!(world.fake.calls("AssumeRole"), calls + 1);
    world.fake.add_role(Role::new(&ADMIN.replace("Admin", "Nobody")).trusts(&user("one").arn()));
    world.assert_session(&world.ask("a"), &ADMIN.replace("Admin", "Nobody"));
}

#[test]
fn one_question_who_the_keys_belong_to() {
    let world = World::new(CONFIG, |fake| fake);
    world.fake.set_fault("GetCallerIdentity", Fault::Delay(Duration::from_millis(200)), 1000);
    let request = world.request_with("one", |_, task| task.needs_account = true);
    let running: Vec<_> = (0..20).map(|_| world.start(&request)).collect();
    for running in running {
        let answer = running.answer();
        assert_eq!((answer.key_id(), &answer.json["AccountId"]), (user("one").access_key_id(), &"111122223333".into()));
    }
    assert_eq!(world.fake.calls("GetCallerIdentity"), 1);
    // A role's account is in its ARN.
    let answer = world.ask_with("a", |_, task| task.needs_account = true);
    world.assert_session(&answer, ADMIN);
    assert_eq!(world.fake.calls("GetCallerIdentity"), 1);
}

#[test]
fn one_session_for_long_term_keys() {
    let world = World::new(CONFIG, |fake| fake);
    world.fake.set_fault("GetSessionToken", Fault::Delay(Duration::from_millis(200)), 1000);
    let request = world.request_with("one", |_, task| task.session_for_long_term_keys = true);
    let running: Vec<_> = (0..20).map(|_| world.start(&request)).collect();
    let answers: Vec<_> = running.into_iter().map(Running::answer).collect();
    assert_eq!(world.fake.calls("GetSessionToken"), 1);
    for answer in &answers {
        assert_eq!(answer.key_id(), answers[0].key_id());
        assert!(answer.key_id().starts_with("ASIA") && answer.json["Expiration"].is_string());
        assert_eq!(world.fake.identity_of(answer.key_id()), Some(user("one").arn()));
    }
    // Another length, other keys: another session. A role's session is one already.
    let answer = world.ask_with("one", |_, task| {
        task.session_for_long_term_keys = true;
        task.duration_seconds = Some(1800);
    });
    assert_ne!(answer.key_id(), answers[0].key_id());
    let answer = world.ask_with("two", |_, task| task.session_for_long_term_keys = true);
    assert_eq!(world.fake.identity_of(answer.key_id()), Some(user("two").arn()));
    let answer = world.ask_with("a", |_, task| task.session_for_long_term_keys = true);
    world.assert_session(&answer, ADMIN);
    assert_eq!(world.fake.calls("GetSessionToken"), 3);
}
