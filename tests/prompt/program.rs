//! The program itself: what it prints, and that it never fails.

use std::path::Path;

use awsenv_testkit::home::Home;

use crate::common::{awsenv_prompt, keys, run};

const PRODUCTION: &str = "[class production]\nmatch = *prod*\ncolor = red\n";

/// A home with these settings.
fn home(settings: &str) -> Home {
    Home::new().file(".config/awsenv/config", settings).credentials(keys(["prod", "dev", "a"]))
}

fn printed(home: &Home, line: &str, variables: &[(&str, &str)]) -> String {
    let (stdout, stderr, status) = run(home, awsenv_prompt(), line, variables);
    assert_eq!((stderr.as_str(), status), ("", Some(0)), "{line}");
    stdout
}

#[test]
fn awsenv_prompt_is_awsenv_prompt() {
    let home = home(PRODUCTION);
    let awsenv = Path::new(env!("CARGO_BIN_EXE_awsenv"));
    for variables in [&[("AWS_PROFILE", "prod")][..], &[], &[("AWS_ACCESS_KEY_ID", "AKIAX")]] {
        for line in
            ["", "--shell bash", "--shell=zsh --embed=early", "--shell fish --embed late", "--wrong", "--shell sh9"]
        {
            let (stdout, stderr, status) = run(&home, awsenv, &format!("prompt {line}"), variables);
            assert_eq!((stdout, stderr.as_str(), status), (printed(&home, line, variables), "", Some(0)), "{line}");
        }
    }
    let (help, _, status) = run(&home, awsenv, "prompt --help", &[]);
    assert!(help.contains("--embed") && status == Some(0), "{help}");
    assert!(printed(&home, "--help", &[]).contains("--embed"));
    assert!(printed(&home, "--version", &[]).starts_with("awsenv-prompt "));
}

#[test]
fn another_format_and_data() {
    let home = home("[class production]\nmatch = *prod*\nlabel = PROD\n");
    let used = [("AWS_PROFILE", "prod"), ("AWS_REGION", "eu-west-1")];
    assert_eq!(printed(&home, "--format <{class}>{profile}", &used), "<PROD>prod");
    let text = printed(&home, "--json", &used);
    let data: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (&data["profile"], &data["class"], &data["region"]),
        (&"prod".into(), &"PROD".into(), &"eu-west-1".into())
    );
    assert_eq!(
        (&data["conflict"], &data["expiration"], text.lines().count()),
        (&false.into(), &serde_json::Value::Null, 1)
    );
    assert_eq!(printed(&home, "--json", &[]), "");
}

#[test]
fn nothing_without_an_identity() {
    assert_eq!(printed(&home(PRODUCTION), "--shell bash", &[]), "");
    assert_eq!(printed(&home("junk\n"), "--shell bash", &[("AWS_REGION", "eu-west-1")]), "");
}

#[test]
fn colors_where_they_are_asked_for_and_wanted() {
    let home = home(PRODUCTION);
    let with = |name, value| printed(&home, "--shell bash", &[("AWS_PROFILE", "prod"), (name, value)]);
    assert_eq!(with("X", ""), "\u{1}\u{1b}[31m\u{2}aws:prod\u{1}\u{1b}[39m\u{2}");
    assert_eq!(with("NO_COLOR", ""), with("X", ""));
    assert_eq!(with("NO_COLOR", "1"), "aws:prod");
    assert_eq!(printed(&home, "", &[("AWS_PROFILE", "prod")]), "aws:prod");
    assert_eq!(printed(&home, "--shell bash", &[("AWS_PROFILE", "dev")]), "aws:dev");
}

/// Wrong arguments, settings that are no file, no home: a short mark at most, and never a word on standard error.
#[test]
fn trouble_is_quiet() {
    let plain = home("");
    for line in ["--shell", "--shell sh9", "--embed", "--embed=soon", "x", "--shell bash --nonsense"] {
        assert_eq!(printed(&plain, line, &[("AWS_PROFILE", "a")]), "aws?", "{line}");
    }
    for settings in [".", "/nowhere/at/all/", ".config/awsenv/config/x", "/proc/self/mem"] {
        let text = printed(&plain, "", &[("AWS_PROFILE", "a"), ("AWSENV_CONFIG", settings)]);
        assert!(["aws:a", "aws:a ?"].contains(&text.as_str()), "{settings}: {text}");
    }
    assert_eq!(printed(&home("junk\n"), "", &[("AWS_PROFILE", "a")]), "aws:a ?");
    assert_eq!(printed(&home("[settings]\ninclude = gone\n"), "", &[("AWS_PROFILE", "a")]), "aws:a ?");
    assert_eq!(printed(&home("[settings]\nprompt = {nothing}{profile}{left\n"), "", &[("AWS_PROFILE", "a")]), "a");
}

/// Nobody reads it, or nobody can: that is no news at a prompt.
#[test]
fn a_closed_output_is_no_failure() {
    let home = home("");
    let script = format!("{0} >&-; echo $? >closed; {0} >/dev/full; echo $? >full", awsenv_prompt().display());
    let output = home.command("sh").args(["-c", &script]).env("AWS_PROFILE", "a").output().unwrap();
    assert_eq!(output.stderr, b"");
    for name in ["closed", "full"] {
        assert_eq!(std::fs::read_to_string(home.join(name)).unwrap(), "0\n", "{name}");
    }
}
