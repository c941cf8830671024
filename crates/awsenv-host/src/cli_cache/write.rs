//! Writing, in the form of the AWS CLI's own entries, which its versions from 2.9 to 2.36 read.

use std::path::Path;

use awsenv_core::credentials::Credentials;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::files::{self, FileError};
use crate::timestamp::format_expiration;

/// Whose a session is, as STS says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoleUser<'a> {
    /// `AssumedRoleUser.Arn`: `arn:aws:sts::123456789012:assumed-role/Admin/me`.
    pub arn: &'a str,
    /// `AssumedRoleUser.AssumedRoleId`: the role's unique id and the session's name, `AROA…:me`.
    pub role_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Entry<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_type: Option<&'static str>,
    credentials: Body<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    assumed_role_user: Option<User<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Body<'a> {
    access_key_id: &'a str,
    secret_access_key: &'a str,
    session_token: &'a str,
    expiration: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct User<'a> {
    assumed_role_id: &'a str,
    arn: &'a str,
}

/// Writes the session of a role as the entry `name` (of [`RoleCacheKey::file_name`](super::RoleCacheKey::file_name)).
///
/// # Errors
/// The file can't be written, or it or its folder is another user's. Credentials without token or expiration are an
/// error of the caller's, and are not written.
pub fn write_role(folder: &Path, name: &str, credentials: &Credentials, user: RoleUser<'_>) -> Result<(), FileError> {
    let user = User { assumed_role_id: user.role_id, arn: user.arn };
    write(folder, name, None, credentials, Some(user))
}

/// Writes credentials of IAM Identity Center as the entry `name` (of
/// [`SsoCacheKey::file_name`](super::SsoCacheKey::file_name)).
///
/// # Errors
/// As for [`write_role`].
pub fn write_sso(folder: &Path, name: &str, credentials: &Credentials) -> Result<(), FileError> {
    write(folder, name, Some("sso"), credentials, None)
}

fn write(
    folder: &Path,
    name: &str,
    provider_type: Option<&'static str>,
    credentials: &Credentials,
    assumed_role_user: Option<User<'_>>,
) -> Result<(), FileError> {
    let path = folder.join(name);
    let (Some(token), Some(expiration)) = (&credentials.session_token, credentials.expiration) else {
        return Err(FileError::system("write", &path, std::io::Error::other("credentials without an end")));
    };
    let entry = Entry {
        provider_type,
        credentials: Body {
            access_key_id: &credentials.access_key_id,
            secret_access_key: credentials.secret_access_key.expose(),
            session_token: token.expose(),
            expiration: format_expiration(expiration),
            account_id: credentials.account_id.as_deref(),
        },
        assumed_role_user,
    };
    // Room from the start, so that no half-grown copy of a secret stays behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(16 << 10));
    serde_json::to_writer(&mut *bytes, &entry)
        .map_err(|error| FileError::system("write", &path, std::io::Error::other(error.to_string())))?;
    files::replace_private(&path, &bytes)?;
    files::remove_left_behind(folder, name);
    Ok(())
}
