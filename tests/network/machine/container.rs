//! The credentials endpoint of a container.

use awsenv_testkit::fake::{FakeAws, Fault};
use serde_json::json;

use crate::oracle;
use crate::program::Setting;

const TASK: &str = "arn:aws:iam::123456789012:role/Task";
const ROLE: &str = "arn:aws:iam::123456789012:role/Admin";

fn fake(token: Option<&str>) -> FakeAws {
    FakeAws::builder().container("/task", TASK, token).role(awsenv_testkit::fake::Role::new(ROLE).trusts(TASK)).start()
}

/// A role that is reached from the container's credentials.
fn setting(fake: &FakeAws) -> Setting {
    let config = format!(
        "[profile r]\nrole_arn = {ROLE}\ncredential_source = EcsContainer\nregion = eu-west-1\nendpoint_url = {}\n",
        fake.url()
    );
    Setting::new(&config).variable("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("{}/task", fake.url()))
}

#[test]
fn a_role_starts_from_the_container_as_botocore_s_does() {
    let fake = fake(Some("Bearer canary-token"));
    let setting = setting(&fake);
    let token = setting.home.join("token");
    std::fs::write(&token, "Bearer canary-token").unwrap();
    let by_file = setting
        .variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", &token)
        // The file wins.
        .variable("AWS_CONTAINER_AUTHORIZATION_TOKEN", "canary-other");
    let answer = by_file.run("r");
    assert_eq!(fake.identity_of(answer.key_id()).unwrap().split('/').nth(1), Some("Admin"));
    assert_eq!(answer.json["AccountId"], "123456789012");
    let input = json!([{"profile": "r"}]);
    let Some(theirs) = oracle::ask_in(&by_file.home, "container", "oracle_credentials.py", &input) else { return };
    let identity = fake.identity_of(theirs[0]["access_key"].as_str().unwrap()).unwrap();
    assert_eq!(identity.split('/').nth(1), Some("Admin"));
}

#[test]
fn what_awsenv_set_aside_is_still_the_container_s() {
    let fake = fake(Some("canary-token"));
    let config = setting(&fake);
    let setting = config
        .variable("AWS_CONTAINER_CREDENTIALS_FULL_URI", "")
        .variable("AWSENV_AMBIENT_AWS_CONTAINER_AUTHORIZATION_TOKEN", "canary-token");
    assert_eq!(setting.run("r").code(), "no-container");
    let mut environment = setting.home.environment();
    environment.retain(|(name, _)| name != "AWS_CONTAINER_CREDENTIALS_FULL_URI");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_awsenv-broker"));
    command.env_clear().envs(environment);
    command.env("AWSENV_AMBIENT_AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("{}/task", fake.url()));
    let answer = crate::program::pipe(command, &setting.request("r").unwrap());
    assert!(fake.identity_of(answer.key_id()).unwrap().contains("/Admin/"));
}

#[test]
fn tokens_that_are_refused() {
    let fake = fake(Some("canary-token"));
    let none = setting(&fake).run("r");
    assert_eq!(none.code(), "container-refused");
    assert!(none.message().contains("AccessDeniedException") && none.hint().contains("TOKEN_FILE"), "{}", none.json);
    // A refusal is not tried again.
    assert_eq!(fake.calls("ContainerCredentials"), 1);
    fake.reset_calls();
    let inject = setting(&fake).variable("AWS_CONTAINER_AUTHORIZATION_TOKEN", "canary-token\r\nX-Evil: 1");
    assert_eq!(inject.run("r").code(), "container-token");
    let missing = setting(&fake).variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/nowhere/token");
    assert_eq!(missing.run("r").code(), "container-token");
    assert_eq!(fake.requests().len(), 0);
}

#[test]
fn trouble_on_the_way() {
    for (faults, calls, works) in [
        (vec![Fault::Status(500)], 2, true),
        (vec![Fault::Garbage, Fault::Close], 3, true),
        (vec![Fault::CloseMidBody], 2, true),
    ] {
        let fake = fake(None);
        faults.iter().for_each(|fault| fake.set_fault("ContainerCredentials", fault.clone(), 1));
        let answer = setting(&fake).run("r");
        assert_eq!(answer.json["AccessKeyId"].is_string(), works, "{faults:?}: {}", answer.json);
        assert_eq!(fake.calls("ContainerCredentials"), calls, "{faults:?}");
    }
    let missing = fake(None);
    let setting = setting(&missing).variable("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("{}/other", missing.url()));
    assert_eq!(setting.run("r").code(), "container-refused");
    let setting = setting.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://example.com/task");
    let answer = setting.run("r");
    assert_eq!(answer.code(), "container-uri");
    assert!(answer.message().contains("AWS_CONTAINER_CREDENTIALS_FULL_URI"), "{}", answer.json);
}

#[test]
fn credentials_that_are_over_are_none() {
    let fake = fake(None);
    fake.set_clock_offset(-7 * 3600);
    let answer = setting(&fake).run("r");
    assert_eq!(answer.code(), "container-answer");
    assert!(answer.message().contains("ended at"), "{}", answer.json);
}

#[test]
fn tls_to_the_endpoint_believes_the_bundle() {
    let fake = fake(None);
    let tls = setting(&fake).variable("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("{}/task", fake.tls_url()));
    let tls = tls.variable("AWS_CA_BUNDLE", fake.ca_file());
    assert!(fake.identity_of(tls.run("r").key_id()).unwrap().contains("/Admin/"));
    let broken = setting(&fake)
        .variable("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("{}/task", fake.tls_url()))
        .variable("AWS_CA_BUNDLE", "/nowhere.pem");
    assert_eq!(broken.run("r").code(), "ca-bundle");
}
