//! `credential_process` as the base of a chain.

use std::os::unix::fs::PermissionsExt;

use awsenv_testkit::fake::{FakeAws, Role, User};

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
    fn setting(&self, script: &str, lines: &str) -> Setting {
        let setting = Setting::new("");
        let program = setting.home.join("program");
        std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&program, PermissionsExt::from_mode(0o700)).unwrap();
        let config = format!(
            "[profile p]\ncredential_process = {} canary-argument\nregion = eu-west-1\nendpoint_url = {}\n{lines}\n\
             [profile r]\nrole_arn = {ROLE}\nsource_profile = p\nregion = eu-west-1\nendpoint_url = {}\n",
            program.display(),
            self.fake.url(),
            self.fake.url()
        );
        setting.with_config(&config)
    }

    fn answer(&self) -> String {
        format!(
            r#"{{"Version": 1, "AccessKeyId": "{}", "SecretAccessKey": "{}"}}"#,
            self.user.access_key_id(),
            self.user.secret_access_key()
        )
    }
}

#[test]
fn a_role_starts_from_a_process_that_sees_nothing_of_awsenv() {
    let scene = scene();
    let script = format!("env > \"$HOME/seen\"\ncat <<'END'\n{}\nEND", scene.answer());
    let setting = scene
        .setting(&script, "")
        .variable("AWSENV_PROFILE", "other")
        .variable("AWSENV_KEY_ID", "AKIAOTHER")
        .variable("AWS_ACCESS_KEY_ID", "AKIAOTHER")
        .variable("AWS_SECRET_ACCESS_KEY", "canary-of-another")
        .variable("AWSENV_AMBIENT_AWS_WEB_IDENTITY_TOKEN_FILE", "/token");
    let answer = setting.run("r");
    assert!(scene.fake.identity_of(answer.key_id()).unwrap().contains("/Admin/"));
    let seen = std::fs::read_to_string(setting.home.join("seen")).unwrap();
    assert!(!seen.contains("canary") && !seen.contains("AWSENV_PROFILE"), "{seen}");
    // What the machine gives is there again.
    assert!(seen.contains("AWS_WEB_IDENTITY_TOKEN_FILE=/token"), "{seen}");
}

#[test]
fn a_process_that_fails() {
    let scene = scene();
    for (script, code) in [
        ("echo canary >&2; exit 3", "credential-process-failed"),
        ("echo canary", "credential-process-output"),
        (
            "echo '{\"Version\": 2, \"AccessKeyId\": \"a\", \"SecretAccessKey\": \"canary\"}'",
            "credential-process-output",
        ),
        ("kill -9 $$", "credential-process-failed"),
    ] {
        // What the process itself says on standard error goes past awsenv to the person.
        let answer = scene.setting(script, "").run("r");
        assert_eq!(answer.code(), code, "{script}");
        assert!(answer.json["error"]["place"].as_str().unwrap().ends_with("config:2"), "{}", answer.json);
    }
}

#[test]
fn the_account_beside_the_command_counts() {
    let scene = scene();
    let script = |account: &str| {
        let answer = scene.answer().replace("{\"Version\"", &format!("{{{account}\"Version\""));
        format!("cat <<'END'\n{answer}\nEND")
    };
    let line = "aws_account_id = 111122223333";
    assert_eq!(scene.setting(&script(""), line).run("p").json["AccountId"], "111122223333");
    let same = script("\"AccountId\": \"111122223333\", ");
    assert_eq!(scene.setting(&same, line).run("p").json["AccountId"], "111122223333");
    let other = script("\"AccountId\": \"999999999999\", ");
    assert_eq!(scene.setting(&other, line).run("p").code(), "account-mismatch");
    assert_eq!(scene.setting(&other, "").run("p").json["AccountId"], "999999999999");
}
