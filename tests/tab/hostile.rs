//! Names that are code to some shell: TAB inserts them quoted, and on Enter they arrive as they are.

use std::path::Path;

use awsenv_testkit::corpus::{self, CANARY};
use awsenv_testkit::home::Home;
use awsenv_testkit::shells::RealShell;

use crate::session::Session;

/// Names as a header can hold them.
fn names() -> Vec<String> {
    let mut names: Vec<String> = corpus::sample().into_iter().map(|name| name.trim().to_owned()).collect();
    names.extend(["e:client", "a=b", "two words", "am&p", "pi|pe", "-x", "a\tb"].map(str::to_owned));
    names.sort_unstable();
    names.dedup();
    names.retain(|name| !name.is_empty());
    names
}

/// Whether the shell has a way to say the name on a command line.
fn can_be_said(shell: RealShell, name: &str) -> bool {
    match shell {
        // It ends a candidate at a tab, and does not quote a `~` at its beginning: such names are not offered.
        RealShell::Fish => !name.contains('\t') && !name.starts_with('~'),
        RealShell::Tcsh => !name.contains('\t'),
        _ => true,
    }
}

/// fish expects more behind these characters, and so leaves the quote open; then a person closes it.
fn missing_quote<'o>(shell: RealShell, name: &str, open: &'o str) -> &'o str {
    if shell == RealShell::Fish && name.ends_with(['/', '=', '@', ':', '.', ',', '-']) { open } else { "" }
}

fn check(shell: RealShell, program: &Path) {
    let mut session = Session::start(shell, program, Home::new(), "");
    let mut seen = 0;
    for name in names().iter().filter(|name| can_be_said(shell, name)) {
        // In an open quote only what matters there: every character of the corpus is in one of these names.
        let opens: &[&str] = if name.len() > 40 || name.len() < 5 { &["", "'", "\""] } else { &[""] };
        for open in opens {
            session.profiles(&[&format!("n{name}")]);
            session.type_in(&format!("awsenv explain {open}n"));
            session.press("\t");
            let got = session.recorded(&format!("{} end\r", missing_quote(shell, name, open)));
            assert_eq!(got, ["explain", &format!("n{name}"), "end"], "{}\n{}", shell.label(), session.terminal.text());
            session.assert_nothing_ran();
            seen += 1;
        }
        session.profiles(&[name]);
        session.type_in(if name.starts_with('-') { "awsenv explain -- " } else { "awsenv explain " });
        session.press("\t");
        let got = session.recorded(" end\r");
        let wanted: &[&str] =
            if name.starts_with('-') { &["explain", "--", name, "end"] } else { &["explain", name, "end"] };
        assert_eq!(got, wanted, "{}\n{}", shell.label(), session.terminal.text());
        session.assert_nothing_ran();
    }
    assert!(seen > 70, "{seen}");
    assert!(names().iter().any(|name| name.contains(CANARY)));
}

mod arrives {
    awsenv_testkit::in_every_shell!(super::check, bash = Bash, bash_posix = BashPosix, zsh = Zsh, fish = Fish,);
}
