//! Names and values that steer a terminal, look like options, or have no end.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use awsenv_testkit::home::Home;
use awsenv_testkit::terminal::Terminal;

use crate::common::{AWSENV, awsenv};

/// Clears the screen, sets the title, moves about, in 7 and 8 bit.
const STEERING: &[&str] =
    &["\u{1b}[2J\u{1b}[31m", "\u{1b}]0;title\u{7}", "\u{9b}31m", "\r", "\u{8}\u{8}", "\u{7f}", "a\u{0}b"];

/// Every run checks that standard error steers nothing (`Run::of`); standard output does not either.
#[track_caller]
fn all_quiet(home: &Home, names: &[&str]) {
    let mut calls: Vec<Vec<String>> =
        ["list", "list --long", "list --tree", "list --json", "current", "current --json"]
            .iter()
            .map(|call| call.split(' ').map(str::to_owned).collect())
            .collect();
    for name in names {
        for call in [
            "explain NAME",
            "explain NAME --json",
            "use NAME --shell bash",
            "use NAME --shell nu --or-clear",
            "use NAME --as profile --shell bash",
            "export NAME --format env",
            "exec NAME -- true",
            "list NAME",
        ] {
            calls.push(
                call.split(' ').map(|word| if word == "NAME" { (*name).to_owned() } else { word.to_owned() }).collect(),
            );
        }
    }
    for call in calls {
        let run = awsenv(home, &call);
        assert!(!run.stdout.contains('\u{1b}') && !run.stdout.contains('\u{7}'), "{call:?}: {run:?}");
        assert!(run.status.is_some(), "{call:?}: {run:?}");
    }
}

#[test]
fn files_do_not_steer_the_terminal() {
    for evil in STEERING {
        let config = format!(
            "[default]\nregion = {evil}\n[profile n{evil}n]\nregion = x\n[profile region]\nregion = eu{evil}\n\
             [profile role]\nrole_arn = arn:{evil}:x\nsource_profile = gone{evil}\nmfa_serial = {evil}x\n\
             [profile loop{evil}]\nrole_arn = x\nsource_profile = role2{evil}\n[profile role2{evil}]\nrole_arn = y\n\
             source_profile = loop{evil}\n[profile sso]\nsso_session = {evil}\nsso_account_id = 1{evil}\nsso_role_name = x\n\
             [profile process]\ncredential_process = ./{evil}gone\n[profile quote]\ncredential_process = 'x{evil}\n\
             [profile services]\nservices = x{evil}\n[profile key]\nk{evil} = x\n junk{evil}\n[profile source]\n\
             role_arn = x\ncredential_source = {evil}\n[broken{evil}\njunk{evil}\n[x{evil}] junk\n"
        );
        let credentials = format!(
            "[region]\naws_access_key_id = AKIAX\naws_secret_access_key = s\n[services]\naws_access_key_id = AK{evil}\n\
             aws_secret_access_key = {evil}s\n[key]\naws_access_key_id = AKIAX\naws_secret_access_key = s\n\
             aws_session_token = {evil}x\n"
        );
        let home = Home::new()
            .config(config)
            .credentials(credentials)
            .settings(format!("[settings]\nnonsense = 1\nas = x\n[class {}]\nmatch = *\n", "c"))
            .variable("AWSENV_PREVIOUS", format!("-- {}", evil.replace('\0', "")))
            .variable("AWS_REGION", evil.replace('\0', ""))
            .variable("AWSENV_PROFILE", evil.replace('\0', ""))
            .variable("AWS_DEFAULT_PROFILE", evil.replace('\0', ""))
            .variable("AWS_ACCESS_KEY_ID", evil.replace('\0', ""));
        let named = format!("n{evil}n").replace('\0', "");
        let looping = format!("loop{evil}").replace('\0', "");
        all_quiet(
            &home,
            &[
                "region", "role", "sso", "process", "quote", "services", "key", "source", "default", "-", &named,
                &looping,
            ],
        );
    }
}

#[test]
fn arguments_do_not_steer_the_terminal() {
    let home = Home::new().credentials("[good]\naws_access_key_id = AKIAX\naws_secret_access_key = s\n");
    // An argument can't hold NUL.
    for evil in STEERING.iter().filter(|evil| !evil.contains('\0')).copied() {
        let calls: [&[&str]; 12] = [
            &[evil],
            &["use", evil],
            &["use", "--shell", "nu", evil],
            &["use", "good", "--shell", evil],
            &["use", "good", "--region", evil],
            &["use", "good", "--duration", evil],
            &["use", "good", "--role-session-name", evil],
            &["use", "good", &format!("--{evil}")],
            &["export", "good", "--format", evil],
            &["exec", evil, "--", "true"],
            &["exec", "good", "--", evil],
            &["explain", evil],
        ];
        for call in calls {
            let run = awsenv(&home, call);
            assert!(run.status.is_some_and(|status| status != 0), "{call:?}: {run:?}");
            assert!(!run.stdout.contains('\u{1b}'), "{call:?}: {run:?}");
        }
    }
}

/// On a terminal even the plain list of names, which programs read, steers nothing.
#[test]
fn names_do_not_steer_the_terminal() {
    let home = Home::new().config("[profile first]\n[profile e\u{1b}[2Jvil]\n[profile last]\n");
    let script = format!("{AWSENV} list --names; echo ended.");
    let mut terminal = Terminal::start(Path::new("/bin/sh"), &["-c", &script], home.path(), home.environment());
    let screen = terminal.wait_for("ended.");
    assert!(screen.contains("first") && screen.contains("vil"), "the screen was cleared: {screen}");
}

/// Control characters in what would be exported: refused with the variable's name, never with the value.
#[test]
fn no_variable_holds_a_control_character() {
    for evil in ["\u{7}", "\u{1b}[31m", "\u{0}", "\u{85}", "\u{2028}", "\u{7f}"] {
        for (key, variable) in
            [("aws_secret_access_key", "AWS_SECRET_ACCESS_KEY"), ("aws_session_token", "AWS_SESSION_TOKEN")]
        {
            let text = format!(
                "[p]\naws_access_key_id = AKIAX\naws_secret_access_key = s\naws_session_token = t\n{key} = private{evil}x\n"
            );
            let home = Home::new().credentials(text);
            for call in [
                &["use", "p", "--shell", "bash"][..],
                &["export", "p"],
                &["exec", "p", "--", "true"],
                &["export", "p", "--format", "github"],
            ] {
                let run = awsenv(&home, call);
                assert!(matches!(run.status, Some(1 | 125)), "{evil:?}: {call:?}: {run:?}");
                assert!(!run.stderr.contains("private"), "{evil:?}: {call:?}: {run:?}");
                assert!(run.stderr.contains(variable) || call[0] == "export", "{evil:?}: {call:?}: {run:?}");
            }
        }
        let home = Home::new()
            .credentials("[p]\naws_access_key_id = AKIAX\naws_secret_access_key = s\n")
            .config(format!("[profile p]\noutput = js{evil}on\n"));
        awsenv(&home, &["use", "p", "--shell", "bash"]).expect(1, &["AWS_DEFAULT_OUTPUT"]);
    }
    // The machine's own can't be given on either, and is not lost silently.
    let home = Home::new()
        .credentials("[p]\naws_access_key_id = AKIAX\naws_secret_access_key = s\n")
        .variable("AWS_CONTAINER_AUTHORIZATION_TOKEN", "private\n");
    let run = awsenv(&home, &["use", "p", "--shell", "bash"]).expect(1, &["AWS_CONTAINER_AUTHORIZATION_TOKEN"]);
    assert!(!run.stderr.contains("private"), "{run:?}");
    let odd = Home::new()
        .credentials("[p]\naws_access_key_id = AKIAX\naws_secret_access_key = s\n")
        .variable("AWS_ROLE_ARN", OsStr::from_bytes(b"private\xff"));
    let run = awsenv(&odd, &["use", "p", "--shell", "bash"]).expect(1, &["AWS_ROLE_ARN", "UTF-8"]);
    assert!(!run.stderr.contains("private"), "{run:?}");
}

#[test]
fn names_like_options_and_without_end() {
    let long = "n".repeat(100_000);
    let keys = "aws_access_key_id = AKIAX\naws_secret_access_key = s\n";
    let home = Home::new().credentials(format!("[-x]\n{keys}[--print]\n{keys}[-]\n{keys}[{long}]\n{keys}"));
    for name in ["-x", "--print"] {
        assert!(
            awsenv(&home, &["use", "--shell", "bash", "--", name]).expect(0, &[]).stdout.contains("AKIAX"),
            "{name}"
        );
        assert!(awsenv(&home, &["export", "--", name]).expect(0, &[]).stdout.contains("AKIAX"), "{name}");
        awsenv(&home, &["explain", "--", name]).expect(0, &[]);
    }
    awsenv(&home, &["use", "-x", "--shell", "bash"]).expect(2, &["-x"]);
    assert!(awsenv(&home, &["use", &long, "--shell", "bash"]).expect(0, &[]).stdout.contains("AKIAX"));
    let run = awsenv(&home, &["use", &"m".repeat(100_000), "--shell", "bash"]).expect(1, &["profile-not-found"]);
    assert!(run.stderr.len() < 1_000_000, "{} bytes of an error", run.stderr.len());
}

#[test]
fn arguments_that_are_not_utf_8() {
    let home = Home::new();
    let odd = OsStr::from_bytes(b"a\xff");
    let [use_, shell, bash, list] = ["use", "--shell", "bash", "list"].map(OsStr::new);
    let run = awsenv(&home, &[use_, shell, bash, odd]).expect(2, &["UTF-8"]);
    assert_eq!(run.stdout, "false\n");
    assert_eq!(awsenv(&home, &[odd]).expect(2, &[]).stdout, "false\n");
    awsenv(&home, &[list, odd]).expect(2, &["UTF-8"]);
}
