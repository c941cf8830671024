//! What was used comes first.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt};

use awsenv_testkit::home::Home;

use crate::common::{AWSENV, home, picked, picker, read, rows};

const FILE: &str = ".local/state/awsenv/history";

fn use_profile(home: &Home, name: &str) -> std::process::Output {
    home.command(AWSENV).args(["use", "--shell", "bash", "--", name]).output().unwrap()
}

#[test]
fn used_and_often_used_profiles_come_first() {
    let home = home(&["a", "b", "c", "d e"]);
    for name in ["d e", "c", "d e"] {
        assert!(use_profile(&home, name).status.success());
    }
    let mut terminal = picker(&home);
    assert_eq!(rows(&terminal.text()), ["> d e", "  c", "  a", "  b"]);
    // The picker's own picks count too.
    terminal.send("b\r");
    picked(&mut terminal, &home, 1);
    assert!(read(&home, FILE).lines().last().unwrap().ends_with(" 1 b"));
    let mode = std::fs::metadata(home.join(FILE)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn what_failed_or_was_only_shown_does_not_count() {
    let home = home(&["a", "b"]).config("[profile broken]\nrole_arn = x\n");
    for arguments in [&["use", "broken"][..], &["use", "nobody"], &["use", "a", "--print"], &["use", "a", "--help"]] {
        home.command(AWSENV).args(arguments).output().unwrap();
    }
    assert!(!home.join(FILE).exists());
}

/// A history that can't be written is no reason to fail, or to say anything.
#[test]
fn a_switch_succeeds_whatever_is_in_the_way() {
    let obstacles: [fn(&Home); 4] = [
        |home| std::fs::write(home.join(".local"), "").unwrap(),
        |home| std::fs::create_dir_all(home.join(FILE)).unwrap(),
        |home| {
            std::fs::create_dir_all(home.join(".local/state/awsenv")).unwrap();
            std::os::unix::fs::symlink("/dev/full", home.join(FILE)).unwrap();
        },
        |home| {
            std::fs::create_dir_all(home.join(".local/state")).unwrap();
            std::fs::set_permissions(home.join(".local/state"), PermissionsExt::from_mode(0o500)).unwrap();
        },
    ];
    for obstacle in obstacles {
        let home = home(&["a"]);
        obstacle(&home);
        let output = use_profile(&home, "a");
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        assert!(String::from_utf8(output.stdout).unwrap().contains("'AKIA0'"));
    }
}

/// As under `sudo` with another user's `HOME`.
#[test]
fn root_leaves_no_file_in_another_users_home() {
    let home = home(&["a"]);
    if std::fs::metadata(home.path()).unwrap().uid() != 0 {
        return; // Only root can give files away, and only root is refused.
    }
    std::os::unix::fs::chown(home.path(), Some(12_345), None).unwrap();
    assert!(use_profile(&home, "a").status.success());
    assert!(!home.join(".local").exists());
}
