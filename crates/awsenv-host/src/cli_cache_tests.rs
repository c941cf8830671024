use super::*;

use awsenv_core::credentials::Secret;

fn role() -> RoleCacheKey {
    RoleCacheKey { role_arn: "arn:aws:iam::123456789012:role/Admin".into(), ..RoleCacheKey::default() }
}

fn written(body: &[u8]) -> CacheRead<CachedCredentials> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("x.json"), body).unwrap();
    read_credentials(folder.path(), "x.json")
}

fn reason(body: &str) -> String {
    match written(body.as_bytes()) {
        CacheRead::Unusable(reason) => reason.to_string(),
        other => panic!("{body}: {other:?}"),
    }
}

const BODY: &str = r#"{"Credentials": {"AccessKeyId": "ASIA", "SecretAccessKey": "canary-s", "SessionToken": "canary-t",
    "Expiration": "2100-01-01T00:00:00UTC"}, "AssumedRoleUser": {"AssumedRoleId": "AROA:me",
    "Arn": "arn:aws:sts::123456789012:assumed-role/Admin/me"}, "ResponseMetadata": {"HTTPStatusCode": 200}}"#;

#[test]
fn role_names_are_the_cli_s() {
    let name = |key: RoleCacheKey| key.file_name().unwrap();
    assert_eq!(name(role()), "51e7b105b5040ce662656c8dc6ab4de70c4de7ad.json");
    let with_serial = RoleCacheKey { mfa_serial: Some("arn:aws:iam::111111111111:mfa/me".into()), ..role() };
    assert_eq!(name(with_serial), "f34f640e79784c74ada2fd2c2e3f2912fd5535ef.json");
    let with_more = RoleCacheKey {
        duration_seconds: Some(3600),
        external_id: Some("xy".into()),
        role_session_name: Some("me".into()),
        ..role()
    };
    assert_eq!(name(with_more), "64df20afecf0d89cf40ea8bcf8ab73a7ac1523c5.json");
}

#[test]
fn a_policy_is_keyed_by_its_meaning() {
    let name = |policy: &str| RoleCacheKey { policy: Some(policy.into()), ..role() }.file_name();
    assert_eq!(name(r#"{"b":1,"a":2}"#), name("{ \"a\": 2,\n \"b\": 1 }"));
    assert_ne!(name("{}"), role().file_name());
    assert_eq!(name("no json"), None);
}

#[test]
fn sso_names_are_the_cli_s() {
    let name =
        |session| SsoCacheKey { account_id: "123456789012".into(), role_name: "Admin".into(), session }.file_name();
    assert_eq!(name(SsoTokenKey::SessionName("my-sso".into())), "c30b99aca80d8f5b3178e353f05b2abcc9a4ccd3.json");
    assert_eq!(
        name(SsoTokenKey::StartUrl("https://x.awsapps.com/start".into())),
        "243185b3287804d23760113d179c4c72e67b4061.json"
    );
}

#[test]
fn a_role_s_entry_is_read() {
    let entry = written(BODY.as_bytes()).found().unwrap();
    assert_eq!(entry.credentials.access_key_id, "ASIA");
    assert_eq!(entry.credentials.secret_access_key, Secret::new("canary-s"));
    assert_eq!(entry.credentials.session_token, Some(Secret::new("canary-t")));
    assert_eq!(entry.credentials.account_id.as_deref(), Some("123456789012"));
    assert_eq!(entry.credentials.expiration, Some(entry.expiration));
    assert!(entry.written.is_some());
    assert!(entry.is_of_role("arn:aws:iam::123456789012:role/Admin"));
    assert!(entry.is_of_role("arn:aws:iam::123456789012:role/some/path/Admin"));
    for other in [
        "arn:aws:iam::123456789012:role/Other",
        "arn:aws:iam::210987654321:role/Admin",
        "Admin",
        "arn:aws-cn:iam::123456789012:role/Admin",
    ] {
        assert!(!entry.is_of_role(other), "{other}");
    }
    assert!(!format!("{entry:?}").contains("canary"));
}

#[test]
fn an_sso_entry_is_read() {
    let body = r#"{"ProviderType": "sso", "Credentials": {"AccessKeyId": "ASIA", "SecretAccessKey": "s",
        "SessionToken": "t", "Expiration": "2100-01-01T00:00:00Z", "AccountId": "123456789012"}}"#;
    let entry = written(body.as_bytes()).found().unwrap();
    assert_eq!(entry.assumed_role_arn, None);
    assert!(!entry.is_of_role("arn:aws:iam::123456789012:role/Admin"));
    assert_eq!(entry.credentials.account_id.as_deref(), Some("123456789012"));
}

#[test]
fn what_is_no_entry_is_unusable_with_a_reason_and_without_the_secret() {
    assert_eq!(reason(""), "the file is empty");
    for cut in 1..BODY.len() {
        assert!(reason(&BODY[..cut]).starts_with("not valid JSON"), "{cut}");
    }
    for (from, to, expected) in [
        ("AccessKeyId", "accessKeyId", "`AccessKeyId` is missing"),
        ("\"ASIA\"", "\"\"", "`AccessKeyId` is empty"),
        ("\"canary-s\"", "null", "`SecretAccessKey` is missing"),
        ("\"canary-s\"", "[\"canary\"]", "`SecretAccessKey` is not a string"),
        ("canary-t", "canary\\nt", "`SessionToken` holds a control character"),
        ("2100-01-01T00:00:00UTC", "canary", "`Expiration` is not a time"),
        ("\"2100-01-01T00:00:00UTC\"", "4102444800", "`Expiration` is not a string"),
        ("\"Credentials\"", "\"credentials\"", "`Credentials` is missing"),
        ("{\"AssumedRoleId\"", "0, \"x\": {\"AssumedRoleId\"", "`AssumedRoleUser` is not an object"),
        ("UTC\"", "UTC\", \"AccountId\": \"1\"", "`AccountId` is not an account id of 12 digits"),
        (
            "UTC\"",
            "UTC\", \"AccountId\": \"210987654321\"",
            "`AccountId` and `AssumedRoleUser` speak of different accounts",
        ),
    ] {
        assert!(BODY.contains(from), "{from}");
        let reason = reason(&BODY.replacen(from, to, 1));
        assert_eq!(reason, expected);
        assert!(!reason.contains("canary"));
    }
    assert!(matches!(written(b"SQLite format 3\0\x01\xff"), CacheRead::Unusable(_)));
    assert!(matches!(written(&vec![b' '; 2 << 20]), CacheRead::Unusable(Unusable::File(_))));
}

#[test]
fn a_missing_file_is_absent_and_a_folder_unusable() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(read_credentials(folder.path(), "x.json"), CacheRead::Absent));
    assert!(matches!(read_credentials(&folder.path().join("no-folder"), "x.json"), CacheRead::Absent));
    std::fs::create_dir(folder.path().join("x.json")).unwrap();
    assert!(matches!(read_credentials(folder.path(), "x.json"), CacheRead::Unusable(_)));
}

#[test]
fn the_lifetime_is_from_the_writing_of_the_file() {
    let mut entry = written(BODY.as_bytes()).found().unwrap();
    let before_end = |seconds| entry.expiration - SignedDuration::from_secs(seconds);
    let (hour, quarter, minute) = (before_end(3600), before_end(900), before_end(200));
    entry.written = Some(quarter);
    assert_eq!(entry.lifetime(), Some(SignedDuration::from_secs(900)));
    assert_eq!(entry.freshness(quarter), Freshness::Fresh);
    assert_eq!(entry.freshness(minute), Freshness::RenewDue);
    assert_eq!(entry.freshness(entry.expiration), Freshness::Expired);
    entry.written = None;
    assert_eq!(entry.freshness(hour), Freshness::Fresh);
    assert_eq!(entry.freshness(quarter + SignedDuration::from_secs(1)), Freshness::RenewDue);
}

#[test]
fn a_file_older_than_its_expiration_only() {
    let expired = BODY.replacen("2100", "2001", 1);
    let entry = written(expired.as_bytes()).found().unwrap();
    assert_eq!(entry.written, None);
    assert!(entry.freshness(crate::clock::now()).expired());
}

const USER: RoleUser<'_> = RoleUser { arn: "arn:aws:sts::123456789012:assumed-role/Admin/me", role_id: "AROAX:me" };

fn session() -> Credentials {
    Credentials {
        access_key_id: "ASIAX".into(),
        secret_access_key: Secret::new("s/+="),
        session_token: Some(Secret::new("t")),
        expiration: Some("2030-01-01T00:00:00.9Z".parse().unwrap()),
        account_id: Some("123456789012".into()),
    }
}

#[test]
fn entries_are_written_as_the_cli_writes_them() {
    let folder = tempfile::tempdir().unwrap();
    let text = |name: &str| std::fs::read_to_string(folder.path().join("new").join(name)).unwrap();
    write_role(&folder.path().join("new"), "x.json", &session(), USER).unwrap();
    assert_eq!(
        text("x.json"),
        r#"{"Credentials":{"AccessKeyId":"ASIAX","SecretAccessKey":"s/+=","SessionToken":"t","Expiration":"2030-01-01T00:00:00Z","AccountId":"123456789012"},"AssumedRoleUser":{"AssumedRoleId":"AROAX:me","Arn":"arn:aws:sts::123456789012:assumed-role/Admin/me"}}"#
    );
    write_sso(&folder.path().join("new"), "y.json", &session()).unwrap();
    assert_eq!(
        text("y.json"),
        r#"{"ProviderType":"sso","Credentials":{"AccessKeyId":"ASIAX","SecretAccessKey":"s/+=","SessionToken":"t","Expiration":"2030-01-01T00:00:00Z","AccountId":"123456789012"}}"#
    );
    for name in ["x.json", "y.json"] {
        let entry = read_credentials(&folder.path().join("new"), name).found().unwrap();
        assert_eq!(entry.credentials.secret_access_key, Secret::new("s/+="));
        assert_eq!(entry.expiration, "2030-01-01T00:00:00Z".parse().unwrap());
    }
    let endless = Credentials { expiration: None, ..session() };
    assert!(write_sso(folder.path(), "z.json", &endless).is_err());
}

#[test]
fn what_a_killed_process_left_of_the_entry_goes_with_the_next_one() {
    let folder = tempfile::tempdir().unwrap();
    let old = ".x.json.abcdefghijkl.tmp";
    for name in [old, ".x.json.abcdefghijk2.tmp", ".y.json.abcdefghijkl.tmp", "session.db", ".x.json.tmp"] {
        let file = std::fs::File::create(folder.path().join(name)).unwrap();
        if !name.ends_with("2.tmp") {
            file.set_modified(std::time::SystemTime::now() - std::time::Duration::from_secs(3600)).unwrap();
        }
    }
    write_role(folder.path(), "x.json", &session(), USER).unwrap();
    assert!(!folder.path().join(old).exists());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 5);
}

#[cfg(unix)]
#[test]
fn an_entry_that_somebody_else_may_have_filled_is_none() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    write_role(folder.path(), "x.json", &session(), USER).unwrap();
    let path = folder.path().join("x.json");
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
    assert!(matches!(read_credentials(folder.path(), "x.json"), CacheRead::Found(_)));
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o602)).unwrap();
    assert!(matches!(read_credentials(folder.path(), "x.json"), CacheRead::Unusable(_)));
}
