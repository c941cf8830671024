//! Many processes at once, and processes that are killed or stopped at any moment.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use awsenv_host::sso_cache::{SsoTokenKey, read_token};
use awsenv_testkit::fake::Fault;
use serde_json::Value;

#[cfg(target_os = "linux")]
use crate::common::kill;
use crate::common::{World, session, until};

const REFRESH: &str = "CreateToken:refresh_token";

#[test]
fn two_hundred_who_want_the_role_of_an_expiring_token_refresh_once() {
    let world = World::new();
    world.plant(&session(), 60);
    let running: Vec<_> = (0..200).map(|_| world.start(&world.home, &world.role(&session()))).collect();
    let keys: BTreeSet<_> = running.into_iter().map(|running| running.answer(&world).key_id().to_owned()).collect();
    assert_eq!((world.fake.calls(REFRESH), world.fake.calls("GetRoleCredentials")), (1, 1));
    assert_eq!(keys.len(), 1);
}

#[test]
fn a_refresh_that_hangs_is_waited_for_and_one_that_is_stopped_is_not() {
    let world = World::new();
    world.plant(&session(), -1);
    world.fake.set_fault("CreateToken", Fault::Delay(Duration::from_secs(2)), 1);
    let first = world.start_bare(&world.role(&session()));
    until("the refresh", || (world.fake.calls(REFRESH) == 1).then_some(()));
    let second = world.start(&world.home, &world.role(&session()));
    assert_eq!(first.answer(&world).key_id(), second.answer(&world).key_id());
    assert_eq!(world.fake.calls(REFRESH), 1);

    let world = World::new();
    world.plant(&session(), -1);
    world.fake.set_fault("CreateToken", Fault::Delay(Duration::from_millis(300)), 1);
    let stopped = world.start_bare(&world.role(&session()));
    until("the refresh", || (world.fake.calls(REFRESH) == 1).then_some(()));
    stopped.signal("STOP");
    let other = world.answer(&world.role(&session()));
    let token = world.token(&session());
    stopped.signal("CONT");
    assert_eq!(stopped.answer(&world).key_id(), other.key_id());
    assert_eq!(world.token(&session()), token);
}

#[test]
fn killed_at_any_moment_the_refresh_token_is_never_lost() {
    // The worst that OAuth allows: the old token is used up when the answer leaves the server.
    let world = World::new();
    let start = Instant::now();
    world.plant(&session(), -1);
    assert!(!world.start_bare(&world.role(&session())).answer(&world).is_failure());
    let life = start.elapsed();
    let mut renewed = 0;
    for round in 0..100 {
        let planted = world.plant(&session(), -1);
        std::fs::remove_file(world.role_file(&session())).ok();
        let running = world.start_bare(&world.role(&session()));
        // Moments that are spread over the whole life of a process.
        std::thread::sleep(life * round / 100);
        running.signal("KILL");
        drop(running);

        let key = SsoTokenKey::SessionName("acme".to_owned());
        let kept = read_token(&world.home.join(".aws/sso/cache"), &key).found();
        let kept = kept.unwrap_or_else(|| panic!("round {round}: a broken file"));
        renewed += u32::from(kept.access_token.expose() != planted.access_token);
        let answer = world.answer(&world.role(&session()));
        assert!(!answer.is_failure(), "round {round}: {}", answer.json);
        assert_ne!(world.token(&session())["refreshToken"], Value::from(planted.refresh_token), "round {round}");
    }
    assert!((1..100).contains(&renewed), "kills before and after the renewal: {renewed}");
    // What a kill left half-written is no token to anybody.
    let left: Vec<_> = std::fs::read_dir(world.home.join(".aws/sso/cache")).unwrap().map(Result::unwrap).collect();
    let whole = left.iter().filter(|entry| !entry.file_name().to_string_lossy().starts_with('.')).count();
    assert_eq!(whole, 1, "{left:?}");
}

#[test]
fn who_renews_for_another_ends_his_work_when_that_one_is_gone() {
    let world = World::new();
    let old = world.plant(&session(), -1);
    world.fake.set_fault("CreateToken", Fault::Delay(Duration::from_millis(700)), 1);
    let first = world.start_bare(&world.role(&session()));
    until("the refresh", || (world.fake.calls(REFRESH) == 1).then_some(()));
    first.signal("KILL");
    drop(first);
    // Whoever comes next waits for it instead of using the same refresh token.
    assert!(!world.answer(&world.role(&session())).is_failure());
    assert_ne!(world.token(&session())["refreshToken"], Value::from(old.refresh_token));
    assert_eq!(world.fake.calls(REFRESH), 1);
}

/// The processes that `parent` has started.
#[cfg(target_os = "linux")]
fn children(parent: u32) -> Vec<u32> {
    let list = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap_or_default();
    list.split_whitespace().filter_map(|id| id.parse().ok()).collect()
}

#[test]
#[cfg(target_os = "linux")]
fn where_the_renewal_itself_is_killed_it_is_tried_again() {
    let world = World::with(|fake| fake.rotate_refresh_tokens(false));
    world.plant(&session(), -1);
    world.fake.set_fault("CreateToken", Fault::Hang, 1);
    let running = world.start_bare(&world.role(&session()));
    until("the refresh", || (world.fake.calls(REFRESH) == 1).then_some(()));
    let keepers = children(running.id());
    assert_eq!(keepers.len(), 1);
    kill(keepers[0], "KILL");
    assert!(!running.answer(&world).is_failure());
    assert_eq!(world.fake.calls(REFRESH), 2);
}

#[test]
fn while_the_token_lives_a_slow_renewal_is_not_waited_for() {
    let world = World::new();
    let old = world.plant(&session(), 300);
    world.fake.set_fault("CreateToken", Fault::Delay(Duration::from_secs(8)), 1);
    let answer = world.answer(&world.role(&session()));
    assert!(!answer.is_failure(), "{}", answer.json);
    assert_eq!(world.token(&session())["accessToken"], Value::from(old.access_token), "it was not there yet");
    // Nor does anybody else wait, or ask once more; and it comes to its end.
    std::fs::remove_file(world.role_file(&session())).unwrap();
    assert!(!world.answer(&world.role(&session())).is_failure());
    until("the renewal's end", || {
        (world.token(&session())["refreshToken"] != old.refresh_token.as_str()).then_some(())
    });
    assert_eq!(world.fake.calls(REFRESH), 1);
}
