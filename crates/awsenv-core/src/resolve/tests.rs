use super::*;
use crate::testing::with_profiles;

/// The chain of `name` as one line, base first, or the error's code and line.
fn chain(config: &str, credentials: &str, name: &str) -> String {
    with_profiles(config, credentials, |set| match resolve_profile(set, name) {
        Ok(chain) => {
            let steps: Vec<String> = chain
                .steps
                .iter()
                .map(|step| match &step.source {
                    CredentialSource::Static { access_key_id, .. } => format!("{access_key_id}@{}", step.profile),
                    CredentialSource::AssumeRole(role) => role.role_arn.clone(),
                    CredentialSource::Named(named) => named.as_str().to_owned(),
                    other => other.kind().to_owned(),
                })
                .collect();
            steps.join(" ")
        }
        Err(error) => format!("{}:{}", error.code, error.origin.map_or(0, |origin| origin.line)),
    })
}

const KEYS: &str = "[base]\naws_access_key_id = ID\naws_secret_access_key = S\n";

#[test]
fn a_role_needs_exactly_one_source() {
    assert_eq!(chain("[profile a]\nrole_arn = R\nsource_profile = base", KEYS, "a"), "ID@base R");
    assert_eq!(chain("[profile a]\nrole_arn = R\ncredential_source = Environment", "", "a"), "Environment R");
    assert_eq!(chain("[profile a]\nrole_arn = R", KEYS, "a"), "missing-source:2");
    let both = "[profile a]\nrole_arn = R\nsource_profile = base\ncredential_source = Environment";
    assert_eq!(chain(both, KEYS, "a"), "two-sources:4");
    assert_eq!(
        chain("[profile a]\nrole_arn = R\ncredential_source = environment", "", "a"),
        "unknown-credential-source:3"
    );
    assert_eq!(chain("[profile a]\nrole_arn = R\nsource_profile = b", KEYS, "a"), "source-profile-not-found:3");
    assert_eq!(chain("[profile a]\nrole_arn =\nsource_profile = base", KEYS, "a"), "empty-value:2");
}

#[test]
fn own_keys_of_the_selected_profile_give_way_to_its_source_profile() {
    let config = "[profile a]\nrole_arn = R\nsource_profile = base\naws_access_key_id = OWN\naws_secret_access_key = S";
    assert_eq!(chain(config, KEYS, "a"), "ID@base R");
}

#[test]
fn from_the_second_profile_on_keys_end_the_chain() {
    let config = "[profile a]\nrole_arn = R1\nsource_profile = b\n[profile b]\nrole_arn = R2\nsource_profile = base\n\
                  aws_access_key_id = OWN\naws_secret_access_key = S";
    assert_eq!(chain(config, KEYS, "a"), "OWN@b R1");
    assert_eq!(chain(config, KEYS, "b"), "ID@base R2");
    let half = "[profile a]\nrole_arn = R1\nsource_profile = b\n[profile b]\nrole_arn = R2\nsource_profile = base\n\
                aws_access_key_id = OWN";
    assert_eq!(chain(half, KEYS, "a"), "partial-credentials:7");
}

#[test]
fn a_profile_may_be_its_own_source_with_keys() {
    let config = "[profile a]\nrole_arn = R\nsource_profile = a\n";
    assert_eq!(chain(config, "[a]\naws_access_key_id = ID\naws_secret_access_key = S", "a"), "ID@a R");
    assert_eq!(chain(config, "", "a"), "source-profile-loop:3");
}

#[test]
fn loops_are_told_with_their_way() {
    let config = "[profile a]\nrole_arn = R\nsource_profile = b\n[profile b]\nrole_arn = R\nsource_profile = c\n\
                  [profile c]\nrole_arn = R\nsource_profile = a\n";
    with_profiles(config, "", |set| {
        let error = resolve_profile(set, "a").unwrap_err();
        assert_eq!((error.code, error.origin.unwrap().line), ("source-profile-loop", 9));
        assert!(error.message.ends_with(r#""a" -> "b" -> "c" -> "a""#), "{}", error.message);
    });
}

#[test]
fn chains_of_roles_run_from_the_base_outwards() {
    let config = "[profile a]\nrole_arn = R1\nsource_profile = b\n[profile b]\nrole_arn = R2\nsource_profile = base\n";
    assert_eq!(chain(config, KEYS, "a"), "ID@base R2 R1");
}

#[test]
fn keys_come_from_one_file() {
    let half = "[profile a]\naws_access_key_id = C";
    assert_eq!(chain(half, "[a]\naws_secret_access_key = S", "a"), "partial-credentials:2");
    assert_eq!(chain("", "[a]\naws_secret_access_key = S", "a"), "partial-credentials:2");
    assert_eq!(chain("", "[a]\naws_access_key_id = I\naws_secret_access_key =", "a"), "partial-credentials:2");
    let pair = "[profile a]\naws_access_key_id = C\naws_secret_access_key = S\naws_session_token = T";
    assert_eq!(chain(pair, "[a]\naws_access_key_id = I\naws_secret_access_key = S", "a"), "I@a");
    with_profiles(pair, "[a]\naws_access_key_id = I\naws_secret_access_key = S", |set| {
        let chain = resolve_profile(set, "a").unwrap();
        let CredentialSource::Static { session_token, .. } = &chain.last().source else { panic!() };
        assert_eq!(*session_token, None, "the token of the other file's keys");
    });
}

#[test]
fn bases_in_the_order_of_the_aws_cli() {
    let sso = "sso_account_id = 111122223333\nsso_role_name = R\nsso_start_url = U\nsso_region = r\n";
    let all = format!(
        "[profile a]\ncredential_process = p\nlogin_session = l\naws_access_key_id = C\naws_secret_access_key = S\n{sso}"
    );
    let keys = "[a]\naws_access_key_id = I\naws_secret_access_key = S";
    assert_eq!(chain(&format!("{all}role_arn = R\nweb_identity_token_file = f"), keys, "a"), "web-identity");
    assert_eq!(chain(&all, keys, "a"), "sso");
    assert_eq!(chain(&all.replace(sso, ""), keys, "a"), "I@a");
    assert_eq!(chain(&all.replace(sso, ""), "", "a"), "login-session");
    assert_eq!(
        chain("[profile a]\ncredential_process = p\naws_access_key_id = C\naws_secret_access_key = S", "", "a"),
        "credential-process"
    );
    assert_eq!(chain("[profile a]\naws_access_key_id = C\naws_secret_access_key = S", "", "a"), "C@a");
    assert_eq!(chain("[profile a]\nweb_identity_token_file = f", "", "a"), "web-identity-without-role:2");
    assert_eq!(chain("[profile a]\nrole_arn = R\nweb_identity_token_file =", keys, "a"), "empty-value:3");
    assert_eq!(chain("[profile a]\nregion = r", "", "a"), "no-credentials:1");
}

#[test]
fn sso_sessions() {
    let session = "[sso-session s]\nsso_start_url = U\nsso_region = r\n";
    let profile = |body: &str| format!("{session}[profile a]\n{body}");
    let role = "sso_account_id = 111122223333\nsso_role_name = R\n";
    assert_eq!(chain(&profile(&format!("sso_session = s\n{role}")), "", "a"), "sso");
    assert_eq!(chain(&profile("sso_session = s"), "", "a"), "sso");
    assert_eq!(
        chain(&profile("sso_session = s\n[profile b]\nrole_arn = R\nsource_profile = a"), "", "b"),
        "sso-token-only:5"
    );
    assert_eq!(chain(&profile(&format!("sso_session = t\n{role}")), "", "a"), "sso-session-not-found:5");
    assert_eq!(chain(&profile("sso_session = s\nsso_role_name = R"), "", "a"), "sso-incomplete:6");
    assert_eq!(chain(&profile(role), "", "a"), "sso-incomplete:5");
    assert_eq!(
        chain(&profile(&format!("sso_session = s\nsso_region = other\n{role}")), "", "a"),
        "sso-session-conflict:6"
    );
    assert_eq!(chain(&profile(&format!("sso_session = s\nsso_region = r\n{role}")), "", "a"), "sso");
}

#[test]
fn a_profile_with_an_unreadable_line_is_not_used() {
    let config = "[profile a]\naws_access_key_id = I\naws_secret_access_key = S\nrole_arn R\n[profile b]\n\
                  aws_access_key_id = I\naws_secret_access_key = S\n";
    assert_eq!(chain(config, "", "a"), "syntax:4");
    assert_eq!(chain(config, "", "b"), "I@b");
    let through = format!("{config}[profile c]\nrole_arn = R\nsource_profile = a\n");
    assert_eq!(chain(&through, "", "c"), "syntax:4");
}

#[test]
fn names_are_exact() {
    for near in ["BASE", "bas", "base ", "", "default"] {
        assert!(chain("", KEYS, near).starts_with("profile-not-found"), "{near:?}");
    }
}

#[test]
fn a_missing_profile_behind_a_broken_header_is_told_so() {
    assert_eq!(chain("[profile a\nregion = r\n", "", "a"), "profile-not-found:1");
    assert_eq!(chain("[a]\nregion = r\n", "", "a"), "profile-not-found:1");
}

/// To the AWS CLI an empty value is a value: it asks AWS with it, and fails. Another source would be another identity.
#[test]
fn an_empty_value_opens_no_way_to_another_source() {
    let keys = "aws_access_key_id = I\naws_secret_access_key = S\n";
    assert_eq!(chain(&format!("[profile a]\n{keys}"), "[a]\naws_access_key_id =\n", "a"), "empty-value:2");
    assert_eq!(chain(&format!("[profile a]\n{keys}login_session =\n"), "", "a"), "empty-value:4");
    assert_eq!(chain(&format!("[profile a]\n{keys}credential_process =\n"), "", "a"), "empty-value:4");
    let sso = "sso_account_id = 111122223333\nsso_role_name = R\nsso_start_url = U\nsso_region = r\n";
    assert_eq!(chain(&format!("[profile a]\nsso_session =\n{sso}"), "", "a"), "empty-value:2");
    let roles = "[profile a]\nrole_arn = R1\nsource_profile = b\n[profile b]\nrole_arn = R2\nsource_profile = base\n\
                 aws_access_key_id =\n";
    assert_eq!(chain(roles, KEYS, "a"), "empty-value:7");
    assert_eq!(chain(roles, KEYS, "b"), "ID@base R2");
}

#[test]
fn a_role_of_a_session_alone_is_no_role_of_the_profile() {
    let session = "[sso-session s]\nsso_start_url = U\nsso_region = r\nsso_account_id = 111122223333\n\
                   sso_role_name = R\n";
    with_profiles(&format!("{session}[profile a]\nsso_session = s\n"), "", |set| {
        let chain = resolve_profile(set, "a").unwrap();
        let CredentialSource::Sso(sso) = &chain.last().source else { panic!("{chain:?}") };
        assert_eq!((&sso.account_id, &sso.role_name), (&None, &None));
    });
}

#[test]
fn scopes_are_as_written() {
    for (written, expected) in [
        ("", &[][..]),
        ("sso_registration_scopes = sso:account:access\n", &["sso:account:access"]),
        (
            "sso_registration_scopes = sso:account:access , codewhisperer:analysis,,\n",
            &["sso:account:access", "codewhisperer:analysis"],
        ),
    ] {
        let session = format!("[sso-session s]\nsso_start_url = U\nsso_region = r\n{written}");
        with_profiles(&format!("{session}[profile a]\nsso_session = s\n"), "", |set| {
            let chain = resolve_profile(set, "a").unwrap();
            let CredentialSource::Sso(sso) = &chain.last().source else { panic!("{chain:?}") };
            assert_eq!(sso.scopes, expected);
        });
    }
}

#[test]
fn an_account_beside_a_command_is_that_of_its_credentials() {
    let account = |id: &str| {
        with_profiles(&format!("[profile a]\ncredential_process = p\naws_account_id = {id}\n"), "", |set| {
            resolve_profile(set, "a").unwrap().last().source.account_id().map(str::to_owned)
        })
    };
    assert_eq!(account("123456789012").as_deref(), Some("123456789012"));
    assert_eq!(account("acme"), None);
}
