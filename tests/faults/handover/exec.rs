//! `exec`: the command's own status, streams, arguments and signals.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::process::Stdio;

use awsenv_testkit::home::Home;

use crate::common::{Run, awsenv, command};

fn home() -> Home {
    Home::new()
        .config("[profile a]\nregion = eu-west-1\n")
        .credentials("[a]\naws_access_key_id = AKIAA\naws_secret_access_key = secret of a\n")
        .file("plain", "no program\n")
        .variable("AWS_PROFILE", "other")
        .variable("AWS_SESSION_TOKEN", "stale")
        .variable("KEPT", "as it was")
}

#[test]
fn the_status_is_the_commands_own() {
    let home = home();
    for status in [0, 1, 2, 3, 7, 124, 125, 126, 127, 128, 254] {
        let run = awsenv(&home, &["exec", "a", "--", "sh", "-c", &format!("exit {status}")]);
        assert_eq!((run.status, run.stderr.as_str()), (Some(status), ""), "{run:?}");
    }
    for signal in [1, 2, 9, 15] {
        let run = awsenv(&home, &["exec", "a", "--", "sh", "-c", &format!("kill -{signal} $$")]);
        assert_eq!((run.status, run.signal), (None, Some(signal)), "{run:?}");
    }
}

#[test]
fn a_command_that_cannot_run_is_126_or_127() {
    let home = home();
    for (program, status) in
        [("./plain", 126), (".", 126), ("/", 126), ("./not-there", 127), ("no-such-program", 127), ("", 127)]
    {
        let run = awsenv(&home, &["exec", "a", "--", program]);
        run.expect(status, &["awsenv: ", "[exec]"]);
    }
}

#[test]
fn what_fails_before_is_125() {
    let home = home();
    let calls: [&[&str]; 8] = [
        &["exec"],
        &["exec", "a"],
        &["exec", "a", "--"],
        &["exec", "a", "touch", "ran"],
        &["exec", "typo", "--", "touch", "ran"],
        &["exec", "a", "--nonsense", "--", "touch", "ran"],
        &["exec", "a", "--region", "a/b", "--", "touch", "ran"],
        &["exec", "a", "--duration", "1h", "--", "touch", "ran"],
    ];
    for call in calls {
        let run = awsenv(&home, call).expect(125, &[]);
        assert!(!run.stderr.is_empty() && run.stdout.is_empty(), "{call:?}: {run:?}");
    }
    let unreadable = home.variable("AWS_CONFIG_FILE", ".");
    awsenv(&unreadable, &["exec", "a", "--", "touch", "ran"]).expect(125, &["file-unreadable"]);
    assert!(!unreadable.join("ran").exists(), "the command ran");
}

#[test]
fn the_command_has_the_identity_and_nothing_stale() {
    let home = home();
    let run = awsenv(&home, &["exec", "a", "--", "env"]).expect(0, &[]);
    let mut seen: Vec<&str> =
        run.stdout.lines().filter(|line| line.starts_with("AWS_") || line.starts_with("KEPT")).collect();
    seen.sort_unstable();
    assert_eq!(
        seen,
        [
            "AWS_ACCESS_KEY_ID=AKIAA",
            "AWS_DEFAULT_REGION=eu-west-1",
            "AWS_REGION=eu-west-1",
            "AWS_SECRET_ACCESS_KEY=secret of a",
            "KEPT=as it was",
        ]
    );
}

#[test]
fn arguments_arrive_as_they_are() {
    let home = home();
    let odd = OsStr::from_bytes(b"not \xff utf-8");
    let words: Vec<&OsStr> = ["exec", "a", "--", "printf", "%s\\n", "--", "-x", "--help", "$(touch ran) '\"", ""]
        .map(OsStr::new)
        .into_iter()
        .chain([odd])
        .collect();
    let output = command(&home, &words).output().expect("awsenv starts");
    assert_eq!(output.stdout, b"--\n-x\n--help\n$(touch ran) '\"\n\nnot \xff utf-8\n", "{output:?}");
    assert!(!home.join("ran").exists());
}

#[test]
fn streams_are_the_commands_own() {
    let home = home();
    let mut child = command(&home, &["exec", "a", "--", "sh", "-c", "cat; echo told >&2"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("awsenv starts");
    child.stdin.take().expect("a pipe").write_all(b"passed on").expect("it reads");
    let run = Run::of(&child.wait_with_output().expect("it ends"));
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("passed on", "told\n"), "{run:?}");
}

/// On Unix the command takes awsenv's place, so that what is sent to awsenv reaches it.
#[test]
fn the_command_takes_its_place() {
    let home = home();
    let child = command(&home, &["exec", "a", "--", "sh", "-c", "echo $$ >pid"]).spawn().expect("awsenv starts");
    let id = child.id();
    assert!(child.wait_with_output().expect("it ends").status.success());
    assert_eq!(fs::read_to_string(home.join("pid")).expect("written").trim(), id.to_string());
}
