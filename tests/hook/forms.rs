//! Both forms, with the hook and without: the same environment afterwards.

use std::collections::BTreeMap;
use std::path::Path;

use awsenv_shell::evaluation_form;
use awsenv_testkit::shells::{Outcome, RealShell, evaluate};

use crate::common::home;

/// The line of a start-up file.
fn load(shell: RealShell) -> String {
    format!("eval \"$(awsenv init {})\"", shell.name())
}

fn aws(outcome: &Outcome) -> BTreeMap<&str, &str> {
    let environment = outcome.environment.iter().flatten();
    environment.filter(|(name, _)| name.starts_with("AWS")).map(|(n, v)| (n.as_str(), v.as_str())).collect()
}

fn check(shell: RealShell, program: &Path) {
    let home = home().variable("AWS_PROFILE", "old").variable("AWS_ENDPOINT_URL_S3", "http://old");
    let form = |command: &str| evaluation_form(shell.name().parse().unwrap(), command);
    let without = evaluate(shell, program, &home, "", &form("awsenv use acme"));
    assert!(without.succeeded && without.get("AWS_ACCESS_KEY_ID") == Some("AKIAACME"), "{without:?}");
    for statement in [form("awsenv use acme"), "awsenv use acme".to_owned()] {
        let with = evaluate(shell, program, &home, &load(shell), &statement);
        assert!(with.succeeded, "{}: {statement}: {with:?}", shell.label());
        assert_eq!(aws(&with), aws(&without), "{}: {statement}", shell.label());
    }
}

mod equal {
    awsenv_testkit::in_every_shell!(super::check, bash = Bash, bash_posix = BashPosix);
}
