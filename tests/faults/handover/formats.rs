//! `export`: each format read by what reads it, hostile values included.

use std::fs;
use std::path::Path;

use awsenv_testkit::home::Home;
use awsenv_testkit::shells::{RealShell, evaluate, evaluate_strictly};
use awsenv_testkit::{corpus, tools};

use crate::common::{Env, awsenv, with_variables};

/// What a value may be that the files can hold: no white space at its ends, nothing that is a comment.
fn is_writable(value: &str) -> bool {
    !value.is_empty() && value.trim() == value && !value.contains(" #") && !value.contains(" ;")
}

/// A home with one profile, `p`, whose secret and token are `value`.
fn home(value: &str) -> Home {
    let keys =
        format!("[p]\naws_access_key_id = ASIAP\naws_secret_access_key = {value}\naws_session_token = {value}\n");
    with_variables(
        Home::new().config("[profile p]\nregion = eu-west-1\noutput = json\n").credentials(keys),
        &Env::new(),
    )
}

fn sample() -> impl Iterator<Item = String> {
    corpus::sample().into_iter().filter(|value| is_writable(value))
}

/// Evaluates a format in a shell and compares what a child sees.
fn arrives(shell: RealShell, program: &Path, statement: &str) {
    for value in sample() {
        let home = home(&value);
        let outcome = evaluate(shell, program, &home, "", statement);
        assert!(outcome.succeeded, "{}: {value:?}: {outcome:?}", shell.label());
        for (name, expected) in
            [("AWS_ACCESS_KEY_ID", "ASIAP"), ("AWS_SECRET_ACCESS_KEY", &value), ("AWS_SESSION_TOKEN", &value)]
        {
            assert_eq!(outcome.get(name), Some(expected), "{}: {value:?}: {name}", shell.label());
        }
        assert!(!home.join(corpus::CANARY).exists(), "{} ran {value:?}", shell.label());
    }
}

mod env_arrives {
    fn check(shell: super::RealShell, program: &std::path::Path) {
        super::arrives(shell, program, r#"eval "$(awsenv export p --format env)""#);
    }
    awsenv_testkit::in_every_shell!(check, bash = Bash, zsh = Zsh, dash = Dash);
}

mod fish_arrives {
    fn check(shell: super::RealShell, program: &std::path::Path) {
        super::arrives(shell, program, "awsenv export p --format fish | source");
    }
    awsenv_testkit::in_every_shell!(check, fish = Fish);
}

/// Not exported, but there.
#[test]
fn env_no_export_sets_variables() {
    let Some(bash) = RealShell::Bash.require("env-no-export sets variables") else { return };
    let home = home("it's $HOME");
    let read = r#"eval "$(awsenv export p --format env-no-export)"; export AWS_SECRET_ACCESS_KEY"#;
    let outcome = evaluate(RealShell::Bash, &bash, &home, "", read);
    assert_eq!(outcome.get("AWS_SECRET_ACCESS_KEY"), Some("it's $HOME"));
    assert_eq!(outcome.get("AWS_ACCESS_KEY_ID"), None);
}

/// A failing export makes the evaluation fail, and changes nothing.
fn fails(shell: RealShell, program: &Path) {
    let calls = [
        "typo --format FORMAT",
        "p --format FORMAT --nonsense",
        "p --format FORMAT --region a/b",
        "--format FORMAT",
        "p --as profile --format FORMAT",
    ];
    for call in calls {
        let statement = match shell {
            RealShell::Fish => format!("awsenv export {} | source", call.replace("FORMAT", "fish")),
            _ => format!(r#"eval "$(awsenv export {})""#, call.replace("FORMAT", "env")),
        };
        let home = home("s").variable("AWS_ACCESS_KEY_ID", "AKIAOLD");
        let outcome = evaluate(shell, program, &home, "", &statement);
        assert!(outcome.survived && !outcome.succeeded, "{}: {call}: {outcome:?}", shell.label());
        assert_eq!(outcome.get("AWS_ACCESS_KEY_ID"), Some("AKIAOLD"), "{}: {call}", shell.label());
        assert_eq!(outcome.get("AWS_SECRET_ACCESS_KEY"), None, "{}: {call}", shell.label());
        let strict = evaluate_strictly(shell, program, &home, "", &statement);
        assert!(!strict.survived || shell == RealShell::Fish, "{}: {call}: the script went on", shell.label());
    }
}

mod failing {
    awsenv_testkit::in_every_shell!(
        super::fails,
        bash = Bash,
        bash_posix = BashPosix,
        zsh = Zsh,
        dash = Dash,
        ksh93 = Ksh93,
        mksh = Mksh,
        yash = Yash,
        ash = Ash,
        fish = Fish
    );
}

/// `NAME=VALUE`, nothing quoted, to the end of the line: docker's env files.
#[test]
fn docker_is_raw() {
    for value in sample() {
        let run = awsenv(&home(&value), &["export", "p", "--format", "docker"]).expect(0, &[]);
        let expected = format!(
            "AWS_ACCESS_KEY_ID=ASIAP\nAWS_SECRET_ACCESS_KEY={value}\nAWS_SESSION_TOKEN={value}\nAWS_REGION=eu-west-1\n\
             AWS_DEFAULT_REGION=eu-west-1\nAWS_DEFAULT_OUTPUT=json\n"
        );
        assert_eq!(run.stdout, expected);
    }
}

/// What dotenv libraries have in common is what `sh` reads, and what they do not is refused.
#[test]
fn dotenv_reads_the_same_everywhere() {
    let dash = tools::require("dash", "dotenv reads the same everywhere");
    let mut refused = 0;
    for value in sample() {
        let home = home(&value);
        let run = awsenv(&home, &["export", "p", "--format", "dotenv"]);
        if value.contains(['\'', '\\']) {
            refused += 1;
            let run = run.expect(1, &["format-cannot-say", "AWS_SECRET_ACCESS_KEY"]);
            assert_eq!(run.stdout, "");
            continue;
        }
        let run = run.expect(0, &[]);
        for line in run.stdout.lines() {
            let (_, written) = line.split_once('=').expect("NAME=VALUE");
            let quoted = written.starts_with('\'') && written.ends_with('\'') && written.len() > 1;
            assert!(
                quoted || written.bytes().all(|b| b.is_ascii_alphanumeric() || b"_./:=+@,-".contains(&b)),
                "{line}"
            );
        }
        let Some(dash) = &dash else { continue };
        fs::write(home.join("file.env"), &run.stdout).expect("a file");
        let outcome = evaluate(RealShell::Dash, dash, &home, "", "set -a; . ./file.env");
        assert_eq!(outcome.get("AWS_SECRET_ACCESS_KEY"), Some(value.as_str()));
        assert_eq!(outcome.get("AWS_DEFAULT_OUTPUT"), Some("json"));
    }
    assert!(refused > 5, "the sample has values that can't be said");
}

#[test]
fn json_is_json() {
    for value in sample() {
        let home = home(&value);
        let process = awsenv(&home, &["export", "p"]).expect(0, &[]).json();
        let expected = serde_json::json!({
            "Version": 1, "AccessKeyId": "ASIAP", "SecretAccessKey": value, "SessionToken": value,
        });
        assert_eq!(process, expected);
        let json = awsenv(&home, &["export", "p", "--format", "json", "--region", "sa-east-1"]).expect(0, &[]).json();
        assert_eq!((json["Profile"].as_str(), json["Region"].as_str()), (Some("p"), Some("sa-east-1")));
        assert_eq!(json["SecretAccessKey"], value.as_str());
    }
}

/// What `export` prints for programs, awsenv itself reads as a `credential_process`.
#[test]
fn one_awsenv_reads_another() {
    let inner = home("it's a $ecret");
    fs::write(inner.join(".aws/config"), "[profile outer]\ncredential_process = awsenv export p\nregion = eu-west-1\n")
        .expect("a file");
    let run = awsenv(&inner, &["export", "outer", "--format", "env"]).expect(0, &[]);
    assert!(run.stdout.contains(r"AWS_SECRET_ACCESS_KEY='it'\''s a $ecret'"), "{run:?}");
}

#[test]
fn windows_formats_refuse_what_they_cannot_say() {
    let run = awsenv(&home("50%'$x"), &["export", "p", "--format", "powershell"]).expect(0, &[]);
    assert!(run.stdout.contains("$Env:AWS_SECRET_ACCESS_KEY='50%''$x'\n"), "{run:?}");
    let run = awsenv(&home("50'$x"), &["export", "p", "--format", "windows-cmd"]).expect(0, &[]);
    assert!(run.stdout.contains("set \"AWS_SECRET_ACCESS_KEY=50'$x\"\n"), "{run:?}");
    let run =
        awsenv(&home("a\"b"), &["export", "p", "--format", "windows-cmd"]).expect(1, &["AWS_SECRET_ACCESS_KEY", "\""]);
    assert_eq!(run.stdout, "cmd /c exit 1\n");
}

mod github {
    use super::*;

    #[test]
    fn variables_go_to_the_file_and_masks_to_the_runner() {
        for value in sample() {
            let home = home(&value).file("github_env", "BEFORE=1\n");
            let home = home.variable("GITHUB_ENV", "github_env");
            let run = awsenv(&home, &["export", "p", "--format", "github"]).expect(0, &[]);
            let masked = value.replace('%', "%25");
            assert_eq!(run.stdout, format!("::add-mask::ASIAP\n::add-mask::{masked}\n::add-mask::{masked}\n"));
            let file = fs::read_to_string(home.join("github_env")).expect("a file");
            let expected = format!(
                "BEFORE=1\nAWS_ACCESS_KEY_ID=ASIAP\nAWS_SECRET_ACCESS_KEY={value}\nAWS_SESSION_TOKEN={value}\n\
                 AWS_REGION=eu-west-1\nAWS_DEFAULT_REGION=eu-west-1\nAWS_DEFAULT_OUTPUT=json\n"
            );
            assert_eq!(file, expected);
        }
    }

    #[test]
    fn without_a_file_nothing_is_said() {
        for (variable, code) in [("", "no-github-env"), (".", "file-"), ("gone/github_env", "file-")] {
            let run = awsenv(&home("s").variable("GITHUB_ENV", variable), &["export", "p", "--format", "github"]);
            assert_eq!(run.expect(1, &[code]).stdout, "");
        }
        let run = awsenv(&home("s"), &["export", "p", "--format", "github"]);
        assert_eq!(run.expect(1, &["no-github-env"]).stdout, "");
    }

    /// A value with a line break would become a variable of its own.
    #[test]
    fn nothing_can_be_slipped_in() {
        let home = home("first\n  EVIL=1").file("github_env", "").variable("GITHUB_ENV", "github_env");
        awsenv(&home, &["export", "p", "--format", "github"]).expect(1, &["AWS_SECRET_ACCESS_KEY"]);
        assert_eq!(fs::read_to_string(home.join("github_env")).expect("a file"), "");
    }
}
