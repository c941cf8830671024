//! The text for a failure makes the evaluation fail and changes nothing.

use std::path::Path;

use awsenv_shell::render_failure;
use awsenv_testkit::shells::{RealShell, evaluate, evaluate_strictly};

use crate::common::{assert_nothing_ran, dialect, form, home, is_untouched};

const MESSAGE: &str = "no profile `a'\"$(touch awsenv-canary)`\n\u{1b}[31m; touch awsenv-canary";

fn check(shell: RealShell, program: &Path) {
    let home = home(&render_failure(dialect(shell), MESSAGE));
    let outcome = evaluate(shell, program, &home, "", &form(shell));
    assert!(outcome.survived && !outcome.succeeded, "{}: {outcome:?}", shell.label());
    assert!(is_untouched(&outcome), "{}: {outcome:?}", shell.label());
    let strict = evaluate_strictly(shell, program, &home, "", &form(shell));
    // fish has no mode in which a failure ends a script.
    assert!(!strict.survived || shell == RealShell::Fish, "{}: the script went on", shell.label());
    assert_nothing_ran(shell, &home);
}

mod fails {
    awsenv_testkit::in_every_shell!(super::check);
}
