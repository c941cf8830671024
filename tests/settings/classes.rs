//! `[class …]`: what is asked before an identity of a class is used, and how long a shell keeps it.

use std::path::Path;

use awsenv_testkit::home::Home;
use awsenv_testkit::terminal::Terminal;
use awsenv_testkit::tools;

use super::{awsenv, stdout};

const SETTINGS: &str = "[class production]\nmatch = *prod*\nconfirm = yes\nmax_duration = 30m\n";

fn home() -> Home {
    let keys =
        |name: &str| format!("[{name}]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = canary\n");
    Home::new().credentials(["acme-prod", "acme-dev"].map(keys).concat()).settings(SETTINGS)
}

/// `awsenv ARGUMENTS >out`, on a terminal.
fn on_terminal(home: &Home, arguments: &str) -> Terminal {
    let script =
        format!("trap : INT; '{}' {arguments} >out; echo \"status $?\" >>out; echo over", env!("CARGO_BIN_EXE_awsenv"));
    Terminal::start(Path::new("/bin/sh"), &["-c", &script], home.path(), home.environment())
}

/// Waits until the name was asked for so many times.
fn asked(terminal: &mut Terminal, times: usize) {
    terminal.wait_until("another question", |screen| screen.matches("Its name").count() == times);
}

fn out(terminal: &mut Terminal, home: &Home) -> String {
    terminal.wait_for("over");
    std::fs::read_to_string(home.join("out")).unwrap()
}

#[test]
fn the_name_is_asked_for() {
    for arguments in
        ["use --shell posix acme-prod", "use --shell bash acme-prod", "export acme-prod", "exec acme-prod -- printenv"]
    {
        let home = home();
        let mut terminal = on_terminal(&home, arguments);
        terminal.wait_for("of the class production");
        terminal.send("acme\r");
        asked(&mut terminal, 2);
        terminal.send("acme-prod\r");
        let out = out(&mut terminal, &home);
        assert!(out.contains("canary") && out.ends_with("status 0\n"), "{arguments}: {out}");
    }
}

#[test]
fn other_answers_change_nothing() {
    let home = home();
    let mut terminal = on_terminal(&home, "use --shell posix acme-prod");
    for tries in 1..=3 {
        asked(&mut terminal, tries);
        terminal.send("yes\r");
    }
    assert_eq!(out(&mut terminal, &home), "false\nstatus 1\n");

    let mut terminal = on_terminal(&home, "use --shell posix acme-prod");
    terminal.wait_for("Its name");
    terminal.send("\u{3}");
    assert_eq!(out(&mut terminal, &home), "false\nstatus 130\n");
}

#[test]
fn without_a_terminal_a_person_is_needed_or_yes() {
    let home = home();
    // A session of its own has no terminal.
    let run = |arguments: &[&str]| {
        let setsid = tools::find("setsid").expect("setsid, of util-linux");
        home.command(setsid).arg("--wait").arg(env!("CARGO_BIN_EXE_awsenv")).args(arguments).output().unwrap()
    };
    let output = run(&["use", "acme-prod"]);
    assert_eq!((output.status.code(), &*output.stdout), (Some(3), &b"false\n"[..]));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("production") && said.contains("--yes"), "{said}");
    assert_eq!(run(&["exec", "acme-prod", "--", "true"]).status.code(), Some(125));
    assert!(run(&["use", "--yes", "acme-prod"]).status.success());
    assert!(run(&["use", "acme-dev"]).status.success());
}

/// The end is the shell's: the keys themselves would go on.
#[test]
fn a_class_ends_after_its_time_whatever_for_says() {
    let home = home();
    let left = |arguments: &[&str]| -> i64 {
        let text = stdout(&home, &[&["use", "--yes", "--shell", "bash"], arguments].concat());
        let end = text
            .split("AWSENV_EXPIRATION=")
            .nth(1)
            .map(|rest| rest.trim_start_matches('\'').split(|c: char| !c.is_ascii_digit()).next());
        let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() as i64;
        end.flatten().map_or(-1, |end| end.parse::<i64>().unwrap() - now)
    };
    assert!((1700..=1800).contains(&left(&["acme-prod"])));
    assert!((1700..=1800).contains(&left(&["--for", "2h", "acme-prod"])));
    assert!((500..=600).contains(&left(&["--for", "10m", "acme-prod"])));
    assert!((7100..=7200).contains(&left(&["--for", "2h", "acme-dev"])));
    assert_eq!(left(&["acme-dev"]), -1);
    assert!(awsenv(&home, &["use", "--yes", "acme-prod"]).status.success());
}
