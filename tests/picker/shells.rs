//! Inside the line that people type.

use std::path::Path;

use awsenv_shell::{Shell, evaluation_form};
use awsenv_testkit::shells::RealShell;
use awsenv_testkit::terminal::Terminal;

use crate::common::{PROMPT, home, read};

fn start(shell: RealShell, program: &Path, home: &awsenv_testkit::home::Home) -> Terminal {
    let mut terminal = Terminal::start(program, shell.arguments(), home.path(), home.environment());
    let prompt = match shell {
        RealShell::Fish => "function fish_prompt; echo 'READY> '; end",
        RealShell::Tcsh => "set prompt='READY> '",
        _ => "PS1='READY> '",
    };
    terminal.send(&format!("{prompt}\r"));
    ready(&mut terminal);
    terminal
}

fn ready(terminal: &mut Terminal) {
    terminal.wait_until("prompt", |screen| screen.lines().any(|line| line.trim_end().ends_with("READY>")));
}

fn check(shell: RealShell, program: &Path) {
    let dialect: Shell = shell.name().parse().unwrap();
    check_form(shell, program, "", &evaluation_form(dialect, "awsenv use"));
}

/// With the hook loaded, the function alone and the evaluated form.
fn check_with_hook(shell: RealShell, program: &Path) {
    let dialect: Shell = shell.name().parse().unwrap();
    let hook = evaluation_form(dialect, &format!("awsenv init {}", shell.name()));
    check_form(shell, program, &hook, "awsenv use");
    check_form(shell, program, &hook, &evaluation_form(dialect, "awsenv use"));
}

fn check_form(shell: RealShell, program: &Path, before: &str, form: &str) {
    let home = home(&["client1", "client2", "a$(touch awsenv-canary)b"]);
    let mut terminal = start(shell, program, &home);
    if !before.is_empty() {
        terminal.send(&format!("{before}; echo load''ed\r"));
        terminal.wait_until("loaded", |screen| screen.contains("loaded\n"));
    }
    let mut run = |keys: &str, number: u32| {
        terminal.send(&format!("{form}\r"));
        terminal.wait_for(PROMPT);
        terminal.send(keys);
        terminal.wait_until("end", |screen| !screen.contains(PROMPT) && screen.trim_end().ends_with("READY>"));
        // Split, so that the line as typed is not what is waited for.
        terminal.send(&format!("env >seen && echo do''ne {number}\r"));
        terminal.wait_until("done", |screen| screen.contains(&format!("done {number}\n")));
        read(&home, "seen")
    };
    assert!(run("2\r", 1).contains("AWS_ACCESS_KEY_ID=AKIA1\n"), "{}", shell.label());
    let picked = run("touch\r", 2);
    assert!(picked.contains("AWS_ACCESS_KEY_ID=AKIA2\n"), "{}: {picked}", shell.label());
    for (number, keys) in [(3, "client1\x03"), (4, "client1\x1b")] {
        assert!(run(keys, number).contains("AWS_ACCESS_KEY_ID=AKIA2\n"), "{}", shell.label());
    }
    assert!(!home.join("awsenv-canary").exists(), "{}", shell.label());
}

mod evaluated {
    awsenv_testkit::in_every_shell!(
        super::check,
        bash = Bash,
        zsh = Zsh,
        fish = Fish,
        dash = Dash,
        ksh93 = Ksh93,
        mksh = Mksh,
        yash = Yash,
        ash = Ash,
        tcsh = Tcsh
    );
}

mod evaluated_with_hook {
    awsenv_testkit::in_every_shell!(super::check_with_hook, bash = Bash, zsh = Zsh, fish = Fish);
}

/// Cancelling is a failure that scripts see.
fn check_failure(shell: RealShell, program: &Path) {
    let home = home(&["client1"]);
    let dialect: Shell = shell.name().parse().unwrap();
    let mut terminal = start(shell, program, &home);
    terminal.send(
        &format!("{}; or echo fai''led\r", evaluation_form(dialect, "awsenv use"))
            .replace("; or", if shell == RealShell::Fish { "; or" } else { " ||" }),
    );
    terminal.wait_for(PROMPT);
    terminal.send("\x03");
    terminal.wait_until("failed", |screen| screen.lines().any(|line| line.trim_end() == "failed"));
    ready(&mut terminal);
}

mod fails {
    awsenv_testkit::in_every_shell!(super::check_failure, bash = Bash, zsh = Zsh, fish = Fish, dash = Dash);
}
