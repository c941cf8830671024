//! What awsenv-broker is asked, put together from what awsenv knows.

use std::path::{Path, PathBuf};

use awsenv_core::broker::{CacheFolders, CallSettings, PROTOCOL, Person, Request, Task};
use awsenv_core::call_settings::{CALL_TIMEOUT, CONNECT_TIMEOUT, CallDefaults, call_settings};
use awsenv_core::chain::{AssumeRole, ChainStep, CredentialSource, Sso};
use awsenv_core::credentials::Secret;
use awsenv_core::location::{Files, NoHome, Platform, expand_tilde, home};
use awsenv_core::profile::{Profile, ProfileSet};
use awsenv_core::resolve::duration_seconds;
use awsenv_core::role_sources::is_only_source;
use awsenv_host::broker::{self, Answer};
use awsenv_host::cli_cache::{RoleCacheKey, SsoCacheKey};
use awsenv_host::settings::Settings;
use awsenv_host::sso_cache::SsoTokenKey;

use crate::context::Context;
use crate::error::CliError;

/// What every request has in common.
pub(crate) struct Asking<'a> {
    /// The process.
    pub(crate) context: &'a Context,
    /// awsenv's settings.
    pub(crate) settings: &'a Settings,
    /// Where the user's files are.
    pub(crate) files: &'a Files,
    /// `--mfa`
    pub(crate) mfa_code: Option<Secret>,
}

impl Asking<'_> {
    /// Asks the broker. What it warns of is in the answer.
    pub(crate) fn ask(&self, calls: CallSettings, task: Task) -> Result<Answer, CliError> {
        let program = broker::find(self.settings.broker.as_deref())?;
        let request = Request {
            protocol: PROTOCOL,
            files: self.files.clone(),
            caches: folders(self.context)?,
            calls,
            person: Person {
                may_ask: true,
                mfa_code: self.mfa_code.clone(),
                mfa_process: self.settings.mfa_process.clone(),
            },
            task,
        };
        Ok(broker::run(&program, &request)?)
    }

    /// How AWS is called for `profile`, or for none.
    pub(crate) fn calls(
        &self,
        set: &ProfileSet<'_>,
        profile: Option<Profile<'_, '_>>,
    ) -> Result<CallSettings, CliError> {
        let defaults = CallDefaults {
            region: self.settings.region.as_deref(),
            connect_timeout: self.settings.connect_timeout.unwrap_or(CONNECT_TIMEOUT),
            call_timeout: self.settings.call_timeout.unwrap_or(CALL_TIMEOUT),
        };
        call_settings(set, profile, &self.context.environment, &defaults)
            .map_err(|error| CliError::of_profile(error, self.files))
    }
}

/// The lines in which the broker's warnings are told.
pub(crate) fn warnings(answer: &Answer) -> String {
    answer.warnings().iter().map(|warning| format!("awsenv: warning: {}\n", crate::error::printable(warning))).collect()
}

/// The folders of all caches.
pub(crate) fn folders(context: &Context) -> Result<CacheFolders, CliError> {
    const LOGIN: &str = "AWS_LOGIN_CACHE_DIRECTORY";
    let aws = context.aws_folder().ok_or(NoHome { variable: "AWS_CONFIG_FILE" })?;
    let own = awsenv_host::own_cache::folder().ok_or(NoHome { variable: "XDG_CACHE_HOME" })?;
    let platform = Platform::current();
    let login = match context.environment.get_os(LOGIN).filter(|path| !path.is_empty()) {
        Some(path) => expand_tilde(Path::new(path), home(&context.environment, platform).as_deref(), platform),
        None => aws.join("login").join("cache"),
    };
    Ok(CacheFolders { cli: cli_folder(&aws), sso: sso_folder(&aws), login, own })
}

/// The AWS CLI's cache of role and SSO credentials, below `~/.aws`.
pub(crate) fn cli_folder(aws: &Path) -> PathBuf {
    aws.join("cli").join("cache")
}

/// The SSO tokens, below `~/.aws`.
pub(crate) fn sso_folder(aws: &Path) -> PathBuf {
    aws.join("sso").join("cache")
}

/// An entry of the AWS CLI's cache that a step of a chain may have.
pub(crate) struct Entry {
    /// The file's name.
    pub(crate) name: String,
    /// The role, where the entry is one's.
    pub(crate) role: Option<AssumeRole>,
}

/// What the AWS CLI calls the entry of `step`; `None` where it keeps none.
pub(crate) fn entry(set: &ProfileSet<'_>, step: &ChainStep) -> Option<Entry> {
    let role = match &step.source {
        CredentialSource::Sso(sso) => return Some(Entry { name: sso_cache_key(sso)?.file_name(), role: None }),
        CredentialSource::AssumeRole(role) => role.clone(),
        CredentialSource::WebIdentity { role_arn, role_session_name, duration_seconds: wanted, .. } => {
            // The AWS CLI asks for no duration here: its sessions are as long as AWS makes them.
            if *wanted != duration_seconds(set.get(&step.profile)?) {
                return None;
            }
            AssumeRole {
                role_arn: role_arn.clone(),
                role_session_name: role_session_name.clone(),
                external_id: None,
                mfa_serial: None,
                duration_seconds: None,
                region: None,
            }
        }
        _ => return None,
    };
    let key = RoleCacheKey {
        role_arn: role.role_arn.clone(),
        role_session_name: role.role_session_name.clone(),
        external_id: role.external_id.clone(),
        mfa_serial: role.mfa_serial.clone(),
        duration_seconds: role.duration_seconds.map(u64::from),
        policy: None,
    };
    Some(Entry { name: key.file_name()?, role: Some(role) })
}

impl Entry {
    /// Whether no other source than that of `step` leads to the entry: its name says neither from where nor how a role
    /// was reached, so that it could be another one's.
    pub(crate) fn is_unmistakable(&self, set: &ProfileSet<'_>, step: &ChainStep) -> bool {
        let Some(role) = &self.role else { return true };
        set.get(&step.profile).is_some_and(|profile| is_only_source(set, profile, role))
    }
}

/// For each step the name of its entry, where it may be shared with the AWS CLI.
pub(crate) fn shared_entries(set: &ProfileSet<'_>, steps: &[ChainStep]) -> Vec<Option<String>> {
    let shared = |step| entry(set, step).filter(|entry| entry.is_unmistakable(set, step)).map(|entry| entry.name);
    steps.iter().map(shared).collect()
}

/// What the AWS CLI names the cached credentials of an SSO role by; `None` for a token alone.
pub(crate) fn sso_cache_key(sso: &Sso) -> Option<SsoCacheKey> {
    Some(SsoCacheKey {
        account_id: sso.account_id.clone()?,
        role_name: sso.role_name.clone()?,
        session: sso_token_key(sso),
    })
}

/// What the SSO token of a profile is kept under.
pub(crate) fn sso_token_key(sso: &Sso) -> SsoTokenKey {
    match &sso.sso_session {
        Some(name) => SsoTokenKey::SessionName(name.clone()),
        None => SsoTokenKey::StartUrl(sso.start_url.clone()),
    }
}
