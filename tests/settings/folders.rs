//! What the hook is told when the shell comes to another folder.

use std::fs;

use awsenv_testkit::home::Home;

use super::awsenv;

const SWITCH: &str = "[settings]\nhook = switch\n";

fn home(settings: &str) -> Home {
    let keys = |name: &str| {
        format!("[{name}]\naws_access_key_id = AKIA{}\naws_secret_access_key = canary\n", name.to_uppercase())
    };
    Home::new()
        .credentials(["dev", "prod"].map(keys).concat())
        .settings(settings)
        .file("acme/deep/x", "")
        .file("acme/.awsenv", "profile = dev\nregion = eu-west-1\n")
        .file("other/x", "")
}

/// The text for bash and what is said, on coming from the binding `was` to `here`.
fn told(home: &Home, was: &str, here: &str) -> (String, String) {
    let here = home.join(here);
    let output = awsenv(home, &["__folder", "--hook", "bash", "--was", was, here.to_str().unwrap()]);
    assert!(output.status.success());
    (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
}

fn acme(home: &Home) -> String {
    home.path().canonicalize().unwrap().join("acme").display().to_string()
}

#[test]
fn a_folder_offers_its_profile() {
    let home = home("");
    let (text, said) = told(&home, "", "acme/deep");
    assert!(said.contains("dev is meant: awsenv use dev") && said.lines().count() == 1, "{said}");
    assert!(text.contains(&format!("__awsenv_folder='{}'", acme(&home))) && !text.contains("AKIADEV"), "{text}");
    // Inside the same binding nothing is new; outside, it is left.
    assert_eq!(told(&home, &acme(&home), "acme"), (String::new(), String::new()));
    let (text, said) = told(&home, &acme(&home), "other");
    assert!(text.contains("__awsenv_leave_folder") && text.contains("__awsenv_folder=''") && said.is_empty(), "{text}");
    assert_eq!(told(&home, "", "other"), (String::new(), String::new()));
}

#[test]
fn only_an_allowed_file_switches_and_only_as_it_was_allowed() {
    let home = home(SWITCH);
    let (text, said) = told(&home, "", "acme");
    assert!(said.contains("awsenv allow") && !text.contains("AKIADEV"), "{text}{said}");
    assert!(awsenv(&home, &["allow", "acme"]).status.success());
    let (text, said) = told(&home, "", "acme");
    assert!(
        text.contains("AKIADEV") && text.contains("__awsenv_keep_folder 'dev'") && text.contains("eu-west-1"),
        "{text}"
    );
    assert!(said.contains("dev, for"), "{said}");
    // Changed after it was allowed; the same in another folder; denied.
    fs::write(home.join("acme/.awsenv"), "profile = prod\n").unwrap();
    fs::write(home.join("other/.awsenv"), "profile = dev\nregion = eu-west-1\n").unwrap();
    for folder in ["acme", "other"] {
        let (text, said) = told(&home, "", folder);
        assert!(!text.contains("AKIA") && said.contains("may not switch yet"), "{folder}: {text}{said}");
    }
    assert!(awsenv(&home, &["deny", "acme"]).status.success());
    let (text, said) = told(&home, "", "acme");
    assert!(!text.contains("AKIA") && said.is_empty(), "{said}");
}

#[test]
fn the_user_s_own_settings_need_no_trust() {
    let on = home("[settings]\nhook = switch\n[directory ~/other]\nprofile = prod\n");
    assert!(told(&on, "", "other").0.contains("AKIAPROD"));
    let off = home("[settings]\nhook = off\n[directory ~/other]\nprofile = prod\n");
    assert_eq!(told(&off, "", "other"), (String::new(), String::new()));
}

#[test]
fn a_class_that_wants_a_confirmation_still_asks() {
    let home = home(
        "[settings]\nhook = switch\n[class p]\nmatch = prod\nconfirm = yes\n[directory ~/other]\nprofile = prod\n",
    );
    let other = home.join("other");
    let setsid = awsenv_testkit::tools::find("setsid").expect("setsid, of util-linux");
    let mut command = home.command(setsid);
    command.arg("--wait").arg(env!("CARGO_BIN_EXE_awsenv"));
    let output = command.args(["__folder", "--hook", "bash", "--was", ""]).arg(other).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("must be confirmed") && !String::from_utf8_lossy(&output.stdout).contains("AKIA"), "{said}");
}

#[test]
fn a_pin_holds_and_is_told() {
    let home = home(SWITCH);
    fs::write(home.join("other/.awsenv"), "profile = dev\naccount = 123456789012\n").unwrap();
    assert!(awsenv(&home, &["allow", "other"]).status.success());
    let (text, said) = told(&home, "", "other");
    assert!(text.contains("AWSENV_FOLDER_ACCOUNT='123456789012'") && !text.contains("AKIA"), "{text}");
    assert!(said.contains("pinned to account 123456789012"), "{said}");
    assert!(
        told(&home, &format!("{}/other", home.path().display()), "acme").0.contains("unset -v AWSENV_FOLDER_ACCOUNT")
    );
}

/// Broken, unreadable, hostile, gone.
#[test]
fn what_is_no_file_of_that_kind_switches_nothing() {
    let home = home(SWITCH);
    fs::write(home.join("acme/.awsenv"), "profile = dev\nexport X=$(touch ran)\n").unwrap();
    let (text, said) = told(&home, "", "acme");
    assert!(said.contains("acme/.awsenv: line 2") && !text.contains("AKIA"), "{text}{said}");
    // Once, not in every folder below.
    let was = text.lines().find_map(|line| line.strip_prefix("__awsenv_folder='")).unwrap().trim_end_matches('\'');
    assert_eq!(told(&home, was, "acme/deep"), (String::new(), String::new()));
    assert_eq!(told(&home, "", "nowhere/at/all"), (String::new(), String::new()));
    fs::write(home.join("other/.awsenv"), "profile = x'; touch ran; '\n").unwrap();
    assert!(awsenv(&home, &["allow", "other"]).status.success());
    let (text, said) = told(&home, "", "other");
    assert!(said.contains("profile-not-found") && !text.contains("touch"), "{text}{said}");
    assert!(!home.join("ran").exists());
}
