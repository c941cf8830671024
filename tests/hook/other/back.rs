//! `back`: what was there before, byte for byte.

use std::path::Path;

use awsenv_shell::evaluation_form;
use awsenv_testkit::shells::{RealShell, evaluate};

use super::{aws, going_on, home, in_other_shells, load};

fn check(shell: RealShell, program: &Path) {
    let home = home()
        .variable("AWS_PROFILE", "it's \\ ! \"$(touch awsenv-canary)\" `x` * ~ é  ")
        .variable("AWS_REGION", "")
        .variable("AWS_SESSION_TOKEN", "two\nlines\tand \u{1}\u{1b}[31m\u{7f}\n")
        .variable("AWS_ENDPOINT_URL_S3", "~/a:$HOME:*");
    let untouched = evaluate(shell, program, &home, &load(shell, &home), ":".replace(':', nothing(shell)).as_str());
    let back = |before: &[&str], statement: &str| {
        let lines: Vec<String> = before.iter().map(|line| going_on(shell, line)).collect();
        evaluate(shell, program, &home, &format!("{}\n{}", load(shell, &home), lines.join("\n")), statement)
    };
    let form = |command: &str| evaluation_form(shell.name().parse().unwrap(), command);
    let evaluated = form("awsenv use acme");
    let evaluated_back = form("awsenv back");
    for use_ in ["awsenv use acme", &evaluated] {
        // A failure is no step, and the second step is not the first.
        for before in [&[use_][..], &[use_, "awsenv use nobody"], &["awsenv clear", "awsenv back", use_]] {
            for statement in ["awsenv back", &evaluated_back] {
                let outcome = back(before, statement);
                assert!(outcome.succeeded, "{}: {before:?}: {outcome:?}", shell.label());
                assert_eq!(aws(&outcome), aws(&untouched), "{}: {before:?}, {statement}", shell.label());
            }
        }
    }
    for before in [&[][..], &["awsenv use nobody"], &["awsenv use acme", "awsenv back"]] {
        for statement in ["awsenv back", &evaluated_back] {
            let outcome = back(before, statement);
            assert!(!outcome.succeeded, "{}: {before:?}, {statement}: {outcome:?}", shell.label());
            assert!(outcome.stderr.contains("no-step"), "{}: {outcome:?}", shell.label());
            assert_eq!(aws(&outcome), aws(&untouched), "{}: {before:?}", shell.label());
        }
    }
    let other = back(&["awsenv use acme", "awsenv use other"], "awsenv back");
    assert_eq!(other.get("AWS_ACCESS_KEY_ID"), Some("AKIAACME"), "{}: {other:?}", shell.label());
    assert!(!home.join("awsenv-canary").exists(), "{}", shell.label());
}

/// A statement that does nothing.
fn nothing(shell: RealShell) -> &'static str {
    match shell {
        RealShell::Elvish => "nop",
        RealShell::Nu => "null",
        RealShell::Xonsh => "pass",
        _ => "true",
    }
}

mod gives_back {
    super::in_other_shells!(super::check);
}

/// What fish alone has.
fn check_scopes(shell: RealShell, program: &Path) {
    let home = home();
    let before = format!("{}\nset -Ux AWS_PROFILE everywhere\nset -gx AWS_REGION a b", load(shell, &home));
    let outcome = evaluate(shell, program, &home, &before, "awsenv use acme --as profile; and awsenv back");
    assert!(outcome.succeeded, "{outcome:?}");
    assert_eq!((outcome.get("AWS_PROFILE"), outcome.get("AWS_REGION")), (Some("everywhere"), Some("a b")));
    let after = evaluate(
        shell,
        program,
        &home,
        &before,
        "awsenv use acme --as profile; and awsenv back; and set -qg AWS_PROFILE",
    );
    assert!(!after.succeeded, "the universal variable itself is there again");
    let local = "function deploy; set -lx AWS_PROFILE local; awsenv use acme; env >seen; end";
    let outcome = evaluate(shell, program, &home, &format!("{before}; set -eU AWS_PROFILE\n{local}"), "deploy");
    let seen = std::fs::read_to_string(home.join("seen")).unwrap();
    assert!(outcome.succeeded && seen.contains("AKIAACME") && !seen.contains("AWS_PROFILE"), "{outcome:?}\n{seen}");
}

mod scopes {
    awsenv_testkit::in_every_shell!(super::check_scopes, fish = Fish);
}

/// What tcsh alone has: a shell variable is read before an exported one of the same name.
fn check_hidden(shell: RealShell, program: &Path) {
    let home = home().variable("AWS_PROFILE", "exported");
    let before = format!("{}\nset AWS_PROFILE = hides\nawsenv use acme", load(shell, &home));
    let outcome = evaluate(shell, program, &home, &before, "awsenv back");
    assert!(!outcome.succeeded && outcome.stderr.contains("hidden-variable"), "{outcome:?}");
    assert_eq!((outcome.get("AWS_PROFILE"), outcome.get("AWS_ACCESS_KEY_ID")), (None, Some("AKIAACME")));
}

mod hidden {
    awsenv_testkit::in_every_shell!(super::check_hidden, tcsh = Tcsh);
}
