//! Names that are code to some shell: TAB inserts them quoted, and on Enter they arrive as they are.

use std::path::Path;

use awsenv_testkit::corpus::{self, CANARY};
use awsenv_testkit::home::Home;
use awsenv_testkit::shells::RealShell;

use crate::session::{Session, Source};

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
        // It cuts one at a `=`, quotes no `~` at the beginning, and its list does not know about `--`.
        RealShell::Tcsh => !name.contains('=') && !name.starts_with(['-', '~']),
        _ => true,
    }
}

/// fish expects more behind these characters, and so leaves the quote open; then a person closes it.
fn missing_quote<'o>(shell: RealShell, name: &str, open: &'o str) -> &'o str {
    if shell == RealShell::Fish && name.ends_with(['/', '=', '@', ':', '.', ',', '-']) { open } else { "" }
}

/// TAB, until the name is inserted.
fn tab(session: &mut Session) {
    let screen = session.press("\t");
    // elvish shows a menu where the quoted word does not begin with what was typed, though there is one candidate.
    if session.shell == RealShell::Elvish && screen.contains("COMPLETING") {
        session.press("\r");
    }
}

fn check(shell: RealShell, program: &Path) {
    let mut session = Session::start(shell, program, Source::Script, Home::new(), "", &[]);
    let mut count = 0;
    for name in names().iter().filter(|name| can_be_said(shell, name)) {
        // In an open quote only what matters there: every character of the corpus is in one of these names.
        let opens: &[&str] = if name.len() > 40 || name.len() < 5 { &["", "'", "\""] } else { &[""] };
        for open in opens {
            let name = format!("n{name}");
            arrives(&mut session, &name, &format!("{open}n"), missing_quote(shell, &name, open), &mut count);
        }
        let typed = if name.starts_with('-') { "-- " } else { "" };
        arrives(&mut session, name, typed, "", &mut count);
    }
    assert!(count > 100, "{count}");
    assert!(names().iter().any(|name| name.contains(CANARY)));
}

/// Types `typed`, TAB, and Enter: `name` has to arrive, and nothing to run.
#[track_caller]
fn arrives(session: &mut Session, name: &str, typed: &str, missing_quote: &str, count: &mut usize) {
    session.profiles(&[name]);
    *count += 1;
    // A line that was never there: some shells show the rest of one that was.
    session.type_in(&format!("awsenv list {count} {typed}"));
    tab(session);
    let got = session.recorded(&format!("{missing_quote} end\r"));
    let count = count.to_string();
    let mut wanted = vec!["list", &count];
    wanted.extend((typed == "-- ").then_some("--"));
    wanted.extend([name, "end"]);
    assert_eq!(got, wanted, "{}\n{}", session.shell.label(), session.terminal.text());
    session.assert_nothing_ran();
}

/// The same behind the hook's function, under another name.
fn hooked(shell: RealShell, program: &Path) {
    let mut session = Session::start(shell, program, Source::Hook, Home::new(), "", &[]);
    for name in ["n;touch awsenv-canary&", "n$(touch awsenv-canary) b"] {
        session.profiles(&[name]);
        session.type_in("sw explain n");
        tab(&mut session);
        assert_eq!(session.recorded(" end\r"), ["explain", name, "end"], "{}", session.terminal.text());
        session.assert_nothing_ran();
    }
}

mod behind_the_hook {
    awsenv_testkit::in_every_shell!(
        super::hooked,
        bash = Bash,
        bash_posix = BashPosix,
        zsh = Zsh,
        fish = Fish,
        elvish = Elvish,
        yash = Yash,
        tcsh = Tcsh,
        nu = Nu,
        xonsh = Xonsh
    );
}

mod arrives {
    awsenv_testkit::in_every_shell!(
        super::check,
        bash = Bash,
        bash_posix = BashPosix,
        zsh = Zsh,
        fish = Fish,
        elvish = Elvish,
        yash = Yash,
        tcsh = Tcsh,
        nu = Nu,
        xonsh = Xonsh,
    );
}
