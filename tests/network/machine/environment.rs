//! `credential_source = Environment`.

use awsenv_testkit::fake::{FakeAws, Role, User};
use serde_json::json;

use crate::oracle;
use crate::program::Setting;

const ROLE: &str = "arn:aws:iam::123456789012:role/Admin";

struct Scene {
    fake: FakeAws,
    user: User,
}

fn scene() -> Scene {
    let user = User::new("111122223333", "someone");
    let fake = FakeAws::builder().user(user.clone()).role(Role::new(ROLE).trusts(&user.arn())).start();
    Scene { fake, user }
}

impl Scene {
    fn setting(&self) -> Setting {
        Setting::new(&format!(
            "[profile r]\nrole_arn = {ROLE}\ncredential_source = Environment\nregion = eu-west-1\nendpoint_url = {}\n",
            self.fake.url()
        ))
    }

    fn keys(&self, setting: Setting, prefix: &str) -> Setting {
        setting
            .variable(&format!("{prefix}AWS_ACCESS_KEY_ID"), self.user.access_key_id())
            .variable(&format!("{prefix}AWS_SECRET_ACCESS_KEY"), self.user.secret_access_key())
    }
}

#[test]
fn a_role_starts_from_the_keys_in_the_environment() {
    let scene = scene();
    let setting = scene.keys(scene.setting(), "");
    let answer = setting.run("r");
    assert!(scene.fake.identity_of(answer.key_id()).unwrap().contains("/Admin/"));
    let input = json!([{"profile": "r"}]);
    let Some(theirs) = oracle::ask_in(&setting.home, "environment", "oracle_credentials.py", &input) else { return };
    assert!(scene.fake.identity_of(theirs[0]["access_key"].as_str().unwrap()).unwrap().contains("/Admin/"));
}

/// After `use`, awsenv's own keys are in their place; those that the chain starts from are kept aside.
#[test]
fn keys_that_were_kept_aside_are_the_base_again() {
    let scene = scene();
    let used = scene
        .keys(scene.setting(), "AWSENV_AMBIENT_")
        .variable("AWSENV_PROFILE", "r")
        .variable("AWSENV_KEY_ID", "ASIAOFTHEROLE")
        .variable("AWS_ACCESS_KEY_ID", "ASIAOFTHEROLE")
        .variable("AWS_SECRET_ACCESS_KEY", "canary-of-the-role")
        .variable("AWS_SESSION_TOKEN", "canary-token-of-the-role")
        .variable("AWS_CREDENTIAL_EXPIRATION", "2020-01-01T00:00:00+00:00");
    assert!(scene.fake.identity_of(used.run("r").key_id()).unwrap().contains("/Admin/"));
}

#[test]
fn without_keys_or_with_ones_that_are_over() {
    let scene = scene();
    let answer = scene.setting().run("r");
    assert_eq!(answer.code(), "no-environment-keys");
    assert!(answer.hint().contains("AWS_ACCESS_KEY_ID"));
    let half = scene.setting().variable("AWS_ACCESS_KEY_ID", "AKIAHALF");
    assert_eq!(half.run("r").code(), "no-environment-keys");
    let over = scene.keys(scene.setting(), "").variable("AWS_CREDENTIAL_EXPIRATION", "2020-01-01T00:00:00Z");
    assert_eq!(over.run("r").code(), "environment-expired");
    assert_eq!(scene.fake.requests().len(), 0);
}
