//! The shells outside the sh family.

mod alive;
mod back;
mod forms;
mod lint;
mod terminal;
mod windows;

use std::collections::BTreeMap;
use std::os::unix::fs::symlink;

use awsenv_testkit::home::Home;
use awsenv_testkit::shells::{Outcome, RealShell};

use crate::common;

/// The folder of the program, whose name needs quotes in every shell.
const FOLDER: &str = "it's a \"bin\" & more";

/// The home of [`common::home`], where the program is in [`FOLDER`] and `hook.nu` is what nu reads.
pub(crate) fn home() -> Home {
    let home = common::home().file(format!("{FOLDER}/about"), "links");
    for program in ["awsenv", "awsenv-prompt"] {
        symlink(common::awsenv().with_file_name(program), home.join(FOLDER).join(program)).unwrap();
    }
    let folder = home.join(FOLDER);
    let home = home.path_first(folder);
    for (file, arguments) in [("hook.nu", &["init", "nu"][..]), ("prompt.nu", &["init", "nu", "--prompt"])] {
        let text = home.command(home.join(FOLDER).join("awsenv")).args(arguments).output().unwrap();
        assert!(text.status.success(), "{}", String::from_utf8_lossy(&text.stderr));
        std::fs::write(home.join(file), text.stdout).unwrap();
    }
    home
}

/// The line of a start-up file, twice.
pub(crate) fn load(shell: RealShell, home: &Home) -> String {
    let line = match shell {
        RealShell::Fish => "awsenv init fish | source",
        RealShell::Elvish => {
            return "var awsenv~\n\
                eval (e:awsenv init elvish | slurp) &on-end={|ns| set awsenv~ = $ns[awsenv~] }\n\
                eval (e:awsenv init elvish | slurp) &on-end={|ns| set awsenv~ = $ns[awsenv~] }"
                .to_owned();
        }
        RealShell::Nu => &format!("source '{}'", home.join("hook.nu").display()),
        RealShell::Xonsh => "execx($(awsenv init xonsh))",
        RealShell::Tcsh => "eval \"`awsenv init tcsh`\"",
        other => panic!("{} has its own tests", other.label()),
    };
    format!("{line}\n{line}")
}

/// `command` as a statement that a script goes on after, in xonsh too.
pub(crate) fn going_on(shell: RealShell, command: &str) -> String {
    match shell {
        RealShell::Elvish => format!("try {{ {command} }} catch e {{ print $e[reason] >&2 }}"),
        RealShell::Nu => format!("try {{ {command} }} catch {{|e| print -e $e.msg }}"),
        RealShell::Xonsh => format!("try:\n    {command}\nexcept Exception as error:\n    print(error)\n"),
        _ => command.to_owned(),
    }
}

/// Everything of the environment that a hook might touch.
pub(crate) fn aws(outcome: &Outcome) -> BTreeMap<&str, &str> {
    let environment = outcome.environment.iter().flatten();
    let kept = environment.filter(|(name, _)| name.starts_with("AWS") || name.contains("awsenv"));
    kept.map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// [`awsenv_testkit::in_every_shell`], for these shells.
macro_rules! in_other_shells {
    ($check:path) => {
        awsenv_testkit::in_every_shell!($check, fish = Fish, elvish = Elvish, nu = Nu, xonsh = Xonsh, tcsh = Tcsh);
    };
}
pub(crate) use in_other_shells;
