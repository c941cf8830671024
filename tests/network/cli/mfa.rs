//! One-time codes: by an option, by a program, on the terminal.

use awsenv_testkit::shells::RealShell;
use awsenv_testkit::terminal::Terminal;

use crate::common::{ACCOUNT, SERIAL, World, awsenv_path};

fn role(name: &str) -> String {
    format!("arn:aws:sts::{ACCOUNT}:assumed-role/{name}/")
}

#[test]
fn one_code_serves_every_role_of_the_device() {
    let world = World::new();
    assert!(world.exported("secured --mfa 111111").starts_with(&role("Secured")));
    assert!(world.exported("second").starts_with(&role("Second")));
    assert_eq!((world.fake.calls("GetSessionToken"), world.fake.calls("AssumeRole")), (1, 2));
}

#[test]
fn without_a_code_and_without_a_terminal_a_person_is_needed() {
    let world = World::new();
    let run = world.awsenv("use secured --shell bash").expect(3, &["mfa-needed", SERIAL, "--mfa"]);
    assert_eq!(run.stdout, "false\n");
    world.awsenv("exec secured -- true").expect(125, &["mfa-needed"]);
    assert_eq!(world.asked(), [""; 0], "nobody was asked anything");
}

#[test]
fn a_wrong_code_is_no_identity() {
    let world = World::new();
    let run = world.awsenv("use secured --mfa 999999 --shell bash").expect(1, &[]);
    assert!(run.stdout == "false\n" && !run.stderr.contains("999999"), "{run:?}");
    world.awsenv("use secured --mfa 12345 --shell bash").expect(2, &["six digits"]);
}

#[test]
fn a_program_gives_the_code() {
    let settings = |home: awsenv_testkit::home::Home| home.settings("[settings]\nmfa_process = echo 222222\n");
    let world = World::with(|fake| fake, settings);
    assert!(world.exported("secured").starts_with(&role("Secured")));
}

/// `awsenv export PROFILE` on a terminal, its output in a file. Says `over` with the status, and whether the terminal is
/// as it was.
fn on_terminal(world: &World, profile: &str) -> Terminal {
    let line = format!(
        "stty -g >before; '{}' export {profile} >out; echo status $?; stty -g >after; cmp before after && echo ov''er; \
         sleep 30",
        awsenv_path().display()
    );
    Terminal::start("/bin/sh".as_ref(), &["-c", &line], world.home.path(), world.home.environment())
}

#[test]
fn a_person_types_the_code_and_nobody_sees_it() {
    let world = World::new();
    let mut terminal = on_terminal(&world, "secured");
    terminal.wait_for("MFA");
    terminal.send("111111\r");
    let screen = terminal.wait_for("over");
    assert!(screen.contains("status 0"), "{screen}");
    let json = serde_json::from_str(&world.read("out")).expect("credentials");
    assert!(world.identity(&json).starts_with(&role("Secured")));
    assert!(!String::from_utf8_lossy(&terminal.bytes()).contains("111111"));
}

#[test]
fn ctrl_c_at_the_question_is_130_and_leaves_the_terminal_as_it_was() {
    let world = World::new();
    let mut terminal = on_terminal(&world, "secured");
    terminal.wait_for("MFA");
    terminal.send("\u{3}");
    let screen = terminal.wait_for("over");
    assert!(screen.contains("status 130"), "{screen}");
    assert_eq!(world.read("out"), "");
    assert_eq!(world.fake.calls("GetSessionToken") + world.fake.calls("AssumeRole"), 0);
}

/// The way it is typed: at the prompt of an interactive shell, whose own hands are on the terminal, too.
#[test]
fn a_switch_at_a_prompt_asks_and_can_be_called_off() {
    const TEST: &str = "a_switch_at_a_prompt_asks_and_can_be_called_off";
    for (shell, prompt, form) in [
        (RealShell::Bash, "PS1='READY> '", r#"eval "$(awsenv use secured)""#),
        (RealShell::Zsh, "PS1='READY> '", r#"eval "$(awsenv use secured)""#),
        (RealShell::Fish, "function fish_prompt; printf 'READY> '; end", "awsenv use secured | source"),
    ] {
        let Some(program) = shell.require(TEST) else { continue };
        let world = World::new();
        let mut arguments = shell.arguments().to_vec();
        arguments.push("-i");
        let mut terminal = Terminal::start(&program, &arguments, world.home.path(), world.home.environment());
        let mut type_in = |keys: &str, what: &str, wanted: &dyn Fn(&str) -> bool| {
            terminal.send(keys);
            terminal.wait_until(what, wanted)
        };
        let at_prompt = |screen: &str| screen.trim_end().ends_with("READY>");
        type_in(&format!("{prompt}\r"), "prompt", &at_prompt);
        type_in(&format!("{form}\r"), "question", &|screen| screen.contains("code of"));
        type_in("\u{3}", "prompt", &|screen| screen.contains("interrupted") && at_prompt(screen));
        // What is typed is seen again, and nothing was switched.
        type_in("echo \"is-$AWSENV_PROFILE-over\"\r", "line", &|screen| screen.contains("\nis--over"));
        type_in("clear\r", "empty screen", &|screen| !screen.contains("code of") && at_prompt(screen));
        type_in(&format!("{form}\r"), "question", &|screen| screen.contains("code of"));
        type_in("111111\r", "prompt", &at_prompt);
        type_in("echo \"is-$AWSENV_PROFILE-over\"\r", "line", &|screen| screen.contains("\nis-secured-over"));
        assert!(!String::from_utf8_lossy(&terminal.bytes()).contains("111111"), "{}", shell.label());
        assert_eq!(world.fake.calls("AssumeRole"), 1, "{}", shell.label());
    }
}
