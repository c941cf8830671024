//! `cargo xtask COMMAND`: everything that is done to this repository, in one place.
//!
//! One module a command; the rest are the tools they share.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a developer's tool talks to the developer")]

mod args;
mod bench;
mod checks;
mod failure;
mod fakes;
mod files;
mod generate;
mod homes;
mod install;
mod instructions;
mod loading;
mod msrv;
mod process;
mod report;
mod setup;
mod stats;
mod steady;
mod test;
mod tour;
mod try_aws;
mod try_it;
mod workspace;

use std::process::ExitCode;

use args::Args;
use failure::Result;
use workspace::Workspace;

/// A command: its name, what it does in one line, its own help, and the function behind it.
struct Task {
    name: &'static str,
    about: &'static str,
    help: &'static str,
    run: fn(&Workspace, Args) -> Result<bool>,
}

const TASKS: &[Task] = &[
    Task { name: "try", about: "a tour of the main job on sample files", help: try_it::HELP, run: try_it::run },
    Task { name: "test", about: "set up what the tests need, then run every check", help: test::HELP, run: test::run },
    Task {
        name: "install",
        about: "build the release binaries and install them",
        help: install::HELP,
        run: install::run,
    },
    Task { name: "gen", about: "generate man pages, or check them", help: generate::HELP, run: generate::run },
    Task { name: "bench", about: "measure what is promised about speed", help: bench::HELP, run: bench::run },
    Task {
        name: "instructions",
        about: "count the instructions of the hot commands",
        help: instructions::HELP,
        run: instructions::run,
    },
];

fn main() -> ExitCode {
    let words = match args::words(std::env::args_os().skip(1)) {
        Ok(words) => words,
        Err(failure) => return refuse(&failure.to_string()),
    };
    let Some((name, rest)) = words.split_first() else { return refuse("which command?") };
    if matches!(name.as_str(), "help" | "--help" | "-h") {
        println!("{}", overview());
        return ExitCode::SUCCESS;
    }
    let Some(task) = TASKS.iter().find(|task| task.name == name) else {
        return refuse(&format!("there is no command '{name}'"));
    };
    if rest.iter().any(|word| word == "--help" || word == "-h") {
        println!("cargo xtask {}: {}\n\n{}", task.name, task.about, task.help.trim_matches('\n'));
        return ExitCode::SUCCESS;
    }
    match Workspace::find().and_then(|workspace| (task.run)(&workspace, Args::new(rest.to_vec()))) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("xtask {}: {failure}", task.name);
            ExitCode::FAILURE
        }
    }
}

/// Says what is wrong with the words on the command line, and what there is.
fn refuse(message: &str) -> ExitCode {
    eprintln!("xtask: {message}\n\n{}", overview());
    ExitCode::from(2)
}

fn overview() -> String {
    let mut text = String::from("Usage: cargo xtask COMMAND [OPTION...]\n\n");
    for task in TASKS {
        text.push_str(&format!("  {:14}{}\n", task.name, task.about));
    }
    text.push_str("\n`cargo xtask COMMAND --help` tells its options.");
    text
}
