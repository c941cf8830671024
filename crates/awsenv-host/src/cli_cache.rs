//! The AWS CLI's cache of role and SSO credentials (`~/.aws/cli/cache`), read and written.
//!
//! The names are those of botocore's `AssumeRoleCredentialFetcher` and `SSOCredentialFetcher`. The folder also holds
//! other tools' files (`session.db`), which are left alone. Plain botocore and boto3 do not use this cache.

use std::path::Path;

use awsenv_core::credentials::Credentials;
use jiff::{SignedDuration, Timestamp};

use crate::cache::{self, CacheRead, Unusable};
use crate::files;
use crate::freshness::{self, Freshness};
use crate::json::{JsonError, Object};
use crate::python_json::{Part, Style, write_object};
use crate::sso_cache::SsoTokenKey;
use crate::timestamp;

/// What the AWS CLI names a cached role session by: the arguments of the call, as far as they are configured.
///
/// Neither the source profile nor the kind of call (AssumeRole or AssumeRoleWithWebIdentity) is in it, so two
/// profiles can share a name: trust an entry only where exactly one configured source maps to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct RoleCacheKey {
    /// The role's ARN.
    pub role_arn: String,
    /// The session's name, where one is configured; a generated one is not part of the key.
    pub role_session_name: Option<String>,
    /// The external id.
    pub external_id: Option<String>,
    /// The MFA device's serial number or ARN.
    pub mfa_serial: Option<String>,
    /// The session's length in seconds.
    pub duration_seconds: Option<u64>,
    /// A session policy, as JSON text.
    pub policy: Option<String>,
}

impl RoleCacheKey {
    /// The name of the file in the cache's folder: `<sha1>.json`.
    ///
    /// `None` where the policy is no JSON, or has numbers with a fraction, which Python writes its own way.
    pub fn file_name(&self) -> Option<String> {
        let policy = match &self.policy {
            Some(text) => Some(serde_json::from_str::<serde_json::Value>(text).ok()?),
            None => None,
        };
        let mut entries = Vec::with_capacity(6);
        if let Some(seconds) = self.duration_seconds {
            entries.push(("DurationSeconds", Part::Integer(seconds)));
        }
        if let Some(id) = &self.external_id {
            entries.push(("ExternalId", Part::Text(id)));
        }
        if let Some(policy) = &policy {
            entries.push(("Policy", Part::Value(policy)));
        }
        entries.push(("RoleArn", Part::Text(&self.role_arn)));
        if let Some(name) = &self.role_session_name {
            entries.push(("RoleSessionName", Part::Text(name)));
        }
        if let Some(serial) = &self.mfa_serial {
            entries.push(("SerialNumber", Part::Text(serial)));
        }
        write_object(Style::Spaced, &entries).map(|text| cache::file_name(&text))
    }
}

/// What the AWS CLI names the cached credentials of a role in IAM Identity Center by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SsoCacheKey {
    /// `sso_account_id`.
    pub account_id: String,
    /// `sso_role_name`.
    pub role_name: String,
    /// The session, or the start URL where the profile has no session.
    pub session: SsoTokenKey,
}

impl SsoCacheKey {
    /// The name of the file in the cache's folder: `<sha1>.json`.
    pub fn file_name(&self) -> String {
        let session = match &self.session {
            SsoTokenKey::SessionName(name) => ("sessionName", Part::Text(name)),
            SsoTokenKey::StartUrl(url) => ("startUrl", Part::Text(url)),
        };
        let entries = [("accountId", Part::Text(&self.account_id)), ("roleName", Part::Text(&self.role_name)), session];
        // Text alone is always written.
        cache::file_name(&write_object(Style::Compact, &entries).unwrap_or_default())
    }
}

/// Credentials that the AWS CLI keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachedCredentials {
    /// The credentials. They always have a session token and an expiration. The account comes from `AccountId`, else
    /// from the assumed role's ARN.
    pub credentials: Credentials,
    /// When AWS stops accepting them.
    pub expiration: Timestamp,
    /// `AssumedRoleUser.Arn`, e.g. `arn:aws:sts::123456789012:assumed-role/Admin/me`. SSO entries have none.
    pub assumed_role_arn: Option<String>,
    /// When the file was written, as far as the file system knows and where it is before the expiration.
    pub written: Option<Timestamp>,
}

impl CachedCredentials {
    /// How long they were made for: from the writing of the file to the expiration.
    ///
    /// The entry itself doesn't say. A file that was copied later seems to live shorter, which makes the renewal come
    /// later, never the end. Unknown, the longest renewal window holds ([`freshness::renew_window`]).
    pub fn lifetime(&self) -> Option<SignedDuration> {
        self.written.map(|written| self.expiration.duration_since(written))
    }

    /// How fresh they are at `now`. Where nobody can renew them, they may be used until they are expired.
    pub fn freshness(&self, now: Timestamp) -> Freshness {
        freshness::freshness(self.expiration, self.lifetime(), now)
    }

    /// Whether the entry says that it is a session of the role `role_arn` ([`is_session_of`]). One that says nothing is
    /// of no role: the AWS tools always write it.
    pub fn is_of_role(&self, role_arn: &str) -> bool {
        self.assumed_role_arn.as_deref().is_some_and(|assumed| is_session_of(assumed, role_arn))
    }
}

/// Whether `assumed` (`arn:aws:sts::123456789012:assumed-role/Admin/me`) is a session of the role `role_arn`: the same
/// partition, account and name (a session's ARN leaves out the role's path).
pub fn is_session_of(assumed: &str, role_arn: &str) -> bool {
    names_same_role(role_arn, assumed).unwrap_or(false)
}

fn names_same_role(role: &str, assumed: &str) -> Option<bool> {
    let (role_partition, role_account, role_path) = arn_parts(role)?;
    let (partition, account, session) = arn_parts(assumed)?;
    let name = role_path.strip_prefix("role/")?.rsplit('/').next()?;
    let session_of = session.strip_prefix("assumed-role/")?.split('/').next()?;
    Some(role_partition == partition && role_account == account && name == session_of)
}

/// Partition, account and resource of an ARN.
fn arn_parts(arn: &str) -> Option<(&str, &str, &str)> {
    let mut parts = arn.strip_prefix("arn:")?.splitn(5, ':');
    let (partition, _service, _region) = (parts.next()?, parts.next()?, parts.next()?);
    Some((partition, parts.next()?, parts.next()?))
}

/// Reads the entry `name` (of [`RoleCacheKey::file_name`] or [`SsoCacheKey::file_name`]) in `folder`.
///
/// A file that is empty, cut off, huge, of another tool, or of other types is [`CacheRead::Unusable`].
pub fn read_credentials(folder: &Path, name: &str) -> CacheRead<CachedCredentials> {
    cache::read(folder, name, |metadata, bytes| {
        let mut entry = parse_credentials(bytes)?;
        entry.written = files::modified_by(metadata).filter(|written| *written < entry.expiration);
        Ok(entry)
    })
}

/// Reads the text of an entry, which does not say when it was written.
pub fn parse_credentials(bytes: &[u8]) -> Result<CachedCredentials, Unusable> {
    interpret(&cache::object(bytes)?)
}

fn interpret(entry: &Object) -> Result<CachedCredentials, Unusable> {
    let body = entry.object("Credentials")?;
    let expiration = timestamp::parse_expiration(body.text("Expiration")?).ok_or(Unusable::Time("Expiration"))?;
    let assumed_role_arn = match entry.object("AssumedRoleUser") {
        Ok(user) => user.optional_text("Arn")?.map(str::to_owned),
        Err(JsonError::Missing(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let account_id = body.optional_text("AccountId")?;
    if account_id.is_some_and(|id| !cache::is_account_id(id)) {
        return Err(Unusable::Account("AccountId"));
    }
    let arn_account = assumed_role_arn.as_deref().and_then(|arn| arn.split(':').nth(4));
    let arn_account = arn_account.filter(|id| cache::is_account_id(id));
    if let (Some(one), Some(other)) = (account_id, arn_account)
        && one != other
    {
        return Err(Unusable::AccountsDiffer);
    }
    let credentials = Credentials {
        access_key_id: body.text("AccessKeyId")?.to_owned(),
        secret_access_key: body.secret("SecretAccessKey")?,
        session_token: Some(body.secret("SessionToken")?),
        expiration: Some(expiration),
        account_id: account_id.or(arn_account).map(str::to_owned),
    };
    Ok(CachedCredentials { credentials, expiration, assumed_role_arn, written: None })
}

mod write;
pub use write::{RoleUser, write_role, write_sso};

#[cfg(test)]
#[path = "cli_cache_tests.rs"]
mod tests;
