use super::*;
use crate::testing::with_profiles;

/// `code:line` of what there is to say about the profile `a`.
fn told(config: &str, credentials: &str) -> Vec<String> {
    with_profiles(config, credentials, |set| {
        let diagnostics = about(set, set.get("a").unwrap());
        diagnostics.iter().map(|d| format!("{}:{}", d.code, d.origin.unwrap().line)).collect()
    })
}

const KEYS: &str = "aws_access_key_id = I\naws_secret_access_key = S\n";

#[test]
fn what_tools_read_differently() {
    assert_eq!(told("[profile a]\nregion = x # c\n", ""), ["inline-comment:2"]);
    assert_eq!(told("[profile a]\nregion = x\n[profile a]\nregion = y\n", ""), ["duplicate-section:3"]);
    assert_eq!(told("[profile a]\nregion = x\nRegion = y\n", ""), ["duplicate-key:3"]);
    assert_eq!(told("[profile \"a\"]\n", ""), ["name-not-everywhere:1"]);
    assert_eq!(told("[profile a]\nregion = \"x\"\n", ""), ["quoted-value:2"]);
    assert_eq!(told("[profile a]\nduration_seconds = 1h\n", ""), ["not-a-number:2"]);
    assert_eq!(told("[profile a]\nregion = x\n", "[a]\nregion = y\n"), ["overridden:2"]);
    assert_eq!(told("[profile a]\nregion = x\n", &format!("[a]\n{KEYS}")), Vec::<String>::new());
}

#[test]
fn more_sources_than_one() {
    let role = "[profile a]\nrole_arn = R\nsource_profile = b\n";
    assert_eq!(told(role, &format!("[a]\n{KEYS}")), ["more-than-one-source:2"]);
    let own = "[profile a]\nrole_arn = R\nsource_profile = a\n";
    assert_eq!(told(own, &format!("[a]\n{KEYS}")), Vec::<String>::new());
    assert_eq!(told(&format!("[profile a]\n{KEYS}credential_process = x\n"), ""), ["more-than-one-source:2"]);
}

#[test]
fn keys_in_both_files() {
    let other = "[profile a]\naws_access_key_id = J\naws_secret_access_key = S\naws_session_token = T\n";
    assert_eq!(told(other, &format!("[a]\n{KEYS}")), ["two-key-pairs:2"]);
    assert_eq!(told("[profile a]\naws_session_token = T\n", &format!("[a]\n{KEYS}")), ["token-without-keys:2"]);
    assert_eq!(told("[profile a]\naws_secret_access_key = T\n", &format!("[a]\n{KEYS}")), ["secret-without-id:2"]);
    assert_eq!(told("", &format!("[a]\n{KEYS}aws_session_token = T\naws_security_token = U\n")), ["two-tokens:5"]);
}

#[test]
fn sections_that_are_no_profile() {
    with_profiles("[a]\n[profilex b]\n[plugins]\n[profile]\n[default]\n[profile default]\n", "", |set| {
        let codes: Vec<_> = all(set).iter().map(|d| (d.code, d.origin.unwrap().line)).collect();
        assert_eq!(codes, [("missing-prefix", 1), ("prefix-like-profile", 2), ("no-name", 4), ("two-defaults", 6)]);
    });
}

/// Whatever is said, no value is in it.
#[test]
fn remarks_hold_no_value() {
    let config = "[profile a]\naws_secret_access_key = \"CANARY\" # CANARY\n  CANARY\naws_session_token = CANARY\u{a0}\nCANARY\n: CANARY = CANARY\nCANARY/x = y # z\nCANARY = CANARY\nCANARY = CANARY\n";
    with_profiles(config, "", |set| {
        for diagnostic in all(set) {
            assert!(
                !format!("{diagnostic:?}").contains("CANARY") || diagnostic.code == "invalid-key",
                "{diagnostic:?}"
            );
        }
    });
}

#[test]
fn what_costs_the_aws_cli_a_whole_file() {
    let told = |config: &str, credentials: &str| -> Vec<String> {
        with_profiles(config, credentials, |set| {
            let all = whole_files(set);
            all.iter().map(|d| format!("{}:{}", d.code, d.origin.unwrap().line)).collect()
        })
    };
    assert_eq!(told("[plugins]\na = b\n[plugins]\n", ""), ["duplicate-section:3"]);
    assert_eq!(told("[sso-session s]\nsso_region = r\nSSO_Region = r\n", ""), ["duplicate-key:3"]);
    assert_eq!(told("", "[DEFAULT]\nregion = r\n[a]\n"), ["default-for-all:1"]);
    assert_eq!(told("[default]\nregion = r\n[profile a]\n[profile \"a\"]\n", "[default]\n"), Vec::<String>::new());
}

#[test]
fn empty_values_are_told() {
    assert_eq!(told("[profile a]\nmfa_serial =\n", ""), ["empty-value:2"]);
    assert_eq!(told("[profile a]\nmfa_serial = m\n", "[a]\nmfa_serial =\n"), ["overridden:2", "empty-value:2"]);
}

/// The AWS CLI would assume the role; the keys alone are another identity.
#[test]
fn a_misspelt_prefix_is_told() {
    let config = "[profiles a]\nrole_arn = R\nsource_profile = a\n";
    assert_eq!(told(config, &format!("[a]\n{KEYS}")), ["prefix-like-profile:1"]);
    assert_eq!(told("[profiles b]\n[other a]\n", &format!("[a]\n{KEYS}")), Vec::<String>::new());
}

/// To the AWS CLI the later section is the whole profile; no tool reads both.
#[test]
fn headers_that_spell_one_name_in_two_ways() {
    let config = "[profile a]\nrole_arn = R\n[profile 'a']\nregion = r\n";
    assert_eq!(
        told(config, ""),
        ["replaced-section:1", "name-not-everywhere:3"].map(str::to_owned).into_iter().rev().collect::<Vec<_>>()
    );
    with_profiles(config, &format!("[a]\n{KEYS}"), |set| {
        let profile = set.get("a").unwrap();
        assert!(profile.get("role_arn").is_none() && profile.get("region").is_some());
        assert!(profile.get("aws_access_key_id").is_some(), "the other file is not replaced");
    });
    with_profiles("[profile 'b c']\nregion = r\n[profile b c]\nrole_arn = R\n", "", |set| {
        let profile = set.get("b c").unwrap();
        assert!(profile.get("role_arn").is_none() && profile.get("region").is_some());
    });
    with_profiles("[profile 'a']\nrole_arn = R\n[profile a]\nx = y\n[profile a]\nregion = r\n", "", |set| {
        let profile = set.get("a").unwrap();
        assert!(profile.get("role_arn").is_none() && profile.get("x").is_some() && profile.get("region").is_some());
    });
}
