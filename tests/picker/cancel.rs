//! Cancelled: everything stays as it was, and the evaluation fails.

use awsenv_testkit::home::Home;
use awsenv_testkit::terminal::Terminal;

use crate::common::{PROMPT, cancelled, ended, eventually, home, picker, picker_sized, read};

#[test]
fn by_keys() {
    for keys in ["\x03", "\x1b", "c\x03", "zzz\x1b", "\x1b\x1b"] {
        let home = home(&["client1", "client2"]);
        let mut terminal = picker(&home);
        terminal.send(keys);
        cancelled(&mut terminal, &home);
    }
}

fn with_pid(home: &Home) -> (Terminal, String) {
    let mut terminal = picker_sized(home, "sh -c 'echo $$ >pid; exec \"$@\"' sh", 24, 80);
    terminal.wait_for(PROMPT);
    (terminal, read(home, "pid").trim().to_owned())
}

#[test]
fn by_signals_that_ask_to_end() {
    for signal in ["TERM", "HUP", "INT", "QUIT"] {
        let home = home(&["client1", "client2"]);
        let (mut terminal, pid) = with_pid(&home);
        let kill = home.command("kill").args([format!("-{signal}"), pid]).status().unwrap();
        assert!(kill.success());
        cancelled(&mut terminal, &home);
    }
}

/// The terminal goes away, and nobody says so by a signal.
#[test]
fn a_terminal_that_went_away_ends_it() {
    let home = home(&["client1"]);
    let mut terminal = picker_sized(&home, "trap '' HUP;", 24, 80);
    terminal.wait_for(PROMPT);
    drop(terminal);
    eventually("it is still there", || read(&home, "out") == "false\n");
}

#[test]
fn a_bug_leaves_the_terminal_as_it_was() {
    if !cfg!(debug_assertions) {
        return; // Only debug builds panic on request.
    }
    let home = home(&["client1"]).variable("AWSENV_TEST_PANIC_IN_PICKER", "1");
    let mut terminal = picker_sized(&home, "", 24, 80);
    ended(&mut terminal, &home, 255);
    assert_eq!(read(&home, "out"), "false\n");
    assert!(read(&home, "err").contains("[panic]"));
}

#[test]
fn or_clear_locks_then_too() {
    let home = home(&["client1"]);
    let mut terminal = picker_sized(&home, "f() { \"$@\" --or-clear; }; f", 24, 80);
    terminal.wait_for(PROMPT);
    terminal.send("\x03");
    ended(&mut terminal, &home, 130);
    assert!(read(&home, "out").contains("awsenv-locked"));
}
