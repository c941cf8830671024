//! The SSO tokens (IAM Identity Center) that the AWS CLI and the SDKs keep in `~/.aws/sso/cache`, read and
//! written, and the clients they were issued to.

pub(crate) mod ascii_json;
mod registration;
pub(crate) mod write;

use std::path::Path;

use awsenv_core::credentials::Secret;
use jiff::Timestamp;

use crate::cache::{self, CacheRead, Unusable};
use crate::json::Object;
use crate::timestamp;

pub use registration::{SsoRegistration, SsoRegistrationKey, read_registration, write_registration};
pub use write::{NewSsoToken, TokenRenewal, remove_role_credentials, remove_token, write_token};

/// What an SSO token is kept under.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SsoTokenKey {
    /// The name of an `[sso-session NAME]`.
    SessionName(String),
    /// `sso_start_url` as written in a profile without a session (legacy). Such tokens are never refreshed.
    StartUrl(String),
}

impl SsoTokenKey {
    /// The name of the file in the cache's folder: `<sha1>.json`.
    pub fn file_name(&self) -> String {
        match self {
            Self::SessionName(text) | Self::StartUrl(text) => cache::file_name(text),
        }
    }
}

/// A token from the SSO cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsoToken {
    /// The start URL it was issued for.
    pub start_url: Option<String>,
    /// The region of the Identity Center instance.
    pub region: Option<String>,
    /// The token.
    pub access_token: Secret,
    /// When it stops being accepted.
    pub expires_at: Timestamp,
    /// What a refresh needs, where the file has all of it and the token is of a session.
    pub refresh: Option<SsoRefresh>,
}

/// A client that is registered with IAM Identity Center's OIDC service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsoClient {
    /// Its id.
    pub client_id: String,
    /// Its secret.
    pub client_secret: Secret,
    /// When the registration ends; after it, only a login helps.
    pub expires_at: Timestamp,
}

/// What a refresh of an SSO token needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsoRefresh {
    /// The client it was issued to.
    pub client: SsoClient,
    /// The refresh token.
    pub refresh_token: Secret,
}

/// What can be done with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SsoState {
    /// It is accepted.
    Valid,
    /// It is over, and can be refreshed without a person.
    Refreshable,
    /// It is over, and only a login helps.
    LoginNeeded,
}

impl SsoToken {
    /// What can be done with it at `now`.
    pub fn state(&self, now: Timestamp) -> SsoState {
        if now < self.expires_at {
            SsoState::Valid
        } else if self.refresh.as_ref().is_some_and(|refresh| now < refresh.client.expires_at) {
            SsoState::Refreshable
        } else {
            SsoState::LoginNeeded
        }
    }
}

/// Reads the token of `key` in `folder`.
///
/// A file that is empty, cut off, huge, of another kind (client registrations lie in the same folder), or of other
/// types is [`CacheRead::Unusable`].
pub fn read_token(folder: &Path, key: &SsoTokenKey) -> CacheRead<SsoToken> {
    cache::read(folder, &key.file_name(), |_, bytes| parse_token(bytes, key))
}

/// Reads the text of the entry for `key`.
pub fn parse_token(bytes: &[u8], key: &SsoTokenKey) -> Result<SsoToken, Unusable> {
    interpret(&cache::object(bytes)?, matches!(key, SsoTokenKey::SessionName(_)))
}

fn interpret(entry: &Object, refreshable: bool) -> Result<SsoToken, Unusable> {
    let refresh_token = if refreshable { entry.optional_secret("refreshToken")? } else { None };
    let registration = match entry.optional_text("registrationExpiresAt")? {
        Some(text) => Some(timestamp::parse_expiration(text).ok_or(Unusable::Time("registrationExpiresAt"))?),
        None => None,
    };
    let client = (entry.optional_text("clientId")?, entry.optional_secret("clientSecret")?);
    let refresh = match (client, registration, refresh_token) {
        ((Some(id), Some(client_secret)), Some(expires_at), Some(refresh_token)) => Some(SsoRefresh {
            client: SsoClient { client_id: id.to_owned(), client_secret, expires_at },
            refresh_token,
        }),
        _ => None,
    };
    Ok(SsoToken {
        start_url: entry.optional_text("startUrl")?.map(str::to_owned),
        region: entry.optional_text("region")?.map(str::to_owned),
        access_token: entry.secret("accessToken")?,
        expires_at: timestamp::parse_expiration(entry.text("expiresAt")?).ok_or(Unusable::Time("expiresAt"))?,
        refresh,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = r#"{"startUrl": "https://x.awsapps.com/start", "region": "eu-central-1",
        "accessToken": "canary-a", "expiresAt": "2026-10-20T12:40:00Z", "clientId": "id", "clientSecret": "canary-c",
        "registrationExpiresAt": "2026-12-20T12:40:00Z", "refreshToken": "canary-r"}"#;

    fn session() -> SsoTokenKey {
        SsoTokenKey::SessionName("my-sso".into())
    }

    fn legacy() -> SsoTokenKey {
        SsoTokenKey::StartUrl("https://x.awsapps.com/start".into())
    }

    fn written(key: &SsoTokenKey, body: &str) -> CacheRead<SsoToken> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(key.file_name()), body).unwrap();
        read_token(folder.path(), key)
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn names_are_the_cli_s() {
        assert_eq!(session().file_name(), "0ad374308c5a4e22f723adf10145eafad7c4031c.json");
        assert_eq!(legacy().file_name(), "3947de8b16688092197fa616c34e01335f21d256.json");
    }

    #[test]
    fn a_session_s_token_is_valid_then_refreshable_then_over() {
        let token = written(&session(), BODY).found().unwrap();
        assert_eq!(token.region.as_deref(), Some("eu-central-1"));
        assert_eq!(token.state(at("2026-10-20T12:39:59Z")), SsoState::Valid);
        assert_eq!(token.state(at("2026-10-20T12:40:00Z")), SsoState::Refreshable);
        assert_eq!(token.state(at("2026-12-20T12:40:00Z")), SsoState::LoginNeeded);
        assert!(!format!("{token:?}").contains("canary"));
    }

    #[test]
    fn a_legacy_token_is_never_refreshed() {
        let token = written(&legacy(), BODY).found().unwrap();
        assert_eq!(token.refresh, None);
        assert_eq!(token.state(at("2026-10-20T12:40:00Z")), SsoState::LoginNeeded);
    }

    #[test]
    fn a_refresh_needs_everything() {
        for field in ["clientId", "clientSecret", "registrationExpiresAt", "refreshToken"] {
            let token = written(&session(), &BODY.replacen(field, "other", 1)).found().unwrap();
            assert_eq!(token.refresh, None, "{field}");
        }
    }

    #[test]
    fn what_is_no_token_is_unusable_without_the_secret() {
        let registration = r#"{"clientId": "id", "clientSecret": "canary", "expiresAt": "2026-12-20T12:40:00Z"}"#;
        for body in ["", "{", "[]", "{}", registration, &BODY.replacen("2026-10-20T12:40:00Z", "soon", 1)] {
            let read = written(&session(), body);
            assert!(matches!(read, CacheRead::Unusable(_)), "{body}");
            assert!(!format!("{read:?}").contains("canary"));
        }
        for cut in 1..BODY.len() {
            assert!(matches!(written(&session(), &BODY[..cut]), CacheRead::Unusable(_)), "{cut}");
        }
        assert!(matches!(read_token(Path::new("/nowhere"), &session()), CacheRead::Absent));
    }
}
