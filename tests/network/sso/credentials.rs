//! Role credentials with the token that is kept.

use awsenv_core::chain::Sso;
use awsenv_testkit::fake::Fault;
use serde_json::{Value, json};

use crate::common::{ACCOUNT, REGION, START_URL, World, legacy, session};

#[test]
fn both_forms_give_the_role_and_the_aws_cli_s_entry() {
    for sso in [session(), legacy()] {
        let world = World::new();
        world.plant(&sso, 3600);
        let answer = world.answer(&world.role(&sso));
        let arn = world.fake.identity_of(answer.key_id()).expect("a key of the fake");
        assert!(arn.starts_with(&format!("arn:aws:sts::{ACCOUNT}:assumed-role/AWSReservedSSO_Admin_")), "{arn}");
        assert_eq!(answer.json["AccountId"], ACCOUNT);
        assert_eq!(answer.warnings(), [""; 0]);
        assert_eq!(answer.stderr, "");
        let entry: Value = serde_json::from_slice(&std::fs::read(world.role_file(&sso)).unwrap()).unwrap();
        assert_eq!(entry["ProviderType"], "sso");
        assert_eq!(entry["Credentials"]["AccessKeyId"], answer.json["AccessKeyId"]);
        assert_eq!(entry["Credentials"]["Expiration"], answer.json["Expiration"]);
        // What is there now needs neither AWS nor the token.
        std::fs::remove_file(world.token_file(&sso)).unwrap();
        assert_eq!(world.answer(&world.role(&sso)).key_id(), answer.key_id());
        assert_eq!(world.fake.requests().len(), 1);
    }
}

#[test]
fn a_role_that_is_not_assigned_is_named() {
    let world = World::new();
    let sso = Sso { role_name: Some("Nobody".to_owned()), ..session() };
    world.plant(&sso, 3600);
    let answer = world.answer(&world.role(&sso));
    assert_eq!(answer.error("code"), "access-denied");
    let message = answer.error("message");
    assert!(message.contains("role Nobody in account 123456789012 is not assigned to you"), "{message}");
    assert!(message.contains("ForbiddenException, request "), "{message}");
    assert!(answer.error("hint").contains("sso_account_id and sso_role_name"));
    assert_eq!(answer.error("place"), format!("{}:7", world.home.join(".aws/config").display()));
}

#[test]
fn without_a_token_the_command_to_run_is_named() {
    let world = World::new();
    world.answer(&world.role(&session())).assert_login_needed("awsenv login --sso-session acme");
    world.answer(&world.role(&legacy())).assert_login_needed("awsenv login dev");
    let odd = Sso { sso_session: Some("a b's".to_owned()), ..session() };
    world.answer(&world.role(&odd)).assert_login_needed(r"awsenv login --sso-session 'a b'\''s'");
    assert_eq!(world.fake.requests().len(), 0);
}

#[test]
fn a_token_that_others_may_have_put_there_is_not_used_and_that_is_said() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new();
    world.plant(&session(), 3600);
    std::fs::set_permissions(world.token_file(&session()), PermissionsExt::from_mode(0o666)).unwrap();
    let answer = world.answer(&world.role(&session()));
    answer.assert_login_needed("awsenv login --sso-session acme");
    let message = answer.error("message");
    assert!(message.starts_with("the login to acme can't be used: "), "{message}");
    assert!(message.contains("may be written by others"), "{message}");
    assert_eq!(world.fake.requests().len(), 0);
}

#[test]
fn a_token_that_aws_has_ended_needs_a_login() {
    let world = World::new();
    world.plant(&session(), 3600);
    world.fake.expire_access_tokens();
    let answer = world.answer(&world.role(&session()));
    answer.assert_login_needed("awsenv login --sso-session acme");
    assert_eq!(answer.error("message"), "AWS in eu-west-1 does not accept the login to acme");
    assert_eq!(world.fake.calls("CreateToken"), 0);
}

#[test]
fn a_legacy_token_that_is_over_is_not_shown_to_aws() {
    let world = World::new();
    world.plant(&legacy(), -1);
    world.answer(&world.role(&legacy())).assert_login_needed("awsenv login dev");
    assert_eq!(world.fake.requests().len(), 0);
    // Shortly before its end it is used, and never renewed.
    world.plant(&legacy(), 60);
    assert!(!world.answer(&world.role(&legacy())).is_failure());
    assert_eq!(world.fake.calls("CreateToken"), 0);
}

#[test]
fn what_goes_wrong_on_the_way_is_told_apart() {
    let world = World::new();
    world.plant(&session(), 3600);
    for (fault, code) in [
        (Fault::Throttle, "throttled"),
        (Fault::Status(500), "aws-unavailable"),
        (Fault::Status(503), "aws-unavailable"),
        (Fault::Garbage, "bad-answer"),
        (Fault::CloseMidBody, "connection-broken"),
        (Fault::Close, "connection-broken"),
    ] {
        world.fake.set_fault("GetRoleCredentials", fault.clone(), 1);
        let answer = world.answer(&world.role(&session()));
        assert_eq!(answer.error("code"), code, "{fault:?}: {}", answer.json);
        assert_eq!(answer.error("kind"), "refused", "{fault:?}");
        assert!(!world.role_file(&session()).exists(), "{fault:?}");
    }
    // Nobody is there.
    let mut request = world.role(&session());
    request.calls.endpoint_url = Some("http://127.0.0.1:9".to_owned());
    assert_eq!(world.answer(&request).error("kind"), "refused");
    assert!(!world.answer(&world.role(&session())).is_failure());
}

#[test]
fn a_session_without_a_role_gives_no_credentials() {
    let world = World::new();
    world.plant(&session(), 3600);
    let mut request = world.role(&session());
    let awsenv_core::broker::Task::Credentials(task) = &mut request.task else { unreachable!("made so") };
    let awsenv_core::chain::CredentialSource::Sso(sso) = &mut task.chain.steps[0].source else {
        unreachable!("made so")
    };
    (sso.account_id, sso.role_name) = (None, None);
    assert_eq!(world.answer(&request).error("code"), "sso-token-only");
}

#[test]
fn a_token_that_another_tool_is_writing_is_waited_for() {
    let world = World::new();
    let token = world.fake.sso_token(START_URL, 3600).to_cache_json(REGION);
    // The AWS CLI empties the file and then fills it.
    std::fs::write(world.token_file(&session()), "").unwrap();
    let running = world.start(&world.home, &world.role(&session()));
    world.write(&session(), &token);
    assert!(!running.answer(&world).is_failure());
    // What stays empty, or is something else, is no token.
    for other in ["", "{", "[]", r#"{"accessToken": "x"}"#] {
        std::fs::remove_file(world.role_file(&session())).ok();
        std::fs::write(world.token_file(&session()), other).unwrap();
        world.answer(&world.role(&session())).assert_login_needed("awsenv login --sso-session acme");
        assert_eq!(std::fs::read_to_string(world.token_file(&session())).unwrap(), other);
    }
    let registration = json!({"clientId": "a", "clientSecret": "b", "expiresAt": "2999-01-01T00:00:00Z"});
    world.write(&session(), &registration);
    world.answer(&world.role(&session())).assert_login_needed("awsenv login --sso-session acme");
}
