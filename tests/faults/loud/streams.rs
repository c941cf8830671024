//! Standard output that takes nothing.

use std::fs::{File, OpenOptions};
use std::process::Stdio;

use awsenv_testkit::home::Home;

use crate::common::{Run, command};

fn home() -> Home {
    Home::new().credentials("[client1]\naws_access_key_id = AKIACLIENT1\naws_secret_access_key = of client1\n")
}

const CALLS: &[&[&str]] = &[
    &["use", "client1", "--shell", "bash"],
    &["use", "typo", "--shell", "bash"],
    &["clear", "--shell", "bash"],
    &["export", "client1", "--format", "env"],
    &["list"],
    &["current"],
    &["explain", "client1"],
    &["--help"],
];

/// A snippet that did not arrive whole is a failure.
#[test]
fn a_full_disk_is_a_failure() {
    let home = home();
    for call in CALLS {
        let full = OpenOptions::new().write(true).open("/dev/full").expect("/dev/full");
        let output = command(&home, call).stdout(full).output().expect("awsenv starts");
        Run::of(&output).expect(1, &["standard output"]);
    }
}

/// Nobody reads any more: no failure of awsenv's, and no panic.
#[test]
fn a_reader_that_went_away_is_no_panic() {
    let home = home();
    for call in CALLS {
        let mut child =
            command(&home, call).stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::null()).spawn().unwrap();
        drop(child.stdout.take());
        let run = Run::of(&child.wait_with_output().expect("awsenv ends"));
        assert!(matches!(run.status, Some(0 | 1)) || run.signal == Some(13), "{call:?}: {run:?}");
        assert!(!run.stderr.contains("panic"), "{call:?}: {run:?}");
    }
}

/// Standard error that takes nothing makes no success of a failure, nor a failure of a success.
#[test]
fn a_full_standard_error_changes_no_status() {
    let home = home();
    for (call, status) in [(CALLS[0], 0), (CALLS[1], 1), (CALLS[2], 0)] {
        let full: File = OpenOptions::new().write(true).open("/dev/full").expect("/dev/full");
        let run = Run::of(&command(&home, call).stderr(full).output().expect("awsenv starts"));
        assert_eq!(run.status, Some(status), "{call:?}: {run:?}");
        assert_eq!(run.stdout == "false\n", status == 1, "{call:?}: {run:?}");
    }
}
