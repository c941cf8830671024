//! Machines that give an identity of their own: ECS, EKS, and keys in the environment.

use std::path::Path;

use awsenv_host::cli_cache::RoleCacheKey;
use awsenv_testkit::home::Home;
use awsenv_testkit::shells::{RealShell, evaluate};

use crate::common::{Env, environment_of, evaluated, form, with_variables};

const ECS: &[(&str, &str)] = &[
    ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/of-the-task"),
    ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "the task's token"),
];

const EKS: &[(&str, &str)] = &[
    ("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/pod"),
    ("AWS_ROLE_SESSION_NAME", "of-the-pod"),
    ("AWS_WEB_IDENTITY_TOKEN_FILE", "/var/run/secrets/token"),
];

const KEYS: &[(&str, &str)] = &[
    ("AWS_ACCESS_KEY_ID", "ASIAPASTED"),
    ("AWS_SECRET_ACCESS_KEY", "pasted secret"),
    ("AWS_SESSION_TOKEN", "pasted token"),
];

/// What the program `of-the-machine` answers from: the first of these that it is given.
const PROGRAM: &str = r#"#!/bin/sh
for source in "$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI" "$AWS_WEB_IDENTITY_TOKEN_FILE" "$AWS_ACCESS_KEY_ID"; do
  if [ -n "$source" ]; then
    env | grep -c '^AWSENV_' >&2
    printf '{"Version": 1, "AccessKeyId": "ASIA-FROM-%s", "SecretAccessKey": "s", "SessionToken": "t"}' "$source"
    exit
  fi
done
echo 'nothing to ask' >&2
exit 1
"#;

/// `a` asks the machine through a program, `b` has keys of its own, and three roles start from the machine, each with
/// a fresh session in the AWS CLI's cache.
fn home() -> Home {
    let role = |name: &str| format!("arn:aws:iam::111122223333:role/{name}");
    let config = format!(
        "[profile a]\ncredential_process = sh of-the-machine\n\
         [profile container]\nrole_arn = {}\ncredential_source = EcsContainer\n\
         [profile web]\nrole_arn = {}\nweb_identity_token_file = /var/run/secrets/token\nrole_session_name = me\n\
         [profile keys]\nrole_arn = {}\ncredential_source = Environment\n\
         [profile uncached]\nrole_arn = {}\ncredential_source = EcsContainer\n",
        role("container"),
        role("web"),
        role("keys"),
        role("uncached"),
    );
    let mut home = Home::new()
        .without_broker()
        .config(config)
        .credentials("[b]\naws_access_key_id = AKIAB\naws_secret_access_key = secret b\n")
        .file("of-the-machine", PROGRAM);
    for (name, session) in [("container", None), ("web", Some("me")), ("keys", None)] {
        let key = RoleCacheKey {
            role_arn: role(name),
            role_session_name: session.map(str::to_owned),
            ..RoleCacheKey::default()
        };
        let entry = format!(
            r#"{{"Credentials": {{"AccessKeyId": "ASIA-CACHED-{name}", "SecretAccessKey": "s", "SessionToken": "t",
                "Expiration": "2199-01-01T00:00:00Z"}},
                "AssumedRoleUser": {{"Arn": "arn:aws:sts::111122223333:assumed-role/{name}/me"}}}}"#
        );
        home = home.cli_cache(&key.file_name().expect("a name"), entry);
    }
    home
}

fn variables(pairs: &[(&str, &str)]) -> Env {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn key(environment: &Env) -> &str {
    environment.get("AWS_ACCESS_KEY_ID").map_or("", String::as_str)
}

/// Calls, each with the key id that it must lead to.
fn steps(source: &str) -> Vec<(&'static str, String)> {
    let base = format!("ASIA-FROM-{source}");
    vec![
        ("use a", base.clone()),
        ("use b", "AKIAB".to_owned()),
        ("use a", base.clone()),
        ("use a", base.clone()),
        ("use container", "ASIA-CACHED-container".to_owned()),
        ("use web", "ASIA-CACHED-web".to_owned()),
        ("use a", base.clone()),
        ("clear", String::new()),
        ("use a", base.clone()),
        ("clear --lock", String::new()),
        ("use a", base.clone()),
        ("use b --as profile", String::new()),
        ("use a", base),
        ("clear", String::new()),
    ]
}

const MACHINES: [(&[(&str, &str)], &str); 2] = [(ECS, "/v2/credentials/of-the-task"), (EKS, "/var/run/secrets/token")];

#[test]
fn every_use_starts_from_the_machine() {
    let home = home();
    for (machine, source) in MACHINES {
        let mut environment = environment_of(&home);
        environment.extend(variables(machine));
        let first = environment.clone();
        for (call, id) in steps(source) {
            environment = evaluated(&home, &environment, &call.split(' ').collect::<Vec<_>>());
            assert_eq!(key(&environment), id, "{call}");
            for (name, value) in machine {
                let aside = format!("AWSENV_AMBIENT_{name}");
                let (here, there) = (environment.get(*name), environment.get(&aside));
                let (given, kept) = if call == "clear" { (here, there) } else { (there, here) };
                assert_eq!((given.map(String::as_str), kept), (Some(*value), None), "{name} after {call}");
            }
        }
        environment.remove("AWSENV_PREVIOUS");
        assert_eq!(environment, first, "cleared");
    }
}

#[test]
fn a_program_sees_no_variable_of_awsenv() {
    let home = home();
    let mut environment = environment_of(&home);
    environment.extend(variables(ECS));
    let used = evaluated(&home, &environment, &["use", "b"]);
    let run = crate::common::awsenv_in(&home, &used, &["use", "a", "--shell", "bash"]).expect(0, &[]);
    assert_eq!(run.stderr, "0\n");
}

#[test]
fn a_role_that_needs_the_machine_asks_the_broker() {
    let home = home();
    let mut environment = environment_of(&home);
    environment.extend(variables(ECS));
    for before in [environment.clone(), evaluated(&home, &environment, &["use", "b"])] {
        let run = crate::common::awsenv_in(&home, &before, &["use", "uncached", "--shell", "bash"]);
        assert_eq!(run.expect(1, &["broker-missing"]).stdout, "false\n");
    }
}

#[test]
fn keys_of_the_environment_are_kept_only_for_a_chain_from_them() {
    let home = home();
    let mut environment = environment_of(&home);
    environment.extend(variables(KEYS));
    for _ in 0..2 {
        environment = evaluated(&home, &environment, &["use", "keys"]);
        assert_eq!((key(&environment), kept(&environment)), ("ASIA-CACHED-keys", 3));
    }
    let other = evaluated(&home, &environment, &["use", "b"]);
    assert_eq!((key(&other), kept(&other)), ("AKIAB", 0));
    for call in [&["clear"][..], &["clear", "--lock"]] {
        let cleared = evaluated(&home, &environment, call);
        assert_eq!((key(&cleared), kept(&cleared)), ("", 0), "{call:?}");
        assert!(!cleared.values().any(|value| value.starts_with("pasted")), "{call:?}: keys rose again");
    }
}

/// How many of the pasted keys are still kept, unchanged.
fn kept(environment: &Env) -> usize {
    let here = |(name, value): &&(&str, &str)| {
        environment.get(&format!("AWSENV_AMBIENT_{name}")).is_some_and(|kept| kept == value)
    };
    KEYS.iter().filter(here).count()
}

#[test]
fn a_program_gets_the_users_keys_and_not_those_of_awsenv() {
    let home = home();
    let mut environment = environment_of(&home);
    environment.extend(variables(KEYS));
    assert_eq!(key(&evaluated(&home, &environment, &["use", "a"])), "ASIA-FROM-ASIAPASTED");
    // After a `use` they are gone; the keys that are there now are not the user's.
    let used = evaluated(&home, &environment, &["use", "b"]);
    let run = crate::common::awsenv_in(&home, &used, &["use", "a", "--shell", "bash"]);
    run.expect(1, &["nothing to ask", "credential-process-failed"]);
}

/// The same in a shell, as one script.
fn check(shell: RealShell, program: &Path) {
    for (machine, source) in MACHINES {
        let calls = ["use a", "use b", "use a", "clear", "use a"];
        for (count, id) in
            [(1, format!("ASIA-FROM-{source}")), (2, "AKIAB".to_owned()), (5, format!("ASIA-FROM-{source}"))]
        {
            let home = with_variables(home(), &variables(machine));
            let forms: Vec<String> = calls[..count].iter().map(|call| form(shell, call)).collect();
            let (last, before) = forms.split_last().expect("a call");
            let outcome = evaluate(shell, program, &home, &before.join("\n"), last);
            assert!(outcome.succeeded, "{}: {outcome:?}", shell.label());
            assert_eq!(outcome.get("AWS_ACCESS_KEY_ID"), Some(id.as_str()), "{} after {count} calls", shell.label());
        }
        let home = with_variables(home(), &variables(machine));
        let before = format!("{}\n{}", form(shell, "use a"), form(shell, "use b"));
        let outcome = evaluate(shell, program, &home, &before, &form(shell, "clear"));
        for (name, value) in machine {
            assert_eq!(outcome.get(name), Some(*value), "{}: {name} is not given back", shell.label());
        }
        assert_eq!(outcome.get("AWS_ACCESS_KEY_ID"), None, "{}", shell.label());
    }
}

mod in_shells {
    awsenv_testkit::in_every_shell!(super::check);
}
