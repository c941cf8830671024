//! `Debug` of the types that hold secrets, as a stray `{:?}` would print it.

use std::fmt::Debug;

use awsenv_core::change::EnvChange;
use awsenv_core::config::{ConfigText, parse_config};
use awsenv_core::credentials::{Credentials, Secret};
use awsenv_core::diagnostic::SourceFile;
use awsenv_core::environment::Environment;
use awsenv_core::options::UseOptions;
use awsenv_core::profile::ProfileSet;
use awsenv_core::resolve::resolve_profile;
use awsenv_core::switch::{Switch, plan_clear, plan_use};
use awsenv_shell::{Shell, render_change};

#[track_caller]
fn check(value: &dyn Debug) {
    for text in [format!("{value:?}"), format!("{value:#?}")] {
        assert!(!text.contains("canary"), "{text}");
    }
}

fn environment() -> Environment {
    [
        ("AWS_SECRET_ACCESS_KEY", "canary-secret"),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "canary-token"),
        ("AWS_BEARER_TOKEN_BEDROCK", "canary-bearer"),
    ]
    .into_iter()
    .collect()
}

#[test]
fn of_files_and_profiles() {
    let text = ConfigText::from(
        "[a]\naws_access_key_id = AKIAA\naws_secret_access_key = canary-secret\naws_session_token = canary-first\n  canary-second\n\
         canary junk\n[b]\npassword =\n  x = canary-nested\n",
    );
    check(&text);
    let file = parse_config(SourceFile::Credentials, &text);
    check(&file);
    for section in file.sections() {
        check(&section);
        for property in file.properties(section) {
            check(&property);
            check(&file.continuations(property));
        }
    }
    let none = ConfigText::default();
    let set = ProfileSet::normalize(parse_config(SourceFile::Config, &none), file);
    check(&set);
    for profile in set.profiles() {
        check(&profile);
        check(&profile.properties());
        check(&resolve_profile(&set, profile.name()));
    }
}

#[test]
fn of_credentials_and_changes() {
    let credentials = Credentials {
        access_key_id: "AKIAA".into(),
        secret_access_key: Secret::new("canary-secret"),
        session_token: Some(Secret::new("canary-token")),
        expiration: None,
        account_id: None,
    };
    check(&credentials);
    check(&environment());
    let options = UseOptions::default();
    let switch = Switch {
        profile: "a",
        credentials: Some(&credentials),
        region: None,
        settings: &[],
        account_id: None,
        kept_until: None,
        until: None,
        source: "x",
        options: &options,
        class: None,
        keeps_environment_keys: true,
        leaves_container: false,
    };
    check(&switch);
    let changes: [EnvChange; 2] =
        [plan_use(&environment(), &switch).expect("a change"), plan_clear(&environment()).expect("a change")];
    for change in changes {
        check(&change);
        for shell in Shell::ALL {
            check(&render_change(shell, &change));
        }
    }
}
