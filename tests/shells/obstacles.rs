//! Variables that stand in the way: readonly ones, and ones with an attribute or a scope that would bend a value.

use std::path::Path;

use awsenv_testkit::shells::{RealShell, evaluate, evaluate_strictly};

use crate::common::{assert_nothing_ran, change, form, home, is_applied, is_untouched, snippet};

/// Only the `sh` family has readonly variables that a child sees.
fn check_readonly(shell: RealShell, program: &Path) {
    let home = home(&snippet(shell, &change()));
    // One that would be set and one that would be unset: first, in the middle, last.
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_REGION"] {
        let outcome = evaluate(shell, program, &home, &format!("readonly {name}"), &form(shell));
        assert!(outcome.survived && !outcome.succeeded, "{} {name}: {outcome:?}", shell.label());
        assert!(is_untouched(&outcome), "{} {name}: {outcome:?}", shell.label());
        assert!(outcome.stderr.contains("awsenv: nothing was changed"), "{}: {}", shell.label(), outcome.stderr);
        assert!(outcome.stderr.contains(name), "{}: {}", shell.label(), outcome.stderr);
        let strict = evaluate_strictly(shell, program, &home, &format!("readonly {name}"), &form(shell));
        assert!(!strict.survived, "{} {name}: the script went on", shell.label());
    }
    assert_nothing_ran(shell, &home);
}

mod readonly {
    awsenv_testkit::in_every_shell!(
        super::check_readonly,
        bash = Bash,
        bash_posix = BashPosix,
        zsh = Zsh,
        dash = Dash,
        ksh93 = Ksh93,
        mksh = Mksh,
        yash = Yash,
        ash = Ash,
    );
}

/// What may precede the change without standing in its way.
fn attributes(shell: RealShell) -> &'static [&'static str] {
    match shell {
        RealShell::Bash | RealShell::BashPosix => &[
            "declare -i AWS_SECRET_ACCESS_KEY",
            "declare -u AWS_ACCESS_KEY_ID; declare -l AWS_SECRET_ACCESS_KEY",
            "unset AWS_PROFILE AWS_REGION; declare -a AWS_REGION=(a b); declare -A AWS_PROFILE=([a]=b)",
            "other=x; declare -n AWS_SECRET_ACCESS_KEY=other AWS_PROFILE=nothing",
            "other=x; readonly other; declare -n AWS_REGION=other",
            "declare +x AWS_ACCESS_KEY_ID; set -a",
        ],
        RealShell::Zsh => &[
            "unset AWS_SECRET_ACCESS_KEY; typeset -i AWS_SECRET_ACCESS_KEY",
            "typeset -u AWS_ACCESS_KEY_ID; typeset -l AWS_SECRET_ACCESS_KEY",
            "typeset -Z3 AWS_ACCESS_KEY_ID; typeset -L3 AWS_SECRET_ACCESS_KEY; typeset -F2 AWS_REGION",
            "typeset -T AWS_SECRET_ACCESS_KEY secret; typeset -U AWS_SECRET_ACCESS_KEY",
            "AWS_REGION=(a b); typeset -A AWS_PROFILE",
            "setopt posix_builtins posix_identifiers",
            "emulate sh",
            "emulate ksh",
        ],
        RealShell::Ksh93 => &[
            "unset AWS_SECRET_ACCESS_KEY; typeset -i AWS_SECRET_ACCESS_KEY",
            "typeset -u AWS_ACCESS_KEY_ID; typeset -l AWS_SECRET_ACCESS_KEY",
            "typeset -Z3 AWS_ACCESS_KEY_ID; typeset -L3 AWS_SECRET_ACCESS_KEY; typeset -F2 AWS_REGION",
            "typeset -a AWS_REGION; AWS_REGION[3]=x; unset AWS_PROFILE; typeset -A AWS_PROFILE",
        ],
        RealShell::Mksh => &[
            "typeset -i AWS_REGION",
            "typeset -u AWS_ACCESS_KEY_ID; typeset -l AWS_SECRET_ACCESS_KEY",
            "typeset -Z3 AWS_ACCESS_KEY_ID; typeset -L3 AWS_SECRET_ACCESS_KEY",
            "set -A AWS_REGION a b",
        ],
        RealShell::Fish => &[
            "set -Ux AWS_REGION universal; set -U AWS_PROFILE universal; set -Ux AWS_SECRET_ACCESS_KEY universal",
            "set -g --path AWS_SECRET_ACCESS_KEY a b; set -gu AWS_ACCESS_KEY_ID x",
            "function true; false; end",
            "function on_change --on-variable AWS_SECRET_ACCESS_KEY; false; end",
        ],
        _ => &["true"],
    }
}

fn check_attributes(shell: RealShell, program: &Path) {
    let home = home(&snippet(shell, &change()));
    for before in attributes(shell) {
        let outcome = evaluate(shell, program, &home, before, &form(shell));
        assert!(outcome.succeeded, "{} after {before}: {outcome:?}", shell.label());
        assert!(is_applied(&outcome, &change()), "{} after {before}: {outcome:?}", shell.label());
        assert_nothing_ran(shell, &home);
    }
}

mod attributes {
    awsenv_testkit::in_every_shell!(super::check_attributes);
}

/// In ksh and mksh a name reference can't be taken off safely, so it is refused.
fn check_references(shell: RealShell, program: &Path) {
    let home = home(&snippet(shell, &change()));
    for before in ["other=x; typeset -n AWS_REGION=other", "typeset -n AWS_REGION=AWS_VAULT"] {
        let outcome = evaluate(shell, program, &home, before, &form(shell));
        assert!(outcome.survived && !outcome.succeeded && is_untouched(&outcome), "{}: {outcome:?}", shell.label());
        assert!(outcome.stderr.contains("a name reference"), "{}: {}", shell.label(), outcome.stderr);
    }
}

mod references {
    awsenv_testkit::in_every_shell!(super::check_references, ksh93 = Ksh93, mksh = Mksh);
}

/// fish looks at locals of enclosing blocks first and at universal variables last.
fn check_scopes(shell: RealShell, program: &Path) {
    let home = home(&snippet(shell, &change()));
    let before = format!(
        "set -Ux AWS_REGION universal; set -U AWS_PROFILE universal\n\
         function change_it\nset -lx AWS_SECRET_ACCESS_KEY local; set -lx AWS_PROFILE local\n\
         if true; set -lx AWS_PROFILE deeper; {}\nor return; env >inside; set -q __awsenv_name; and return 9; true; end\n\
         end",
        form(shell)
    );
    let outcome = evaluate(shell, program, &home, &before, "change_it");
    assert!(outcome.succeeded && is_applied(&outcome, &change()), "{outcome:?}");
    let inside = std::fs::read_to_string(home.join("inside")).unwrap();
    assert!(inside.contains("AWS_REGION=eu-west-1\n") && !inside.contains("AWS_PROFILE="), "{inside}");
    assert!(inside.contains("AWS_SECRET_ACCESS_KEY=it's"), "{inside}");
    // The universal values are still there for other sessions.
    let other = evaluate(shell, program, &home, "", "test \"$AWS_REGION $AWS_PROFILE\" = 'universal old'");
    assert!(other.succeeded, "{other:?}");
}

/// What every session has can't be unset for one of them, so the change is refused.
fn check_universal(shell: RealShell, program: &Path) {
    let home = home(&snippet(shell, &change()));
    let outcome = evaluate(shell, program, &home, "set -Ux AWS_PROFILE universal", &form(shell));
    assert!(outcome.survived && !outcome.succeeded && is_untouched(&outcome), "{outcome:?}");
    assert!(outcome.stderr.contains("set -eU AWS_PROFILE"), "{}", outcome.stderr);
    let outcome = evaluate(shell, program, &home, "set -eU AWS_PROFILE", &form(shell));
    assert!(outcome.succeeded && is_applied(&outcome, &change()), "{outcome:?}");
}

mod universal {
    awsenv_testkit::in_every_shell!(super::check_universal, fish = Fish);
}

mod scopes {
    awsenv_testkit::in_every_shell!(super::check_scopes, fish = Fish);
}
