//! What the screen shows.

use awsenv_testkit::corpus;

use crate::common::{LAST_LINE, cancelled, eventually, home, picked, picker, picker_sized, read, rows, size};

const SETTINGS: &str = "[class production]\nmatch = *prod\ncolor = red\n";

#[test]
fn account_region_and_class_stand_beside_the_name() {
    let home = home(&["keys"]).settings(SETTINGS).config(
        "[profile a-prod]\nregion = eu-west-1\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = keys\n\
         [profile broken]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = gone\nregion = us-east-1\n",
    );
    let mut terminal = picker(&home);
    let screen = terminal.text();
    assert_eq!(
        rows(&screen),
        ["> a-prod  123456789012  eu-west-1  production", "  broken                us-east-1  broken", "  keys"],
        "{screen}"
    );
    assert!(screen.contains("3/3"), "{screen}");
    let bytes = String::from_utf8_lossy(&terminal.bytes()).into_owned();
    assert!(bytes.contains("\u{1b}[0;7;31ma-prod\u{1b}[0m"), "{bytes:?}");
    terminal.send("\x03");
    cancelled(&mut terminal, &home);
}

#[test]
fn no_color_means_no_colors_and_no_other_styles() {
    let names = ["client1-prod", "client2-prod", "client3"];
    let home = home(&names).settings(SETTINGS).variable("NO_COLOR", "1");
    let mut terminal = picker(&home);
    terminal.send("client\x0e");
    terminal.wait_for("> client1-prod");
    terminal.send("\r");
    picked(&mut terminal, &home, 0);
    assert_eq!(styles(&terminal.bytes()), [""; 0]);

    // An empty one means nothing.
    let home = home.variable("NO_COLOR", "");
    let mut terminal = picker(&home);
    terminal.send("\x03");
    cancelled(&mut terminal, &home);
    assert!(!styles(&terminal.bytes()).is_empty());
}

/// The sequences in `bytes` that set a style (SGR): from `ESC [` to `m`.
fn styles(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let sequences = text.split("\u{1b}[").skip(1);
    sequences
        .filter_map(|rest| {
            let end = rest.find(|c: char| !matches!(c, '\u{20}'..='\u{3f}'))?;
            rest[end..].starts_with('m').then(|| rest[..=end].to_owned())
        })
        .collect()
}

#[test]
fn ten_thousand_profiles() {
    let names: Vec<String> = (0..10_000).map(|number| format!("client{number:05}")).collect();
    let home = home(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let mut terminal = picker(&home);
    let screen = terminal.wait_for("10000/10000");
    assert_eq!(rows(&screen).len(), 22, "{screen}");
    terminal.send("\x1b[F");
    terminal.wait_for("> client09999");
    terminal.send("7777");
    terminal.wait_for("> client07777");
    terminal.send("\r");
    picked(&mut terminal, &home, 7777);
}

#[test]
fn hostile_names_are_shown_and_run_nothing() {
    let names: Vec<String> = corpus::sample()
        .into_iter()
        .filter(|name| !name.contains([']', '[']) && name.trim() == *name && !name.is_empty())
        .collect();
    let home = home(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let mut terminal = picker_sized(&home, "", 100, 120);
    let screen = terminal.wait_for(LAST_LINE);
    let listed = home.command(crate::common::AWSENV).args(["list", "--names"]).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert!(listed.lines().count() > 30, "{listed}");
    for name in listed.lines() {
        assert!(rows(&screen).iter().any(|row| row[2..] == *name), "{name:?}\n{screen}");
    }
    terminal.send("$(touch awsenv-canary)\r");
    crate::common::ended(&mut terminal, &home, 0);
    assert!(read(&home, "out").contains("AWSENV_PROFILE='$(touch awsenv-canary)'"));
    assert!(!home.join(corpus::CANARY).exists());
}

#[test]
fn names_do_not_steer_it() {
    let home = home(&["a\u{1b}[2Jb", "c\u{9b}31md", "e\u{202e}f", "g\u{7}h\u{8}", "plain"]);
    let mut terminal = picker(&home);
    let screen = terminal.text();
    let expected = ["> a\\u{1b}[2Jb", "  c\\u{9b}31md", "  e\\u{202e}f", "  g\\u{7}h\\u{8}", "  plain"];
    assert_eq!(rows(&screen), expected, "{screen}");
    terminal.send("plain\r");
    picked(&mut terminal, &home, 4);
}

#[test]
fn tiny_terminals_show_the_highlighted_row() {
    for (rows, columns) in [(3, 10), (1, 10), (2, 4), (3, 1), (1, 1), (4, 6)] {
        let home = home(&["client1-production", "client2-production", "日本語日本語日本語"]);
        let mut terminal = picker_sized(&home, "", rows, columns);
        eventually("nothing is drawn", || terminal.bytes().windows(3).any(|bytes| bytes == b"\x1b[K"));
        if (rows, columns) == (3, 10) {
            terminal.wait_until("both names", |screen| screen == "\n> cli…ion\n  cli…ion");
        }
        terminal.send("\x0e");
        terminal.send("\r");
        eventually("nothing is picked", || home.join("after").exists());
        assert!(ends_with_cursor(&terminal.bytes()), "{rows} x {columns}");
        let snippet = read(&home, "out");
        assert!(snippet.contains("'AKIA1'"), "{rows} x {columns}: {snippet}");
    }
}

/// Whether the cursor was shown again after it was hidden.
fn ends_with_cursor(bytes: &[u8]) -> bool {
    let last = |sequence: &[u8]| bytes.windows(sequence.len()).rposition(|bytes| bytes == sequence);
    last(b"\x1b[?25h") > last(b"\x1b[?25l")
}

#[test]
fn another_size_is_another_screen() {
    let names: Vec<String> = (0..50).map(|number| format!("client{number:02}")).collect();
    let home = home(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let mut terminal = picker(&home);
    terminal.send("\x1b[F");
    terminal.wait_for("> client49");
    let (small_rows, small_columns) = size(6, 30);
    terminal.resize(small_rows, small_columns);
    let screen = terminal
        .wait_until("four rows", |screen| rows(screen) == ["  client46", "  client47", "  client48", "> client49"]);
    assert!(screen.lines().count() <= 6, "{screen}");
    let (large_rows, large_columns) = size(30, 100);
    terminal.resize(large_rows, large_columns);
    terminal.wait_until("28 rows", |screen| rows(screen).len() == 28 && screen.contains("50/50"));
    terminal.send("\r");
    picked(&mut terminal, &home, 49);
}
