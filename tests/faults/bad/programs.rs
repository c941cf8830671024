//! A `credential_process` that does not do what it should.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::thread;
use std::time::Duration;

use awsenv_core::environment::Environment;
use awsenv_host::credential_process::{CredentialProcessError, Request, run};
use awsenv_testkit::home::Home;
use awsenv_testkit::terminal::Terminal;
use awsenv_testkit::tools;

use crate::common::{Env, Run, awsenv, with_variables};

const ANSWER: &str =
    r#"{"Version": 1, "AccessKeyId": "ASIAP", "SecretAccessKey": "private", "SessionToken": "private"}"#;

/// A home whose profile `p` asks `command`; `program` is a script in it.
fn home(command: &str, program: &str) -> Home {
    let config = format!("[profile p]\ncredential_process = {command}\n");
    let home = Home::new().config(config).file("program", format!("#!/bin/sh\n{program}\n")).file("answer", ANSWER);
    fs::set_permissions(home.join("program"), fs::Permissions::from_mode(0o755)).expect("a mode");
    with_variables(home, &Env::new())
}

/// Every way to ask for `p` fails, says `said`, and hands nothing over.
#[track_caller]
fn fails(home: &Home, said: &[&str]) {
    for call in [&["use", "p", "--shell", "bash"][..], &["export", "p"], &["exec", "p", "--", "touch", "ran"]] {
        let run = awsenv(home, call).expect(if call[0] == "exec" { 125 } else { 1 }, said);
        assert_eq!(run.stdout, if call[0] == "use" { "false\n" } else { "" }, "{run:?}");
        assert!(!run.stderr.contains("private"), "{run:?}");
    }
    assert!(!home.join("ran").exists());
}

#[test]
fn a_good_one_is_good() {
    let run = awsenv(&home("./program", "cat answer"), &["export", "p"]).expect(0, &[]);
    assert_eq!(run.json()["AccessKeyId"], "ASIAP");
    // Its standard error is the user's to see.
    awsenv(&home("./program", "echo 'look here' >&2; cat answer"), &["export", "p"]).expect(0, &["look here"]);
}

#[test]
fn garbage() {
    let answers = [
        "",
        "   ",
        "private",
        "<html>private</html>",
        "null",
        "[]",
        "1",
        r#"{"Version": 1}"#,
        r#"{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "private""#,
        r#"{"AccessKeyId": "A", "SecretAccessKey": "private"}"#,
        r#"{"Version": "1", "AccessKeyId": "A", "SecretAccessKey": "private"}"#,
        r#"{"Version": 2, "AccessKeyId": "A", "SecretAccessKey": "private"}"#,
        r#"{"Version": 1.0, "AccessKeyId": "A", "SecretAccessKey": "private"}"#,
        r#"{"Version": 1, "AccessKeyId": 1, "SecretAccessKey": "private"}"#,
        r#"{"Version": 1, "AccessKeyId": "", "SecretAccessKey": "private"}"#,
        r#"{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": ["private"]}"#,
        r#"{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "private\u0007"}"#,
        r#"{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "private", "Expiration": "private"}"#,
        r#"{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "private", "AccountId": "private"}"#,
        r#"{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "private"} private"#,
        r#"{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "private", "private": {"a": {"#,
        r#"{"AccessKeyId": "A", "Version": 1, "SecretAccessKey": "private", "SessionToken": 1}"#,
    ];
    for answer in answers {
        let home = home("./program", "cat garbage").file("garbage", answer);
        fails(&home, &["credential-process-output", "./program"]);
    }
    let home = home("./program", "cat garbage").file("garbage", b"\xff\xfeprivate");
    fails(&home, &["credential-process-output"]);
    let deep = home.file("garbage", "[".repeat(500_000));
    fails(&deep, &["credential-process-output"]);
}

#[test]
fn expired_answers() {
    let answer = ANSWER.replace('}', r#", "Expiration": "2001-01-01T00:00:00Z"}"#);
    fails(&home("./program", "cat old").file("old", answer), &["credential-process-expired", "2001-01-01"]);
}

#[test]
fn it_dies() {
    fails(&home("./program", "cat answer; exit 3"), &["credential-process-failed", "./program", "3"]);
    fails(&home("./program", "cat answer; kill -9 $$"), &["credential-process-failed", "9"]);
    fails(&home("./program", "exit 255"), &["credential-process-failed"]);
}

#[test]
fn it_floods() {
    fails(&home("yes", ""), &["credential-process-output", "yes"]);
    fails(&home("cat /dev/zero", ""), &["credential-process-output"]);
    // What is told on standard error is not held back, however much.
    let run = awsenv(&home("./program", "head -c 3000000 /dev/zero | tr '\\0' x >&2; cat answer"), &["export", "p"]);
    assert_eq!(run.expect(0, &[]).stderr.len(), 3_000_000);
}

#[test]
fn it_is_not_there() {
    fails(&home("./gone --password private", ""), &["credential-process-not-found", "./gone"]);
    fails(&home("no-such-program-anywhere", ""), &["credential-process-not-found"]);
    fails(&home(".", ""), &["credential-process-failed"]);
    fails(&home("./answer", ""), &["credential-process-failed", "./answer"]);
    fails(&home("TOKEN=private ./program", ""), &["TOKEN=…"]);
    for command in ["'./program", "./program \"private", "./program \\", "''", "\"\" private"] {
        fails(&home(command, "cat answer"), &["credential"]);
    }
    // The interpreter is not there.
    let home = home("./program", "").file("program", "#!/no/such/interpreter\n");
    fails(&home, &["credential-process-"]);
}

/// No shell looks at the command.
#[test]
fn nothing_in_the_command_runs() {
    for command in [
        "./program $(touch ran)",
        "./program; touch ran",
        "./program | touch ran",
        "./program `touch ran` && touch ran",
    ] {
        let home = home(command, "cat answer; [ \"$#\" -gt 0 ]");
        awsenv(&home, &["export", "p"]);
        assert!(!home.join("ran").exists(), "{command}");
    }
}

#[test]
fn it_calls_awsenv_again() {
    fails(&home("awsenv export p", ""), &["credential-process-loop", "`p` asks for the same profile again"]);
    fails(&home("./program", "awsenv use p --shell bash"), &["credential-process-loop"]);
    let two = |first: &str, second: &str| {
        let config = format!("[profile p]\ncredential_process = {first}\n[profile q]\ncredential_process = {second}\n");
        with_variables(Home::new().config(config).file("answer", ANSWER), &Env::new())
    };
    fails(&two("awsenv export q", "awsenv export p"), &["credential-process-loop"]);
    // Another profile is no loop.
    let run = awsenv(&two("awsenv export q", "cat answer"), &["export", "p"]).expect(0, &[]);
    assert_eq!(run.json()["AccessKeyId"], "ASIAP");
}

/// In the background a program has a limit; here it is a short one.
#[test]
fn it_hangs_in_the_background() {
    let home = home("./program", "sleep 1000 & echo $! >child; echo $$ >own; cat answer; wait");
    let environment: Environment =
        home.environment().into_iter().map(|(name, value)| (name.into_string().expect("a name"), value)).collect();
    let command = home.join("program");
    let command = format!("sh -c 'cd {} && exec {}'", home.path().display(), command.display());
    let limit = Duration::from_millis(300);
    let request = Request { command: &command, profile: "p", environment: &environment, limit: Some(limit) };
    let error = run(&request).expect_err("it hangs");
    assert!(matches!(error, CredentialProcessError::TimedOut { .. }), "{error}");
    assert_eq!(error.code(), "credential-process-timeout");
    for name in ["own", "child"] {
        assert_ends(&home, name);
    }
}

/// Fails unless the process whose id is in the file ends; killed ones may take a moment to be gone.
#[track_caller]
fn assert_ends(home: &Home, file: &str) {
    let id = fs::read_to_string(home.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    let lives = || {
        let stat = fs::read_to_string(format!("/proc/{}/stat", id.trim())).unwrap_or_default();
        // A zombie is dead; who reaps it is not this test's business.
        !stat.is_empty() && !stat.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with('Z'))
    };
    for _ in 0..1_000 {
        if !lives() {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("the process in {file} is still there");
}

/// A person can always stop waiting: Ctrl-C ends awsenv and the program, and nothing is changed.
#[test]
fn it_hangs_before_a_person() {
    let Some(bash) = tools::require("bash", "it hangs before a person") else { return };
    for statement in ["awsenv use p --print", "eval \"$(awsenv use p)\"", "awsenv exec p -- touch ran"] {
        let home = home("./program", "echo $$ >own; echo hanging >&2; exec sleep 1000")
            .variable("PS1", "READY> ")
            .variable("AWS_ACCESS_KEY_ID", "AKIAOLD");
        let mut terminal = Terminal::start(&bash, &["--norc", "--noprofile", "-i"], home.path(), home.environment());
        terminal.wait_for("READY> ");
        terminal.send(&format!("{statement}\r"));
        terminal.wait_until("message of the program", |screen| screen.lines().any(|line| line == "hanging"));
        terminal.send("\u{3}");
        terminal.wait_until("second prompt", |screen| screen.matches("READY> ").count() > 1);
        terminal.send("echo \"[$?]\" \"[$AWS_ACCESS_KEY_ID]\"\r");
        let screen = terminal.wait_until("status", |screen| screen.lines().any(|line| line.starts_with('[')));
        assert!(screen.contains("[130] [AKIAOLD]"), "{statement}: {screen}");
        assert_ends(&home, "own");
        assert!(!home.join("ran").exists());
    }
}

/// What a program left behind (an agent) does not keep awsenv waiting.
#[test]
fn it_leaves_something_behind() {
    let home = home("./program", "sleep 1000 2>/dev/null & echo $! >child; cat answer");
    let run: Run = awsenv(&home, &["export", "p", "--format", "json"]).expect(0, &[]);
    assert_eq!(run.json()["AccessKeyId"], "ASIAP");
    let id = fs::read_to_string(home.join("child")).expect("a process");
    assert!(Path::new("/proc").join(id.trim()).exists(), "it was ended, though it may be an agent");
    let killed = home.command("kill").arg(id.trim()).status().expect("kill");
    assert!(killed.success());
}
