//! Keys that don't expire: exported, traded for a session, refused.

use crate::common::{HOME_ACCOUNT, World};

fn with(setting: &str) -> World {
    World::with(|fake| fake, |home| home.settings(format!("[settings]\nlong_term_keys = {setting}\n")))
}

fn someone() -> String {
    format!("arn:aws:iam::{HOME_ACCOUNT}:user/someone")
}

#[test]
fn keys_of_a_file_need_nobody() {
    let world = World::new();
    assert_eq!(world.exported("base"), someone());
    assert_eq!(world.asked(), [""; 0]);
}

#[test]
fn a_session_takes_their_place() {
    let world = with("session");
    for _ in 0..2 {
        let run = world.awsenv("export base").expect(0, &[]);
        let json = run.json();
        assert_eq!(world.identity(&json), someone());
        assert!(json["AccessKeyId"].as_str().is_some_and(|id| id.starts_with("ASIA")), "{json}");
        assert!(json["Expiration"].is_string(), "{json}");
    }
    assert_eq!(world.fake.calls("GetSessionToken"), 1, "the first session serves the second time");
    world.exported("base --duration 1h");
    let requests = world.fake.requests();
    let asked = requests.iter().filter_map(|request| request.parameter("DurationSeconds")).collect::<Vec<_>>();
    assert_eq!(asked, ["3600"]);
    // Keys that a role is assumed with stay where they are.
    world.exported("admin");
    assert_eq!(world.fake.calls("GetSessionToken"), 2);
    // The options of roles are roles' all the same.
    world.awsenv("export base --role-session-name someone").expect(2, &["not-a-role"]);
}

#[test]
fn they_are_refused() {
    let world = with("refuse");
    world.awsenv("export base").expect(1, &["long-term-keys"]);
    world.exported("admin");
}
