//! What fish's hook does by itself: the end of an identity, folders, and guarded commands.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use awsenv_testkit::home::Home;
use awsenv_testkit::shells::RealShell;
use awsenv_testkit::terminal::Terminal;
use awsenv_testkit::tools;

use crate::common::awsenv;

fn home() -> Home {
    let keys = |name: &str| format!("[{name}]\naws_access_key_id = AKIAX\naws_secret_access_key = canary\n");
    let home = Home::new()
        .credentials(["dev", "prod"].map(keys).concat())
        .settings("[settings]\nhook = switch\n[class p]\nmatch = prod\nguard = deploy live\n")
        .file("acme/live/x", "")
        .file("acme/.awsenv", "profile = dev\n")
        .file("acme/live/.awsenv", "profile = prod\n")
        .file("bin/deploy", "#!/bin/sh\nprintf '%s|' \"$@\" >>~/called\nexit 7\n")
        .file(
            ".config/fish/config.fish",
            "awsenv init fish --prompt | source\nfunction fish_prompt; set -l was $status; set -g n (math \"$n+1\"); echo \"[$was]READY$n> \"; end\nset -g fish_greeting\n",
        );
    fs::set_permissions(home.join("bin/deploy"), fs::Permissions::from_mode(0o755)).unwrap();
    let bin = [home.join("bin"), awsenv().parent().unwrap().to_owned(), tools::system_path().into()];
    let path = bin.map(|folder| folder.display().to_string()).join(":");
    home.variable("PATH", path)
}

/// Types `line` and waits until the last line of the screen is `wanted`; `#` in it is the prompt's number.
#[track_caller]
fn type_and_wait(terminal: &mut Terminal, line: &str, wanted: &str, number: &mut u32) -> String {
    terminal.send(line);
    *number += u32::from(wanted.contains('#'));
    let wanted = wanted.replace('#', &number.to_string());
    terminal.wait_until(&wanted, |screen| {
        screen.lines().rev().find(|line| !line.trim().is_empty()).is_some_and(|last| last.trim() == wanted)
    })
}

fn check(_: RealShell, program: &Path) {
    let home = home();
    let mut terminal = Terminal::start(program, &[], home.path(), home.environment());
    let mut number = 0;
    let mut run = |line: &str, wanted: &str| type_and_wait(&mut terminal, line, wanted, &mut number);
    let called = || fs::read_to_string(home.join("called")).unwrap_or_default();
    run("", "[0]READY#>");
    // Folders: allowed, nested, left.
    run("set -gx AWS_PROFILE before\r", "aws:before ! [0]READY#>");
    let screen = run("cd acme\r", "aws:before ! [0]READY#>");
    assert!(screen.contains("may not switch yet"), "{screen}");
    run("awsenv allow >/dev/null; awsenv allow live >/dev/null\r", "aws:dev [0]READY#>");
    run("cd live\r", "aws:prod [0]READY#>");
    // A command substitution that goes elsewhere comes back.
    run("set there (cd /; pwd); cd ~/acme/live\r", "aws:prod [0]READY#>");
    run("cd ..\r", "aws:dev [0]READY#>");
    run("cd ..\r", "aws:before ! [0]READY#>");
    // A guarded command asks; its status is its own.
    run("awsenv use prod\r", "aws:prod [0]READY#>");
    run("deploy test 'a b'\r", "aws:prod [7]READY#>");
    assert_eq!(called(), "test|a b|");
    run("deploy live\r", "Its name, to run deploy (Ctrl-C leaves everything as it is):");
    run("prod\r", "aws:prod [7]READY#>");
    assert_eq!(called(), "test|a b|live|");
    // The end.
    run("clear; awsenv use dev --for 2s\r", "aws:dev ends 2s [0]READY#>");
    let screen = run("sleep 2.2\r", "aws:expired [0]READY#>");
    assert_eq!(screen.matches("has come to its end").count(), 1, "{screen}");
    run("sh -c 'echo $AWS_PROFILE ${AWS_ACCESS_KEY_ID-none} >seen'\r", "aws:expired [0]READY#>");
    assert_eq!(fs::read_to_string(home.join("seen")).unwrap(), "awsenv-expired none\n");
}

mod lives {
    awsenv_testkit::in_every_shell!(super::check, fish = Fish);
}
