//! A bug must not look like a success, nor tell a secret.

use std::ffi::OsString;
use std::io::Write;

use awsenv_shell::{Shell, render_failure};

use crate::commands::export::evaluating_shell;
use crate::context::Context;
use crate::{evaluation, option_value};

/// The exit status of a bug.
const BUG: i32 = 255;

/// In place of Rust's own report, whose text could hold any value: where it was, what makes an evaluation fail, and
/// status 255.
#[allow(clippy::exit, reason = "a panic hook has no other way to choose the status")]
pub(crate) fn install(context: &Context, arguments: &[OsString]) {
    let arguments = arguments.to_vec();
    let terminal = context.stdout_is_terminal;
    std::panic::set_hook(Box::new(move |info| {
        let place = info.location().map(|at| format!(" at {}:{}", at.file(), at.line())).unwrap_or_default();
        let _ = writeln!(
            std::io::stderr(),
            "awsenv: a bug in awsenv{place}; nothing was changed [panic]\n  please report it, with the command line"
        );
        if let Some(shell) = evaluating(&arguments).filter(|_| !terminal) {
            let _ = writeln!(std::io::stdout(), "{}", render_failure(shell, "a bug in awsenv"));
        }
        std::process::exit(BUG);
    }));
}

/// The shell that evaluates the output of this command line, if one does.
fn evaluating(arguments: &[OsString]) -> Option<Shell> {
    match arguments.first().and_then(|name| name.to_str()) {
        Some("current" | "list" | "explain" | "exec") => None,
        Some("export") => evaluating_shell(&option_value(arguments, "--format")?),
        _ => Some(evaluation::shell(option_value(arguments, "--shell").as_deref())),
    }
}

/// Debug builds panic on request, so that a test can see what a panic does.
#[cfg(debug_assertions)]
pub(crate) fn provoke(context: &Context) {
    assert!(!context.environment.is_set("AWSENV_TEST_PANIC"), "{:?}", context.environment.get("AWSENV_TEST_PANIC"));
}

/// Released builds never do.
#[cfg(not(debug_assertions))]
pub(crate) fn provoke(_context: &Context) {}
