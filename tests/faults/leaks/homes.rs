//! A home full of secrets, each of them recognisable: `canary-OWNER-WHAT`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use awsenv_host::cli_cache::{RoleCacheKey, SsoCacheKey};
use awsenv_host::sso_cache::SsoTokenKey;
use awsenv_testkit::home::Home;

/// The profiles, those that can be used first.
pub(super) const PROFILES: &[&str] = &[
    "static",
    "role",
    "web",
    "sso",
    "process",
    "default",
    "uncached",
    "overdue",
    "loggedout",
    "legacy",
    "garbage",
    "wrongversion",
    "dying",
    "expired",
    "flooding",
    "missing",
    "arguments",
    "prefixed",
    "half",
    "control",
    "misspelt",
    "wrapped",
    "junk",
    "undecodable",
    "two",
    "partial",
];

/// How many of [`PROFILES`] can be used.
pub(super) const USABLE: usize = 6;

const START_URL: &str = "https://example.awsapps.com/start";

fn role(name: &str) -> String {
    format!("arn:aws:iam::111122223333:role/{name}")
}

fn role_file(name: &str) -> String {
    RoleCacheKey { role_arn: role(name), ..RoleCacheKey::default() }.file_name().expect("a name")
}

fn cached(owner: &str, expiration: &str) -> String {
    format!(
        r#"{{"Credentials": {{"AccessKeyId": "ASIA{owner}", "SecretAccessKey": "canary-{owner}-secret",
            "SessionToken": "canary-{owner}-token", "Expiration": "{expiration}"}}}}"#
    )
}

fn token(owner: &str, expires: &str) -> String {
    format!(
        r#"{{"startUrl": "{START_URL}", "region": "eu-west-1", "accessToken": "canary-{owner}-accesstoken",
            "expiresAt": "{expires}", "clientId": "canary-{owner}-client", "clientSecret": "canary-{owner}-clientsecret",
            "registrationExpiresAt": "2199-01-01T00:00:00Z", "refreshToken": "canary-{owner}-refresh"}}"#
    )
}

/// A program's answer, or something like it.
fn answer(owner: &str, version: &str, expiration: &str) -> String {
    format!(
        r#"{{"Version": {version}, "AccessKeyId": "ASIA{owner}", "SecretAccessKey": "canary-{owner}-secret",
            "SessionToken": "canary-{owner}-token", "Expiration": "{expiration}"}}"#
    )
}

/// The home. Its programs are in it, too; `tmp` is for temporary files.
pub(super) fn home() -> Home {
    let config = format!(
        "[default]\nregion = eu-west-1\n\
         [profile static]\nregion = us-east-1\n\
         [profile role]\nrole_arn = {}\nsource_profile = static\n\
         [profile web]\nrole_arn = {}\nweb_identity_token_file = token\n\
         [sso-session main]\nsso_start_url = {START_URL}\nsso_region = eu-west-1\n\
         [profile sso]\nsso_session = main\nsso_account_id = 111122223333\nsso_role_name = Admin\n\
         [profile process]\ncredential_process = cat process.json\n\
         [profile uncached]\nrole_arn = {}\nsource_profile = static\nmfa_serial = arn:aws:iam::111122223333:mfa/me\n\
         [profile overdue]\nrole_arn = {}\nsource_profile = static\n\
         [sso-session old]\nsso_start_url = {START_URL}/old\nsso_region = eu-west-1\n\
         [profile loggedout]\nsso_session = old\nsso_account_id = 111122223333\nsso_role_name = Admin\n\
         [profile legacy]\nsso_start_url = {START_URL}\nsso_region = eu-west-1\nsso_account_id = 111122223333\n\
         sso_role_name = Other\n\
         [profile garbage]\ncredential_process = echo canary-garbage-output\n\
         [profile wrongversion]\ncredential_process = cat wrongversion.json\n\
         [profile dying]\ncredential_process = sh -c 'cat dying.json; exit 3'\n\
         [profile expired]\ncredential_process = cat expired.json\n\
         [profile flooding]\ncredential_process = yes canary-flooding-output\n\
         [profile missing]\ncredential_process = ./not-there\n\
         [profile arguments]\ncredential_process = false --password canary-arguments-password\n\
         [profile prefixed]\ncredential_process = TOKEN=canary-prefixed-token cat process.json\n\
         [profile two]\ncredential_process = cat process.json\naws_access_key_id = AKIATWO\n\
         aws_secret_access_key = canary-two-secret\nrole_arn = {}\nsource_profile = static\n\
         credential_source = Environment\n",
        role("role"),
        role("web"),
        role("uncached"),
        role("overdue"),
        role("two"),
    );
    let mut credentials = b"[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = canary-default-secret\n\
        [static]\naws_access_key_id = ASIASTATIC\naws_secret_access_key = canary-static-secret\n\
        aws_session_token = canary-static-token\naws_security_token = canary-static-oldtoken\n\
        [half]\naws_secret_access_key = canary-half-secret\naws_session_token = canary-half-token\n\
        [control]\naws_access_key_id = AKIACONTROL\naws_secret_access_key = canary-control-secret\x07\x1b[31m\n\
        [misspelt]\naws_acess_key_id = AKIAX\naws_secret_acess_key = canary-misspelt-secret\n\
        AWS_SECRET_KEY = canary-misspelt-old\n\
        [wrapped]\naws_access_key_id = AKIAWRAPPED\naws_secret_access_key = canary-wrapped-first\n  canary-wrapped-second\n\
        canary-wrapped/third==\n\
        [junk]\naws_access_key_id = AKIAJUNK\ncanary-junk-line\ncanary-junk-colon: canary-junk-value\n= canary-junk-nokey\n\
        aws_secret_access_key : canary-junk-secret\n\
        [partial]\naws_secret_access_key = canary-partial-secret\n"
        .to_vec();
    credentials
        .extend(b"[undecodable]\naws_access_key_id = AKIAU\naws_secret_access_key = canary-undecodable-\xff\xfe\n");
    let sso = |name: &str| SsoTokenKey::SessionName(name.to_owned());
    let sso_role = SsoCacheKey { account_id: "111122223333".into(), role_name: "Admin".into(), session: sso("main") };
    Home::new()
        .without_broker()
        .config(config)
        .credentials(credentials)
        .cli_cache(&role_file("role"), cached("role", "2199-01-01T00:00:00Z"))
        .cli_cache(&role_file("web"), cached("web", "2199-01-01T00:00:00Z"))
        .cli_cache(&role_file("overdue"), cached("overdue", "2001-01-01T00:00:00Z"))
        .cli_cache(&sso_role.file_name(), cached("sso", "2199-01-01T00:00:00Z"))
        .cli_cache("foreign.json", cached("foreign", "2199-01-01T00:00:00Z"))
        .sso_cache(&sso("main").file_name(), token("main", "2199-01-01T00:00:00Z"))
        .sso_cache(&sso("old").file_name(), token("old", "2001-01-01T00:00:00Z"))
        .sso_cache(&SsoTokenKey::StartUrl(START_URL.into()).file_name(), &token("legacy", "2001-01-01T00:00:00Z")[..99])
        .file("process.json", answer("process", "1", "2199-01-01T00:00:00Z"))
        .file("wrongversion.json", answer("wrongversion", "\"1\"", "2199-01-01T00:00:00Z"))
        .file("dying.json", answer("dying", "1", "2199-01-01T00:00:00Z"))
        .file("expired.json", answer("expired", "1", "2001-01-01T00:00:00Z"))
        .file("token", "canary-web-identity")
        .file("tmp/keep", "")
        .variable("AWS_CONTAINER_AUTHORIZATION_TOKEN", "canary-ambient-token")
        .variable("AWS_SECRET_ACCESS_KEY", "canary-mine-secret")
        .variable("AWS_ACCESS_KEY_ID", "AKIAMINE")
        .variable("AWS_SESSION_TOKEN", "canary-mine-token")
        .variable("AWS_SECURITY_TOKEN", "canary-mine-oldtoken")
        .variable("AWS_SECRET_KEY", "canary-mine-oldsecret")
        .variable("AWS_BEARER_TOKEN_BEDROCK", "canary-mine-bearer")
        .variable("AWSENV_AMBIENT_AWS_SECRET_ACCESS_KEY", "canary-mine-aside")
        .variable("RUST_BACKTRACE", "full")
        .variable("RUST_LOG", "trace")
        .variable("AWSENV_LOG", "trace")
        .variable("AWSENV_DEBUG", "1")
}

/// The owners of the secrets in `text`.
pub(super) fn owners(text: &str) -> BTreeSet<String> {
    let after = text.split("canary-").skip(1);
    after.map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default().to_owned()).collect()
}

/// Every file below `folder`, with what is in it.
pub(super) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            found.insert(format!("{}/", entry.display()), Vec::new());
            found.extend(files(&entry));
        } else {
            found.insert(entry.display().to_string(), fs::read(&entry).expect("a file"));
        }
    }
    found
}
