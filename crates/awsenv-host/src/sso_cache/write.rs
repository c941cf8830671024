//! Writing and removing tokens, in the form of the AWS CLI's.

use std::path::Path;

use awsenv_core::credentials::Secret;
use jiff::Timestamp;
use serde_json::{Map, Value};
use zeroize::{Zeroize, Zeroizing};

use super::{SsoClient, SsoTokenKey, ascii_json};
use crate::cache::LARGEST_CACHE_FILE;
use crate::files::{self, FileError, Prepared};
use crate::timestamp::format_expiration;

/// A token as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSsoToken {
    /// The start URL it was issued for, as configured.
    pub start_url: String,
    /// The region of the Identity Center instance.
    pub region: String,
    /// The token.
    pub access_token: Secret,
    /// When it stops being accepted.
    pub expires_at: Timestamp,
    /// The client it was issued to.
    pub client: SsoClient,
    /// What renews it.
    pub refresh_token: Option<Secret>,
}

/// The fields of a token, in the AWS CLI's order.
const FIELDS: [&str; 8] = [
    "startUrl",
    "region",
    "accessToken",
    "expiresAt",
    "clientId",
    "clientSecret",
    "registrationExpiresAt",
    "refreshToken",
];

/// More than any token's file has, in bytes.
const ROOM: usize = 16 << 10;

/// Puts `token` in the place of the one that is kept under `key`, if any: that of another sign-in.
///
/// # Errors
/// The file can't be written, or it or its folder is another user's.
pub fn write_token(folder: &Path, key: &SsoTokenKey, token: &NewSsoToken) -> Result<(), FileError> {
    let name = key.file_name();
    files::replace_private(&folder.join(&name), &to_json(token, Map::new()))?;
    files::remove_left_behind(folder, &name);
    Ok(())
}

/// The place of a token that is about to be renewed. Whatever can fail fails before the server is asked, which may
/// take the old refresh token for used up from then on.
#[derive(Debug)]
pub struct TokenRenewal {
    place: Prepared,
    others: Map<String, Value>,
}

impl TokenRenewal {
    /// Makes the place ready.
    ///
    /// # Errors
    /// Those of [`write_token`].
    pub fn prepare(folder: &Path, key: &SsoTokenKey) -> Result<Self, FileError> {
        let name = key.file_name();
        let path = folder.join(&name);
        files::remove_left_behind(folder, &name);
        let mut others = read_map(&path);
        for field in FIELDS {
            others.remove(field).into_iter().for_each(wipe);
        }
        Ok(Self { place: Prepared::new(&path, ROOM)?, others })
    }

    /// Puts the renewed token in place. Fields of the file that awsenv doesn't know stay: it is the same sign-in.
    ///
    /// # Errors
    /// The system's; they are few after [`prepare`](Self::prepare).
    pub fn put(self, token: &NewSsoToken) -> Result<(), FileError> {
        self.place.put(&to_json(token, self.others))
    }
}

fn to_json(token: &NewSsoToken, others: Map<String, Value>) -> Zeroizing<Vec<u8>> {
    let (expires, registration) = (format_expiration(token.expires_at), format_expiration(token.client.expires_at));
    let values = [
        Some(token.start_url.as_str()),
        Some(&token.region),
        Some(token.access_token.expose()),
        Some(&expires),
        Some(&token.client.client_id),
        Some(token.client.client_secret.expose()),
        Some(&registration),
        token.refresh_token.as_ref().map(Secret::expose),
    ];
    let mut entry = Map::new();
    for (field, value) in FIELDS.into_iter().zip(values) {
        if let Some(value) = value {
            entry.insert(field.to_owned(), value.into());
        }
    }
    entry.extend(others);
    let bytes = ascii_json::write(&entry);
    wipe_all(entry);
    bytes
}

/// Removes the token that is kept under `key`; whether there was one. What is no token stays.
///
/// # Errors
/// The file can't be removed, or it or its folder is another user's.
pub fn remove_token(folder: &Path, key: &SsoTokenKey) -> Result<bool, FileError> {
    remove_if(&folder.join(key.file_name()), |entry| entry.get("accessToken").is_some_and(Value::is_string))
}

/// Removes the entry `name` of the AWS CLI's cache in `folder`; whether it was there and of IAM Identity Center, by its
/// own word (`ProviderType`). What is anything else stays.
///
/// # Errors
/// As for [`remove_token`].
pub fn remove_role_credentials(folder: &Path, name: &str) -> Result<bool, FileError> {
    let is_plain = Path::new(name).file_name().is_some_and(|last| last == name);
    if !is_plain {
        return Ok(false);
    }
    remove_if(&folder.join(name), |entry| entry.get("ProviderType").is_some_and(|kind| kind == "sso"))
}

fn remove_if(path: &Path, is_it: impl FnOnce(&Map<String, Value>) -> bool) -> Result<bool, FileError> {
    let entry = read_map(path);
    let found = is_it(&entry);
    wipe_all(entry);
    if found { files::remove(path) } else { Ok(false) }
}

/// The fields of a file, none where it is no JSON object.
pub(crate) fn read_map(path: &Path) -> Map<String, Value> {
    let Ok(Some(mut bytes)) = files::read_up_to(path, LARGEST_CACHE_FILE) else { return Map::new() };
    let entry = serde_json::from_slice(&bytes).unwrap_or_default();
    bytes.zeroize();
    entry
}

/// Wipes every text from memory.
pub(crate) fn wipe_all(entry: Map<String, Value>) {
    entry.into_iter().for_each(|(_, value)| wipe(value));
}

fn wipe(value: Value) {
    match value {
        Value::String(mut text) => text.zeroize(),
        Value::Array(items) => items.into_iter().for_each(wipe),
        Value::Object(entry) => wipe_all(entry),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sso_cache::read_token;

    fn token() -> NewSsoToken {
        NewSsoToken {
            start_url: "https://x.awsapps.com/start".into(),
            region: "eu-central-1".into(),
            access_token: Secret::new("canary-a"),
            expires_at: "2026-10-20T12:40:00Z".parse().unwrap(),
            client: SsoClient {
                client_id: "id".into(),
                client_secret: Secret::new("canary-c"),
                expires_at: "2026-12-20T12:40:00Z".parse().unwrap(),
            },
            refresh_token: Some(Secret::new("canary-r")),
        }
    }

    fn session() -> SsoTokenKey {
        SsoTokenKey::SessionName("my-sso".into())
    }

    #[test]
    fn as_the_cli_writes_it() {
        let folder = tempfile::tempdir().unwrap();
        let cache = folder.path().join("sso/cache");
        write_token(&cache, &session(), &token()).unwrap();
        let path = cache.join("0ad374308c5a4e22f723adf10145eafad7c4031c.json");
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            r#"{"startUrl": "https://x.awsapps.com/start", "region": "eu-central-1", "accessToken": "canary-a", "#
                .to_owned()
                + r#""expiresAt": "2026-10-20T12:40:00Z", "clientId": "id", "clientSecret": "canary-c", "#
                + r#""registrationExpiresAt": "2026-12-20T12:40:00Z", "refreshToken": "canary-r"}"#
        );
        let read = read_token(&cache, &session()).found().unwrap();
        assert_eq!(read.refresh.unwrap().refresh_token, token().refresh_token.unwrap());
        assert_eq!(read.expires_at, token().expires_at);
        assert!(!format!("{:?}", token()).contains("canary"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            assert_eq!(std::fs::metadata(&cache).unwrap().permissions().mode() & 0o777, 0o700);
        }
    }

    #[test]
    fn unknown_fields_live_as_long_as_the_sign_in() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(session().file_name());
        let others = r#""mine": {"é": [1, 2.5, null, true]}"#;
        std::fs::write(&path, format!(r#"{{"accessToken": "old", "refreshToken": "old", {others}}}"#)).unwrap();
        let unrenewable = NewSsoToken { refresh_token: None, ..token() };
        TokenRenewal::prepare(folder.path(), &session()).unwrap().put(&unrenewable).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.ends_with(r#", "mine": {"\u00e9": [1, 2.5, null, true]}}"#), "{text}");
        assert!(!text.contains("old"), "{text}");
        write_token(folder.path(), &session(), &token()).unwrap();
        assert!(!std::fs::read_to_string(&path).unwrap().contains("mine"));
    }

    #[test]
    fn only_what_is_a_token_or_of_sso_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let path = folder.join(session().file_name());
        assert!(!remove_token(folder, &session()).unwrap());
        for foreign in ["", "{", "[]", r#"{"clientId": "id"}"#, r#"{"accessToken": {"accessKeyId": "x"}}"#] {
            std::fs::write(&path, foreign).unwrap();
            assert!(!remove_token(folder, &session()).unwrap(), "{foreign}");
            assert!(path.exists(), "{foreign}");
        }
        write_token(folder, &session(), &token()).unwrap();
        assert!(remove_token(folder, &session()).unwrap());
        assert!(!path.exists());

        let entry = folder.join("e.json");
        for foreign in ["{}", r#"{"ProviderType": "login", "Credentials": {}}"#, r#"{"Credentials": {}}"#] {
            std::fs::write(&entry, foreign).unwrap();
            assert!(!remove_role_credentials(folder, "e.json").unwrap(), "{foreign}");
        }
        std::fs::write(&entry, r#"{"ProviderType": "sso"}"#).unwrap();
        std::fs::create_dir(folder.join("below")).unwrap();
        for elsewhere in ["../e.json", "", ".", "/etc/passwd"] {
            assert!(!remove_role_credentials(&folder.join("below"), elsewhere).unwrap(), "{elsewhere}");
        }
        assert!(remove_role_credentials(folder, "e.json").unwrap());
        assert!(!entry.exists());
    }
}
