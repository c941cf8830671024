//! The README's picture is what a terminal shows: bash, the sample home, and what a person types.
//!
//! `AWSENV_BLESS=1 cargo test -p awsenv-cli --test picture` draws it anew.
#![allow(clippy::disallowed_methods, reason = "AWSENV_BLESS is for this test alone")]

use std::path::Path;
use std::{env, fs};

use awsenv_testkit::home::Home;
use awsenv_testkit::picture;
use awsenv_testkit::shells::RealShell;
use awsenv_testkit::terminal::Terminal;
use awsenv_testkit::tools;

const TYPED: [&str; 5] = [
    "awsenv list",
    "eval \"$(awsenv use client1)\"",
    "awsenv current",
    "eval \"$(awsenv use cleint1-prod)\"",
    "echo \"status $?, still $AWSENV_PROFILE\"",
];

#[test]
fn it_is_what_a_terminal_shows() {
    let Some(bash) = RealShell::Bash.require("the README's picture") else { return };
    let sample = tools::workspace_root().join("tests/samples/home/.aws");
    let text = |name: &str| fs::read(sample.join(name)).expect("a sample file");
    let binary = Path::new(env!("CARGO_BIN_EXE_awsenv"));
    let home = Home::new()
        .config(text("config"))
        .credentials(text("credentials"))
        .path_first(binary.parent().expect("a file is in a folder"))
        .variable("PS1", r"\[\e[1;32m\]$\[\e[0m\] ");
    let mut terminal = Terminal::start(&bash, RealShell::Bash.arguments(), home.path(), home.environment());
    for (number, line) in TYPED.iter().chain([&""]).enumerate() {
        // Typed before the prompt is there, a line would show twice.
        terminal.wait_until("prompt", |screen| {
            let prompts = screen.lines().filter(|line| line.trim_end() == "$" || line.starts_with("$ ")).count();
            prompts == number + 1 && screen.trim_end().ends_with('$')
        });
        if !line.is_empty() {
            terminal.send(&format!("{line}\r"));
        }
    }
    let drawn = picture::svg(&terminal.screen(), "bash");

    let file = tools::workspace_root().join("docs/terminal.svg");
    if env::var_os("AWSENV_BLESS").is_some() {
        fs::write(&file, &drawn).expect("the picture can be written");
    }
    let kept = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        kept == drawn,
        "set AWSENV_BLESS=1, run again and look at docs/terminal.svg; the terminal shows now:\n{}",
        terminal.text()
    );
}
