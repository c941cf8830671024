//! Every way to fail, in every shell, in the way people evaluate.

use std::path::Path;

use awsenv_testkit::home::Home;
use awsenv_testkit::shells::{Outcome, RealShell, evaluate_each, evaluate_strictly};

use crate::common::{Env, assert_quiet, form_of, with_variables};

/// One way to fail.
struct Case {
    /// The command line, ending with awsenv's arguments.
    command: &'static str,
    /// What standard error must say.
    said: &'static [&'static str],
}

const CASES: &[Case] = &[
    Case { command: "awsenv use clinet1", said: &["profile-not-found", "\"client1\", \"client2\", \"client1-prod\""] },
    Case { command: "awsenv use CLIENT1", said: &["profile-not-found", "\"client1\""] },
    Case { command: "awsenv use client", said: &["profile-not-found", "\"client1\""] },
    Case { command: "awsenv use client1 --nonsense", said: &["--nonsense"] },
    Case { command: "awsenv use client1 --as both", said: &["both"] },
    Case { command: "awsenv use client1 --region not/a/region", said: &["--region"] },
    Case { command: "awsenv use client1 client2", said: &["client2"] },
    Case {
        command: "env AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null awsenv use",
        said: &["no-profiles"],
    },
    Case { command: "awsenv ues client1", said: &["ues"] },
    Case { command: "awsenv", said: &["awsenv"] },
    Case { command: "awsenv back", said: &["no-hook"] },
    Case { command: "awsenv use -", said: &["no-previous", "awsenv back"] },
    Case { command: "awsenv clear --nonsense", said: &["--nonsense"] },
    Case { command: "awsenv use half", said: &["partial-credentials", "credentials:"] },
    Case { command: "awsenv use broken", said: &["profile-not-found", "config:"] },
    Case { command: "awsenv use dangling", said: &["source-profile-not-found", "config:"] },
    Case { command: "awsenv use needs-aws", said: &["broker-missing", "/nowhere/awsenv-broker"] },
    Case { command: "awsenv use dying", said: &["credential-process-failed"] },
    Case { command: "env AWS_CONFIG_FILE=/dev awsenv use client1", said: &["file-unreadable", "/dev"] },
    Case { command: "env AWS_SHARED_CREDENTIALS_FILE=. awsenv use client1", said: &["file-unreadable", "folder"] },
    Case { command: "env AWS_SHARED_CREDENTIALS_FILE=gone awsenv use client1", said: &["no-credentials"] },
    Case { command: "env AWSENV_CONFIG=. awsenv use client1", said: &["folder"] },
    Case { command: "env AWSENV_CONFIG=junk awsenv use client1", said: &["junk:2"] },
    Case { command: "env AWSENV_TEST_PANIC=canary awsenv use client1", said: &["a bug in awsenv", "[panic]"] },
    Case { command: "env AWSENV_TEST_PANIC=canary awsenv clear", said: &["a bug in awsenv", "[panic]"] },
];

/// What is active before.
const BEFORE: &[(&str, &str)] = &[
    ("AWS_ACCESS_KEY_ID", "AKIAOLD"),
    ("AWS_SECRET_ACCESS_KEY", "old secret"),
    ("AWS_SESSION_TOKEN", "old token"),
    ("AWS_REGION", "eu-west-1"),
    ("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9"),
    ("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/pod"),
    ("AWSENV_PROFILE", "old"),
    ("AWSENV_KEY_ID", "AKIAOLD"),
    ("AWSUME_PROFILE", "old"),
];

fn home() -> Home {
    let home = Home::new()
        .config(
            "[default]\nregion = us-east-1\n[profile client1]\nregion = eu-west-1\n[profile broken\nregion = x\n\
             [profile dangling]\nrole_arn = arn:aws:iam::111122223333:role/x\nsource_profile = gone\n\
             [profile needs-aws]\nrole_arn = arn:aws:iam::111122223333:role/x\nsource_profile = client1\n\
             [profile dying]\ncredential_process = false\n",
        )
        .credentials(
            "[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = of default\n\
             [client1]\naws_access_key_id = AKIACLIENT1\naws_secret_access_key = of client1\n\
             [client2]\naws_access_key_id = AKIACLIENT2\naws_secret_access_key = of client2\n\
             [client1-prod]\naws_access_key_id = AKIAPROD\naws_secret_access_key = of prod\n\
             [half]\naws_access_key_id = AKIAHALF\n",
        )
        .file("junk", "; a comment\njunk\n")
        .without_broker();
    let variables: Env = BEFORE.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    with_variables(home, &variables)
}

/// Fails unless a child sees what was there before, and nothing else that is managed.
#[track_caller]
fn assert_untouched(outcome: &Outcome, when: &str) {
    let environment = outcome.environment.as_ref().unwrap_or_else(|| panic!("{when}: the shell ended: {outcome:?}"));
    let seen: Vec<(&str, &str)> = environment
        .iter()
        .filter(|(name, _)| name.starts_with("AWS"))
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let mut before = BEFORE.to_vec();
    before.sort_unstable();
    assert_eq!(seen, before, "{when}");
}

fn check(shell: RealShell, program: &Path) {
    let home = home();
    let statements: Vec<String> = CASES.iter().map(|case| form_of(shell, case.command)).collect();
    for (case, outcome) in CASES.iter().zip(evaluate_each(shell, program, &home, "", &statements)) {
        let when = format!("{}: {}", shell.label(), case.command);
        assert!(outcome.survived && !outcome.succeeded, "{when}: {outcome:?}");
        assert_untouched(&outcome, &when);
        for said in case.said {
            assert!(outcome.stderr.contains(said), "{when}: {said:?} is not said: {}", outcome.stderr);
        }
        assert!(!outcome.stderr.contains("canary"), "{when}: a panic tells what it was about: {}", outcome.stderr);
    }
}

/// A script in the strictest mode stops.
fn check_strictly(shell: RealShell, program: &Path) {
    let home = home();
    for command in ["awsenv use clinet1", "awsenv use --nonsense", "awsenv ues", "env AWSENV_TEST_PANIC=1 awsenv use x"]
    {
        let outcome = evaluate_strictly(shell, program, &home, "", &form_of(shell, command));
        // fish has no mode in which a failure ends a script.
        assert!(!outcome.survived || shell == RealShell::Fish, "{}: {command}: the script went on", shell.label());
        assert!(!outcome.succeeded, "{}: {command}: {outcome:?}", shell.label());
    }
}

/// `--or-clear` leaves no identity, and fails all the same.
fn check_or_clear(shell: RealShell, program: &Path) {
    let home = home();
    // A panic ends with a status that three shells stop at before they evaluate anything; their old identity stays.
    let panics = !matches!(shell, RealShell::Elvish | RealShell::Nu | RealShell::Xonsh);
    let panic = panics.then_some("env AWSENV_TEST_PANIC=1 awsenv use client1 --or-clear");
    let commands = [
        "awsenv use clinet1 --or-clear",
        "awsenv use --or-clear --region not/a/region client1",
        "awsenv use client1 --or-clear --nonsense",
        "env AWSENV_CONFIG=junk awsenv use client1 --or-clear",
    ];
    for command in commands.into_iter().chain(panic) {
        let statement = form_of(shell, command);
        let outcome = evaluate_each(shell, program, &home, "", &[statement]).remove(0);
        let when = format!("{}: {command}: {outcome:?}", shell.label());
        assert!(outcome.survived && !outcome.succeeded, "{when}");
        assert_eq!(outcome.get("AWS_PROFILE"), Some("awsenv-locked"), "{when}");
        assert_eq!(outcome.get("AWS_DEFAULT_PROFILE"), Some("awsenv-locked"), "{when}");
        for gone in
            ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN", "AWSUME_PROFILE"]
        {
            assert_eq!(outcome.get(gone), None, "{gone} is still there: {when}");
        }
        assert!(outcome.stderr.contains("locked now") || outcome.stderr.contains("[panic]"), "{when}");
        let strict = evaluate_strictly(shell, program, &home, "", &form_of(shell, command));
        assert!(!strict.survived || shell == RealShell::Fish, "{}: the script went on", shell.label());
    }
}

/// Help is for eyes, not for evaluation.
fn check_help(shell: RealShell, program: &Path) {
    let home = home();
    for command in ["awsenv use --help", "awsenv clear --help", "awsenv back --help"] {
        let outcome = evaluate_each(shell, program, &home, "", &[form_of(shell, command)]).remove(0);
        assert_untouched(&outcome, &format!("{}: {command}", shell.label()));
        assert!(outcome.stderr.contains("Usage:"), "{}: {command}: {outcome:?}", shell.label());
        if shell.is_sh_family() {
            assert_quiet(&outcome.stderr);
        }
    }
}

mod every_case {
    awsenv_testkit::in_every_shell!(super::check);
}

mod strict {
    awsenv_testkit::in_every_shell!(super::check_strictly);
}

mod or_clear {
    awsenv_testkit::in_every_shell!(super::check_or_clear);
}

mod help {
    awsenv_testkit::in_every_shell!(super::check_help);
}
