//! Files that are not there, not readable, or no files.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;

use awsenv_testkit::home::Home;
use awsenv_testkit::tools;

use crate::common::{Run, awsenv, command};

const KEYS: &str = "[good]\naws_access_key_id = AKIAGOOD\naws_secret_access_key = s\n";

/// Every command that reads the files; `use` and `export` of the profile `good`.
const CALLS: &[&[&str]] = &[
    &["use", "good", "--shell", "bash"],
    &["export", "good"],
    &["exec", "good", "--", "true"],
    &["explain", "good"],
    &["list"],
    &["list", "--names"],
    &["list", "--json"],
];

/// Every command fails, says `said`, and hands nothing over.
#[track_caller]
fn all_fail(home: &Home, said: &[&str]) {
    for call in CALLS {
        let run = awsenv(home, call).expect(if call[0] == "exec" { 125 } else { 1 }, said);
        assert!(!run.stdout.contains("AKIA"), "{call:?}: {run:?}");
        assert_eq!(run.stdout == "false\n", call[0] == "use", "{call:?}: {run:?}");
    }
    let run = awsenv(home, &["explain", "good", "--json"]).expect(1, &[]);
    let error = &run.json()["error"];
    assert_eq!(error["code"], "file-unreadable", "{run:?}");
    // The environment tells most of it, so `current` goes on, and says what it could not read.
    awsenv(home, &["current"]).expect(0, said);
    awsenv(home, &["current", "--json"]).expect(0, said).json();
    // Clearing always works.
    for call in [&["clear", "--shell", "nu"][..], &["clear", "--lock", "--shell", "nu"]] {
        assert!(awsenv(home, call).expect(0, &[]).json()["unset"].is_array());
    }
}

#[test]
fn missing_files_are_empty_files() {
    for home in [
        Home::new(),
        Home::new().config("").credentials(""),
        Home::new().config("\n\n  \n# nothing\n").credentials("\u{feff}"),
        Home::new().variable("AWS_CONFIG_FILE", "/dev/null").variable("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
        Home::new().variable("AWS_CONFIG_FILE", "gone/too").variable("AWS_SHARED_CREDENTIALS_FILE", "gone"),
    ] {
        awsenv(&home, &["use", "good", "--shell", "bash"]).expect(1, &["profile-not-found", "no profile yet"]);
        assert_eq!(awsenv(&home, &["list", "--names"]).expect(0, &[]).stdout, "");
        assert_eq!(awsenv(&home, &["list", "--json"]).expect(0, &[]).stdout, "[]\n");
        awsenv(&home, &["list"]).expect(0, &["no profile yet"]);
        assert_eq!(awsenv(&home, &["current", "--json"]).expect(0, &[]).json()["active"], "none");
    }
}

#[test]
fn one_file_alone_is_enough() {
    let run = awsenv(&Home::new().credentials(KEYS), &["use", "good", "--shell", "bash"]).expect(0, &[]);
    assert!(run.stdout.contains("AKIAGOOD") && run.stderr.is_empty(), "{run:?}");
    let run = awsenv(&Home::new().config(KEYS.replace("[", "[profile ")), &["export", "good"]).expect(0, &[]);
    assert!(run.stdout.contains("AKIAGOOD"), "{run:?}");
}

#[test]
fn a_folder_is_no_file() {
    for (name, other) in [("config", "credentials"), ("credentials", "config")] {
        let home = Home::new().file(format!(".aws/{other}"), KEYS);
        fs::create_dir(home.join(".aws").join(name)).expect("a folder");
        all_fail(&home, &[&format!(".aws/{name}"), "folder", "file-unreadable"]);
    }
}

#[test]
fn a_file_is_no_folder() {
    all_fail(&Home::new().file(".aws", "x"), &[".aws/", "file-unreadable"]);
}

#[test]
fn pipes_and_sockets_never_block() {
    let home = Home::new().credentials(KEYS);
    let made = home.command("mkfifo").arg(home.join(".aws/config")).status().expect("mkfifo");
    assert!(made.success());
    all_fail(&home, &[".aws/config", "pipe"]);
    let home = Home::new().config(KEYS);
    let _listener = UnixListener::bind(home.join(".aws/credentials")).expect("a socket");
    all_fail(&home, &[".aws/credentials", "socket"]);
    let endless = Home::new().credentials(KEYS).variable("AWS_CONFIG_FILE", "/dev/zero");
    all_fail(&endless, &["/dev/zero", "device"]);
}

#[test]
fn links_are_followed_and_their_loops_told() {
    let home = Home::new().credentials(KEYS);
    symlink("config", home.join(".aws/config")).expect("a link");
    all_fail(&home, &[".aws/config", "file-unreadable"]);
    let home = Home::new().file("elsewhere", KEYS).config("");
    symlink("../elsewhere", home.join(".aws/credentials")).expect("a link");
    awsenv(&home, &["export", "good"]).expect(0, &[]);
}

/// Root reads everything, so the program runs as somebody else.
#[test]
fn an_unreadable_file_is_not_an_empty_one() {
    let Some(setpriv) = tools::require("setpriv", "an unreadable file is not an empty one") else { return };
    let home = Home::new().config("[profile good]\nregion = eu-west-1\n").credentials(KEYS);
    let open = |path: &str, mode| {
        fs::set_permissions(home.join(path), fs::Permissions::from_mode(mode)).expect("a mode");
    };
    open("", 0o755);
    open(".aws", 0o755);
    // The program may lie in a folder that only its owner can enter.
    let copy = home.join("awsenv");
    fs::copy(crate::common::AWSENV, &copy).expect("a copy");
    let run = |call: &[&str]| {
        let mut command = home.command(&setpriv);
        command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups"]).arg(&copy).args(call);
        Run::of(&command.output().expect("setpriv starts"))
    };
    if run(&["--version"]).stderr.contains("setpriv") {
        // Not root: nothing to take away.
        open(".aws/credentials", 0);
        all_fail(&home, &[".aws/credentials", "file-unreadable"]);
        return;
    }
    run(&["use", "good", "--shell", "bash"]).expect(0, &[]);
    for path in [".aws/config", ".aws/credentials", ".aws"] {
        open(path, 0);
        for call in CALLS {
            let status = if call[0] == "exec" { 125 } else { 1 };
            let run = run(call).expect(status, &["file-unreadable", ".aws", "ermission denied"]);
            assert!(!run.stdout.contains("AKIA"), "{run:?}");
        }
        open(path, 0o755);
    }
}

#[test]
fn without_a_home_the_variables_must_say() {
    let home = Home::new().config("").credentials(KEYS);
    let run = |call: &[&str], variables: &[(&str, &str)]| {
        let mut command = command(&home, call);
        Run::of(&command.env_remove("HOME").envs(variables.iter().copied()).output().expect("awsenv starts"))
    };
    let call = &["use", "good", "--shell", "bash"];
    run(call, &[]).expect(1, &["no-home", "HOME", "AWS_CONFIG_FILE"]);
    run(call, &[("HOME", "")]).expect(1, &["no-home"]);
    run(call, &[("AWS_CONFIG_FILE", ".aws/config")]).expect(1, &["no-home", "AWS_SHARED_CREDENTIALS_FILE"]);
    let both = [("AWS_CONFIG_FILE", ".aws/config"), ("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials")];
    let used = run(call, &both).expect(0, &[]);
    assert!(used.stdout.contains("AKIAGOOD"), "{used:?}");
    assert!(run(&["clear", "--shell", "nu"], &[]).expect(0, &[]).json()["unset"].is_array());
}

#[test]
fn settings_are_never_guessed() {
    let home = Home::new().credentials(KEYS);
    fs::create_dir_all(home.join(".config/awsenv/config")).expect("a folder");
    let call = &["use", "good", "--shell", "bash"];
    assert_eq!(awsenv(&home, call).expect(1, &["awsenv/config", "folder"]).stdout, "false\n");
    awsenv(&home, &["list"]).expect(1, &["awsenv/config"]);
    awsenv(&home, &["exec", "good", "--", "true"]).expect(125, &["awsenv/config"]);
    for (text, said) in [
        ("[settings]\njunk\n", "config:2"),
        ("[settings]\nas = \u{1b}[31m\n", "config:2"),
        ("\u{0}", "config:1"),
        ("[settings\nas = profile\n", "config:1"),
    ] {
        let home = Home::new().credentials(KEYS).settings(text);
        assert_eq!(awsenv(&home, call).expect(1, &[said]).stdout, "false\n");
    }
    // A mistake in a value is a warning, and the default stays.
    let home = Home::new().credentials(KEYS).settings("[settings]\nas = both\nnonsense = 1\n");
    let run = awsenv(&home, call).expect(0, &["config:2", "config:3"]);
    assert!(run.stdout.contains("AKIAGOOD"));
}
