//! What a guarded command is told before it runs.

use std::path::Path;

use awsenv_testkit::home::Home;
use awsenv_testkit::terminal::Terminal;

const SETTINGS: &str = "[class production]\nmatch = *prod*\nguard = terraform apply, aws * delete-*\n";

fn home() -> Home {
    let keys = |name: &str| format!("[{name}]\naws_access_key_id = AKIAX\naws_secret_access_key = canary\n");
    Home::new().credentials(["acme-prod", "acme-dev"].map(keys).concat()).settings(SETTINGS)
}

/// The status of the question, on a terminal where `answer` is typed, with this environment; and the screen.
fn asked(home: &Home, variables: &[(&str, &str)], command: &str, answer: &str) -> (String, String) {
    let set: String = variables.iter().map(|(name, value)| format!("export {name}='{value}'; ")).collect();
    let script =
        format!("trap : INT; {set}'{}' __guard -- {command}; echo \"status=$?.\"", env!("CARGO_BIN_EXE_awsenv"));
    let mut terminal = Terminal::start(Path::new("/bin/sh"), &["-c", &script], home.path(), home.environment());
    if !answer.is_empty() {
        terminal.wait_for("Its name");
        terminal.send(answer);
    }
    let screen = terminal.wait_until("the end", |screen| screen.contains("status="));
    let status = screen.split("status=").nth(1).unwrap().split('.').next().unwrap().to_owned();
    (status, screen)
}

const PROD: &[(&str, &str)] = &[("AWS_PROFILE", "acme-prod")];
const DEV: &[(&str, &str)] = &[("AWS_PROFILE", "acme-dev")];

#[test]
fn a_guarded_command_asks_for_the_name_of_its_class_and_no_other_does() {
    let home = home();
    let (status, screen) = asked(&home, PROD, "terraform apply", "acme-prod\r");
    assert!(status == "0" && screen.contains("terraform is guarded"), "{screen}");
    assert_eq!(asked(&home, PROD, "aws s3api delete-bucket --bucket x", "\u{3}").0, "130");
    for (who, command) in
        [(PROD, "terraform plan"), (PROD, "aws s3 ls"), (DEV, "terraform apply"), (&[], "terraform apply")]
    {
        assert_eq!(asked(&home, who, command, "").0, "0", "{who:?} {command}");
    }
}

#[test]
fn an_identity_that_is_over_foreign_or_another_folder_s_is_stopped() {
    let home = home();
    let own = |id: &'static str, end: &'static str| {
        vec![
            ("AWS_ACCESS_KEY_ID", "AKIAX"),
            ("AWS_SECRET_ACCESS_KEY", "canary"),
            ("AWSENV_PROFILE", "acme-dev"),
            ("AWSENV_KEY_ID", id),
            ("AWSENV_EXPIRATION", end),
        ]
    };
    let (status, screen) = asked(&home, &own("AKIAX", "1000"), "terraform apply", "");
    assert!(status == "1" && screen.contains("was not run") && screen.contains("its end"), "{screen}");
    let (status, screen) = asked(&home, &own("AKIAY", "99999999999"), "terraform apply", "");
    assert!(status == "1" && screen.contains("was not run") && screen.contains("AWS_ACCESS_KEY_ID"), "{screen}");
    assert_eq!(asked(&home, &own("AKIAX", "99999999999"), "terraform apply", "").0, "0");
    // What is not guarded is in nobody's way.
    assert_eq!(asked(&home, &own("AKIAY", "1000"), "terraform plan", "").0, "0");

    let home = home.file(".awsenv", "profile = acme-other\n");
    let (status, screen) = asked(&home, DEV, "terraform apply", "");
    assert!(status == "1" && screen.contains("acme-other is meant"), "{screen}");
    let home = home.file(".awsenv", "account = 123456789012\n");
    let (status, screen) = asked(&home, DEV, "terraform apply", "");
    assert!(status == "1" && screen.contains("nothing proves"), "{screen}");
    assert_eq!(asked(&home, DEV, "terraform plan", "").0, "0");
}
