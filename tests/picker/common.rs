//! What these tests share.

use std::num::NonZeroU16;
use std::path::Path;
use std::thread;
use std::time::Duration;

use awsenv_testkit::home::Home;
use awsenv_testkit::terminal::Terminal;

/// The program under test.
pub(crate) const AWSENV: &str = env!("CARGO_BIN_EXE_awsenv");

/// In every profile of [`home`].
pub(crate) const SECRET: &str = "canary-of-a-secret";

/// What the picker's first line starts with.
pub(crate) const PROMPT: &str = "use>";

/// What its last line holds, where there is room for it: with it the whole screen is there.
pub(crate) const LAST_LINE: &str = "Enter: use it";

/// A home with static keys for these profiles, `awsenv` on `PATH`; the key id tells the profile's number.
pub(crate) fn home(names: &[&str]) -> Home {
    let credentials: String = names
        .iter()
        .enumerate()
        .map(|(number, name)| format!("[{name}]\naws_access_key_id = AKIA{number}\naws_secret_access_key = {SECRET}\n"))
        .collect();
    Home::new().credentials(credentials).path_first(Path::new(AWSENV).parent().expect("a program is in a folder"))
}

/// A size of a screen: rows and columns.
pub(crate) fn size(rows: u16, columns: u16) -> (NonZeroU16, NonZeroU16) {
    (NonZeroU16::new(rows).expect("rows"), NonZeroU16::new(columns).expect("columns"))
}

/// Runs `script` in `sh` on a terminal of this size.
pub(crate) fn script_sized(home: &Home, script: &str, rows: u16, columns: u16) -> Terminal {
    let sh = Path::new("/bin/sh");
    Terminal::start_sized(sh, &["-c", script], home.path(), home.environment(), size(rows, columns))
}

/// Runs the picker on a terminal of this size and waits for its first screen. The snippet goes to the file `out`, what
/// is said to `err`, and the terminal's state before and after to `before` and `after`.
pub(crate) fn picker_sized(home: &Home, prefix: &str, rows: u16, columns: u16) -> Terminal {
    let script = format!(
        "stty -g >before; echo earlier text; {prefix} awsenv use --shell bash >out 2>err; status=$?; \
         stty -g >after; echo sta''tus $status; sleep 30"
    );
    script_sized(home, &script, rows, columns)
}

/// As [`picker_sized`], on a usual terminal, and waits for the first screen.
pub(crate) fn picker(home: &Home) -> Terminal {
    let mut terminal = picker_sized(home, "", 24, 80);
    terminal.wait_for(LAST_LINE);
    terminal
}

/// What is in a file of the home.
#[track_caller]
pub(crate) fn read(home: &Home, name: &str) -> String {
    std::fs::read_to_string(home.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Waits for the end, and checks what always holds then: the terminal is as it was, and so is its screen.
#[track_caller]
pub(crate) fn ended(terminal: &mut Terminal, home: &Home, status: i32) {
    let screen = terminal.wait_until("status", |screen| screen.contains("status "));
    assert!(
        screen.contains(&format!("status {status}\n")) || screen.ends_with(&format!("status {status}")),
        "{screen}"
    );
    assert!(screen.contains("earlier text") && !screen.contains(PROMPT), "{screen}");
    assert_eq!(read(home, "before"), read(home, "after"));
    assert!(!String::from_utf8_lossy(&terminal.bytes()).contains(SECRET) && !read(home, "err").contains(SECRET));
}

/// Waits for the end, and checks that the profile with this number is what the snippet sets.
#[track_caller]
pub(crate) fn picked(terminal: &mut Terminal, home: &Home, number: usize) {
    ended(terminal, home, 0);
    let snippet = read(home, "out");
    assert!(snippet.contains(&format!("AWS_ACCESS_KEY_ID='AKIA{number}'")), "{snippet}");
    assert!(!snippet.contains('\u{1b}'), "{snippet}");
}

/// Waits for the end, and checks that nothing was picked.
#[track_caller]
pub(crate) fn cancelled(terminal: &mut Terminal, home: &Home) {
    ended(terminal, home, 130);
    assert_eq!(read(home, "out"), "false\n");
    assert!(read(home, "err").contains("[cancelled]"));
}

/// The lines of the picker's screen that are rows of profiles: the highlighted one starts with `>`.
pub(crate) fn rows(screen: &str) -> Vec<String> {
    let is_row = |line: &&str| line.starts_with("> ") || (line.starts_with("  ") && !line.contains("Enter:"));
    screen.lines().skip(1).filter(is_row).map(|line| line.trim_end().to_owned()).collect()
}

/// Waits until something outside of the screen has happened.
#[track_caller]
pub(crate) fn eventually(otherwise: &str, happened: impl Fn() -> bool) {
    for _ in 0..6_000 {
        if happened() {
            return;
        }
        thread::sleep(Duration::from_millis(5));
    }
    panic!("{otherwise}");
}
