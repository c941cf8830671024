//! Which cached session may be used, and where a new one is kept: one rule for awsenv and awsenv-broker.
//!
//! The AWS CLI's entry serves where exactly one configured source leads to its name, and
//! - awsenv wrote it for this very chain (which it remembers: the provenance of the entry), or
//! - another tool wrote it, for this role, after the config and the credentials file were last changed: before, the
//!   role may have been assumed from elsewhere.
//!
//! Everything else is kept in awsenv's own cache, under a key that has everything in it ([`session_key`]).
//!
//! [`session_key`]: awsenv_core::session_key::session_key

use std::path::Path;

use awsenv_core::chain::{AssumeRole, ChainStep, CredentialSource, Sso};
use awsenv_core::credentials::Credentials;
use awsenv_core::location::Files;
use awsenv_core::profile::ProfileSet;
use awsenv_core::resolve::duration_seconds;
use awsenv_core::role_sources::is_only_source;
use jiff::{SignedDuration, Timestamp};

use crate::cache;
use crate::cli_cache::{
    CachedCredentials, RoleCacheKey, RoleUser, SsoCacheKey, read_credentials, write_role, write_sso,
};
use crate::files::{self, FileError};
use crate::freshness::Freshness;
use crate::own_cache::{OwnCache, Record};
use crate::sso_cache::SsoTokenKey;

/// How long the provenance of an entry is remembered after its end.
const AFTERWARDS: SignedDuration = SignedDuration::from_hours(1);

/// The caches that sessions are in.
#[derive(Clone, Copy, Debug)]
pub struct Sessions<'a> {
    /// The AWS CLI's: `~/.aws/cli/cache`.
    pub cli: &'a Path,
    /// awsenv's own.
    pub own: &'a OwnCache,
    /// The user's files.
    pub files: &'a Files,
}

/// The place of one session in the caches.
#[derive(Clone, Copy, Debug)]
pub struct Slot<'a> {
    /// The step of a chain that gives the session.
    pub step: &'a ChainStep,
    /// Its key ([`session_key`](awsenv_core::session_key::session_key)).
    pub key: &'a str,
    /// The name of its entry in the AWS CLI's cache, where there is one.
    pub shared: Option<&'a str>,
}

/// Whether `source` gives a session that is cached here. What the other sources give has a place of its own, or none.
pub fn gives_session(source: &CredentialSource) -> bool {
    matches!(source, CredentialSource::AssumeRole(_) | CredentialSource::WebIdentity { .. } | CredentialSource::Sso(_))
}

/// What the AWS CLI names the session of `step` by; `None` where it keeps none. Whether the entry may be shared is
/// another question: [`may_share`].
pub fn shared_name(set: &ProfileSet<'_>, step: &ChainStep) -> Option<String> {
    match &step.source {
        CredentialSource::Sso(sso) => sso_cache_key(sso).map(|key| key.file_name()),
        _ => {
            let role = shared_call(set, step)?;
            let key = RoleCacheKey {
                role_arn: role.role_arn,
                role_session_name: role.role_session_name,
                external_id: role.external_id,
                mfa_serial: role.mfa_serial,
                duration_seconds: role.duration_seconds.map(u64::from),
                policy: None,
            };
            key.file_name()
        }
    }
}

/// Whether exactly one configured source leads to the AWS CLI's entry for `step`.
pub fn may_share(set: &ProfileSet<'_>, step: &ChainStep) -> bool {
    match &step.source {
        // Account, role and session are all in its name.
        CredentialSource::Sso(_) => true,
        _ => shared_call(set, step)
            .zip(set.get(&step.profile))
            .is_some_and(|(role, profile)| is_only_source(set, profile, &role)),
    }
}

/// The arguments of the call by which the AWS CLI names a role's session.
fn shared_call(set: &ProfileSet<'_>, step: &ChainStep) -> Option<AssumeRole> {
    match &step.source {
        CredentialSource::AssumeRole(role) => Some(role.clone()),
        CredentialSource::WebIdentity { role_arn, role_session_name, duration_seconds: wanted, .. } => {
            // The AWS CLI asks for no duration here: its sessions are as long as AWS makes them.
            let is_as_configured = *wanted == duration_seconds(set.get(&step.profile)?);
            is_as_configured.then(|| AssumeRole {
                role_arn: role_arn.clone(),
                role_session_name: role_session_name.clone(),
                external_id: None,
                mfa_serial: None,
                duration_seconds: None,
                region: None,
            })
        }
        _ => None,
    }
}

/// What the AWS CLI names the cached credentials of an SSO role by; `None` for a token alone.
pub fn sso_cache_key(sso: &Sso) -> Option<SsoCacheKey> {
    let session = sso_token_key(sso);
    Some(SsoCacheKey { account_id: sso.account_id.clone()?, role_name: sso.role_name.clone()?, session })
}

/// What the SSO token of a profile is kept under.
pub fn sso_token_key(sso: &Sso) -> SsoTokenKey {
    match &sso.sso_session {
        Some(name) => SsoTokenKey::SessionName(name.clone()),
        None => SsoTokenKey::StartUrl(sso.start_url.clone()),
    }
}

impl Sessions<'_> {
    /// The session of `slot` that may be used and is not over at `now`; of two, the one that lives longer. `may_share`
    /// is asked only where the AWS CLI has an entry ([`may_share`]).
    pub fn find(&self, slot: Slot<'_>, now: Timestamp, may_share: impl FnOnce() -> bool) -> Option<CachedCredentials> {
        let shared = slot.shared.and_then(|name| self.shared(slot, name, now)).filter(|_| may_share());
        if shared.as_ref().is_some_and(|entry| entry.freshness(now) == Freshness::Fresh) {
            return shared;
        }
        let own = self.own.credentials(slot.key, now).filter(|entry| is_of_account(entry, slot.step));
        let found = [shared, own].into_iter().flatten().max_by_key(|entry| entry.expiration);
        found.map(|entry| with_account(entry, slot.step))
    }

    /// Keeps `credentials` for `slot`: in the AWS CLI's cache, or, where that can't be, in awsenv's own. `user` says whose
    /// session it is, where it is a role's.
    ///
    /// # Errors
    /// They can be kept nowhere; the reason is that of the first place that was tried.
    pub fn keep(
        &self,
        slot: Slot<'_>,
        credentials: &Credentials,
        user: Option<RoleUser<'_>>,
        now: Timestamp,
    ) -> Result<(), FileError> {
        let mut reason = None;
        if let Some(name) = slot.shared {
            // Whose it is comes first: an entry of unknown origin would be believed.
            self.remember(slot, name, credentials, now);
            let written = match user {
                Some(user) => write_role(self.cli, name, credentials, user),
                None => write_sso(self.cli, name, credentials),
            };
            match written {
                Ok(()) => return Ok(()),
                Err(error) => reason = Some(error),
            }
        }
        self.own.keep_credentials(slot.key, credentials, now).map_err(|error| reason.unwrap_or(error))
    }

    fn shared(&self, slot: Slot<'_>, name: &str, now: Timestamp) -> Option<CachedCredentials> {
        let entry = read_credentials(self.cli, name).found().filter(|entry| !entry.freshness(now).expired())?;
        if !is_of_account(&entry, slot.step) || !is_of_role(&entry, slot.step) {
            return None;
        }
        let provenance = self.own.record(&self.provenance_key(name), now);
        let is_ours = match provenance.as_ref().and_then(|known| known.get(&entry.credentials.access_key_id)) {
            Some(made_for) => *made_for == cache::file_name(slot.key),
            None => self.is_younger_than_files(&entry),
        };
        is_ours.then(|| with_account(entry, slot.step))
    }

    /// Another tool's entry says nothing about where the role was assumed from; what the files said then, they say now,
    /// if they were not touched since.
    fn is_younger_than_files(&self, entry: &CachedCredentials) -> bool {
        let Some(written) = entry.written else { return false };
        let mut changed =
            [&self.files.config, &self.files.credentials].into_iter().filter_map(|file| files::changed(file));
        changed.all(|changed| changed <= written)
    }

    fn remember(&self, slot: Slot<'_>, name: &str, credentials: &Credentials, now: Timestamp) {
        let Some(expiration) = credentials.expiration else { return };
        let key = self.provenance_key(name);
        let mut known = Record::from([(credentials.access_key_id.clone(), cache::file_name(slot.key))]);
        // Should this process be killed before the entry is written, the one before it is still there.
        if let Some(before) = read_credentials(self.cli, name).found()
            && let Some(made_for) =
                self.own.record(&key, now).and_then(|mut r| r.remove(&before.credentials.access_key_id))
        {
            known.insert(before.credentials.access_key_id.clone(), made_for);
        }
        let end = expiration.checked_add(AFTERWARDS).unwrap_or(expiration);
        // Where it can't be kept, the age of the entry decides.
        let _ = self.own.keep_record(&key, &known, end, now);
    }

    fn provenance_key(&self, name: &str) -> String {
        format!("provenance {}", self.cli.join(name).display())
    }
}

fn is_of_role(entry: &CachedCredentials, step: &ChainStep) -> bool {
    match &step.source {
        CredentialSource::AssumeRole(AssumeRole { role_arn, .. }) | CredentialSource::WebIdentity { role_arn, .. } => {
            entry.is_of_role(role_arn)
        }
        _ => entry.assumed_role_arn.is_none(),
    }
}

fn is_of_account(entry: &CachedCredentials, step: &ChainStep) -> bool {
    match (entry.credentials.account_id.as_deref(), step.source.account_id()) {
        (Some(account), Some(meant)) => account == meant,
        _ => true,
    }
}

/// Entries of some tools leave the account out.
fn with_account(mut entry: CachedCredentials, step: &ChainStep) -> CachedCredentials {
    if entry.credentials.account_id.is_none() {
        entry.credentials.account_id = step.source.account_id().map(str::to_owned);
    }
    entry
}

#[cfg(test)]
#[path = "sessions_tests.rs"]
mod tests;
