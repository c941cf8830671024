//! A snippet that is cut off after any byte applies nothing, and its evaluation fails.

use std::path::Path;

use awsenv_shell::evaluation_form;
use awsenv_testkit::shells::{RealShell, evaluate, evaluate_each};

use crate::common::{assert_nothing_ran, change, dialect, form, home, is_applied, is_untouched, snippet};

fn check(shell: RealShell, program: &Path) {
    let snippet = snippet(shell, &change());
    let home = home(&snippet);
    let cut_at = |length: usize| evaluation_form(dialect(shell), &format!("head -c {length} snippet"));
    let statements: Vec<String> = (1..snippet.len()).map(cut_at).collect();
    let outcomes = evaluate_each(shell, program, &home, "", &statements);
    for (length, outcome) in (1..).zip(&outcomes) {
        let cut = String::from_utf8_lossy(&snippet.as_bytes()[..length]);
        // `eval` of nothing succeeds in tcsh, and no shape of the text can help it.
        let is_excepted = shell == RealShell::Tcsh && cut.trim_end() == "eval";
        assert!(!outcome.succeeded || is_excepted, "{} takes {cut}", shell.label());
        assert!(!outcome.survived || is_untouched(outcome), "{} applied {cut}: {outcome:?}", shell.label());
    }
    assert_nothing_ran(shell, &home);
    // The same in full does work here, so what was seen above was the cut.
    let whole = evaluate(shell, program, &home, "", &form(shell));
    assert!(whole.succeeded && is_applied(&whole, &change()), "{}: {whole:?}", shell.label());
}

mod anywhere {
    awsenv_testkit::in_every_shell!(super::check);
}
