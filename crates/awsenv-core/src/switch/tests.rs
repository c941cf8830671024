use std::collections::BTreeMap;

use super::*;
use crate::credentials::Secret;
use crate::options::Mode;

fn credentials() -> Credentials {
    Credentials {
        access_key_id: "AKIANEW".into(),
        secret_access_key: Secret::new("secret"),
        session_token: None,
        expiration: None,
        account_id: None,
    }
}

fn switch<'a>(profile: &'a str, credentials: Option<&'a Credentials>, options: &'a UseOptions) -> Switch<'a> {
    Switch {
        profile,
        credentials,
        region: Some("eu-west-1"),
        settings: &[],
        account_id: None,
        kept_until: None,
        until: None,
        source: "fingerprint",
        options,
        class: None,
        keeps_environment_keys: false,
        leaves_container: false,
    }
}

fn apply(environment: &Environment, change: &EnvChange) -> Environment {
    let mut environment = environment.clone();
    for variable in change {
        match variable.value() {
            Some(value) => environment.set(variable.name(), value.expose()),
            None => environment.unset(variable.name()),
        }
    }
    environment
}

fn shown(environment: &Environment) -> BTreeMap<&str, &str> {
    environment.iter().map(|(name, value)| (name, value.to_str().unwrap())).collect()
}

/// Every managed variable, open ones too, with a value that no identity has.
fn full() -> Environment {
    let mut environment: Environment = MANAGED.iter().map(|(name, _)| (*name, "stale")).collect();
    environment.set("AWS_ENDPOINT_URL_S3", "stale");
    environment.set("AWS_BEARER_TOKEN_BEDROCK", "stale");
    environment.set("PATH", "/bin");
    environment
}

#[test]
fn nothing_stale_survives_a_use() {
    let (options, credentials) = (UseOptions::default(), credentials());
    let before = full();
    let after = apply(&before, &plan_use(&before, &switch("a", Some(&credentials), &options)).unwrap());
    let region = [("AWS_REGION", "eu-west-1"), ("AWS_DEFAULT_REGION", "eu-west-1")];
    let source = fingerprint::with_settings("fingerprint", region);
    let mut expected = BTreeMap::from([
        ("AWS_ACCESS_KEY_ID", "AKIANEW"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_DEFAULT_REGION", "eu-west-1"),
        ("AWSENV_PROFILE", "a"),
        ("AWSENV_KEY_ID", "AKIANEW"),
        ("AWSENV_SOURCE", source.as_str()),
        ("PATH", "/bin"),
    ]);
    let ambient: Vec<String> = AMBIENT_VARIABLES.iter().map(|name| format!("{AMBIENT_PREFIX}{name}")).collect();
    expected.extend(ambient.iter().map(|name| (name.as_str(), "stale")));
    // In `full` the key id is the one awsenv had exported, so there is a profile to go back to.
    expected.insert("AWSENV_PREVIOUS", "-- stale");
    let text = before.get("AWSENV_OPTIONS").unwrap();
    let previous = format!("{text} -- stale");
    expected.insert("AWSENV_PREVIOUS", &previous);
    assert_eq!(shown(&after), expected);
}

#[test]
fn clear_gives_back_what_the_machine_gave_and_no_keys() {
    let before = full();
    let (options, credentials) = (UseOptions::default(), credentials());
    let during = apply(&before, &plan_use(&before, &switch("a", Some(&credentials), &options)).unwrap());
    let after = apply(&during, &plan_clear(&during).unwrap());
    let mut expected: BTreeMap<&str, &str> = AMBIENT_VARIABLES.iter().map(|name| (*name, "stale")).collect();
    expected.extend([("PATH", "/bin"), ("AWSENV_PREVIOUS", "-- a")]);
    assert_eq!(shown(&after), expected);
}

/// Without keeping them aside, the second `use` on ECS would find no source.
#[test]
fn ambient_variables_outlive_any_number_of_uses() {
    let (options, credentials) = (UseOptions::default(), credentials());
    let mut environment: Environment = [("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/x")].into_iter().collect();
    for profile in ["a", "b", "a"] {
        let change = plan_use(&environment, &switch(profile, Some(&credentials), &options)).unwrap();
        environment = apply(&environment, &change);
        assert!(!environment.is_set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"));
        let seen = cleared_environment(&environment);
        assert_eq!(shown(&seen), BTreeMap::from([("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/x")]));
    }
    let locked = apply(&environment, &plan_lock(&environment, "awsenv-locked").unwrap());
    assert!(!locked.is_set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"));
    let cleared = apply(&locked, &plan_clear(&locked).unwrap());
    assert_eq!(cleared.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"), Some("/v2/x"));
}

#[test]
fn keys_of_the_environment_are_kept_for_their_own_chain_only() {
    let (options, credentials) = (UseOptions::default(), credentials());
    let before: Environment =
        [("AWS_ACCESS_KEY_ID", "AKIAOWN"), ("AWS_SECRET_ACCESS_KEY", "own")].into_iter().collect();
    let mut from_environment = switch("a", Some(&credentials), &options);
    from_environment.keeps_environment_keys = true;
    let during = apply(&before, &plan_use(&before, &from_environment).unwrap());
    assert_eq!(environment_keys(&during).unwrap()[0], Some("AKIAOWN"));
    let again = apply(&during, &plan_use(&during, &from_environment).unwrap());
    assert_eq!(environment_keys(&again).unwrap()[0], Some("AKIAOWN"));
    let other = apply(&again, &plan_use(&again, &switch("b", Some(&credentials), &options)).unwrap());
    assert_eq!(environment_keys(&other), None);
    let cleared = apply(&again, &plan_clear(&again).unwrap());
    assert_eq!(shown(&cleared).into_iter().filter(|(name, _)| name.contains("KEY")).count(), 0);
}

#[test]
fn the_profile_before() {
    let credentials = credentials();
    let options = UseOptions { region: Some("eu-west-1".into()), ..UseOptions::default() };
    let plain = UseOptions::default();
    let as_profile = UseOptions { mode: Some(Mode::Profile), ..UseOptions::default() };
    let mut environment = Environment::default();
    let mut go = |profile: &str, options: &UseOptions| {
        let keys = (options.mode != Some(Mode::Profile)).then_some(&credentials);
        let change = plan_use(&environment, &switch(profile, keys, options)).unwrap();
        environment = apply(&environment, &change);
        environment.get("AWSENV_PREVIOUS").map(str::to_owned)
    };
    assert_eq!(go("a", &options), None);
    assert_eq!(go("b", &as_profile).as_deref(), Some("--region=eu-west-1 -- a"));
    assert_eq!(go("b", &as_profile).as_deref(), Some("--region=eu-west-1 -- a"), "the same again is no step");
    assert_eq!(go("c", &plain).as_deref(), Some("--as=profile -- b"));
    environment.set("AWS_ACCESS_KEY_ID", "AKIAFOREIGN");
    let change = plan_use(&environment, &switch("d", Some(&credentials), &plain)).unwrap();
    assert_eq!(apply(&environment, &change).get("AWSENV_PREVIOUS"), None, "a foreign identity is no profile");
}

#[test]
fn a_lock_leaves_nothing_to_slide_into() {
    let before = full();
    let after = apply(&before, &plan_lock(&before, "awsenv-locked").unwrap());
    let aws: BTreeMap<_, _> = shown(&after).into_iter().filter(|(name, _)| name.starts_with("AWS_")).collect();
    assert_eq!(aws, BTreeMap::from([("AWS_PROFILE", "awsenv-locked"), ("AWS_DEFAULT_PROFILE", "awsenv-locked")]));
}

#[test]
fn what_cannot_be_kept_is_an_error() {
    let before: Environment = [("AWS_CONTAINER_AUTHORIZATION_TOKEN", "a\nb")].into_iter().collect();
    let (options, credentials) = (UseOptions::default(), credentials());
    let error = plan_use(&before, &switch("a", Some(&credentials), &options)).unwrap_err();
    assert!(matches!(error, ChangeError::ControlCharacter { .. }));
    assert!(plan_clear(&before).is_err());
}

/// With `AWS_PROFILE` alone it is the SDK that asks the container, and it finds it by these variables only.
#[test]
fn a_tool_that_asks_the_container_itself_keeps_its_variables() {
    let options = UseOptions::default();
    let before: Environment = [
        ("AWSENV_AMBIENT_AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1"),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/token"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "/web"),
    ]
    .into_iter()
    .collect();
    let mut to = switch("a", None, &options);
    to.leaves_container = true;
    let after = apply(&before, &plan_use(&before, &to).unwrap());
    assert_eq!(after.get("AWS_CONTAINER_CREDENTIALS_FULL_URI"), Some("http://169.254.170.23/v1"));
    assert_eq!(after.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"), Some("/token"));
    assert!(!after.is_set("AWSENV_AMBIENT_AWS_CONTAINER_CREDENTIALS_FULL_URI"));
    assert!(!after.is_set("AWS_WEB_IDENTITY_TOKEN_FILE"), "not what the profile starts from");
    let credentials = credentials();
    let next = apply(&after, &plan_use(&after, &switch("b", Some(&credentials), &options)).unwrap());
    assert!(!next.is_set("AWS_CONTAINER_CREDENTIALS_FULL_URI"));
    let cleared = apply(&next, &plan_clear(&next).unwrap());
    assert_eq!(cleared.get("AWS_CONTAINER_CREDENTIALS_FULL_URI"), Some("http://169.254.170.23/v1"));
}
