//! A terminal that can only print line after line.

use awsenv_testkit::home::Home;
use awsenv_testkit::terminal::Terminal;

use crate::common::{home, picker_sized, read};

const NAMES: [&str; 4] = ["client1-dev", "client1-prod", "2", "sandbox"];

const QUESTION: &str = "as it is: ";

fn list(home: &Home) -> Terminal {
    let mut terminal = picker_sized(home, "TERM=dumb", 50, 120);
    terminal.wait_for(QUESTION);
    terminal
}

#[track_caller]
fn ended(mut terminal: Terminal, home: &Home, status: i32) {
    terminal.wait_for(&format!("status {status}"));
    assert_eq!(read(home, "before"), read(home, "after"));
    let bytes = terminal.bytes();
    assert!(!bytes.contains(&0x1b), "{:?}", String::from_utf8_lossy(&bytes));
}

#[test]
fn a_number_or_a_part_of_a_name() {
    for (answer, number) in [("1", 0), ("3", 2), ("sandbox", 3), ("SAND", 3), ("1-p", 1)] {
        let home = home(&NAMES);
        let mut terminal = list(&home);
        let screen = terminal.text();
        assert!(screen.contains("  1  client1-dev\n  2  client1-prod\n  3  2\n  4  sandbox\n"), "{screen}");
        terminal.send(&format!("{answer}\r"));
        ended(terminal, &home, 0);
        assert!(read(&home, "out").contains(&format!("'AKIA{number}'")), "{answer}");
    }
}

#[test]
fn an_answer_with_two_meanings_asks_again() {
    let home = home(&NAMES);
    let mut terminal = list(&home);
    terminal.send("2\r");
    terminal.wait_for("the name of another profile");
    terminal.send("client\r");
    terminal.wait_for("2 profiles have that in their names:\n  1  client1-dev\n  2  client1-prod\n");
    terminal.send("nobody\r");
    terminal.wait_for("no profile is called so");
    terminal.send("\r");
    terminal.send("prod\r");
    ended(terminal, &home, 0);
    assert!(read(&home, "out").contains("'AKIA1'"));
}

#[test]
fn of_many_the_first_are_listed_and_all_can_be_named() {
    let names: Vec<String> = (0..10_000).map(|number| format!("client{number:05}")).collect();
    let home = home(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let mut terminal = list(&home);
    let screen = terminal.text();
    assert!(screen.contains(" 20  client00019\n") && !screen.contains("client00020"), "{screen}");
    assert!(screen.contains("9980 more"), "{screen}");
    terminal.send("t07777\r");
    ended(terminal, &home, 0);
    assert!(read(&home, "out").contains("'AKIA7777'"));
}

#[test]
fn ctrl_c_and_the_end_of_input_cancel() {
    for keys in ["\x03", "sand\x03", "\x04"] {
        let home = home(&NAMES);
        let mut terminal = picker_sized(&home, "trap : INT; TERM=dumb", 50, 120);
        terminal.wait_for(QUESTION);
        terminal.send(keys);
        ended(terminal, &home, 130);
        assert_eq!(read(&home, "out"), "false\n");
    }
}

#[test]
fn no_terminal_type_is_a_dumb_one() {
    let home = home(&NAMES);
    let mut terminal = picker_sized(&home, "env -u TERM", 50, 120);
    terminal.wait_for(QUESTION);
    terminal.send("4\r");
    ended(terminal, &home, 0);
}

#[test]
fn names_do_not_steer_it() {
    let home = home(&["a\u{1b}[31mb", "c\u{9b}2Jd", "e\u{202e}f"]);
    let mut terminal = list(&home);
    let screen = terminal.text();
    assert!(screen.contains("1  a\\u{1b}[31mb\n  2  c\\u{9b}2Jd\n  3  e\\u{202e}f\n"), "{screen}");
    terminal.send("\x04");
    terminal.wait_for("status 130");
}
