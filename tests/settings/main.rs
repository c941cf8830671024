//! What awsenv's own settings do, through the program.

mod classes;
mod ends;
mod folders;
mod guards;
mod naming;
mod trust;

use std::process::Output;

use awsenv_testkit::home::Home;

/// Runs awsenv in `home` and returns what it said.
fn awsenv(home: &Home, arguments: &[&str]) -> Output {
    home.command(env!("CARGO_BIN_EXE_awsenv")).args(arguments).output().expect("awsenv starts")
}

/// Standard output; the run must have succeeded.
#[track_caller]
fn stdout(home: &Home, arguments: &[&str]) -> String {
    let output = awsenv(home, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Standard error.
fn stderr(home: &Home, arguments: &[&str]) -> String {
    String::from_utf8_lossy(&awsenv(home, arguments).stderr).into_owned()
}
