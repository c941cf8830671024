//! A bug must not look like a success, nor tell a secret.

use std::ffi::OsString;
use std::io::{IsTerminal as _, Write};

use awsenv_core::identity::LOCKED_PROFILE;
use awsenv_shell::{Shell, render_failure};
use zeroize::Zeroizing;

use crate::commands::export::evaluating_shell;
use crate::commands::use_::{OR_CLEAR, lock_and_fail_text};
use crate::commands::{guard, renew};
use crate::complete;
use crate::context::Context;
use crate::evaluation::{Target, has_option, option_value};

/// The exit status of a bug.
const BUG: i32 = 255;

const MESSAGE: &str = "a bug in awsenv";

/// In place of Rust's own report, whose text could hold any value: where it was, what makes an evaluation fail, and
/// status 255.
pub(crate) fn install(context: &Context, arguments: &[OsString]) {
    let target = evaluating(arguments).filter(|_| !context.stdout_is_terminal);
    let failure = target.map(|target| Zeroizing::new(render_failure(target.shell, MESSAGE)));
    set_hook(failure);
    // The lock is prepared now, because nothing that could panic may run in the hook.
    let asked = arguments.first().is_some_and(|name| name == "use") && has_option(arguments, OR_CLEAR);
    let lock = target.filter(|_| asked).and_then(|target| lock_and_fail_text(context, target, LOCKED_PROFILE, MESSAGE));
    if let Some(lock) = lock {
        set_hook(Some(Zeroizing::new(lock.expose().to_owned())));
    }
}

/// As [`install`], for a command of which no more is known than the `shell` that evaluates its output.
pub(crate) fn install_for(shell: Shell) {
    let is_read = !std::io::stdout().is_terminal();
    set_hook(is_read.then(|| Zeroizing::new(render_failure(shell, MESSAGE))));
    provoke_early();
}

/// `text` is for standard output.
#[allow(clippy::exit, reason = "a panic hook has no other way to choose the status")]
fn set_hook(text: Option<Zeroizing<String>>) {
    std::panic::set_hook(Box::new(move |info| {
        awsenv_host::terminal::restore();
        let place = info.location().map(|at| format!(" at {}:{}", at.file(), at.line())).unwrap_or_default();
        let _ = writeln!(
            std::io::stderr(),
            "awsenv: {MESSAGE}{place}; nothing was switched [panic]\n  please report it, with the command line"
        );
        if let Some(text) = &text {
            let _ = writeln!(std::io::stdout(), "{}", text.as_str());
        }
        std::process::exit(BUG);
    }));
}

/// The shell that evaluates the output of this command line, if one does.
fn evaluating(arguments: &[OsString]) -> Option<Target> {
    match arguments.first().and_then(|name| name.to_str()) {
        Some(
            complete::REQUEST | renew::RENEW | guard::GUARD | "completions" | "current" | "list" | "explain" | "exec",
        ) => None,
        Some("export") => {
            evaluating_shell(&option_value(arguments, "--format")?).map(|shell| Target::new(Some(shell), None))
        }
        // Its shell is an argument of its own.
        Some("init") => {
            let named = arguments.iter().skip(1).find_map(|argument| argument.to_str()?.parse().ok());
            Some(Target { shell: named.unwrap_or(Shell::Posix), hooked: false })
        }
        _ => Some(Target::of_arguments(arguments)),
    }
}

/// Debug builds panic on request, so that a test can see what a panic does.
#[cfg(debug_assertions)]
pub(crate) fn provoke(context: &Context) {
    assert!(!context.environment.is_set("AWSENV_TEST_PANIC"), "{:?}", context.environment.get("AWSENV_TEST_PANIC"));
}

/// As [`provoke`], where there is no context.
#[cfg(debug_assertions)]
fn provoke_early() {
    let asked = awsenv_host::environment::one("AWSENV_TEST_PANIC");
    assert!(asked.is_none(), "{asked:?}");
}

/// Released builds never do.
#[cfg(not(debug_assertions))]
fn provoke_early() {}

/// As [`provoke`], while the picker is on the screen.
#[cfg(debug_assertions)]
pub(crate) fn provoke_in_picker(context: &Context) {
    assert!(!context.environment.is_set("AWSENV_TEST_PANIC_IN_PICKER"), "while the picker is on the screen");
}

/// Released builds never do.
#[cfg(not(debug_assertions))]
pub(crate) fn provoke(_context: &Context) {}

/// Released builds never do.
#[cfg(not(debug_assertions))]
pub(crate) fn provoke_in_picker(_context: &Context) {}
