//! Renewing a token.

use std::os::unix::fs::{PermissionsExt, chown};

use awsenv_host::sso_cache::{SsoTokenKey, read_token};
use awsenv_testkit::fake::Fault;
use serde_json::Value;

use crate::common::{REGION, START_URL, World, session, until};

const REFRESH: &str = "CreateToken:refresh_token";
const COMMAND: &str = "awsenv login --sso-session acme";

#[test]
fn under_fifteen_minutes_it_is_renewed_and_kept() {
    let world = World::new();
    let old = world.fake.sso_token(START_URL, 840);
    let mut entry = old.to_cache_json(REGION);
    entry["ours"] = serde_json::json!({"kept": [1, "ä"]});
    world.write(&session(), &entry);
    let answer = world.answer(&world.role(&session()));
    assert!(!answer.is_failure(), "{}", answer.json);
    assert_eq!(answer.warnings(), [""; 0]);
    assert_eq!((world.fake.calls(REFRESH), world.fake.calls("GetRoleCredentials")), (1, 1));

    let new = world.token(&session());
    let names: Vec<_> = new.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "startUrl",
            "region",
            "accessToken",
            "expiresAt",
            "clientId",
            "clientSecret",
            "registrationExpiresAt",
            "refreshToken",
            "ours"
        ]
    );
    for same in ["startUrl", "region", "clientId", "clientSecret", "registrationExpiresAt", "ours"] {
        assert_eq!(new[same], entry[same], "{same}");
    }
    for other in ["accessToken", "refreshToken", "expiresAt"] {
        assert_ne!(new[other], entry[other], "{other}");
    }
    assert!(new["expiresAt"].as_str().unwrap().ends_with('Z'));
    let mode = std::fs::metadata(world.token_file(&session())).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    // The rotated refresh token is good for the next.
    let kept =
        read_token(&world.home.join(".aws/sso/cache"), &SsoTokenKey::SessionName("acme".into())).found().unwrap();
    assert!(kept.refresh.is_some());
    std::fs::remove_file(world.role_file(&session())).unwrap();
    let mut entry = new;
    entry["expiresAt"] = "2026-01-01T00:00:00Z".into();
    world.write(&session(), &entry);
    assert!(!world.answer(&world.role(&session())).is_failure());
    assert_eq!(world.fake.calls(REFRESH), 2);
}

#[test]
fn with_fifteen_minutes_left_it_is_not() {
    let world = World::new();
    world.plant(&session(), 960);
    assert!(!world.answer(&world.role(&session())).is_failure());
    assert_eq!(world.fake.calls("CreateToken"), 0);
}

#[test]
fn a_server_that_sends_no_new_refresh_token_leaves_the_old_one_good() {
    let world = World::with(|fake| fake.rotate_refresh_tokens(false));
    let old = world.plant(&session(), 60);
    assert!(!world.answer(&world.role(&session())).is_failure());
    assert_eq!(world.token(&session())["refreshToken"], Value::from(old.refresh_token));
}

#[test]
fn a_refresh_that_fails_leaves_the_living_token_in_use_and_is_not_tried_again_at_once() {
    for fault in [Fault::Status(500), Fault::Close, Fault::Garbage, Fault::Throttle] {
        let world = World::new();
        world.plant(&session(), 300);
        let before = world.token(&session());
        world.fake.set_fault("CreateToken", fault.clone(), 5);
        let answer = world.answer(&world.role(&session()));
        assert!(!answer.is_failure(), "{fault:?}: {}", answer.json);
        assert!(answer.warnings()[0].contains("used on, it was not renewed"), "{fault:?}: {:?}", answer.warnings());
        assert_eq!(world.token(&session()), before, "{fault:?}");
        std::fs::remove_file(world.role_file(&session())).unwrap();
        let answer = world.answer(&world.role(&session()));
        assert_eq!((answer.is_failure(), answer.warnings().len()), (false, 0), "{fault:?}");
        assert_eq!(world.fake.calls("CreateToken"), 1, "{fault:?}");
    }
}

#[test]
fn a_refresh_that_fails_when_the_token_is_over_says_so_and_loses_nothing() {
    let world = World::new();
    world.plant(&session(), -60);
    let before = world.token(&session());
    world.fake.set_fault("CreateToken", Fault::Status(500), 1);
    assert_eq!(world.answer(&world.role(&session())).error("code"), "aws-unavailable");
    assert_eq!(world.token(&session()), before);
    assert!(!world.answer(&world.role(&session())).is_failure());
}

#[test]
fn a_refresh_that_aws_refuses_needs_a_login_only_when_the_token_is_over() {
    for revoke in [|world: &World| world.fake.revoke_refresh_tokens(), |world: &World| world.fake.forget_clients()] {
        let world = World::new();
        world.plant(&session(), 300);
        revoke(&world);
        let answer = world.answer(&world.role(&session()));
        assert!(!answer.is_failure(), "{}", answer.json);
        world.plant(&session(), -1);
        revoke(&world);
        std::fs::remove_file(world.role_file(&session())).unwrap();
        let answer = world.answer(&world.role(&session()));
        answer.assert_login_needed(COMMAND);
        assert!(answer.error("message").starts_with("the login to acme is over and AWS does not renew it: "));
    }
}

#[test]
fn without_a_living_registration_nothing_is_asked() {
    let world = World::new();
    let mut entry = world.plant(&session(), -1).to_cache_json(REGION);
    for (field, value) in [
        ("registrationExpiresAt", Value::from("2026-01-01T00:00:00Z")),
        ("clientId", Value::Null),
        ("clientSecret", Value::Null),
        ("refreshToken", Value::Null),
        ("refreshToken", Value::from("")),
    ] {
        let before = std::mem::replace(&mut entry[field], value);
        world.write(&session(), &entry);
        world.answer(&world.role(&session())).assert_login_needed(COMMAND);
        entry[field] = before;
    }
    assert_eq!(world.fake.requests().len(), 0);
}

#[test]
fn what_could_not_be_stored_is_not_asked_for_while_the_token_lives() {
    let world = World::new();
    let folder = world.home.join(".aws/sso/cache");
    // Root may write everywhere, and is kept from writing where another user is at home.
    let lock = |locked: bool| {
        chown(&folder, locked.then_some(12_345).or(Some(0)), None)
            .or_else(|_| {
                std::fs::set_permissions(&folder, PermissionsExt::from_mode(if locked { 0o500 } else { 0o700 }))
            })
            .unwrap();
    };
    world.plant(&session(), 300);
    lock(true);
    let answer = world.answer(&world.role(&session()));
    assert!(!answer.is_failure(), "{}", answer.json);
    assert_eq!(world.fake.calls("CreateToken"), 0);
    // It is over: a token that can't be stored is still used.
    lock(false);
    world.plant(&session(), -1);
    std::fs::remove_file(world.role_file(&session())).unwrap();
    lock(true);
    let answer = world.answer(&world.role(&session()));
    assert!(!answer.is_failure(), "{}", answer.json);
    assert!(answer.warnings()[0].contains("can't be stored"), "{:?}", answer.warnings());
    assert_eq!(world.fake.calls(REFRESH), 1);
    lock(false);
    let left: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn a_login_of_another_tool_during_the_refresh_is_not_overwritten() {
    let world = World::new();
    world.plant(&session(), -1);
    let theirs = world.fake.sso_token(START_URL, 3600);
    world.fake.set_fault("CreateToken", Fault::Delay(std::time::Duration::from_millis(500)), 1);
    let running = world.start(&world.home, &world.role(&session()));
    until("the refresh", || (world.fake.calls("CreateToken") > 0).then_some(()));
    world.write(&session(), &theirs.to_cache_json(REGION));
    assert!(!running.answer(&world).is_failure());
    assert_eq!(world.token(&session())["accessToken"], Value::from(theirs.access_token));
}

#[test]
fn ctrl_c_does_not_reach_the_renewal() {
    let world = World::new();
    world.plant(&session(), -1);
    let before = world.token(&session());
    world.fake.set_fault("CreateToken", Fault::Delay(std::time::Duration::from_millis(500)), 1);
    let mut terminal = world.on_terminal(&world.home, &world.role(&session()));
    until("the refresh", || (world.fake.calls("CreateToken") > 0).then_some(()));
    terminal.send("\u{3}");
    terminal.wait_for("ended");
    assert_eq!(std::fs::read_to_string(world.home.join("status")).unwrap(), "130\n");
    until("the new token", || (world.token(&session())["refreshToken"] != before["refreshToken"]).then_some(()));
    assert!(!world.answer(&world.role(&session())).is_failure());
    assert_eq!(world.fake.calls("CreateToken"), 1);
}
