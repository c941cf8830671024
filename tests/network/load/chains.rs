//! Chains, of which some sessions are cached.

use awsenv_testkit::fake::{Fault, Role};

use crate::world::{ADMIN, ADMIN_ENTRY, Answer, World};

const MIDDLE: &str = "arn:aws:iam::123456789012:role/Middle";
const LAST: &str = "arn:aws:iam::210987654321:role/path/Last";
const CONFIG: &str = "[profile a]\nrole_arn = arn:aws:iam::123456789012:role/Admin\nsource_profile = one\n\
                      [profile m]\nrole_arn = arn:aws:iam::123456789012:role/Middle\nsource_profile = a\n\
                      [profile l]\nrole_arn = arn:aws:iam::210987654321:role/path/Last\nsource_profile = m\n";

fn world() -> World {
    World::new(CONFIG, |fake| fake.role(Role::new(MIDDLE).trusts(ADMIN)).role(Role::new(LAST).trusts(MIDDLE)))
}

/// Asks for the end of the chain; how many roles were assumed for it.
fn calls(world: &World) -> (Answer, usize) {
    world.fake.reset_calls();
    let answer = world.ask("l");
    world.assert_session(&answer, LAST);
    (answer, world.fake.calls("AssumeRole"))
}

#[test]
fn only_what_comes_after_the_last_cached_session_is_done() {
    let world = world();
    assert_eq!(calls(&world).1, 3);
    assert_eq!(calls(&world).1, 0);
    let names: Vec<_> = ["a", "m", "l"].map(|profile| world.shared(profile).expect("a name")).into();
    std::fs::remove_file(world.cli(&names[2])).expect("an entry");
    assert_eq!(calls(&world).1, 1);
    std::fs::remove_file(world.cli(&names[2])).expect("an entry");
    std::fs::remove_file(world.cli(&names[0])).expect("an entry");
    assert_eq!(calls(&world).1, 1, "what comes before a cached session is not needed");
    std::fs::remove_file(world.cli(&names[2])).expect("an entry");
    std::fs::remove_file(world.cli(&names[1])).expect("an entry");
    assert_eq!(calls(&world).1, 3);
}

#[test]
fn a_cached_session_that_aws_does_not_take_any_more_is_made_anew() {
    let world = world();
    let middle = world.ask("m");
    world.assert_session(&middle, MIDDLE);
    world.fake.expire_key(middle.key_id());
    let (_, made) = calls(&world);
    // The refused one, the two before it, and the one that was wanted.
    assert!((3..=4).contains(&made), "{made}");
    assert_ne!(world.ask("m").key_id(), middle.key_id());
    assert_eq!(calls(&world).1, 0);
}

#[test]
fn an_answer_about_another_account_is_refused_and_not_kept() {
    let world = world();
    world.fake.set_fault("AssumeRole", Fault::WrongAccount, 1);
    let answer = world.ask("a");
    assert_eq!(answer.code(), "bad-answer");
    assert!(
        answer.json["error"]["place"].as_str().is_some_and(|place| place.ends_with(".aws/config:2")),
        "{}",
        answer.json
    );
    assert!(!world.cli(ADMIN_ENTRY).exists());
    world.assert_session(&world.ask("a"), ADMIN);
}

#[test]
fn a_cached_session_serves_although_its_source_can_give_nothing() {
    let world = world();
    let answer = world.ask("l");
    world.fake.set_fault("AssumeRole", Fault::Close, 1000);
    assert_eq!(world.ask("l").key_id(), answer.key_id());
    // But what is not cached is an error, with the step it is about.
    std::fs::remove_dir_all(world.cli("")).expect("a folder");
    let failed = world.ask_with("l", |request, _| request.calls.max_attempts = Some(1));
    assert_eq!(failed.code(), "connection-broken");
    assert!(failed.json["error"]["place"].as_str().is_some_and(|place| place.ends_with(".aws/config:2")));
    world.fake.clear_faults();
    assert_eq!(calls(&world).1, 3);
}
