//! botocore's own providers, each from a profile or the environment to credentials that sign: what the fakes serve is
//! what the real client wants.

use awsenv_testkit::fake::{FakeAws, MfaRule, Role, SsoInstance, User};
use awsenv_testkit::home::Home;
use serde_json::{Value, json};

use awsenv_testkit::botocore::Botocore;

const START: &str = "https://acme.awsapps.com/start";
const PHONE: &str = "arn:aws:iam::111122223333:mfa/phone";
const ADMIN: &str = "arn:aws:iam::123456789012:role/Admin";

/// `sha1("my-sso")` and `sha1(START)`, the names of the token's file; `sha256` of the login's identity.
const SESSION_FILE: &str = "0ad374308c5a4e22f723adf10145eafad7c4031c.json";
const LEGACY_FILE: &str = "40169cea58ca6cbf23fb27b2542923fb5f524af0.json";
const LOGIN_FILE: &str = ".aws/login/cache/329d8293bf353b2eaeb2ab4f4b6ad81dc823577234900ed8b1c2dfdc3e938684.json";
const LOGIN: &str = "arn:aws:iam::123456789012:user/someone";

/// The identity that found credentials are, by a signed call.
fn identity(botocore: &mut Botocore, found: &Value) -> String {
    assert!(found["id"].is_string(), "{found}");
    let who = botocore.call("sts", "get_caller_identity", found, &json!({}));
    who["Arn"].as_str().unwrap_or_else(|| panic!("{who}")).to_owned()
}

fn read(home: &std::path::Path, path: &str) -> Value {
    let text = std::fs::read_to_string(home.join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn roles_with_mfa_external_id_and_chains() {
    let someone = User::new("111122223333", "someone").mfa(PHONE, &["111111"]);
    let second = "arn:aws:iam::210987654321:role/Second";
    let fake = FakeAws::builder()
        .role(Role::new(ADMIN).trusts(&someone.arn()).mfa(MfaRule::Needed).external_id("xy"))
        .role(Role::new(second).trusts(ADMIN))
        .user(someone.clone())
        .start();
    let home = Home::new().credentials(format!("[someone]\n{}", someone.credentials_lines())).config(format!(
        "[profile admin]\nrole_arn = {ADMIN}\nsource_profile = someone\nmfa_serial = {PHONE}\nexternal_id = xy\n\
             role_session_name = me\n[profile second]\nrole_arn = {second}\nsource_profile = admin\n\
             role_session_name = me\n[profile denied]\nrole_arn = {second}\nsource_profile = someone\n"
    ));
    let Some(mut botocore) = Botocore::start_by(&fake.url(), None, home, "roles_with_mfa") else { return };
    let found = botocore.find("admin", &json!({"mfa_code": "111111"}));
    assert_eq!(found["method"], "assume-role", "{found}");
    assert_eq!(identity(&mut botocore, &found), "arn:aws:sts::123456789012:assumed-role/Admin/me");
    let found = botocore.find("second", &json!({}));
    assert_eq!(identity(&mut botocore, &found), "arn:aws:sts::210987654321:assumed-role/Second/me");
    // The first of the chain came from the cache, else the used code would have failed.
    assert_eq!(fake.calls("AssumeRole"), 2);
    let denied = botocore.find("denied", &json!({}));
    assert_eq!(denied["code"], "AccessDenied", "{denied}");
}

#[test]
fn web_identity_from_a_file() {
    let role = Role::new(ADMIN).trusts_web_identity("id.example.com", "sts.amazonaws.com", "pod");
    let fake = FakeAws::builder().role(role).start();
    let token = fake.web_identity_token("id.example.com", "sts.amazonaws.com", "pod", 600);
    let home = Home::new().file("token", token);
    let file = home.join("token");
    let Some(mut botocore) = Botocore::start_by(&fake.url(), None, home, "web_identity_from_a_file") else { return };
    let variables =
        json!({"AWS_WEB_IDENTITY_TOKEN_FILE": file, "AWS_ROLE_ARN": ADMIN, "AWS_ROLE_SESSION_NAME": "pod-1"});
    let found = botocore.ask(&json!({"operation": "credentials", "environment": variables}));
    assert_eq!(found["method"], "assume-role-with-web-identity", "{found}");
    assert_eq!(identity(&mut botocore, &found), "arn:aws:sts::123456789012:assumed-role/Admin/pod-1");
}

fn sso_home(fake: &FakeAws, seconds: i64) -> Home {
    let sso = "sso_account_id = 123456789012\nsso_role_name = Admin\n";
    Home::new()
        .config(format!(
            "[sso-session my-sso]\nsso_start_url = {START}\nsso_region = eu-west-1\n\
             [profile session]\nsso_session = my-sso\n{sso}\
             [profile other]\nsso_session = my-sso\nsso_account_id = 210987654321\nsso_role_name = Admin\n\
             [profile legacy]\nsso_start_url = {START}\nsso_region = eu-west-1\n{sso}"
        ))
        .sso_cache(SESSION_FILE, fake.sso_token(START, seconds).to_cache_json("eu-west-1").to_string())
        .sso_cache(LEGACY_FILE, fake.sso_token(START, seconds).to_cache_json("eu-west-1").to_string())
}

#[test]
fn sso_in_both_forms_and_its_refresh() {
    let fake = FakeAws::builder().sso(SsoInstance::new(START).assign("123456789012", "Admin")).start();
    let home = sso_home(&fake, 60);
    let folder = home.path().to_owned();
    let before = read(&folder, &format!(".aws/sso/cache/{SESSION_FILE}"));
    let Some(mut botocore) = Botocore::start_by(&fake.url(), None, home, "sso_in_both_forms") else { return };
    let arn = "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Admin_";
    // A minute left: the session's token is refreshed, the legacy one is used as it is.
    let found = botocore.find("session", &json!({}));
    assert!(identity(&mut botocore, &found).starts_with(arn));
    assert_eq!((fake.calls("CreateToken:refresh_token"), fake.calls("GetRoleCredentials")), (1, 1));
    let after = read(&folder, &format!(".aws/sso/cache/{SESSION_FILE}"));
    assert!(after["accessToken"] != before["accessToken"] && after["refreshToken"] != before["refreshToken"]);
    let found = botocore.find("legacy", &json!({}));
    assert!(identity(&mut botocore, &found).starts_with(arn));
    assert_eq!((fake.calls("CreateToken"), fake.calls("GetRoleCredentials")), (1, 2));
    let other = botocore.find("other", &json!({}));
    assert_eq!(other["code"], "ForbiddenException", "{other}");
    fake.expire_access_tokens();
    let late = botocore.find("session", &json!({}));
    assert_eq!(late["type"], "UnauthorizedSSOTokenError", "{late}");
}

#[test]
fn sso_without_a_refresh_token_that_counts() {
    let fake = FakeAws::builder().sso(SsoInstance::new(START).assign("123456789012", "Admin")).start();
    let home = sso_home(&fake, -60);
    fake.revoke_refresh_tokens();
    let Some(mut botocore) = Botocore::start_by(&fake.url(), None, home, "sso_without_a_refresh_token") else { return };
    let found = botocore.find("session", &json!({}));
    assert_eq!(found["type"], "TokenRetrievalError", "{found}");
    assert_eq!((fake.calls("CreateToken"), fake.calls("GetRoleCredentials")), (1, 0));
    assert_eq!(fake.requests()[0].error.as_deref(), Some("InvalidGrantException"));
}

#[test]
fn a_login_session_and_its_refresh() {
    let fake = FakeAws::builder().start();
    let session = fake.login_session(LOGIN, -60);
    let home = Home::new()
        .config(format!("[profile login]\nlogin_session = {LOGIN}\nregion = eu-west-1\n"))
        .file(LOGIN_FILE, session.to_cache_json().to_string());
    let folder = home.path().to_owned();
    let Some(mut botocore) = Botocore::start_by(&fake.url(), None, home, "a_login_session") else { return };
    let found = botocore.find("login", &json!({}));
    assert_eq!((&found["method"], &found["account"]), (&json!("login"), &json!("123456789012")), "{found}");
    assert_eq!(identity(&mut botocore, &found), LOGIN);
    assert_eq!(fake.calls("CreateOAuth2Token"), 1);
    let after = read(&folder, LOGIN_FILE);
    assert!(after["refreshToken"] != session.refresh_token);
    assert_eq!(after["accessToken"]["accessKeyId"], found["id"]);
    // Valid now: no further call. Revoked and past its end: botocore asks for a new login.
    assert_eq!(botocore.find("login", &json!({}))["id"], found["id"]);
    assert_eq!(fake.calls("CreateOAuth2Token"), 1);
    fake.revoke_logins("USER_CREDENTIALS_CHANGED");
    let mut expired = after;
    expired["accessToken"]["expiresAt"] = "2001-01-01T00:00:00Z".into();
    std::fs::write(folder.join(LOGIN_FILE), expired.to_string()).expect("the home is ours");
    assert_eq!(botocore.find("login", &json!({}))["type"], "LoginRefreshRequired");
}

#[test]
fn a_container_and_its_token() {
    let fake = FakeAws::builder().container("/v2/task", "arn:aws:iam::123456789012:role/Task", Some("t t")).start();
    let Some(mut botocore) = Botocore::start(&fake, "a_container_and_its_token") else { return };
    let url = format!("{}/v2/task", fake.url());
    let with = |token: &str| {
        json!({"operation": "credentials", "environment": {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": url, "AWS_CONTAINER_AUTHORIZATION_TOKEN": token,
            "AWS_EC2_METADATA_DISABLED": "true"}})
    };
    let found = botocore.ask(&with("t t"));
    assert_eq!((&found["method"], &found["account"]), (&json!("container-role"), &json!("123456789012")), "{found}");
    assert_eq!(identity(&mut botocore, &found), "arn:aws:sts::123456789012:assumed-role/Task/task");
    let refused = botocore.ask(&with("t u"));
    assert_eq!(refused["type"], "CredentialRetrievalError", "{refused}");
}

#[test]
fn an_instance_and_its_metadata() {
    let fake = FakeAws::builder().instance_role("arn:aws:iam::123456789012:role/Instance").start();
    let Some(mut botocore) = Botocore::start(&fake, "an_instance_and_its_metadata") else { return };
    let request = json!({"operation": "credentials", "environment": {
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": fake.url(), "AWS_METADATA_SERVICE_NUM_ATTEMPTS": "1"}});
    let found = botocore.ask(&request);
    assert_eq!(found["method"], "iam-role", "{found}");
    let arn = "arn:aws:sts::123456789012:assumed-role/Instance/i-0123456789abcdef0";
    assert_eq!(identity(&mut botocore, &found), arn);
    assert_eq!((fake.calls("ImdsToken"), fake.calls("ImdsCredentials")), (1, 1));
    fake.set_imds_enabled(false);
    assert_eq!(botocore.ask(&request)["type"], "None");
}
