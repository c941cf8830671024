//! Every value of the corpus arrives unchanged, and nothing of it is run.

use std::path::Path;

use awsenv_core::change::{EnvChange, EnvValue};
use awsenv_shell::{Shell, render_change};
use awsenv_testkit::corpus;
use awsenv_testkit::shells::{RealShell, evaluate, evaluate_strictly};

use crate::common::{assert_nothing_ran, form, home, snippet};

/// Values in one snippet.
const BATCH: usize = 200;

fn check(shell: RealShell, program: &Path) {
    for values in corpus::values().chunks(BATCH) {
        let mut change = EnvChange::new();
        for (number, value) in values.iter().enumerate() {
            change.set_secret(&format!("AWS_VALUE_{number}"), value).unwrap();
        }
        change.unset("AWS_PROFILE").unwrap();
        change.unset("AWS_NEVER_THERE").unwrap();
        let home = home(&snippet(shell, &change));
        let outcome = evaluate_strictly(shell, program, &home, "", &form(shell));
        assert!(outcome.survived && outcome.succeeded, "{}: {}", shell.label(), outcome.stderr);
        assert_eq!(outcome.stderr, "", "{}", shell.label());
        for (number, value) in values.iter().enumerate() {
            assert_eq!(outcome.get(&format!("AWS_VALUE_{number}")), Some(value.as_str()), "{}", shell.label());
        }
        assert_eq!(outcome.get("AWS_PROFILE"), None, "{}", shell.label());
        assert_eq!(outcome.get("AWS_SESSION_TOKEN"), Some("old token"), "{}", shell.label());
        assert_nothing_ran(shell, &home);
    }
}

mod arrive {
    awsenv_testkit::in_every_shell!(super::check);
}

/// What awsenv says most: every managed variable, with nothing set or with an identity set.
fn check_managed(shell: RealShell, program: &Path) {
    let mut clear = EnvChange::new();
    for (name, _) in awsenv_core::variables::MANAGED {
        clear.unset(name).unwrap();
    }
    let mut change = clear.clone();
    change.set("AWS_PROFILE", "acme").unwrap();
    change.set_secret("AWS_SESSION_TOKEN", &"IQoJb3JpZ2luX2VjEIv/+=".repeat(100)).unwrap();
    for change in [clear, change, EnvChange::new()] {
        let mut home = home(&snippet(shell, &change));
        for variable in &change {
            home = home.variable(variable.name(), "stale");
        }
        let in_function = match shell {
            _ if shell.is_sh_family() => Some(format!("change_it() {{\n{}\n}}", form(shell))),
            RealShell::Fish => Some(format!("function change_it\n{}\nend", form(shell))),
            RealShell::Elvish => Some(format!("fn change_it {{\n{}\n}}", form(shell))),
            RealShell::Xonsh => Some(format!("def change_it():\n    {}\n", form(shell))),
            RealShell::Nu => Some(format!("def --env change_it [] {{\n{}\n}}", form(shell))),
            _ => None,
        };
        let call = if shell == RealShell::Xonsh { "change_it()" } else { "change_it" };
        let cases = [(String::new(), form(shell))].into_iter().chain(in_function.map(|f| (f, call.to_owned())));
        for (before, statement) in cases {
            let outcome = evaluate_strictly(shell, program, &home, &before, &statement);
            assert!(outcome.succeeded, "{}: {before}{statement}\n{}", shell.label(), outcome.stderr);
            for variable in &change {
                let wanted = variable.value().map(EnvValue::expose);
                assert_eq!(outcome.get(variable.name()), wanted, "{} {}", shell.label(), variable.name());
            }
        }
    }
}

mod managed {
    awsenv_testkit::in_every_shell!(super::check_managed);
}

/// A `sh` that isn't known better gets the `posix` text, and `ksh` may be mksh: each must do in all of its hosts.
fn check_borrowed(shell: RealShell, program: &Path) {
    let dialects: &[Shell] = if shell == RealShell::Mksh { &[Shell::Posix, Shell::Ksh] } else { &[Shell::Posix] };
    for dialect in dialects {
        let values = corpus::sample();
        let mut change = EnvChange::new();
        for (number, value) in values.iter().enumerate() {
            change.set_secret(&format!("AWS_VALUE_{number}"), value).unwrap();
        }
        change.unset("AWS_PROFILE").unwrap();
        let home = home(render_change(*dialect, &change).unwrap().expose());
        let outcome = evaluate_strictly(shell, program, &home, "", &form(shell));
        assert!(outcome.succeeded, "{dialect} in {}: {}", shell.label(), outcome.stderr);
        for (number, value) in values.iter().enumerate() {
            let seen = outcome.get(&format!("AWS_VALUE_{number}"));
            assert_eq!(seen, Some(value.as_str()), "{dialect} in {}", shell.label());
        }
        assert_eq!(outcome.get("AWS_PROFILE"), None);
        assert_nothing_ran(shell, &home);
        let readonly = evaluate(shell, program, &home, "readonly AWS_PROFILE", &form(shell));
        assert!(readonly.survived && !readonly.succeeded, "{dialect} in {}", shell.label());
        assert_eq!(readonly.get("AWS_VALUE_0"), None);
    }
}

mod borrowed {
    awsenv_testkit::in_every_shell!(
        super::check_borrowed,
        bash_posix = BashPosix,
        zsh = Zsh,
        dash = Dash,
        ksh93 = Ksh93,
        mksh = Mksh,
        yash = Yash,
        ash = Ash,
    );
}
