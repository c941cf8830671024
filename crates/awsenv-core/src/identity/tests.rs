use super::*;

fn identity(variables: &[(&str, &str)], default: bool) -> Identity {
    let environment: Environment = variables.iter().copied().collect();
    Identity::from_environment(&environment, default)
}

#[test]
fn who_wins() {
    let keys = [("AWS_ACCESS_KEY_ID", "AKIAX"), ("AWS_SECRET_ACCESS_KEY", "s")];
    let profile = [("AWS_PROFILE", "p"), ("AWS_DEFAULT_PROFILE", "q")];
    let all: Vec<_> = keys.iter().chain(&profile).copied().collect();
    let decided = |variables: &[(&str, &str)], default| {
        let identity = identity(variables, default);
        (identity.active, identity.wins, identity.profile)
    };
    assert_eq!(decided(&all, true), (Active::Keys, Some("AWS_ACCESS_KEY_ID"), None));
    assert_eq!(decided(&profile, true), (Active::Profile, Some("AWS_PROFILE"), Some("p".into())));
    assert_eq!(decided(&profile[1..], true), (Active::Profile, Some("AWS_DEFAULT_PROFILE"), Some("q".into())));
    assert_eq!(decided(&[], true), (Active::Default, None, Some("default".into())));
    assert_eq!(decided(&[], false), (Active::None, None, None));
    assert_eq!(decided(&[("AWS_PROFILE", "awsenv-locked")], true).0, Active::Locked);
    assert_eq!(decided(&[("AWS_WEB_IDENTITY_TOKEN_FILE", "f")], true).0, Active::Ambient);
    let container = [("AWS_CONTAINER_CREDENTIALS_FULL_URI", "u")];
    assert_eq!((decided(&container, true).0, decided(&container, false).0), (Active::Default, Active::Ambient));
}

#[test]
fn awsenvs_own_is_told_from_a_strangers() {
    let own = [("AWSENV_PROFILE", "a"), ("AWSENV_KEY_ID", "AKIAX"), ("AWS_ACCESS_KEY_ID", "AKIAX")];
    assert!(identity(&own, false).owned);
    let changed = [("AWSENV_PROFILE", "a"), ("AWSENV_KEY_ID", "AKIAX"), ("AWS_ACCESS_KEY_ID", "AKIAY")];
    let changed = identity(&changed, false);
    assert!(!changed.owned && changed.profile.is_none());
    assert!(changed.conflicts.iter().any(|conflict| conflict.variable == "AWS_ACCESS_KEY_ID"));
}

#[test]
fn conflicts_name_the_variable() {
    let told = |variables: &[(&str, &str)]| -> Vec<String> {
        identity(variables, false).conflicts.into_iter().map(|conflict| conflict.variable).collect()
    };
    assert_eq!(
        told(&[("AWS_ACCESS_KEY_ID", "AKIAX"), ("AWS_SECRET_ACCESS_KEY", "s"), ("AWS_PROFILE", "p")]),
        ["AWS_PROFILE"]
    );
    assert_eq!(told(&[("AWS_ACCESS_KEY_ID", "ASIAX"), ("AWS_SECRET_ACCESS_KEY", "s")]), ["AWS_SESSION_TOKEN"]);
    assert_eq!(told(&[("AWS_ACCESS_KEY_ID", "AKIAX")]), ["AWS_SECRET_ACCESS_KEY"]);
    assert_eq!(told(&[("AWS_PROFILE", "p"), ("AWS_DEFAULT_PROFILE", "q")]), ["AWS_DEFAULT_PROFILE"]);
    assert_eq!(told(&[("AWS_REGION", "a"), ("AWS_DEFAULT_REGION", "b")]), ["AWS_DEFAULT_REGION"]);
    assert_eq!(told(&[("AWS_BEARER_TOKEN_BEDROCK", "t")]), ["AWS_BEARER_TOKEN_BEDROCK"]);
    assert_eq!(told(&[]), Vec::<String>::new());
}

/// Shell arithmetic on this text would run it; it must not even be read.
#[test]
fn only_digits_are_an_expiration() {
    let at = |text: &str| {
        let own = [("AWSENV_PROFILE", "a"), ("AWS_PROFILE", "a"), ("AWSENV_EXPIRATION", text)];
        identity(&own, false).expiration.map(Timestamp::as_second)
    };
    assert_eq!(at("1700000000"), Some(1_700_000_000));
    for text in ["a[$(touch x)]", "-1", "1e9", " 1", "99999999999999999999", "+5"] {
        assert_eq!(at(text), None, "{text}");
    }
}
