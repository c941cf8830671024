//! The main form typed at a prompt, with history expansion on.

use std::path::Path;

use awsenv_core::change::EnvChange;
use awsenv_testkit::corpus;
use awsenv_testkit::shells::RealShell;
use awsenv_testkit::terminal::Terminal;

use crate::common::{assert_nothing_ran, form, home, snippet};

/// Values in one snippet.
const BATCH: usize = 400;

fn check(shell: RealShell, program: &Path) {
    for values in corpus::values().chunks(BATCH) {
        let mut change = EnvChange::new();
        for (number, value) in values.iter().enumerate() {
            change.set_secret(&format!("AWS_VALUE_{number}"), value).unwrap();
        }
        change.unset("AWS_PROFILE").unwrap();
        let home = home(&snippet(shell, &change));
        let mut terminal = Terminal::start(program, shell.arguments(), home.path(), home.environment());
        let prompt = match shell {
            RealShell::Tcsh => "set prompt='READY> '",
            RealShell::Fish => "function fish_prompt; echo 'READY> '; end",
            _ => "PS1='READY> '",
        };
        terminal.send(&format!("{prompt}\r"));
        terminal.wait_until("prompt", |screen| screen.lines().any(|line| line.trim_end() == "READY>"));
        terminal.send("echo first\r");
        terminal.send(&format!("{}\r", form(shell)));
        // Split, so that the line as typed is not what is waited for.
        terminal.send("env -0 >seen && echo do''ne\r");
        terminal.wait_until("done", |screen| screen.lines().any(|line| line.trim_end() == "done"));
        let seen = std::fs::read(home.join("seen")).unwrap();
        let seen: Vec<&[u8]> = seen.split(|byte| *byte == 0).collect();
        for (number, value) in values.iter().enumerate() {
            let wanted = format!("AWS_VALUE_{number}={value}");
            assert!(seen.contains(&wanted.as_bytes()), "{}: {wanted:?}\n{}", shell.label(), terminal.text());
        }
        assert!(!seen.iter().any(|entry| entry.starts_with(b"AWS_PROFILE=")), "{}", shell.label());
        assert_nothing_ran(shell, &home);
    }
}

mod typed {
    awsenv_testkit::in_every_shell!(super::check, bash = Bash, zsh = Zsh, fish = Fish, tcsh = Tcsh);
}
