//! The clients that were registered for logins. They lie in the same folder as the tokens and are shared with the AWS
//! CLI, so that a login by one tool needs no new registration by the other.

use std::path::Path;

use awsenv_core::credentials::{Secret, exposed};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{SsoClient, ascii_json};
use crate::cache::{self, CacheRead, Unusable};
use crate::files::{self, FileError};
use crate::json::JsonError;
use crate::python_json::{Part, Style, write_object};
use crate::timestamp::{format_expiration, parse_expiration};

/// What a registration is kept under: as botocore's `_registration_cache_key`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SsoRegistrationKey<'a> {
    /// `sso_start_url` as written.
    pub start_url: &'a str,
    /// `sso_region`.
    pub region: &'a str,
    /// `sso_registration_scopes`; none where it is not written.
    pub scopes: &'a [String],
    /// The session's name; `None` in the legacy form.
    pub session_name: Option<&'a str>,
}

impl SsoRegistrationKey<'_> {
    /// The name of the file in the cache's folder: `<sha1>.json`.
    pub fn file_name(&self) -> String {
        let scopes = if self.scopes.is_empty() { Value::Null } else { self.scopes.into() };
        let entries = [
            ("region", Part::Text(self.region)),
            ("scopes", Part::Value(&scopes)),
            ("session_name", self.session_name.map_or(Part::Value(&Value::Null), Part::Text)),
            ("startUrl", Part::Text(self.start_url)),
            ("tool", Part::Text("botocore")),
        ];
        // Text and lists of it are always written.
        cache::file_name(&write_object(Style::Spaced, &entries).unwrap_or_default())
    }
}

/// A registered client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsoRegistration {
    /// The client.
    pub client: SsoClient,
    /// What it may ask for; none where it asked for nothing in particular.
    pub scopes: Vec<String>,
    /// The grants it registered for; none for the device flow, whose clients name none.
    pub grant_types: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    client_id: String,
    #[serde(with = "exposed")]
    client_secret: Secret,
    expires_at: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scopes: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    grant_types: Option<Vec<String>>,
}

/// Reads the registration of `key` in `folder`. What is none is [`CacheRead::Unusable`].
pub fn read_registration(folder: &Path, key: &SsoRegistrationKey<'_>) -> CacheRead<SsoRegistration> {
    cache::read(folder, &key.file_name(), |_, bytes| parse(bytes))
}

fn parse(bytes: &[u8]) -> Result<SsoRegistration, Unusable> {
    let entry: Entry = serde_json::from_slice(bytes)
        .map_err(|error| JsonError::Syntax { line: error.line(), column: error.column() })?;
    for (field, text) in [("clientId", entry.client_id.as_str()), ("clientSecret", entry.client_secret.expose())] {
        if text.is_empty() {
            return Err(JsonError::Empty(field).into());
        }
        awsenv_core::change::check_value(field, text).map_err(|_| JsonError::ControlCharacter(field))?;
    }
    let expires_at: Timestamp = parse_expiration(&entry.expires_at).ok_or(Unusable::Time("expiresAt"))?;
    Ok(SsoRegistration {
        client: SsoClient { client_id: entry.client_id, client_secret: entry.client_secret, expires_at },
        scopes: entry.scopes.unwrap_or_default(),
        grant_types: entry.grant_types.unwrap_or_default(),
    })
}

/// Keeps `registration` under `key`.
///
/// # Errors
/// The file can't be written, or it or its folder is another user's.
pub fn write_registration(
    folder: &Path,
    key: &SsoRegistrationKey<'_>,
    registration: &SsoRegistration,
) -> Result<(), FileError> {
    let listed = |list: &[String]| Some(list.to_owned()).filter(|list| !list.is_empty());
    let entry = Entry {
        client_id: registration.client.client_id.clone(),
        client_secret: registration.client.client_secret.clone(),
        expires_at: format_expiration(registration.client.expires_at),
        scopes: listed(&registration.scopes),
        grant_types: listed(&registration.grant_types),
    };
    files::replace_private(&folder.join(key.file_name()), &ascii_json::write(&entry))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registration() -> SsoRegistration {
        SsoRegistration {
            client: SsoClient {
                client_id: "id".into(),
                client_secret: Secret::new("canary"),
                expires_at: "2026-12-20T12:40:00Z".parse().unwrap(),
            },
            scopes: vec!["sso:account:access".into()],
            grant_types: vec!["authorization_code".into(), "refresh_token".into()],
        }
    }

    #[test]
    fn names_are_the_cli_s() {
        let scopes = ["sso:account:access".to_owned(), "x".to_owned()];
        let start_url = "https://x.awsapps.com/start";
        let session =
            SsoRegistrationKey { start_url, region: "eu-central-1", scopes: &scopes, session_name: Some("my-sso") };
        // python3 -c 'import json, hashlib; print(hashlib.sha1(json.dumps({"tool": "botocore", …}, sort_keys=True)
        //   .encode()).hexdigest())'
        assert_eq!(session.file_name(), "337d992b107f4df3b19f26973e33211ffef8b671.json");
        let legacy = SsoRegistrationKey { scopes: &[], session_name: None, ..session };
        assert_eq!(legacy.file_name(), "92ae63db32158c3fc5b9b7e8e7d74bfccafaba48.json");
    }

    #[test]
    fn written_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let key = SsoRegistrationKey { start_url: "u", region: "r", scopes: &[], session_name: None };
        assert!(matches!(read_registration(folder.path(), &key), CacheRead::Absent));
        for written in
            [registration(), SsoRegistration { scopes: Vec::new(), grant_types: Vec::new(), ..registration() }]
        {
            write_registration(folder.path(), &key, &written).unwrap();
            assert_eq!(read_registration(folder.path(), &key).found().unwrap(), written);
        }
        assert_eq!(
            std::fs::read_to_string(folder.path().join(key.file_name())).unwrap(),
            r#"{"clientId": "id", "clientSecret": "canary", "expiresAt": "2026-12-20T12:40:00Z"}"#
        );
        assert!(!format!("{:?}", registration()).contains("canary"));
    }

    #[test]
    fn what_is_none_is_unusable() {
        let good = r#"{"clientId": "id", "clientSecret": "canary", "expiresAt": "2026-12-20T12:40:00Z"}"#;
        assert!(parse(good.as_bytes()).is_ok());
        for bad in [
            "",
            "[]",
            r#"{"accessToken": "a", "expiresAt": "2026-12-20T12:40:00Z"}"#,
            &good.replace("canary", ""),
            &good.replace("\"id\"", "\"a\\nb\""),
            &good.replace("2026-12-20T12:40:00Z", "never"),
            &good.replace("}", ", \"scopes\": \"x\"}"),
        ] {
            let error = parse(bad.as_bytes()).unwrap_err();
            assert!(!format!("{error:?} {error}").contains("canary"), "{bad}");
        }
    }
}
