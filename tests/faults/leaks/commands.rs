//! Every command with everything that can be said to it.

use std::collections::BTreeSet;

use awsenv_testkit::home::Home;

use super::homes::{PROFILES, USABLE, files, home, owners};
use crate::common::awsenv;

const SHELLS: &[&str] = &[
    "bash",
    "zsh",
    "fish",
    "dash",
    "ash",
    "ksh",
    "mksh",
    "yash",
    "posix",
    "tcsh",
    "elvish",
    "nu",
    "xonsh",
    "powershell",
    "cmd",
];

const FORMATS: &[&str] =
    &["process", "env", "env-no-export", "fish", "powershell", "windows-cmd", "json", "dotenv", "docker", "github"];

/// Where the uses of profiles are noted, and the folders on the way to it.
const HISTORY: [&str; 4] = [".local/", ".local/state/", ".local/state/awsenv/", ".local/state/awsenv/history"];

/// Runs these calls. Standard error holds no secret, standard output only those of `allowed`, and no file has changed
/// but the history, which holds none either.
#[track_caller]
fn check(home: &Home, calls: impl IntoIterator<Item = Vec<String>>, allowed: &[&str]) {
    let before = files(home.path());
    let allowed: BTreeSet<String> = allowed.iter().map(|owner| (*owner).to_owned()).collect();
    for call in calls {
        let run = awsenv(home, &call);
        assert_eq!(owners(&run.stderr), BTreeSet::new(), "on standard error of {call:?}: {run:?}");
        let told = owners(&run.stdout);
        assert!(told.is_subset(&allowed), "{told:?} on standard output of {call:?}: {run:?}");
        assert!(run.status == Some(0) || !told.iter().any(|owner| owner != "ambient"), "{call:?} failed: {run:?}");
    }
    let mut after = files(home.path());
    for place in HISTORY {
        if let Some(text) = after.remove(&home.join(place).display().to_string()) {
            assert_eq!(owners(&String::from_utf8_lossy(&text)), BTreeSet::new(), "in the history");
        }
    }
    let changed: Vec<_> =
        after.keys().chain(before.keys()).filter(|name| before.get(*name) != after.get(*name)).collect();
    assert!(changed.is_empty(), "files changed: {changed:?}");
}

fn words(call: &str) -> Vec<String> {
    call.split(' ').map(str::to_owned).collect()
}

#[test]
fn what_only_tells_tells_nothing() {
    let home = home().variable("TMPDIR", "tmp");
    let general = [
        "--help",
        "-h",
        "--version",
        "-V",
        "help",
        "use --help",
        "clear --help",
        "back --help",
        "current --help",
        "list --help",
        "explain --help",
        "exec --help",
        "export --help",
        "list",
        "list --long",
        "list --json",
        "list --names",
        "list --tree",
        "list static",
        "list *",
        "list --json x",
        "list --long --json",
        "current",
        "current --json",
        "current --nonsense",
        "back",
        "use -",
        "use typo",
        "use --nonsense",
        "nonsense",
        "export",
        "export static --format nonsense",
        "exec",
        "exec static",
        "exec typo -- env",
        "explain",
        "explain typo",
        "explain typo --json",
        "clear nonsense",
        "list --nonsense",
        "clear --shell nonsense",
    ];
    check(&home, general.map(words), &[]);
    let each = PROFILES.iter().flat_map(|profile| {
        [
            format!("explain {profile}"),
            format!("explain {profile} --json"),
            format!("use {profile} --region a/b"),
            format!("use {profile} --duration 99h"),
            format!("use {profile} --as profile --shell nu --duration 15m --refresh --nonsense"),
            format!("use {profile} --as profile --shell nu --region eu-west-3"),
            format!("export {profile} --as profile"),
            format!("list {profile} --json"),
            format!("exec {profile} -- ./not-there"),
            format!("exec {profile} -- ./token"),
            format!("exec {profile} -- true"),
        ]
    });
    // What stands on the command line of a program is the user's to see, and the point of `explain`.
    let shown = ["arguments", "prefixed", "garbage", "flooding", "ambient"];
    check(&home, each.map(|call| words(&call)), &shown);
}

#[test]
fn what_hands_over_hands_over_its_own() {
    for profile in &PROFILES[..USABLE] {
        let home = home().variable("TMPDIR", "tmp");
        let mut calls: Vec<Vec<String>> = SHELLS.iter().map(|s| words(&format!("use {profile} --shell {s}"))).collect();
        calls.extend(FORMATS.iter().map(|f| words(&format!("export {profile} --format {f}"))));
        calls.push(words(&format!("use {profile} --print --shell bash --for 1h --region eu-west-3")));
        calls.push(words(&format!("export {profile} --print")));
        check(&home, calls, &[profile, "ambient"]);
    }
}

#[test]
fn what_cannot_be_used_is_not_handed_over() {
    let home = home().variable("TMPDIR", "tmp");
    let calls = PROFILES[USABLE..].iter().flat_map(|profile| {
        let mut calls = vec![
            words(&format!("use {profile} --shell bash")),
            words(&format!("use {profile} --shell nu")),
            words(&format!("use {profile} --shell bash --or-clear")),
            words(&format!("use {profile} --shell bash --refresh")),
        ];
        calls.extend(FORMATS.iter().map(|f| words(&format!("export {profile} --format {f}"))));
        calls
    });
    check(&home, calls, &["ambient"]);
    check(&home, ["clear", "clear --lock", "clear --print --shell fish"].map(words), &["ambient"]);
}

#[test]
fn broken_settings_tell_nothing() {
    for settings in
        ["[settings]\nmfa_process = x\ncanary-settings-junk\n", "[settings]\ncanary-settings-key = 1\n\0", "\u{1b}"]
    {
        let home = home().variable("TMPDIR", "tmp").settings(settings);
        let calls =
            ["use static --shell bash", "list", "list --json", "export static", "exec static -- true", "current"];
        check(&home, calls.map(words), &["static", "ambient"]);
    }
}

#[test]
fn a_panic_tells_nothing() {
    let home = home().variable("TMPDIR", "tmp").variable("AWSENV_TEST_PANIC", "canary-panic-message");
    let calls = [
        "use static --shell bash",
        "use static --or-clear --shell bash",
        "clear --shell nu",
        "list",
        "explain static",
        "export static --format env",
        "export static",
        "exec static -- env",
        "current --json",
        "--help",
    ];
    for call in calls.map(words) {
        let output = crate::common::command(&home, &call).output().expect("awsenv starts");
        let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(255), "{call:?}: {stderr}");
        assert!(stderr.contains("[panic]"), "{call:?}: {stderr}");
        let told = owners(&format!("{stdout}{stderr}"));
        assert!(
            told.is_empty() || (call[1..].contains(&"--or-clear".to_owned()) && told.len() == 1),
            "{call:?}: {told:?}"
        );
    }
}
