//! A profile that is pinned to an account exports no other, by what an ARN, IAM Identity Center or STS says.

use awsenv_testkit::fake::Fault;

use crate::common::{ACCOUNT, HOME_ACCOUNT, World};

const OTHER: &str = "444455556666";

fn pinned(pins: &[(&str, &str)]) -> World {
    let settings: String = pins.iter().map(|(name, pin)| format!("[profile {name}]\naccount = {pin}\n")).collect();
    World::with(|fake| fake, |home| home.settings(settings))
}

/// `use` of `profile` in both modes is refused with both numbers.
#[track_caller]
fn refused(world: &World, profile: &str, pin: &str, is: &str) {
    for mode in ["keys", "profile"] {
        let run = world.awsenv(&format!("use {profile} --as {mode} --shell bash"));
        assert_eq!(run.expect(1, &["account-pin", pin, is]).stdout, "false\n", "{mode}");
    }
}

#[test]
fn an_arn_proves_the_account() {
    let world = pinned(&[("admin", ACCOUNT)]);
    world.exported("admin");
    world.awsenv("use admin --as profile --shell bash").expect(0, &[]);
    assert_eq!(world.fake.calls("GetCallerIdentity"), 0);
    let world = pinned(&[("admin", OTHER)]);
    refused(&world, "admin", OTHER, ACCOUNT);
    assert_eq!(world.asked(), [""; 0], "nobody had to be asked");
}

#[test]
fn sts_proves_whose_keys_they_are() {
    let world = pinned(&[("base", HOME_ACCOUNT)]);
    world.exported("base");
    world.awsenv("use base --as profile --shell bash").expect(0, &[]);
    assert_eq!(world.fake.calls("GetCallerIdentity"), 1, "a key id is of one account for ever");
    // Not even the broker is needed from then on, unless everything is to be asked anew.
    let pin = format!("[settings]\nbroker = /nowhere/broker\n[profile base]\naccount = {HOME_ACCOUNT}\n");
    std::fs::write(world.home.join(".config/awsenv/config"), pin).expect("a file in a temporary home");
    world.exported("base");
    world.awsenv("export base --refresh").expect(1, &["broker-missing"]);
    let world = pinned(&[("base", OTHER)]);
    refused(&world, "base", OTHER, HOME_ACCOUNT);
}

/// Neither what the user wrote beside the keys nor what a program says, nor the key id, stands in for STS.
#[test]
fn what_somebody_wrote_proves_nothing() {
    let write = |world: &World, text: &str| {
        std::fs::write(world.home.join(".aws/credentials"), text).expect("a file in a temporary home");
    };
    let world = pinned(&[("base", OTHER)]);
    write(&world, &format!("[base]\n{}aws_account_id = {OTHER}\n", world.user.credentials_lines()));
    let run = world.awsenv("export base").expect(1, &[OTHER, HOME_ACCOUNT]);
    assert_eq!(run.stdout, "");

    let world = pinned(&[("said", OTHER)]);
    let answer = format!(
        r#"{{"Version": 1, "AccessKeyId": "{}", "SecretAccessKey": "{}", "AccountId": "{OTHER}"}}"#,
        world.user.access_key_id(),
        world.user.secret_access_key()
    );
    std::fs::write(world.home.join("answer"), answer).expect("a file in a temporary home");
    let config = world.read(".aws/config")
        + &format!("[profile said]\nendpoint_url = {}\ncredential_process = cat answer\n", world.fake.url());
    std::fs::write(world.home.join(".aws/config"), config).expect("a file in a temporary home");
    let run = world.awsenv("export said").expect(1, &[OTHER, HOME_ACCOUNT]);
    assert_eq!(run.stdout, "");
}

#[test]
fn what_cannot_be_proven_is_not_used() {
    let world = pinned(&[("base", HOME_ACCOUNT)]);
    world.fake.set_fault("GetCallerIdentity", Fault::refuse(403, "AccessDenied", "an organization says no"), 10);
    for mode in ["keys", "profile"] {
        let run = world.awsenv(&format!("use base --as {mode} --shell bash"));
        assert_eq!(run.expect(1, &["GetCallerIdentity", HOME_ACCOUNT, "unproven"]).stdout, "false\n", "{mode}");
    }
}

#[test]
fn an_answer_for_another_account_is_refused() {
    let world = pinned(&[("base", HOME_ACCOUNT), ("admin", ACCOUNT)]);
    world.fake.set_fault("GetCallerIdentity", Fault::WrongAccount, 1);
    world.awsenv("export base").expect(1, &[HOME_ACCOUNT, "999999999999"]);
    world.fake.set_fault("AssumeRole", Fault::WrongAccount, 1);
    let run = world.awsenv("export admin").expect(1, &[]);
    assert_eq!(run.stdout, "");
}
