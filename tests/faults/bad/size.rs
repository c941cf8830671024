//! Files far larger than anybody's: still right, in bounded memory, and in time that grows as the file does.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use awsenv_testkit::home::Home;
use awsenv_testkit::tools;

use crate::common::{AWSENV, Run};

const KEYS: &str = "aws_access_key_id = AKIAX\naws_secret_access_key = s\n";

/// Runs `awsenv CALL` with at most `megabytes` of memory.
#[track_caller]
fn within(bash: &Path, home: &Home, megabytes: u32, call: &str) -> Run {
    let script = format!("ulimit -v {}; exec {AWSENV} {call}", megabytes * 1024);
    Run::of(&home.command(bash).args(["-c", &script]).output().expect("bash starts"))
}

#[test]
fn a_hundred_megabytes() {
    let Some(bash) = tools::require("bash", "a hundred megabytes") else { return };
    let mut text = format!("[first]\n{KEYS}");
    for _ in 0..50_000 {
        let _ = writeln!(text, "# {}", "x".repeat(997));
    }
    let _ = write!(text, "[long]\n{KEYS}x = {}\n[last]\n{KEYS}", "y".repeat(50_000_000));
    assert!(text.len() > 100_000_000);
    let home = Home::new().credentials(text);
    for name in ["first", "long", "last"] {
        let run = within(&bash, &home, 400, &format!("use {name} --shell bash")).expect(0, &[]);
        assert!(run.stdout.contains("AKIAX") && run.stdout.len() < 20_000, "{name}");
    }
    assert_eq!(within(&bash, &home, 400, "list --names").expect(0, &[]).stdout, "first\nlong\nlast\n");
    within(&bash, &home, 400, "use lost --shell bash").expect(1, &["\"last\", \"long\", \"first\""]);
    // Where there is not memory enough it fails like anything else: loudly, and without a snippet.
    let run = within(&bash, &home, 60, "use first --shell bash").expect(1, &["file-unreadable", "credentials"]);
    assert_eq!(run.stdout, "false\n");
}

#[test]
fn a_million_sections() {
    let Some(bash) = tools::require("bash", "a million sections") else { return };
    let mut text = String::with_capacity(12_000_000);
    for number in 0..1_000_000 {
        let _ = writeln!(text, "[p{number}]");
    }
    text.push_str(KEYS);
    let home = Home::new().credentials(text);
    let run = within(&bash, &home, 700, "use p999999 --shell bash").expect(0, &[]);
    assert!(run.stdout.contains("AKIAX"));
    let run = within(&bash, &home, 700, "list --names").expect(0, &[]);
    assert_eq!(run.stdout.lines().count(), 1_000_000);
    assert_eq!(run.stdout.lines().next_back(), Some("p999999"));
}

/// The processor's time in milliseconds, the better of two: what else the machine does hardly counts.
fn cost(bash: &Path, home: &Home, call: &str) -> u64 {
    let script = format!("TIMEFORMAT='%U %S'; for n in 1 2; do time {AWSENV} {call} >/dev/null 2>&1; done");
    let output = home.command(bash).args(["-c", &script]).output().expect("bash starts");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let milliseconds = |word: &str| word.replace('.', "").parse::<u64>();
    let run = |line: &str| line.split(' ').map(milliseconds).sum::<Result<u64, _>>();
    let runs: Result<Vec<u64>, _> = text.lines().map(run).collect();
    let runs = runs.unwrap_or_else(|error| panic!("{error}: {text:?}"));
    runs.into_iter().min().unwrap_or_else(|| panic!("no times in {text:?}"))
}

/// Ten times the file costs less than thirty times the time, whatever there is ten times of.
fn grows_as_the_file(name: &str, calls: &[&str], home: impl Fn(usize) -> Home) {
    let Some(bash): Option<PathBuf> = tools::require("bash", name) else { return };
    let (small, large) = (home(1_000), home(10_000));
    for call in calls {
        // A start costs some milliseconds, too; they only make the small one larger.
        let (few, many) = (cost(&bash, &small, call).max(1), cost(&bash, &large, call));
        assert!(many < 30 * few, "{call}: {few} ms for 1,000, {many} ms for 10,000");
    }
}

fn many(one: impl Fn(usize) -> String) -> impl Fn(usize) -> String {
    move |count| (0..count).map(&one).collect()
}

const A: &str = "[a]\naws_access_key_id = AKIAX\naws_secret_access_key = s\n";

#[test]
fn profiles() {
    let text = many(|number| format!("[p{number}]\n{KEYS}"));
    grows_as_the_file(
        "profiles",
        &["use p999 --shell bash", "use typo", "list", "list --names", "explain p1"],
        |count| Home::new().credentials(text(count)),
    );
}

#[test]
fn roles() {
    let text = many(|number| {
        format!("[profile p{number}]\nrole_arn = arn:aws:iam::111122223333:role/r{number}\nsource_profile = a\n")
    });
    grows_as_the_file("roles", &["list --tree", "list --json", "use p7 --shell bash"], |count| {
        Home::new().config(text(count)).credentials(A)
    });
}

#[test]
fn sections_of_one_profile() {
    let text = many(|_| "[profile a]\nregion = x\n".to_owned());
    grows_as_the_file("sections of one profile", &["use a --shell bash", "explain a", "list"], |count| {
        Home::new().config(text(count)).credentials(A)
    });
}

#[test]
fn keys_of_one_profile() {
    for same in [true, false] {
        let text = many(|number| format!("k{} = v\n", if same { 0 } else { number }));
        grows_as_the_file("keys of one profile", &["use a --shell bash", "explain a"], |count| {
            Home::new().config(format!("[profile a]\n{}", text(count))).credentials(A)
        });
    }
}

#[test]
fn keys_of_default() {
    let text = many(|number| format!("k{number} = v\n"));
    grows_as_the_file("keys of [default]", &["use a --shell bash", "explain a"], |count| {
        Home::new().config(format!("[default]\n{}", text(count))).credentials(A)
    });
}

#[test]
fn nested_lines() {
    let text = many(|number| format!("  k{number} = v\n"));
    grows_as_the_file("nested lines", &["use a --shell bash", "explain a"], |count| {
        Home::new().config(format!("[profile a]\ns3 =\n{}", text(count))).credentials(A)
    });
}

#[test]
fn bad_lines() {
    for line in ["junk\n", "[x\n", "[x\u{1b}\n", "= v\n", "[]]]]]]]]]]]]]]]]]]]]]]]]x\n", "[foo]x\n"] {
        let text = many(|_| line.to_owned());
        grows_as_the_file("bad lines", &["use a --shell bash", "list", "explain a"], |count| {
            Home::new().config(format!("[profile b]\n{}", text(count))).credentials(A)
        });
    }
}

#[test]
fn long_lines() {
    for piece in ["]x ", "[", "#", " #", "=", "\u{e9}", "\\"] {
        let text = many(|_| piece.repeat(50));
        grows_as_the_file("long lines", &["use a --shell bash", "use typo"], |count| {
            Home::new().config(format!("[profile {}]\n{} = x\n", text(count), text(count))).credentials(A)
        });
    }
}
