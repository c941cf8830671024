//! A terminal gets no secret.

use std::path::Path;

use awsenv_testkit::home::Home;
use awsenv_testkit::terminal::Terminal;

use super::homes::{PROFILES, USABLE, home, owners};
use crate::common::AWSENV;

/// What a terminal shows of `awsenv CALL`, and the exit status.
fn shown(home: &Home, call: &str) -> (String, String) {
    let script = format!("{AWSENV} {call}; echo \"ended=$?.\"");
    let mut terminal = Terminal::start(Path::new("/bin/sh"), &["-c", &script], home.path(), home.environment());
    let screen = terminal.wait_until("end", |screen| screen.contains("ended=") && screen.trim_end().ends_with('.'));
    let (screen, status) = screen.rsplit_once("ended=").expect("it ended");
    (screen.to_owned(), status.trim_end().trim_end_matches('.').to_owned())
}

#[test]
fn nothing_is_shown_and_the_way_is() {
    let home = home();
    for profile in &PROFILES[..USABLE] {
        let (screen, status) = shown(&home, &format!("use {profile} --shell fish"));
        assert_eq!((owners(&screen).len(), status.as_str()), (0, "1"), "{screen}");
        assert!(screen.contains(&format!("awsenv use {profile} | source")), "{screen}");
    }
    let form = "eval \"$(awsenv ";
    for (call, said) in [
        ("use static --shell bash --as profile", form),
        ("clear --shell bash", form),
        ("use typo", "profile-not-found"),
    ] {
        let (screen, status) = shown(&home, call);
        assert_eq!((owners(&screen).len(), status.as_str()), (0, "1"), "{call}: {screen}");
        assert!(screen.contains(said), "{call}: {screen}");
    }
    for format in
        ["process", "env", "env-no-export", "fish", "powershell", "windows-cmd", "json", "dotenv", "docker", "github"]
    {
        let (screen, status) = shown(&home, &format!("export process --format {format}"));
        assert_eq!((owners(&screen).len(), status.as_str()), (0, "1"), "{format}: {screen}");
        assert!(screen.contains("--print"), "{format}: {screen}");
    }
}

#[test]
fn print_shows_it() {
    let home = home();
    for call in ["use static --print --shell bash", "export static --print", "export static --print --format env"] {
        let (screen, status) = shown(&home, call);
        assert_eq!((owners(&screen).contains("static"), status.as_str()), (true, "0"), "{call}: {screen}");
    }
}

#[test]
fn what_only_tells_tells_nothing_there_either() {
    let home = home();
    for call in
        ["list --long", "list --tree", "current", "current --json", "explain static", "explain two --json", "--help"]
    {
        let (screen, _) = shown(&home, call);
        assert_eq!(owners(&screen).len(), 0, "{call}: {screen}");
    }
    let panicking = home.variable("AWSENV_TEST_PANIC", "canary-panic-message");
    let (screen, status) = shown(&panicking, "use static");
    assert_eq!((owners(&screen).len(), status.as_str()), (0, "255"), "{screen}");
    assert!(!screen.contains("false"), "{screen}");
}
