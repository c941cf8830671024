//! Picking by typing and by moving.

use crate::common::{home, picked, picker, picker_sized, rows};

const NAMES: [&str; 5] = ["client1-dev", "client1-prod", "client2-dev", "client2-prod", "sandbox"];

fn after(keys: &str, highlighted: &str) {
    let home = home(&NAMES);
    let mut terminal = picker(&home);
    for key in keys.split('|') {
        terminal.send(key);
    }
    terminal.wait_until(highlighted, |screen| screen.contains(&format!("> {highlighted}")));
    terminal.send("\r");
    let number = NAMES.iter().position(|name| *name == highlighted).unwrap();
    picked(&mut terminal, &home, number);
}

#[test]
fn by_typing() {
    after("c2p", "client2-prod");
    after("sand", "sandbox");
    after("prod 2", "client2-prod");
}

#[test]
fn by_arrows() {
    after("\x1b[B|\x1b[B", "client2-dev");
    after("\x1bOB|\x1bOB|\x1bOA", "client1-prod");
    after("\x0e|\x0e|\x0e|\x10", "client2-dev");
    after("\x1b[F", "sandbox");
    after("\x1b[6~|\x1b[5~|\x1b[B", "client1-prod");
    after("\x1b[F|\x1b[H|\x0e", "client1-prod");
    after("prod|\x1b[B", "client2-prod");
}

#[test]
fn by_mending_the_filter() {
    after("sandboxx|\x7f", "sandbox");
    after("nothing|\x15|sand", "sandbox");
    after("nothing sand|\x17|\x17|c2d", "client2-dev");
}

#[test]
fn text_and_enter_at_once() {
    let home = home(&NAMES).variable("NO_COLOR", "1");
    let mut terminal = picker(&home);
    terminal.send("c2p\r");
    picked(&mut terminal, &home, 3);
    // What was picked has been on the screen.
    let bytes = String::from_utf8_lossy(&terminal.bytes()).into_owned();
    assert!(bytes.contains("> client2-prod"), "{bytes:?}");
}

#[test]
fn enter_without_a_match_does_nothing() {
    let home = home(&NAMES);
    let mut terminal = picker(&home);
    terminal.send("zzz");
    terminal.wait_for("no profile matches");
    terminal.send("\r\r");
    terminal.send("\x15");
    terminal.wait_for("> client1-dev");
    terminal.send("\r");
    picked(&mut terminal, &home, 0);
}

/// What was typed before the picker was there was meant for something else.
#[test]
fn keys_typed_ahead_pick_nothing() {
    let home = home(&NAMES);
    let mut terminal = picker_sized(&home, "printf ready; sleep 1;", 24, 80);
    terminal.wait_for("ready");
    terminal.send("c2p\r");
    let screen = terminal.wait_for("> client1-dev");
    assert_eq!(rows(&screen).len(), NAMES.len(), "{screen}");
    terminal.send("sand\r");
    picked(&mut terminal, &home, 4);
}

#[test]
fn wide_characters_are_typed_shown_and_taken_back() {
    let home = home(&["日本語-prod", "é😀", "other"]);
    let mut terminal = picker(&home);
    terminal.send("日本");
    let screen = terminal.wait_until("one row", |screen| rows(screen).len() == 1);
    assert!(screen.starts_with("use> 日本\n> 日本語-prod"), "{screen}");
    assert_eq!(terminal.cursor(), (0, 9));
    terminal.send("\x7f\x7f");
    terminal.wait_for("other");
    terminal.send("😀\r");
    picked(&mut terminal, &home, 1);
}
