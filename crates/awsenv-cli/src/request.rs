//! What awsenv-broker is asked, put together from what awsenv knows.

use std::path::Path;

use awsenv_core::broker::{CacheFolders, CallSettings, PROTOCOL, Person, Request, Task};
use awsenv_core::call_settings::{CALL_TIMEOUT, CONNECT_TIMEOUT, CallDefaults, call_settings};
use awsenv_core::chain::ChainStep;
use awsenv_core::credentials::Secret;
use awsenv_core::location::{Files, NoHome, Platform, expand_tilde, home};
use awsenv_core::profile::{Profile, ProfileSet};
use awsenv_host::broker::{self, Answer};
use awsenv_host::sessions::{may_share, shared_name};
use awsenv_host::settings::Settings;

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
    /// Whether a person may be asked.
    pub(crate) may_ask: bool,
}

impl Asking<'_> {
    /// Asks the broker. What it warns of is in the answer.
    pub(crate) fn ask(&self, calls: CallSettings, task: Task) -> Result<Answer, CliError> {
        awsenv_host::process::forbid_core_dumps();
        let program = broker::find(self.settings.broker.as_deref())?;
        let request = Request {
            protocol: PROTOCOL,
            files: self.files.clone(),
            caches: folders(self.context)?,
            calls,
            person: Person {
                may_ask: self.may_ask,
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
    Ok(CacheFolders { cli: aws.join("cli").join("cache"), sso: aws.join("sso").join("cache"), login, own })
}

/// For each step the name of its entry, where it may be shared with the AWS CLI.
pub(crate) fn shared_entries(set: &ProfileSet<'_>, steps: &[ChainStep]) -> Vec<Option<String>> {
    let shared = |step| shared_name(set, step).filter(|_| may_share(set, step));
    steps.iter().map(shared).collect()
}
