//! A name is matched exactly or not at all.

use awsenv_testkit::home::Home;

use crate::common::awsenv;

fn home() -> Home {
    let keys = |name: &str| format!("[{name}]\naws_access_key_id = AKIA{name}\naws_secret_access_key = s\n");
    Home::new().credentials(["default", "client1", "client2", "Acme", "ä-prod"].map(keys).concat())
}

#[test]
fn nothing_near_is_taken() {
    let home = home();
    let near = [
        "CLIENT1",
        "client",
        "client1 ",
        " client1",
        "client1\t",
        "clıent1",
        "acme",
        "ACME",
        "client3",
        "clien*",
        "client?",
        "[client1]",
        "profile client1",
        "a\u{308}-prod",
        "DEFAULT",
        "Default",
        "",
        "default ",
        "no-such",
    ];
    for name in near {
        for call in [&["use", "--shell", "bash", "--", name][..], &["explain", "--", name], &["export", "--", name]] {
            let run = awsenv(&home, call).expect(1, &["profile-not-found"]);
            assert!(!run.stdout.contains("AKIA"), "{call:?}: {run:?}");
        }
        awsenv(&home, &["exec", name, "--", "env"]).expect(125, &["profile-not-found"]);
    }
}

#[test]
fn the_closest_three_are_named() {
    let home = home();
    for (name, near) in
        [("CLIENT1", r#""client1", "client2", "#), ("acme", r#""Acme""#), ("cleint2", r#""client2", "client1""#)]
    {
        let run = awsenv(&home, &["use", name, "--shell", "bash"]).expect(1, &[near]);
        assert_eq!(run.stderr.matches('"').count(), 2 * 4, "{run:?}");
    }
}

#[test]
fn default_is_used_only_by_its_name() {
    let home = home();
    let run = awsenv(&home, &["use", "default", "--shell", "bash"]).expect(0, &[]);
    assert!(run.stdout.contains("AKIAdefault"));
    for name in ["", "typo", "-"] {
        let run = awsenv(&home, &["use", "--shell", "bash", "--", name]).expect(1, &[]);
        assert_eq!(run.stdout, "false\n");
    }
}

/// A lock names a profile that nobody has.
#[test]
fn a_lock_avoids_names_that_exist() {
    let keys = |name: &str| format!("[{name}]\naws_access_key_id = AKIAX\naws_secret_access_key = s\n");
    let home = Home::new().credentials(["awsenv-locked", "awsenv-expired", "awsenv-locked-2"].map(keys).concat());
    for call in [&["clear", "--lock", "--shell", "nu"][..], &["use", "typo", "--or-clear", "--shell", "nu"]] {
        let run = awsenv(&home, call);
        assert_eq!(run.json()["set"]["AWS_PROFILE"], "awsenv-locked-3", "{call:?}: {run:?}");
    }
}
