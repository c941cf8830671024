//! `awsenv use p` and the evaluated form, with the hook and without.

use std::fs;
use std::path::Path;

use awsenv_shell::evaluation_form;
use awsenv_testkit::home::Home;
use awsenv_testkit::shells::{Outcome, RealShell, evaluate, evaluate_strictly};

use super::{FOLDER, aws, home, in_other_shells, load};

fn form(shell: RealShell, command: &str) -> String {
    evaluation_form(shell.name().parse().unwrap(), command)
}

fn old(home: Home) -> Home {
    home.variable("AWS_PROFILE", "old").variable("AWS_ENDPOINT_URL_S3", "http://old")
}

fn check_equal(shell: RealShell, program: &Path) {
    let home = old(home());
    for (command, name) in [("awsenv use acme", "AWS_ACCESS_KEY_ID"), ("awsenv clear --lock", "AWS_PROFILE")] {
        let without = evaluate(shell, program, &home, "", &form(shell, command));
        assert!(without.succeeded && without.get(name).is_some(), "{without:?}");
        for statement in [form(shell, command), command.to_owned()] {
            for run in [evaluate, evaluate_strictly] {
                let with = run(shell, program, &home, &load(shell, &home), &statement);
                assert!(with.succeeded, "{}: {statement}: {with:?}", shell.label());
                assert_eq!(aws(&with), aws(&without), "{}: {statement}", shell.label());
                assert_eq!(with.stdout, without.stdout, "{}: {statement}", shell.label());
            }
        }
    }
}

mod equal {
    super::in_other_shells!(super::check_equal);
}

fn check_failure(shell: RealShell, program: &Path) {
    let home = old(home());
    for statement in [form(shell, "awsenv use nobody"), "awsenv use nobody".to_owned()] {
        let outcome = evaluate(shell, program, &home, &load(shell, &home), &statement);
        assert!(outcome.survived && !outcome.succeeded, "{}: {statement}: {outcome:?}", shell.label());
        assert!(outcome.stderr.contains("profile-not-found"), "{}: {outcome:?}", shell.label());
        assert_eq!(outcome.get("AWS_PROFILE"), Some("old"), "{}: {statement}", shell.label());
    }
    // A script's failure locks what comes after it.
    let outcome = evaluate(shell, program, &home, &load(shell, &home), "awsenv use nobody --or-clear");
    assert!(outcome.survived && !outcome.succeeded, "{}: {outcome:?}", shell.label());
    assert_eq!(outcome.get("AWS_PROFILE"), Some("awsenv-locked"), "{}: {outcome:?}", shell.label());
}

mod failure {
    super::in_other_shells!(super::check_failure);
}

/// What only shows goes to the program itself, with its arguments as they are.
fn check_shown(shell: RealShell, program: &Path) {
    let home = old(home());
    let run = |statement: &str| evaluate(shell, program, &home, &load(shell, &home), statement);
    let listed = run("awsenv list --names");
    assert!(listed.succeeded && listed.stdout.starts_with("acme\nother\n"), "{}: {listed:?}", shell.label());
    let piped = run("awsenv list --names | cat");
    assert!(piped.succeeded && piped.stdout.contains("acme\nother\n"), "{}: {piped:?}", shell.label());
    for statement in ["awsenv use acme --print", "awsenv use --shell bash acme", "awsenv use --help"] {
        let shown = run(statement);
        let said = format!("{}{}", shown.stdout, shown.stderr);
        assert!(
            shown.succeeded && said.contains(if statement.contains("help") { "Usage" } else { "AKIAACME" }),
            "{shown:?}"
        );
        assert_eq!(shown.get("AWS_PROFILE"), Some("old"), "{}: {statement}", shell.label());
    }
    let unknown = run("awsenv explain 'two  words; -- \"x\" é *'");
    assert!(
        !unknown.succeeded && unknown.stderr.contains(r#"two  words; -- \"x\" é *"#),
        "{}: {unknown:?}",
        shell.label()
    );
}

mod shown {
    super::in_other_shells!(super::check_shown);
}

/// Whoever reads a pipe that `use` is in gets no secret, and the shell switches. xonsh alone hands the text on.
fn check_pipe(shell: RealShell, program: &Path) {
    let home = old(home());
    let outcome = evaluate(shell, program, &home, &load(shell, &home), "awsenv use acme | cat");
    assert!(outcome.succeeded, "{}: {outcome:?}", shell.label());
    let hands_on = shell == RealShell::Xonsh;
    assert_eq!(outcome.stdout.contains("AKIAACME"), hands_on, "{}: {outcome:?}", shell.label());
    assert_eq!(outcome.get("AWS_ACCESS_KEY_ID").is_none(), hands_on, "{}", shell.label());
}

mod pipe {
    super::in_other_shells!(super::check_pipe);
}

fn check_gone(shell: RealShell, program: &Path) {
    let home = old(home());
    let gone = |outcome: &Outcome| !outcome.succeeded && outcome.stderr.contains("is gone");
    let moved = format!("{}\nmv *'bin\"'/awsenv away", load(shell, &home));
    let moved = match shell {
        RealShell::Nu => format!("{}\n^sh -c 'mv *bin*/awsenv away'", load(shell, &home)),
        RealShell::Xonsh => format!("{}\n![sh -c 'mv *bin*/awsenv away']", load(shell, &home)),
        _ => moved.replace("*'bin\"'", "*bin*"),
    };
    for statement in ["awsenv use acme", "awsenv list"] {
        let outcome = evaluate(shell, program, &home, &moved, statement);
        // There the shell itself says it of a program that it runs directly.
        let missing = matches!(shell, RealShell::Xonsh | RealShell::Tcsh) && !outcome.succeeded;
        assert!(gone(&outcome) || missing, "{}: {statement}: {outcome:?}", shell.label());
        assert_eq!(outcome.get("AWS_PROFILE"), Some("old"), "{}", shell.label());
        fs::rename(home.join("away"), home.join(FOLDER).join("awsenv")).unwrap();
    }
}

mod gone {
    super::in_other_shells!(super::check_gone);
}

fn check_name(shell: RealShell, program: &Path) {
    let home = old(home());
    let init = home.command("awsenv").args(["init", "nu", "--cmd", "aws_env"]).output().unwrap();
    fs::write(home.join("hook.nu"), init.stdout).unwrap();
    let load = load(shell, &home).replace("awsenv init", "awsenv init --cmd aws_env").replace("awsenv~", "aws_env~");
    let outcome = evaluate(shell, program, &home, &load, "aws_env use acme");
    assert!(outcome.succeeded, "{}: {outcome:?}", shell.label());
    assert_eq!(outcome.get("AWS_ACCESS_KEY_ID"), Some("AKIAACME"), "{}", shell.label());
}

mod name {
    super::in_other_shells!(super::check_name);
}

/// What gets the text in fish and tcsh is a substitution, wherever in it the call stands.
fn check_substitution(shell: RealShell, program: &Path) {
    let home = old(home());
    let statement = match shell {
        RealShell::Fish => "set -l text (awsenv use acme | string collect); string match -q '*AKIAACME*' -- $text",
        _ => "set text = \"`( awsenv use acme ) | cat`\"; sh -c 'case $0 in *AKIAACME*) ;; *) exit 1;; esac' $text:q",
    };
    let outcome = evaluate(shell, program, &home, &load(shell, &home), statement);
    assert!(outcome.succeeded, "{}: {outcome:?}", shell.label());
    assert_eq!(outcome.get("AWS_PROFILE"), Some("old"), "{}", shell.label());
}

mod substitution {
    awsenv_testkit::in_every_shell!(super::check_substitution, fish = Fish, tcsh = Tcsh);
}
