//! `cargo xtask test`: set up, then every check there is, each as a named step.

use std::env;

use crate::args::Args;
use crate::checks;
use crate::failure::{Failure, Result};
use crate::report::{Outcome, Report};
use crate::setup;
use crate::workspace::Workspace;

pub(crate) const HELP: &str = "
  --only NAME   run this step alone, without set-up (may be repeated): fmt clippy fuzz gen doc msrv macos
                windows shellcheck cargo-test instructions
  --no-setup    install nothing
  --setup-only  install what the tests need, and stop
  --verbose     show the output of every step, not only of those that fail

Set-up installs, as root on Debian, the shells and tools of the system by apt-get; elsewhere it names them. It puts a
Python environment and nu into target/test-tools (AWSENV_TEST_TOOLS names another folder) and gets Rust's standard
library for the targets that are built for. A second run finds all that and takes no time.

Where set-up was complete, tests run with AWSENV_STRICT=1: what can't be tested fails. With CI set, a step that is
skipped fails as well. The last line counts the steps: `N passed, N failed, N skipped`.
";

/// One check: its name, and what it does.
struct Step {
    name: &'static str,
    run: fn(&Bench<'_>) -> Result<Outcome>,
}

/// What a check works with.
pub(crate) struct Bench<'a> {
    pub(crate) workspace: &'a Workspace,
    /// Show the output of programs as it comes.
    pub(crate) echo: bool,
    /// Set-up was complete, so tests may not skip anything.
    pub(crate) strict: bool,
}

const STEPS: &[Step] = &[
    Step { name: "fmt", run: checks::fmt },
    Step { name: "clippy", run: checks::clippy },
    Step { name: "fuzz", run: checks::fuzz },
    Step { name: "gen", run: checks::generated },
    Step { name: "doc", run: checks::doc },
    Step { name: "msrv", run: checks::msrv },
    Step { name: "macos", run: checks::macos },
    Step { name: "windows", run: checks::windows },
    Step { name: "shellcheck", run: checks::shellcheck },
    Step { name: "cargo-test", run: checks::cargo_test },
    Step { name: "instructions", run: checks::instructions },
];

/// Runs the command; whether nothing failed.
pub(crate) fn run(workspace: &Workspace, mut args: Args) -> Result<bool> {
    let only = args.values("--only")?;
    let setup_only = args.flag("--setup-only");
    let no_setup = args.flag("--no-setup") || !only.is_empty();
    let echo = args.flag("--verbose");
    args.finish()?;
    if setup_only && no_setup {
        return Err(Failure::new("--setup-only does nothing beside --no-setup or --only"));
    }
    for name in &only {
        if !STEPS.iter().any(|step| step.name == name) {
            let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
            return Err(Failure::new(format!("there is no step '{name}'; there are {}", names.join(" "))));
        }
    }

    let mut report = Report::new(env::var_os("CI").is_some_and(|value| !value.is_empty()));
    if !no_setup {
        setup::run(workspace, &mut report, echo);
    } else if only.is_empty() {
        report.leave_out("setup", "--no-setup");
    }
    if setup_only {
        return Ok(report.finish());
    }
    let strict = report.is_complete() && !no_setup;
    let bench = Bench { workspace, echo, strict };
    for step in STEPS.iter().filter(|step| only.is_empty() || only.iter().any(|name| name == step.name)) {
        report.step(step.name, || (step.run)(&bench));
    }
    Ok(report.finish())
}
