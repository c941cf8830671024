//! `awsenv current --verify`.

use awsenv_testkit::fake::Fault;

use crate::common::{ACCOUNT, HOME_ACCOUNT, Run, World};

/// Runs it with more variables.
#[track_caller]
fn verify(world: &World, variables: &[(&str, &str)]) -> Run {
    let mut command = world.command(&["current", "--verify", "--json"]);
    Run::of(&command.envs(variables.iter().copied()).output().expect("awsenv starts"))
}

#[test]
fn aws_says_who_it_is() {
    let world = World::new();
    let keys =
        [("AWS_ACCESS_KEY_ID", world.user.access_key_id()), ("AWS_SECRET_ACCESS_KEY", world.user.secret_access_key())];
    let user = format!("arn:aws:iam::{HOME_ACCOUNT}:user/someone");
    for variables in [&keys[..], &[("AWS_PROFILE", "base")]] {
        let json = verify(&world, variables).expect(0, &[]).json();
        assert_eq!(
            (json["account_from"].as_str(), json["account_id"].as_str()),
            (Some("verified"), Some(HOME_ACCOUNT))
        );
        assert_eq!(json["arn"], user.as_str());
    }
    let json = verify(&world, &[("AWS_PROFILE", "admin")]).expect(0, &[]).json();
    assert!(json["arn"].as_str().is_some_and(|arn| arn.contains(":assumed-role/Admin/")), "{json}");
    assert_eq!(json["account_id"], ACCOUNT);
    // Without --verify nobody is asked.
    world.fake.reset_calls();
    world.awsenv("current --json").expect(0, &[]);
    assert_eq!(world.asked(), [""; 0]);
}

#[test]
fn what_the_environment_claims_must_be_so() {
    let world = World::new();
    let keys = [
        ("AWS_ACCESS_KEY_ID", world.user.access_key_id()),
        ("AWS_SECRET_ACCESS_KEY", world.user.secret_access_key()),
        ("AWS_ACCOUNT_ID", ACCOUNT),
    ];
    let run = verify(&world, &keys).expect(1, &["account-mismatch", ACCOUNT, HOME_ACCOUNT, "AWS_ACCOUNT_ID"]);
    let json = run.json();
    assert_eq!(json["account_id"], HOME_ACCOUNT);
    assert_eq!(json["conflicts"][0]["variable"], "AWS_ACCOUNT_ID", "{json}");
}

#[test]
fn what_cannot_be_verified_is_not() {
    let world = World::new();
    let wrong = [("AWS_ACCESS_KEY_ID", world.user.access_key_id()), ("AWS_SECRET_ACCESS_KEY", "wrong")];
    let run = verify(&world, &wrong).expect(1, &["signature-refused"]);
    assert_ne!(run.json()["account_from"], "verified");
    verify(&world, &[]).expect(1, &["no-identity"]);
    verify(&world, &[("AWS_PROFILE", "awsenv-locked")]).expect(1, &["no-identity", "locked"]);
    verify(&world, &wrong[..1]).expect(1, &["no-identity"]);
    world.fake.set_fault("GetCallerIdentity", Fault::Status(500), 20);
    let run = verify(&world, &[("AWS_PROFILE", "base")]).expect(1, &["GetCallerIdentity"]);
    assert_ne!(run.json()["account_from"], "verified");
}
