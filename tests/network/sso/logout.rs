//! The end of a session, at AWS and on disk.

use awsenv_core::chain::Sso;
use awsenv_testkit::fake::Fault;

use crate::common::{REGION, START_URL, World, legacy, session};

fn other() -> Sso {
    Sso { sso_session: Some("other".to_owned()), ..session() }
}

#[test]
fn that_session_s_files_and_no_others() {
    let world = World::new();
    for sso in [session(), other(), legacy()] {
        world.plant(&sso, 3600);
        assert!(!world.answer(&world.role(&sso)).is_failure());
    }
    let registration = world.home.join(".aws/sso/cache/a-registration.json");
    std::fs::write(&registration, r#"{"clientId": "x", "clientSecret": "y"}"#).unwrap();
    let foreign = world.home.join(".aws/cli/cache/session.db");
    std::fs::write(&foreign, "not ours").unwrap();

    let answer = world.answer(&world.logout(&[session()]));
    assert_eq!((&answer.json["tokens"], &answer.json["role_credentials"]), (&1.into(), &1.into()), "{}", answer.json);
    assert_eq!(answer.warnings(), [""; 0]);
    assert_eq!(world.fake.calls("Logout"), 1);
    assert!(!world.token_file(&session()).exists() && !world.role_file(&session()).exists());
    for sso in [other(), legacy()] {
        assert!(world.token_file(&sso).exists() && world.role_file(&sso).exists());
    }
    assert!(registration.exists() && foreign.exists());
    world.answer(&world.role(&session())).assert_login_needed("awsenv login --sso-session acme");

    let answer = world.answer(&world.logout(&[session(), other(), legacy()]));
    assert_eq!((&answer.json["tokens"], &answer.json["role_credentials"]), (&2.into(), &2.into()));
    assert_eq!(world.fake.calls("Logout"), 3);
    assert!(registration.exists() && foreign.exists());
}

#[test]
fn aws_knows_the_token_no_more() {
    let world = World::new();
    let token = world.plant(&session(), 3600);
    world.answer(&world.logout(&[session()]));
    // Somebody has a copy.
    world.write(&session(), &token.to_cache_json(REGION));
    world.answer(&world.role(&session())).assert_login_needed("awsenv login --sso-session acme");
    let mut entry = token.to_cache_json(REGION);
    entry["expiresAt"] = "2026-01-01T00:00:00Z".into();
    world.write(&session(), &entry);
    world.answer(&world.role(&session())).assert_login_needed("awsenv login --sso-session acme");
}

#[test]
fn a_token_that_is_over_but_could_be_renewed_is_ended_too() {
    let world = World::new();
    let token = world.plant(&session(), -1);
    let answer = world.answer(&world.logout(&[session()]));
    assert_eq!((&answer.json["tokens"], answer.warnings().len()), (&1.into(), 0), "{}", answer.json);
    assert_eq!(world.fake.calls("Logout"), 1);
    world.write(&session(), &token.to_cache_json(REGION));
    world.answer(&world.role(&session())).assert_login_needed("awsenv login --sso-session acme");
    // Nothing is left to end.
    world.plant(&session(), -1);
    world.fake.revoke_refresh_tokens();
    assert_eq!(world.answer(&world.logout(&[session()])).warnings(), [""; 0]);
    assert_eq!(world.fake.calls("Logout"), 1);
}

#[test]
fn where_aws_can_t_be_told_the_files_go_all_the_same() {
    for fault in [Fault::Status(500), Fault::Close, Fault::Throttle] {
        let world = World::new();
        world.plant(&session(), 3600);
        world.answer(&world.role(&session()));
        world.fake.set_fault("Logout", fault.clone(), 1);
        let answer = world.answer(&world.logout(&[session()]));
        assert_eq!(answer.json["tokens"], 1, "{fault:?}: {}", answer.json);
        assert!(answer.warnings()[0].starts_with("acme is logged out on this machine, but AWS could not be told: "));
        assert!(!world.token_file(&session()).exists() && !world.role_file(&session()).exists());
    }
    // A token that AWS has ended itself is no reason to say anything.
    let world = World::new();
    world.plant(&session(), 3600);
    world.fake.expire_access_tokens();
    assert_eq!(world.answer(&world.logout(&[session()])).warnings(), [""; 0]);
}

#[test]
fn what_is_not_what_it_claims_stays() {
    let world = World::new();
    let files = [world.token_file(&session()), world.role_file(&session())];
    for text in ["", "[]", r#"{"clientId": "x"}"#, r#"{"ProviderType": "login", "Credentials": {}}"#] {
        for file in &files {
            std::fs::write(file, text).unwrap();
        }
        let answer = world.answer(&world.logout(&[session()]));
        assert_eq!((&answer.json["tokens"], &answer.json["role_credentials"]), (&0.into(), &0.into()), "{text}");
        for file in &files {
            assert_eq!(std::fs::read_to_string(file).unwrap(), text);
        }
    }
    assert_eq!(world.fake.requests().len(), 0);
}

#[test]
fn nobody_logged_in_is_no_error() {
    let world = World::new();
    let answer = world.answer(&world.logout(&[session(), legacy()]));
    assert_eq!((&answer.json["tokens"], &answer.json["role_credentials"]), (&0.into(), &0.into()));
    assert_eq!(world.fake.requests().len(), 0);
}

#[test]
fn another_user_s_files_stay_and_that_is_said() {
    use std::os::unix::fs::chown;
    let world = World::new();
    let folder = world.home.join(".aws/sso/cache");
    world.plant(&session(), 3600);
    // Only root can give a folder away, and only root is kept from what it could do there.
    if chown(&folder, Some(12_345), None).is_err() {
        return;
    }
    let answer = world.answer(&world.logout(&[session()]));
    assert_eq!(answer.error("code"), "other-owner", "{}", answer.json);
    assert!(answer.error("message").starts_with("a login could not be removed: "));
    assert!(world.token_file(&session()).exists());
    assert_eq!(world.token(&session())["startUrl"], START_URL);
    // At AWS it has ended.
    assert_eq!(world.fake.calls("Logout"), 1);
    chown(&folder, Some(0), None).unwrap();
}
