//! What these tests share.

use awsenv_core::change::{EnvChange, EnvValue};
use awsenv_shell::{Shell, evaluation_form, render_change};
use awsenv_testkit::corpus::CANARY;
use awsenv_testkit::home::Home;
use awsenv_testkit::shells::{Outcome, RealShell};

/// awsenv's own value for `shell`.
pub(crate) fn dialect(shell: RealShell) -> Shell {
    shell.name().parse().expect("a real shell is one that awsenv speaks")
}

/// The snippet for `change`.
pub(crate) fn snippet(shell: RealShell, change: &EnvChange) -> String {
    render_change(dialect(shell), change).expect("this shell can say anything").expose().to_owned()
}

/// A home with the file `snippet`, and the variables of [`before`].
pub(crate) fn home(snippet: &str) -> Home {
    before().into_iter().fold(Home::new().file("snippet", snippet), |home, (name, value)| home.variable(name, value))
}

/// How the whole of the file `snippet` is evaluated.
pub(crate) fn form(shell: RealShell) -> String {
    evaluation_form(dialect(shell), "cat snippet")
}

/// An identity that is active before the change.
pub(crate) fn before() -> [(&'static str, &'static str); 4] {
    [
        ("AWS_ACCESS_KEY_ID", "AKIAOLD"),
        ("AWS_SECRET_ACCESS_KEY", "old secret"),
        ("AWS_SESSION_TOKEN", "old token"),
        ("AWS_PROFILE", "old"),
    ]
}

/// A change from [`before`] to another identity, with values that need every kind of care.
pub(crate) fn change() -> EnvChange {
    let mut change = EnvChange::new();
    change.set("AWS_ACCESS_KEY_ID", "AKIANEW").unwrap();
    change.set_secret("AWS_SECRET_ACCESS_KEY", "it's \\ ! |$(touch awsenv-canary) *  é\"`x` ''").unwrap();
    change.unset("AWS_SESSION_TOKEN").unwrap();
    change.unset("AWS_PROFILE").unwrap();
    change.set("AWS_REGION", "eu-west-1").unwrap();
    change
}

/// Whether a child sees exactly what `change` says.
pub(crate) fn is_applied(outcome: &Outcome, change: &EnvChange) -> bool {
    change.iter().all(|variable| outcome.get(variable.name()) == variable.value().map(EnvValue::expose))
}

/// Whether a child sees what was there before and nothing of the change.
pub(crate) fn is_untouched(outcome: &Outcome) -> bool {
    before().into_iter().all(|(name, value)| outcome.get(name) == Some(value)) && outcome.get("AWS_REGION").is_none()
}

/// Fails if any shell ran what is in a value.
#[track_caller]
pub(crate) fn assert_nothing_ran(shell: RealShell, home: &Home) {
    assert!(!home.join(CANARY).exists(), "{} ran a value", shell.label());
}
