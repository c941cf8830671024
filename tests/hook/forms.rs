//! Both forms, with the hook and without: the same environment afterwards, in scripts and at a prompt.

use std::path::Path;

use awsenv_testkit::shells::{RealShell, evaluate, evaluate_strictly};

use crate::common::{assert_nothing_ran, aws, form, home, in_sh_family, load};
use crate::session::Session;

fn check_script(shell: RealShell, program: &Path) {
    let home = home().variable("AWS_PROFILE", "old").variable("AWS_ENDPOINT_URL_S3", "http://old");
    for command in ["awsenv use acme", "awsenv use --region us-east-2 other", "awsenv clear", "awsenv clear --lock"] {
        let without = evaluate(shell, program, &home, "", &form(shell, command));
        assert!(without.succeeded && without.get("AWS_ENDPOINT_URL_S3").is_none(), "{without:?}");
        for statement in [form(shell, command), command.to_owned()] {
            let with = evaluate(shell, program, &home, &load(shell, ""), &statement);
            assert!(with.succeeded, "{}: {statement}: {with:?}", shell.label());
            assert_eq!(aws(&with), aws(&without), "{}: {statement}", shell.label());
            assert_eq!((with.stdout.as_str(), &with.stderr), ("", &without.stderr), "{}: {statement}", shell.label());
            // Loaded twice, under every strict mode there is.
            let twice = format!("{0}\n{0}", load(shell, "--prompt"));
            let strict = evaluate_strictly(shell, program, &home, &twice, &statement);
            assert!(strict.succeeded, "{}: {statement}: {strict:?}", shell.label());
            assert_eq!(aws(&strict), aws(&without), "{}: {statement}", shell.label());
            assert_eq!(strict.stderr, without.stderr, "{}: {statement}", shell.label());
        }
    }
    assert_nothing_ran(shell, &home);
}

mod in_a_script {
    use super::*;
    in_sh_family!(check_script);
}

fn check_failure(shell: RealShell, program: &Path) {
    let home = home().variable("AWS_PROFILE", "old");
    for command in
        ["awsenv use nope", "awsenv use -", "awsenv use --no-such-option acme", "awsenv clear x", "awsenv back"]
    {
        for statement in [form(shell, command), command.to_owned()] {
            let outcome = evaluate(shell, program, &home, &load(shell, ""), &statement);
            assert!(outcome.survived && !outcome.succeeded, "{}: {statement}: {outcome:?}", shell.label());
            assert_eq!(aws(&outcome).get("AWS_PROFILE"), Some(&"old"), "{}: {statement}", shell.label());
            assert_eq!(outcome.get("AWS_ACCESS_KEY_ID"), None, "{}: {statement}", shell.label());
            assert!(!outcome.stderr.is_empty(), "{}: {statement}", shell.label());
            let strict = evaluate_strictly(shell, program, &home, &load(shell, ""), &statement);
            assert!(!strict.survived, "{}: {statement}: the script went on", shell.label());
        }
    }
    let locked = evaluate(shell, program, &home, &load(shell, ""), "awsenv use --or-clear nope");
    assert!(!locked.succeeded && locked.get("AWS_PROFILE") == Some("awsenv-locked"), "{locked:?}");
}

mod a_failure {
    use super::*;
    in_sh_family!(check_failure);
}

fn check_typed(shell: RealShell, program: &Path) {
    for load_it in [false, true] {
        let home = home().variable("AWS_ENDPOINT_URL_S3", "http://old");
        let mut session = Session::start(shell, program, &home);
        if load_it {
            session.run(&load(shell, ""));
            session.run("awsenv use acme");
            assert_eq!(session.ask("$AWS_ACCESS_KEY_ID ${AWS_ENDPOINT_URL_S3-}"), "AKIAACME ", "{}", shell.label());
        }
        session.run(&form(shell, "awsenv use other"));
        assert_eq!(session.ask("$AWS_ACCESS_KEY_ID $AWS_SECRET_ACCESS_KEY"), "AKIAOTHER other secret");
        if load_it {
            session.run("awsenv back");
            session.run("awsenv use -- \"-a  b'\\$(touch awsenv-canary)*\"");
            assert_eq!(session.ask("$AWSENV_PROFILE"), "-a  b'$(touch awsenv-canary)*");
            session.run(&form(shell, "awsenv back"));
            assert_eq!(session.ask("$AWS_ACCESS_KEY_ID"), "AKIAACME");
        } else {
            let screen = session.run("awsenv use acme");
            assert!(screen.contains("nothing was switched") && !screen.contains("it's"), "{screen}");
        }
        assert_nothing_ran(shell, &home);
    }
}

mod typed {
    use super::*;
    in_sh_family!(check_typed);
}
