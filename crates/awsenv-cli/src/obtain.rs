//! From a chain to credentials: keys in a file, a `credential_process`, a session that the AWS CLI has cached; and for
//! all that takes a call to AWS or a person, one run of awsenv-broker.

use awsenv_core::account::KeyType;
use awsenv_core::broker::{CallSettings, CredentialsTask, Task};
use awsenv_core::chain::{ChainStep, CredentialChain, CredentialSource};
use awsenv_core::credentials::Credentials;
use awsenv_core::environment::Environment;
use awsenv_core::profile::ProfileSet;
use awsenv_core::switch::cleared_environment;
use awsenv_host::credential_process::{self, BACKGROUND_LIMIT};

use crate::context::Context;
use crate::error::{CliError, Status, printable};
use crate::request::{Asking, shared_entries, warnings};
use crate::sessions::{Kept, proven_account};

/// How credentials are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wish {
    /// Caches are passed over.
    pub(crate) refresh: bool,
    /// Keys that don't expire are traded for a session.
    pub(crate) session: bool,
    /// How long that session is to last, in seconds.
    pub(crate) session_seconds: Option<u32>,
    /// The account must be known by an ARN, SSO or STS.
    pub(crate) needs_account: bool,
}

/// Credentials, and what is to be said about them.
pub(crate) struct Obtained {
    /// The credentials. With [`Wish::needs_account`] their account is proven.
    pub(crate) credentials: Credentials,
    /// Lines for standard error.
    pub(crate) warnings: String,
}

/// Credentials for `chain`, whose role settings already include the options of this run. `calls` is asked for where
/// AWS is.
pub(crate) fn obtain(
    asking: &Asking<'_>,
    set: &ProfileSet<'_>,
    chain: &CredentialChain,
    wish: Wish,
    calls: impl Fn() -> Result<CallSettings, CliError>,
) -> Result<Obtained, CliError> {
    awsenv_host::process::forbid_core_dumps();
    let context = asking.context;
    let step = chain.last();
    let cached =
        if wish.refresh { None } else { Kept::of(context, set, chain).and_then(|kept| kept.session(&chain.steps)) };
    let quiet = |credentials| {
        let credentials = with_account(asking, credentials, step)?;
        Ok(Obtained { credentials, warnings: String::new() })
    };
    if let Some(entry) = cached.as_ref().filter(|entry| !entry.freshness(context.now).renew_due()) {
        return quiet(entry.credentials.clone());
    }
    match &step.source {
        CredentialSource::Static { access_key_id, secret_access_key, session_token, account_id } => {
            let is_traded = wish.session && KeyType::of(access_key_id) == KeyType::LongTerm;
            // Keys are asked about once; what the user wrote beside them counts where nobody has to be sure.
            let account_id = match wish.needs_account {
                true if !wish.refresh => {
                    Some(proven_account(context, access_key_id, &calls()?)).filter(Option::is_some)
                }
                true => None,
                false => Some(account_id.clone()),
            };
            if let Some(account_id) = account_id.filter(|_| !is_traded) {
                return quiet(Credentials {
                    access_key_id: access_key_id.clone(),
                    secret_access_key: secret_access_key.clone(),
                    session_token: session_token.clone(),
                    expiration: None,
                    account_id,
                });
            }
        }
        CredentialSource::CredentialProcess { command, .. } if !wish.session && !wish.needs_account => {
            let credentials = run_process(context, &step.profile, command);
            return quiet(credentials.map_err(|error| error.at(step.origin, asking.files))?);
        }
        CredentialSource::Sso(sso) if sso.role_name.is_none() => {
            return Err(CliError::new(
                "sso-token-only",
                format!(
                    "the profile {:?} names an SSO session, but no account and role: it gives a token, no credentials",
                    step.profile
                ),
            )
            .hint("add sso_account_id and sso_role_name (`aws configure sso`)")
            .at(step.origin, asking.files));
        }
        _ => {}
    }
    match (calls().and_then(|calls| ask(asking, set, chain, wish, calls)), cached) {
        (Ok(obtained), _) => Ok(obtained),
        // What is due for renewal still serves.
        (Err(error), Some(entry)) if error.status != Status::Interrupted => {
            let mut obtained = quiet(entry.credentials)?;
            obtained.warnings =
                format!("awsenv: warning: not renewed: {} [{}]\n", printable(&error.message), error.code);
            Ok(obtained)
        }
        (Err(error), _) => Err(error),
    }
}

fn ask(
    asking: &Asking<'_>,
    set: &ProfileSet<'_>,
    chain: &CredentialChain,
    wish: Wish,
    calls: CallSettings,
) -> Result<Obtained, CliError> {
    let answer = asking.ask(calls, Task::Credentials(task(set, chain, wish)))?;
    let credentials = answer.credentials()?;
    if wish.needs_account && credentials.account_id.is_none() {
        return Err(CliError::new("broker-answer", "the account was asked for, and awsenv-broker does not say it"));
    }
    Ok(Obtained { credentials: with_account(asking, credentials, chain.last())?, warnings: warnings(&answer) })
}

/// What the broker is told about a chain.
pub(crate) fn task(set: &ProfileSet<'_>, chain: &CredentialChain, wish: Wish) -> CredentialsTask {
    CredentialsTask {
        profile: chain.last().profile.clone(),
        chain: chain.clone(),
        shared: shared_entries(set, &chain.steps),
        refresh: wish.refresh,
        session_for_long_term_keys: wish.session,
        needs_account: wish.needs_account,
        duration_seconds: wish.session_seconds,
    }
}

fn run_process(context: &Context, profile: &str, command: &str) -> Result<Credentials, CliError> {
    let environment: Environment = cleared_environment(&context.environment);
    let request = credential_process::Request {
        command,
        profile,
        environment: &environment,
        limit: (!context.stderr_is_terminal).then_some(BACKGROUND_LIMIT),
    };
    Ok(credential_process::run(&request)?)
}

/// The account, where the chain or the answer says it; two different ones are a reason to stop.
fn with_account(asking: &Asking<'_>, mut credentials: Credentials, step: &ChainStep) -> Result<Credentials, CliError> {
    match (credentials.account_id.as_deref(), step.source.account_id()) {
        (Some(given), Some(meant)) if given != meant => {
            return Err(CliError::new(
                "account-mismatch",
                format!("the credentials are for account {given}, the profile {:?} is for {meant}", step.profile),
            )
            .hint("nothing was changed; `awsenv explain` shows where the profile's account comes from")
            .at(step.origin, asking.files));
        }
        (None, Some(meant)) => credentials.account_id = Some(meant.to_owned()),
        _ => {}
    }
    Ok(credentials)
}
