//! `use -`: the profile before, with the options it was used with.

use awsenv_testkit::home::Home;

use crate::common::{Env, awsenv_in, environment_of, evaluated};

fn home() -> Home {
    Home::new()
        .config(
            "[profile a]\nregion = eu-west-1\n[profile b]\nregion = us-east-1\n[profile a -- b]\nregion = eu-west-3\n",
        )
        .credentials(
            "[a]\naws_access_key_id = AKIAA\naws_secret_access_key = secret a\n\
             [b]\naws_access_key_id = AKIAB\naws_secret_access_key = secret b\n\
             [a -- b]\naws_access_key_id = AKIAAB\naws_secret_access_key = secret ab\n",
        )
}

/// The environment after these calls, one after the other.
fn after(home: &Home, calls: &[&[&str]]) -> Env {
    calls.iter().fold(environment_of(home), |environment, call| evaluated(home, &environment, call))
}

fn profile(environment: &Env) -> Option<&str> {
    environment.get("AWSENV_PROFILE").map(String::as_str)
}

#[test]
fn goes_back_and_forth_with_the_options() {
    let home = home();
    let steps: [(&[&str], &str, &str); 4] = [
        (&["use", "a", "--region", "ap-south-1", "--for", "20m"], "a", "ap-south-1"),
        (&["use", "b", "--as", "profile"], "b", "us-east-1"),
        (&["use", "-"], "a", "ap-south-1"),
        (&["use", "-"], "b", "us-east-1"),
    ];
    let mut environment = environment_of(&home);
    for (call, name, region) in steps {
        environment = evaluated(&home, &environment, call);
        assert_eq!(profile(&environment), Some(name), "{call:?}");
        assert_eq!(environment["AWS_REGION"], region, "{call:?}");
        assert_eq!(environment.contains_key("AWSENV_EXPIRATION"), name == "a", "{call:?}: --for");
        assert_eq!(environment.contains_key("AWS_ACCESS_KEY_ID"), name == "a", "{call:?}: --as");
        assert_eq!(environment.get("AWS_PROFILE").map(String::as_str), (name == "b").then_some("b"), "{call:?}");
    }
    // What is said now goes before what was said then.
    let back = evaluated(&home, &environment, &["use", "-", "--region", "eu-north-1"]);
    assert_eq!((profile(&back), back["AWS_REGION"].as_str()), (Some("a"), "eu-north-1"));
}

#[test]
fn the_same_again_is_no_step() {
    let home = home();
    let environment = after(&home, &[&["use", "a"], &["use", "b"], &["use", "b"], &["use", "-"]]);
    assert_eq!(profile(&environment), Some("a"));
}

#[test]
fn after_clear_it_is_the_one_cleared() {
    let home = home();
    for clear in [&["clear"][..], &["clear", "--lock"]] {
        let calls: &[&[&str]] = &[&["use", "b"], &["use", "a", "--region", "ap-south-1"], clear, clear, &["use", "-"]];
        let environment = after(&home, calls);
        assert_eq!((profile(&environment), environment["AWS_REGION"].as_str()), (Some("a"), "ap-south-1"), "{clear:?}");
    }
}

#[test]
fn any_name_is_remembered() {
    let home = home();
    let environment = after(&home, &[&["use", "a -- b"], &["use", "a"], &["use", "-"]]);
    assert_eq!((profile(&environment), environment["AWS_ACCESS_KEY_ID"].as_str()), (Some("a -- b"), "AKIAAB"));
}

#[test]
fn a_foreign_identity_is_no_profile() {
    let home = home();
    let foreign: [&[(&str, &str)]; 4] = [
        &[("AWS_ACCESS_KEY_ID", "AKIAFOREIGN"), ("AWS_SECRET_ACCESS_KEY", "foreign")],
        &[("AWS_PROFILE", "a")],
        &[("AWS_DEFAULT_PROFILE", "a")],
        // The keys that awsenv exported were replaced by pasted ones.
        &[("AWSENV_PROFILE", "a"), ("AWSENV_KEY_ID", "AKIAA"), ("AWS_ACCESS_KEY_ID", "AKIAFOREIGN")],
    ];
    for variables in foreign {
        // `use -` goes to what awsenv remembers, never to what somebody else had set.
        let mut before = environment_of(&home);
        before.extend(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let used = evaluated(&home, &before, &["use", "b"]);
        assert_eq!(used.get("AWSENV_PREVIOUS"), None, "{variables:?}");
        let run = awsenv_in(&home, &used, &["use", "-", "--shell", "bash"]).expect(1, &["no-previous", "awsenv back"]);
        assert_eq!(run.stdout, "false\n");
    }
}

#[test]
fn without_a_step_before_it_is_an_error_that_names_back() {
    let home = home();
    for environment in [environment_of(&home), after(&home, &[&["use", "a"]])] {
        let run =
            awsenv_in(&home, &environment, &["use", "-", "--shell", "zsh"]).expect(1, &["no-previous", "awsenv back"]);
        assert_eq!(run.stdout, "false\n");
    }
}

#[test]
fn what_others_wrote_into_the_record_is_not_obeyed() {
    let home = home();
    for text in ["a", "--as=root -- a", "--region=$(x) -- ", "--", "\u{1b}[31m", "-- gone\u{1b}[2J", "--for=99 -- a"] {
        let mut environment = environment_of(&home);
        environment.insert("AWSENV_PREVIOUS".into(), text.into());
        let run = awsenv_in(&home, &environment, &["use", "-", "--shell", "dash"]).expect(1, &["awsenv: "]);
        assert_eq!(run.stdout, "false\n", "{text:?}");
    }
}
