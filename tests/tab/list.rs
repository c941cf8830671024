//! What TAB shows where several words fit, and how it goes on from there.

use std::path::Path;

use awsenv_testkit::home::Home;
use awsenv_testkit::shells::RealShell;

use crate::session::{Session, Source};

/// TAB until the screen shows `text`: shells differ in whether the first one lists.
#[track_caller]
fn tab_until(session: &mut Session, text: &str) {
    for _ in 0..3 {
        if session.press_and_rest("\t").contains(text) {
            return;
        }
    }
    panic!("{}: no {text:?} but:\n{}", session.shell.label(), session.terminal.text());
}

fn check(shell: RealShell, program: &Path) {
    let names = ["client1-dev", "client1-prod", "other"];
    let mut session = Session::start(shell, program, Source::Script, Home::new(), "", &names);
    // What they share is inserted, all are shown, and one more character decides.
    session.type_in("awsenv explain c");
    tab_until(&mut session, "client1-prod");
    assert!(session.terminal.text().contains("client1-dev"), "{}", session.terminal.text());
    let shown = session.terminal.text();
    assert!(!shown.contains("other"), "{shown}");
    if matches!(shell, RealShell::Zsh | RealShell::Fish | RealShell::Elvish | RealShell::Yash | RealShell::Nu) {
        assert!(shown.contains("static"), "{}: no description:\n{shown}", shell.label());
    }
    session.again();

    // Commands, options and their values.
    session.type_in("awsenv expl");
    session.press("\t");
    assert_eq!(session.recorded(" end\r"), ["explain", "end"]);
    session.type_in("awsenv use --regi");
    session.press("\t");
    assert_eq!(session.recorded(" end\r"), ["use", "--region", "end"]);
    session.type_in("awsenv use --as ke");
    session.press("\t");
    assert_eq!(session.recorded(" end\r"), ["use", "--as", "keys", "end"]);
    session.assert_nothing_ran();
}

mod shows {
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
        xonsh = Xonsh
    );
}
