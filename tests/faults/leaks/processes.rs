//! What other processes can see: command lines and environments.

use std::collections::BTreeSet;
use std::fs;

use awsenv_testkit::home::Home;

use super::homes::owners;
use crate::common::{Env, awsenv_in, environment_of, evaluated};

/// Writes down what it can see of itself and of awsenv above it.
const SPY: &str = r#"#!/bin/sh
tr '\0' '\n' </proc/$PPID/cmdline >seen.parent.cmdline
tr '\0' '\n' </proc/$PPID/environ >seen.parent.environ
tr '\0' '\n' </proc/$$/cmdline >seen.own.cmdline
tr '\0' '\n' </proc/$$/environ >seen.own.environ
echo '{"Version": 1, "AccessKeyId": "ASIASPY", "SecretAccessKey": "canary-spy-secret", "SessionToken": "canary-spy-token"}'
"#;

fn home() -> Home {
    Home::new()
        .config("[profile spy]\ncredential_process = ./spy\n")
        .credentials("[static]\naws_access_key_id = AKIASTATIC\naws_secret_access_key = canary-static-secret\n")
        .file("spy", SPY)
        .variable("AWS_CONTAINER_AUTHORIZATION_TOKEN", "canary-ambient-token")
}

fn lines(home: &Home, name: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(home.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    text.lines().map(str::to_owned).collect()
}

fn as_lines(environment: &Env) -> BTreeSet<String> {
    environment.iter().map(|(name, value)| format!("{name}={value}")).collect()
}

#[test]
fn command_lines_and_environments_hold_no_more_than_before() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = home();
    fs::set_permissions(home.join("spy"), fs::Permissions::from_mode(0o755)).expect("a mode");
    let fresh = environment_of(&home);
    let used = evaluated(&home, &fresh, &["use", "static"]);
    let mut pasted = fresh.clone();
    pasted.insert("AWS_ACCESS_KEY_ID".into(), "AKIAMINE".into());
    pasted.insert("AWS_SECRET_ACCESS_KEY".into(), "canary-mine-secret".into());
    let calls: [&[&str]; 4] = [
        &["use", "spy", "--shell", "bash"],
        &["export", "spy", "--format", "env"],
        &["exec", "spy", "--", "true"],
        &["use", "spy", "--shell", "nu", "--refresh", "--for", "1h"],
    ];
    for before in [&fresh, &used, &pasted] {
        for call in calls {
            awsenv_in(&home, before, call).expect(0, &[]);
            for name in ["seen.parent.cmdline", "seen.own.cmdline"] {
                assert!(owners(&lines(&home, name).into_iter().collect::<String>()).is_empty(), "{name} of {call:?}");
            }
            // awsenv's own environment is the one it was started with.
            assert_eq!(lines(&home, "seen.parent.environ"), as_lines(before), "{call:?}");
            let own = lines(&home, "seen.own.environ");
            let new: Vec<_> = own.difference(&as_lines(before)).cloned().collect();
            let back = "AWS_CONTAINER_AUTHORIZATION_TOKEN=canary-ambient-token".to_owned();
            assert!(own.contains(&back), "{call:?}: {own:?}");
            let foreign = |line: &&String| **line != back && !line.starts_with("_AWSENV_CREDENTIAL_PROCESS=");
            assert_eq!(new.iter().filter(foreign).count(), 0, "{call:?}: {new:?}");
            let ours = own.iter().filter(|line| line.starts_with("AWSENV_") || line.contains("canary-static"));
            assert_eq!(ours.count(), 0, "another identity in {own:?}");
        }
    }
}

/// A command that runs with the identity is given no other secret.
#[test]
fn exec_hands_over_one_identity() {
    let home =
        home().variable("AWS_SECRET_KEY", "canary-mine-old").variable("AWS_BEARER_TOKEN_BEDROCK", "canary-mine-b");
    let run = awsenv_in(&home, &environment_of(&home), &["exec", "static", "--", "env"]).expect(0, &[]);
    assert_eq!(owners(&run.stdout).into_iter().collect::<Vec<_>>(), ["ambient", "static"]);
    let line = run.stdout.lines().find(|line| line.contains("canary-ambient")).unwrap_or_default();
    assert!(line.starts_with("AWSENV_AMBIENT_"), "{run:?}");
}
