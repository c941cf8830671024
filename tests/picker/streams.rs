//! The standard streams are not the picker's.

use std::process::Stdio;

use awsenv_testkit::home::Home;
use awsenv_testkit::tools;

use crate::common::{AWSENV, PROMPT, home, picked, picker_sized, read, script_sized};

#[test]
fn input_that_is_a_pipe_is_left_to_others() {
    let home = home(&["client1", "client2"]);
    let script = "stty -g >before; echo earlier text; \
                  printf 'client2\\nrest\\n' | { awsenv use --shell bash >out 2>err; echo $? >status; cat >left; }; \
                  stty -g >after; echo sta''tus $(cat status); sleep 30";
    let mut terminal = script_sized(&home, script, 24, 80);
    terminal.wait_for("> client1");
    terminal.send("\r");
    picked(&mut terminal, &home, 0);
    assert_eq!(read(&home, "left"), "client2\nrest\n");
}

/// A program in a new session has no terminal.
fn without_terminal(home: &Home, words: &[&str]) -> Option<std::process::Output> {
    let setsid = tools::require("setsid", module_path!())?;
    let mut command = home.command(setsid);
    command.arg("-w").arg(AWSENV).args(words).stdin(Stdio::null());
    Some(command.output().unwrap())
}

#[test]
fn without_a_terminal_a_person_is_needed() {
    let home = home(&["client1"]);
    for words in [&["use", "--shell", "bash"][..], &["use", "--shell", "bash", "--region", "eu-west-1"]] {
        let Some(output) = without_terminal(&home, words) else { return };
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(3), "{said}");
        assert_eq!(output.stdout, b"false\n");
        assert!(said.contains("[no-terminal]") && said.contains("awsenv use PROFILE"), "{said}");
    }
}

#[test]
fn without_profiles_it_says_so() {
    let home = Home::new();
    let Some(output) = without_terminal(&home, &["use", "--shell", "bash"]) else { return };
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(output.stdout, b"false\n");
    assert!(said.contains("[no-profiles]") && said.contains(".aws/config"), "{said}");
}

/// Typed alone at a prompt it could switch nothing, so nobody is asked.
#[test]
fn output_that_is_a_terminal_gets_the_form_to_type() {
    let home = home(&["client1"]);
    let mut terminal = script_sized(&home, "awsenv use --shell bash; echo sta''tus $?; sleep 30", 24, 80);
    let screen = terminal.wait_for("status 1");
    assert!(screen.contains("eval \"$(awsenv use)\"") && !screen.contains(PROMPT), "{screen}");
}

#[test]
fn options_stay_with_what_is_picked() {
    let home = home(&["client1", "client2"]);
    let mut terminal = picker_sized(&home, "f() { \"$@\" --region eu-south-2; }; f", 24, 80);
    terminal.wait_for(PROMPT);
    terminal.send("2\r");
    picked(&mut terminal, &home, 1);
    assert!(read(&home, "out").contains("AWS_REGION='eu-south-2'"));
}
