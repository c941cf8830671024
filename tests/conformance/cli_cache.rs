//! When a session that the AWS CLI has cached is used: only where it can be no other's.

use awsenv_testkit::home::Home;

use crate::program::awsenv;

/// `sha1` of the call's arguments as the AWS CLI writes them: `{"RoleArn": "arn:aws:iam::123456789012:role/Admin"}`.
const ADMIN: &str = "51e7b105b5040ce662656c8dc6ab4de70c4de7ad.json";
/// `{"RoleArn": "arn:aws:iam::123456789012:role/Web"}`.
const WEB: &str = "18af613c9bef419c04d3b122efca26134232a879.json";
/// `{"RoleArn": "arn:aws:iam::123456789012:role/Web", "RoleSessionName": "pod"}`.
const WEB_POD: &str = "01c4bf9a8ee0ca07ed2cc23def524b02b467b22b.json";
/// Account 123456789012, role Admin, session my-sso.
const SSO_SESSION: &str = "c30b99aca80d8f5b3178e353f05b2abcc9a4ccd3.json";
/// Account 123456789012, role Admin, start URL `https://x.awsapps.com/start`.
const SSO_URL: &str = "243185b3287804d23760113d179c4c72e67b4061.json";

/// Nothing that is cached serves, so AWS would be asked, and here nobody can.
const ASKS: &str = "broker-missing";

const FRESH: &str = "2999-01-01T00:00:00Z";
const KEYS: &str = "[base]\naws_access_key_id = AKIABASE\naws_secret_access_key = s\n\
                    [other]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = s\n";
const ROLE: &str = "[profile a]\nrole_arn = arn:aws:iam::123456789012:role/Admin\nsource_profile = base\n";

fn entry(role: &str, expiration: &str) -> String {
    format!(
        r#"{{"Credentials": {{"AccessKeyId": "ASIACACHED", "SecretAccessKey": "cached", "SessionToken": "t",
            "Expiration": "{expiration}"}}, "AssumedRoleUser": {{"Arn": "arn:aws:sts::123456789012:assumed-role/{role}/me"}}}}"#
    )
}

fn sso_entry() -> String {
    format!(
        r#"{{"ProviderType": "sso", "Credentials": {{"AccessKeyId": "ASIACACHED", "SecretAccessKey": "cached",
            "SessionToken": "t", "Expiration": "{FRESH}"}}}}"#
    )
}

/// The key id that `use a` and `export a` give, or the code of their refusal; both must agree, and `list` with them.
fn used(home: &Home) -> String {
    let run = awsenv(home, &["use", "a", "--shell", "posix"]);
    let export = awsenv(home, &["export", "a", "--format", "process"]);
    let list = awsenv(home, &["list", "--json"]).json();
    let row = list.as_array().expect("an array").iter().find(|row| row["name"] == "a").expect("the profile").clone();
    if run.status == Some(0) {
        let id = export.json()["AccessKeyId"].as_str().expect("an id").to_owned();
        assert!(run.stdout.contains(&id), "{id}");
        assert_eq!((row["state"].as_str(), row["expiration"].as_str().is_some()), (Some("ready"), true), "{row}");
        return id;
    }
    assert_eq!((run.stdout.as_str(), export.stdout.as_str()), ("false\n", ""));
    assert!(export.status != Some(0) && row["state"] != "ready", "{row}");
    let line = run.stderr.lines().find(|line| line.ends_with(']')).expect("a line with a code");
    line.rsplit_once('[').expect("a code").1.trim_end_matches(']').to_owned()
}

fn home(config: &str) -> Home {
    Home::new().config(config).credentials(KEYS).without_broker()
}

#[test]
fn a_fresh_entry_of_the_role() {
    for expiration in [FRESH, "2999-01-01T00:00:00+00:00", "2999-01-01T00:00:00UTC"] {
        assert_eq!(used(&home(ROLE).cli_cache(ADMIN, entry("Admin", expiration))), "ASIACACHED", "{expiration}");
    }
    assert_eq!(used(&home(ROLE)), ASKS);
    let account = awsenv(&home(ROLE).cli_cache(ADMIN, entry("Admin", FRESH)), &["export", "a", "--format", "process"]);
    assert_eq!(account.json()["AccountId"], "123456789012");
}

#[test]
fn an_entry_that_is_over_or_no_entry() {
    for body in [
        entry("Admin", "2001-01-01T00:00:00Z"),
        String::new(),
        "{}".to_owned(),
        entry("Admin", FRESH)[..60].to_owned(),
        entry("Admin", "soon"),
        entry("Admin", FRESH).replace("\"t\"", "7"),
    ] {
        assert_eq!(used(&home(ROLE).cli_cache(ADMIN, &body)), ASKS, "{body}");
    }
}

#[test]
fn an_entry_of_another_role() {
    assert_eq!(used(&home(ROLE).cli_cache(ADMIN, entry("Other", FRESH))), ASKS);
    let account = entry("Admin", FRESH).replace("123456789012", "210987654321");
    assert_eq!(used(&home(ROLE).cli_cache(ADMIN, account)), ASKS);
}

/// The entry's name does not say from where the role was assumed.
#[test]
fn two_ways_to_the_same_entry() {
    let arn = "role_arn = arn:aws:iam::123456789012:role/Admin\n";
    for (second, expected) in [
        (format!("[profile b]\n{arn}source_profile = other\n"), ASKS),
        (format!("[profile b]\n{arn}credential_source = Environment\n"), ASKS),
        (format!("[profile b]\n{arn}web_identity_token_file = /t\n"), ASKS),
        (format!("[profile b]\n{arn}web_identity_token_file = /t\nduration_seconds = 900\n"), ASKS),
        (format!("[profile b]\n{arn}source_profile = base\n"), "ASIACACHED"),
        (format!("[profile b]\n{arn}source_profile = other\nexternal_id = x\n"), "ASIACACHED"),
        (format!("[profile b]\n{arn}source_profile = other\nrole_session_name = me\n"), "ASIACACHED"),
    ] {
        let home = home(&format!("{ROLE}{second}")).cli_cache(ADMIN, entry("Admin", FRESH));
        assert_eq!(used(&home), expected, "{second}");
    }
}

#[test]
fn an_entry_of_other_arguments() {
    for setting in ["external_id = x", "role_session_name = me", "duration_seconds = 900"] {
        let home = home(&format!("{ROLE}{setting}\n")).cli_cache(ADMIN, entry("Admin", FRESH));
        assert_eq!(used(&home), ASKS, "{setting}");
    }
    let mfa = home(&format!("{ROLE}mfa_serial = m\n")).cli_cache(ADMIN, entry("Admin", FRESH));
    assert_eq!(used(&mfa), ASKS);
}

#[test]
fn an_entry_is_passed_over_with_refresh_and_with_options_of_its_own() {
    let home = home(ROLE).cli_cache(ADMIN, entry("Admin", FRESH));
    for option in [&["--refresh"][..], &["--duration", "15m"], &["--role-session-name", "other"]] {
        let run = awsenv(&home, &[&["use", "a", "--shell", "posix"][..], option].concat());
        assert_eq!((run.status, run.stdout.as_str()), (Some(1), "false\n"), "{option:?}: {}", run.stderr);
    }
}

#[test]
fn a_chain_that_ends_in_an_entry_needs_no_more() {
    let config = format!("{}[profile b]\nrole_arn = R\nsource_profile = base\n", ROLE.replace("= base", "= b"));
    assert_eq!(used(&home(&config).cli_cache(ADMIN, entry("Admin", FRESH))), "ASIACACHED");
}

#[test]
fn entries_of_a_web_identity() {
    let config = "[profile a]\nrole_arn = arn:aws:iam::123456789012:role/Web\nweb_identity_token_file = /t\n";
    assert_eq!(used(&home(config).cli_cache(WEB, entry("Web", FRESH))), "ASIACACHED");
    // The AWS CLI asks for no duration, so it is not in the name.
    let longer = format!("{config}duration_seconds = 7200\n");
    assert_eq!(used(&home(&longer).cli_cache(WEB, entry("Web", FRESH))), "ASIACACHED");
    let named = format!("{config}role_session_name = pod\n");
    assert_eq!(used(&home(&named).cli_cache(WEB_POD, entry("Web", FRESH))), "ASIACACHED");
    assert_eq!(used(&home(&named).cli_cache(WEB, entry("Web", FRESH))), ASKS);
}

#[test]
fn entries_of_sso_roles() {
    let role = "sso_account_id = 123456789012\nsso_role_name = Admin\n";
    let url = "https://x.awsapps.com/start";
    let session = format!(
        "[sso-session my-sso]\nsso_start_url = {url}\nsso_region = eu-central-1\n[profile a]\nsso_session = my-sso\n{role}"
    );
    let legacy = format!("[profile a]\nsso_start_url = {url}\nsso_region = eu-central-1\n{role}");
    assert_eq!(used(&home(&session).cli_cache(SSO_SESSION, sso_entry())), "ASIACACHED");
    assert_eq!(used(&home(&legacy).cli_cache(SSO_URL, sso_entry())), "ASIACACHED");
    assert_eq!(used(&home(&session).cli_cache(SSO_URL, sso_entry())), ASKS);
    assert_eq!(used(&home(&legacy).cli_cache(SSO_SESSION, sso_entry())), ASKS);
    let over = sso_entry().replace(FRESH, "2001-01-01T00:00:00Z");
    assert_eq!(used(&home(&session).cli_cache(SSO_SESSION, over)), ASKS);
}
