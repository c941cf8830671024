//! The sessions of `aws login`, which the AWS CLI and the SDKs keep in `~/.aws/login/cache`: read, and renewed in place.
//!
//! The format is botocore's (`LoginCredentialFetcher` in `botocore/credentials.py`).

use std::path::{Path, PathBuf};

use awsenv_core::credentials::{Credentials, Secret};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::cache::{self, CacheRead, Unusable};
use crate::files::{self, FileError, Prepared};
use crate::json::Object;
use crate::sso_cache::ascii_json;
use crate::sso_cache::write::{read_map, wipe_all};
use crate::timestamp::{format_expiration, parse_expiration};

/// More than any session's file has, in bytes.
const ROOM: usize = 32 << 10;

/// A session of `aws login`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginSession {
    /// The credentials; they have an expiration.
    pub credentials: Credentials,
    /// What renews them.
    pub refresh_token: Secret,
    /// The key that the session is bound to: PEM of a P-256 key, SEC1.
    pub dpop_key: Secret,
    /// The client that logged in.
    pub client_id: String,
    /// The region of the sign-in service, where the login wrote it down.
    pub sign_in_region: Option<String>,
}

/// What the session that a profile's `login_session` names is kept under: `<sha256>.json` of the name, as written.
pub fn file_name(login_session: &str) -> String {
    let hex: String = Sha256::digest(login_session).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{hex}.json")
}

/// Reads the session in the file `name` ([`file_name`]) of `folder`.
pub fn read_login(folder: &Path, name: &str) -> CacheRead<LoginSession> {
    cache::read(folder, name, |_, bytes| interpret(&cache::object(bytes)?))
}

fn interpret(entry: &Object) -> Result<LoginSession, Unusable> {
    let token = entry.object("accessToken")?;
    let account = token.optional_text("accountId")?;
    if account.is_some_and(|account| !cache::is_account_id(account)) {
        return Err(Unusable::Account("accountId"));
    }
    let expiration = parse_expiration(token.text("expiresAt")?).ok_or(Unusable::Time("expiresAt"))?;
    Ok(LoginSession {
        credentials: Credentials {
            access_key_id: token.text("accessKeyId")?.to_owned(),
            secret_access_key: token.secret("secretAccessKey")?,
            session_token: Some(token.secret("sessionToken")?),
            expiration: Some(expiration),
            account_id: account.map(str::to_owned),
        },
        refresh_token: entry.secret("refreshToken")?,
        dpop_key: pem(entry)?,
        client_id: entry.text("clientId")?.to_owned(),
        sign_in_region: entry.optional_text("signInRegion")?.map(str::to_owned),
    })
}

/// The one field that has lines.
fn pem(entry: &Object) -> Result<Secret, Unusable> {
    Ok(Secret::new(entry.lines("dpopKey")?))
}

/// The place of a session that is about to be renewed. Whatever can fail fails before the server is asked, which takes
/// the old refresh token for used up from then on.
#[derive(Debug)]
pub struct LoginRenewal {
    path: PathBuf,
    place: Prepared,
}

impl LoginRenewal {
    /// Makes the place of the session in `name` ready.
    ///
    /// # Errors
    /// The file can't be written, or it or its folder is another user's, or the disk is full.
    pub fn prepare(folder: &Path, name: &str) -> Result<Self, FileError> {
        files::remove_left_behind(folder, name);
        let path = folder.join(name);
        Ok(Self { place: Prepared::new(&path, ROOM)?, path })
    }

    /// Puts the renewed credentials and refresh token in place of the old ones. All else in the file stays.
    ///
    /// # Errors
    /// The system's; they are few after [`prepare`](Self::prepare).
    pub fn put(self, credentials: &Credentials, refresh_token: &Secret) -> Result<(), FileError> {
        let mut entry = read_map(&self.path);
        let mut token = match entry.remove("accessToken") {
            Some(Value::Object(token)) => token,
            _ => Map::new(),
        };
        let expiration = credentials.expiration.map(format_expiration);
        let fields = [
            ("accessKeyId", Some(credentials.access_key_id.as_str())),
            ("secretAccessKey", Some(credentials.secret_access_key.expose())),
            ("sessionToken", credentials.session_token.as_ref().map(Secret::expose)),
            ("accountId", credentials.account_id.as_deref()),
            ("expiresAt", expiration.as_deref()),
        ];
        for (field, text) in fields.into_iter().filter_map(|(field, text)| Some((field, text?))) {
            replace(&mut token, field, text.into());
        }
        let mut whole = Map::new();
        whole.insert("accessToken".to_owned(), Value::Object(token));
        whole.append(&mut entry);
        replace(&mut whole, "refreshToken", refresh_token.expose().into());
        let bytes = ascii_json::write(&whole);
        wipe_all(whole);
        self.place.put(&bytes)
    }
}

fn replace(entry: &mut Map<String, Value>, field: &str, value: Value) {
    if let Some(old) = entry.insert(field.to_owned(), value) {
        wipe_all(Map::from_iter([(String::new(), old)]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = r#"{"accessToken": {"accessKeyId": "ASIAOLD", "secretAccessKey": "canary-s",
        "sessionToken": "canary-t", "accountId": "123456789012", "expiresAt": "2026-10-20T12:40:00Z", "x": 1},
        "tokenType": "aws_sigv4", "clientId": "arn:aws:signin:::devtools/same-device", "refreshToken": "canary-r",
        "idToken": "canary-i", "dpopKey": "-----BEGIN EC PRIVATE KEY-----\ncanary-k\n-----END EC PRIVATE KEY-----\n",
        "mine": {"é": [1, 2.5, null, true]}}"#;

    fn folder(body: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("f.json"), body).unwrap();
        folder
    }

    #[test]
    fn read_as_the_cli_writes_it() {
        let session = read_login(folder(BODY).path(), "f.json").found().unwrap();
        assert_eq!(session.credentials.access_key_id, "ASIAOLD");
        assert_eq!(session.credentials.account_id.as_deref(), Some("123456789012"));
        assert_eq!(session.credentials.expiration, "2026-10-20T12:40:00Z".parse().ok());
        assert_eq!(session.sign_in_region, None);
        assert!(session.dpop_key.expose().ends_with("-----END EC PRIVATE KEY-----\n"));
        assert!(!format!("{session:?}").contains("canary"), "{session:?}");
    }

    #[test]
    fn what_is_none_is_unusable_without_the_secret() {
        let without = |field: &str| BODY.replacen(&format!("\"{field}\""), "\"other\"", 1);
        let mut bodies: Vec<String> = ["accessToken", "accessKeyId", "secretAccessKey", "sessionToken", "expiresAt"]
            .into_iter()
            .chain(["refreshToken", "dpopKey", "clientId"])
            .map(without)
            .collect();
        bodies.extend((0..BODY.len()).filter(|cut| BODY.is_char_boundary(*cut)).map(|cut| BODY[..cut].to_owned()));
        bodies.push(BODY.replace("123456789012", "12345678901x"));
        bodies.push(BODY.replace("2026-10-20T12:40:00Z", "soon"));
        bodies.push(BODY.replace("canary-t", "a\\nb"));
        bodies.push(BODY.replace("canary-k", "a\\u001b[31m"));
        for body in bodies {
            let read = cache::object(body.as_bytes()).and_then(|entry| interpret(&entry));
            let error = read.expect_err(&body);
            assert!(!format!("{error:?} {error}").contains("canary"), "{error}");
        }
        assert!(matches!(read_login(Path::new("/nowhere"), "f.json"), CacheRead::Absent));
    }

    #[test]
    fn a_renewal_changes_what_is_new_and_nothing_else() {
        let folder = folder(BODY);
        let credentials = Credentials {
            access_key_id: "ASIANEW".into(),
            secret_access_key: Secret::new("new-s"),
            session_token: Some(Secret::new("new-t")),
            expiration: "2026-10-20T12:55:00Z".parse().ok(),
            account_id: Some("123456789012".into()),
        };
        let renewal = LoginRenewal::prepare(folder.path(), "f.json").unwrap();
        renewal.put(&credentials, &Secret::new("new-r")).unwrap();
        let text = std::fs::read_to_string(folder.path().join("f.json")).unwrap();
        let written: Value = serde_json::from_str(&text).unwrap();
        let mut expected: Value = serde_json::from_str(BODY).unwrap();
        for (field, value) in [
            ("accessKeyId", "ASIANEW"),
            ("secretAccessKey", "new-s"),
            ("sessionToken", "new-t"),
            ("expiresAt", "2026-10-20T12:55:00Z"),
        ] {
            expected["accessToken"][field] = value.into();
        }
        expected["refreshToken"] = "new-r".into();
        assert_eq!(written, expected);
        assert!(
            text.starts_with(r#"{"accessToken": {"accessKeyId": "ASIANEW", "secretAccessKey": "new-s", "#),
            "{text}"
        );
        assert_eq!(read_login(folder.path(), "f.json").found().unwrap().credentials, credentials);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(folder.path().join("f.json")).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
