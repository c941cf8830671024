//! What the prompt says is what botocore and boto3 use: every combination of the variables that decide, present,
//! absent, foreign or left over. Where the segment names an identity without its mark, that identity is the one in use.

use awsenv_testkit::home::Home;
use serde_json::{Map, Value, json};

use crate::oracle::Oracle;

/// `a` and `b` have keys, `bare` has none, `web` a token of its own; `gone` does not exist.
const CREDENTIALS: &str = "[a]\naws_access_key_id = AKIAA\naws_secret_access_key = of-a\n\
                           [b]\naws_access_key_id = AKIAB\naws_secret_access_key = of-b\n";
const CONFIG: &str = "[profile bare]\nregion = eu-west-1\n[profile web]\nrole_arn = arn:aws:iam::123456789012:role/W\n\
                      web_identity_token_file = /token\n";
const DEFAULT: &str = "[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = of-default\n";

type Variables = &'static [(&'static str, &'static str)];

const KEYS: [Variables; 8] = [
    &[],
    // awsenv's own, then what can become of them.
    &[
        ("AWS_ACCESS_KEY_ID", "AKIAA"),
        ("AWS_SECRET_ACCESS_KEY", "of-a"),
        ("AWSENV_KEY_ID", "AKIAA"),
        ("AWSENV_PROFILE", "a"),
    ],
    &[
        ("AWS_ACCESS_KEY_ID", "AKIAX"),
        ("AWS_SECRET_ACCESS_KEY", "of-x"),
        ("AWSENV_KEY_ID", "AKIAA"),
        ("AWSENV_PROFILE", "a"),
    ],
    &[("AWSENV_KEY_ID", "AKIAA"), ("AWSENV_PROFILE", "a")],
    &[("AWS_ACCESS_KEY_ID", "AKIAA"), ("AWSENV_KEY_ID", "AKIAA"), ("AWSENV_PROFILE", "a")],
    &[
        ("AWS_ACCESS_KEY_ID", "AKIAA"),
        ("AWS_SECRET_ACCESS_KEY", "of-a"),
        ("AWS_SESSION_TOKEN", "left-over"),
        ("AWSENV_KEY_ID", "AKIAA"),
        ("AWSENV_PROFILE", "a"),
    ],
    // Foreign ones.
    &[("AWS_ACCESS_KEY_ID", "AKIAX"), ("AWS_SECRET_ACCESS_KEY", "of-x")],
    &[("AWS_SECRET_ACCESS_KEY", "of-x")],
];
const PROFILE: [Variables; 7] = [
    &[],
    &[("AWS_PROFILE", "a"), ("AWS_DEFAULT_PROFILE", "a")],
    &[("AWS_PROFILE", "b")],
    &[("AWS_PROFILE", "a"), ("AWS_DEFAULT_PROFILE", "b")],
    &[("AWS_DEFAULT_PROFILE", "b")],
    &[("AWS_PROFILE", "gone"), ("AWS_DEFAULT_PROFILE", "gone")],
    &[("AWS_PROFILE", "awsenv-expired"), ("AWS_DEFAULT_PROFILE", "awsenv-expired")],
];
const MORE_PROFILES: [Variables; 2] = [&[("AWS_PROFILE", "bare")], &[("AWS_PROFILE", "web")]];
const MACHINE: [Variables; 4] = [
    &[],
    &[("AWS_WEB_IDENTITY_TOKEN_FILE", "/token"), ("AWS_ROLE_ARN", "arn:aws:iam::999999999999:role/M")],
    &[("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9/")],
    &[("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9/"), ("AWS_WEB_IDENTITY_TOKEN_FILE", "/token")],
];

/// Whose identity it is, by the access key id or, where a call would be made, by the role.
fn user(answer: &Value) -> String {
    if !answer["error"].is_null() {
        return "nobody".to_owned();
    }
    let call = &answer["calls"][0];
    match (answer["credentials"]["id"].as_str(), call["RoleArn"].as_str()) {
        (_, Some(role)) => role.to_owned(),
        (Some("AKIAA"), _) => "a".to_owned(),
        (Some("AKIAB"), _) => "b".to_owned(),
        (Some("AKIADEFAULT"), _) => "default".to_owned(),
        (Some(other), _) => other.to_owned(),
        (None, _) => "nobody".to_owned(),
    }
}

/// Who the segment says it is; `None` where it says nothing certain.
fn claim(segment: &str) -> Option<String> {
    let name = segment.strip_prefix("aws:")?;
    if segment.ends_with(" !") || name.contains(" ! ") {
        return None;
    }
    let name = name.split([' ', '(']).next().unwrap_or_default();
    Some(match name {
        "locked" | "expired" => "nobody".to_owned(),
        "web" => "arn:aws:iam::123456789012:role/W".to_owned(),
        name => name.to_owned(),
    })
}

#[test]
fn the_segment_names_nobody_but_who_is_used() {
    let homes = ["", DEFAULT].map(|default| Home::new().config(CONFIG).credentials(CREDENTIALS.to_owned() + default));
    let Some(mut oracle) = Oracle::start(&homes[0], "the_segment_names_nobody_but_who_is_used") else { return };
    let (mut rows, mut claims, mut failures) = (0, 0, Vec::new());
    for (keys, profile) in KEYS.iter().flat_map(|keys| PROFILE.iter().chain(&MORE_PROFILES).map(move |p| (keys, p))) {
        for (machine, home) in MACHINE.iter().flat_map(|machine| homes.iter().map(move |home| (machine, home))) {
            let variables: Vec<_> = keys.iter().chain(*profile).chain(*machine).copied().collect();
            let mut command = home.command(env!("CARGO_BIN_EXE_awsenv-prompt"));
            let output = command.envs(variables.iter().copied()).output().expect("awsenv-prompt runs");
            let segment = String::from_utf8(output.stdout).expect("UTF-8");
            rows += 1;
            let Some(claimed) = claim(&segment) else { continue };
            claims += 1;
            let mut environment: Map<String, Value> = home
                .environment()
                .into_iter()
                .map(|(name, value)| (name.into_string().unwrap(), json!(value.into_string().unwrap())))
                .collect();
            environment.extend(variables.iter().map(|(name, value)| ((*name).to_owned(), json!(value))));
            for boto3 in [false, true] {
                let asked = json!({"operation": "settle", "environment": environment, "profile": null, "services": [],
                                   "boto3": boto3});
                let used = user(&oracle.ask(&asked));
                if used != claimed {
                    failures.push(format!("{variables:?}: {segment:?}, but it is {used}"));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    // Most combinations contradict themselves and are marked; what a person has on a good day is not.
    assert!(rows >= 300 && claims >= 20, "{rows} rows, {claims} claims");
}
