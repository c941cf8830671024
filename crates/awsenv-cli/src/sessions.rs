//! The sessions in the caches, as far as they serve without asking anybody ([`awsenv_host::sessions`]).

use awsenv_core::broker::{CacheFolders, CallSettings};
use awsenv_core::call_settings::{CallDefaults, call_settings, may_have_endpoints};
use awsenv_core::chain::{ChainStep, CredentialChain, CredentialSource, is_account_id};
use awsenv_core::location::{Files, Platform};
use awsenv_core::profile::ProfileSet;
use awsenv_core::session_key::{ACCOUNT_FIELD, account_key, mfa_session_key, session_key};
use awsenv_host::cli_cache::CachedCredentials;
use awsenv_host::own_cache::OwnCache;
use awsenv_host::sessions::{Sessions, Slot, gives_session, may_share, shared_name};

use crate::context::Context;
use crate::request::folders;

/// What is kept for one profile's chain.
pub(crate) struct Kept<'a> {
    context: &'a Context,
    set: &'a ProfileSet<'a>,
    calls: CallSettings,
    files: Files,
    folders: CacheFolders,
    own: OwnCache,
}

impl<'a> Kept<'a> {
    /// Looks where something may be kept; `None` where no step of `chain` gives a session, where there is no home, and
    /// where AWS is configured as no tool takes it, which the broker's way says in words.
    pub(crate) fn of(context: &'a Context, set: &'a ProfileSet<'a>, chain: &CredentialChain) -> Option<Self> {
        if !chain.steps.iter().any(|step| gives_session(&step.source)) {
            return None;
        }
        let profile = set.get(&chain.last().profile)?;
        let calls = if may_have_endpoints(profile, &context.environment) {
            call_settings(set, Some(profile), &context.environment, &CallDefaults::default()).ok()?
        } else {
            CallSettings::default()
        };
        let folders = folders(context).ok()?;
        let files = Files::locate(&context.environment, Platform::current()).ok()?;
        Some(Self { context, set, calls, files, own: OwnCache::new(&folders.own), folders })
    }

    /// The session at the end of `steps`, if one may be used and is not over.
    pub(crate) fn session(&self, steps: &[ChainStep]) -> Option<CachedCredentials> {
        let step = steps.last().filter(|step| gives_session(&step.source))?;
        let key = session_key(steps, &self.context.environment, self.calls.endpoints());
        let shared = shared_name(self.set, step);
        let slot = Slot { step, key: &key, shared: shared.as_deref() };
        let sessions = Sessions { cli: &self.folders.cli, own: &self.own, files: &self.files };
        sessions.find(slot, self.context.now, || may_share(self.set, step))
    }

    /// Whether a session that was made with a code serves the role at the end of `steps`. Only told where the role is
    /// assumed with keys that are in a file.
    pub(crate) fn has_mfa_session(&self, steps: &[ChainStep]) -> bool {
        let [.., before, step] = steps else { return false };
        let (CredentialSource::Static { access_key_id, .. }, CredentialSource::AssumeRole(role)) =
            (&before.source, &step.source)
        else {
            return false;
        };
        let Some(serial) = &role.mfa_serial else { return false };
        let key = mfa_session_key(access_key_id, serial, self.calls.endpoint("STS"));
        self.own.credentials(&key, self.context.now).is_some()
    }
}

/// The account that STS once named for this access key, as awsenv-broker wrote it down.
pub(crate) fn proven_account(context: &Context, access_key_id: &str, calls: &CallSettings) -> Option<String> {
    let own = OwnCache::new(folders(context).ok()?.own);
    let account = own.record(&account_key(access_key_id, calls.endpoint("STS")), context.now)?.remove(ACCOUNT_FIELD)?;
    is_account_id(&account).then_some(account)
}
