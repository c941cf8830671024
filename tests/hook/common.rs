//! What these tests share.

use std::collections::BTreeMap;
use std::path::Path;

use awsenv_shell::evaluation_form;
use awsenv_testkit::corpus::CANARY;
use awsenv_testkit::home::Home;
use awsenv_testkit::shells::{Outcome, RealShell};

/// One test a shell of the `sh` family.
macro_rules! in_sh_family {
    ($check:path) => {
        awsenv_testkit::in_every_shell!(
            $check,
            bash = Bash,
            bash_posix = BashPosix,
            zsh = Zsh,
            dash = Dash,
            ksh93 = Ksh93,
            mksh = Mksh,
            yash = Yash,
            ash = Ash,
        );
    };
}
pub(crate) use in_sh_family;

/// The program under test.
pub(crate) fn awsenv() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_awsenv"))
}

/// A home with the profiles `acme`, `other` and one with a name that needs quoting, and awsenv first on `PATH`.
pub(crate) fn home() -> Home {
    Home::new()
        .credentials(
            "[acme]\naws_access_key_id = AKIAACME\naws_secret_access_key = it's $(touch awsenv-canary) acme\n\
             region = eu-west-1\n\
             [other]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = other secret\n\
             [-a  b'$(touch awsenv-canary)*]\naws_access_key_id = AKIAODD\naws_secret_access_key = odd secret\n",
        )
        .path_first(awsenv().parent().expect("a program is in a folder"))
}

/// The line of a start-up file.
pub(crate) fn load(shell: RealShell, options: &str) -> String {
    evaluation_form(dialect(shell), &format!("awsenv init {} {options}", shell.name()))
}

/// How `command` is evaluated by hand.
pub(crate) fn form(shell: RealShell, command: &str) -> String {
    evaluation_form(dialect(shell), command)
}

/// awsenv's own value for `shell`.
pub(crate) fn dialect(shell: RealShell) -> awsenv_shell::Shell {
    shell.name().parse().expect("a real shell is one that awsenv speaks")
}

/// What a child sees of AWS, and anything of ours that it should not see.
pub(crate) fn aws(outcome: &Outcome) -> BTreeMap<&str, &str> {
    let environment = outcome.environment.iter().flatten();
    let ours = |name: &str| name.starts_with("AWS") || name.starts_with("__awsenv") || name == "GRANTED_SSO";
    environment.filter(|(name, _)| ours(name)).map(|(n, v)| (n.as_str(), v.as_str())).collect()
}

/// Fails if any shell ran what is in a value.
#[track_caller]
pub(crate) fn assert_nothing_ran(shell: RealShell, home: &Home) {
    assert!(!home.join(CANARY).exists(), "{} ran a value", shell.label());
}
