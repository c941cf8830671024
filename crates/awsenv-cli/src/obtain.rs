//! From a chain to credentials: keys in a file, a `credential_process`, or a session that the AWS CLI has cached.
//!
//! What takes a call to AWS or a person is the broker's (docs/architecture.md); until it is there, such a chain is
//! refused here with what is missing and how to get it from the tools at hand.

use std::path::Path;

use awsenv_core::chain::{AssumeRole, ChainStep, CredentialChain, CredentialSource, NamedSource, Sso};
use awsenv_core::config::is_identifier;
use awsenv_core::credentials::Credentials;
use awsenv_core::environment::Environment;
use awsenv_core::profile::ProfileSet;
use awsenv_core::resolve::duration_seconds;
use awsenv_core::role_sources::is_only_source;
use awsenv_core::switch::cleared_environment;
use awsenv_host::cache::CacheRead;
use awsenv_host::cli_cache::{CachedCredentials, RoleCacheKey, SsoCacheKey, read_credentials};
use awsenv_host::credential_process::{self, BACKGROUND_LIMIT};
use awsenv_host::programs;
use awsenv_host::sso_cache::SsoTokenKey;
use jiff::Timestamp;

use crate::context::Context;
use crate::error::{CliError, printable};
use crate::state::{State, sso_state};

/// Credentials for `chain`, whose role settings already include the options of this run.
pub(crate) fn obtain(
    context: &Context,
    set: &ProfileSet<'_>,
    chain: &CredentialChain,
    refresh: bool,
) -> Result<Credentials, CliError> {
    let step = chain.last();
    let cached = if refresh { None } else { cached(context, set, step) };
    let credentials = match (&step.source, cached) {
        (_, Some(cached)) => cached.credentials,
        (CredentialSource::Static { access_key_id, secret_access_key, session_token, account_id }, None) => {
            Credentials {
                access_key_id: access_key_id.clone(),
                secret_access_key: secret_access_key.clone(),
                session_token: session_token.clone(),
                expiration: None,
                account_id: account_id.clone(),
            }
        }
        (CredentialSource::CredentialProcess { command, .. }, None) => run_process(context, &step.profile, command)?,
        (source, None) => return Err(missing(context, chain, source, refresh)),
    };
    with_account(credentials, step)
}

/// The AWS CLI's cached session for the last step of a chain, if it may be trusted and is not over.
pub(crate) fn cached(context: &Context, set: &ProfileSet<'_>, step: &ChainStep) -> Option<CachedCredentials> {
    let folder = context.aws_folder()?.join("cli").join("cache");
    match &step.source {
        CredentialSource::AssumeRole(role) => cached_role(&folder, set, step, role, context.now),
        CredentialSource::WebIdentity { role_arn, role_session_name, duration_seconds: wanted, .. } => {
            // The AWS CLI asks for no duration here: its sessions are as long as AWS makes them.
            if *wanted != duration_seconds(set.get(&step.profile)?) {
                return None;
            }
            let role = AssumeRole {
                role_arn: role_arn.clone(),
                role_session_name: role_session_name.clone(),
                external_id: None,
                mfa_serial: None,
                duration_seconds: None,
                region: None,
            };
            cached_role(&folder, set, step, &role, context.now)
        }
        CredentialSource::Sso(sso) => {
            let name = sso_cache_key(sso)?.file_name();
            valid(read_credentials(&folder, &name), context.now)
        }
        _ => None,
    }
}

fn cached_role(
    folder: &Path,
    set: &ProfileSet<'_>,
    step: &ChainStep,
    role: &AssumeRole,
    now: Timestamp,
) -> Option<CachedCredentials> {
    let key = RoleCacheKey {
        role_arn: role.role_arn.clone(),
        role_session_name: role.role_session_name.clone(),
        external_id: role.external_id.clone(),
        mfa_serial: role.mfa_serial.clone(),
        duration_seconds: role.duration_seconds.map(u64::from),
        policy: None,
    };
    let entry = valid(read_credentials(folder, &key.file_name()?), now)?;
    // The name of the entry says neither from where nor how the role was reached: where two ways lead to the same
    // name, the entry may be the other one's.
    let trusted = entry.is_of_role(&role.role_arn) && is_only_source(set, set.get(&step.profile)?, role);
    trusted.then_some(entry)
}

fn valid(read: CacheRead<CachedCredentials>, now: Timestamp) -> Option<CachedCredentials> {
    read.found().filter(|entry| !entry.freshness(now).expired())
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
fn with_account(mut credentials: Credentials, step: &ChainStep) -> Result<Credentials, CliError> {
    match (credentials.account_id.as_deref(), step.source.account_id()) {
        (Some(given), Some(meant)) if given != meant => {
            return Err(CliError::new(
                "account-mismatch",
                format!("the credentials are for account {given}, the profile {:?} is for {meant}", step.profile),
            )
            .hint("nothing was changed; `awsenv explain` shows where the profile's account comes from"));
        }
        (None, Some(meant)) => credentials.account_id = Some(meant.to_owned()),
        _ => {}
    }
    Ok(credentials)
}

/// What a chain lacks, and the way to it that exists today.
fn missing(context: &Context, chain: &CredentialChain, source: &CredentialSource, refresh: bool) -> CliError {
    let step = chain.last();
    let profile = &step.profile;
    let ask = format!("aws sts get-caller-identity --profile {}", shell_word(profile));
    let no_cli = if programs::find("aws", &context.environment).is_none() { " (it is not installed here)" } else { "" };
    let again = if refresh { ", without --refresh" } else { "" };
    let fill = |first: &str| {
        format!(
            "{first}`{ask}` makes the AWS CLI{no_cli} cache a session, which awsenv then uses{again};\n\
             or use the profile with --as profile: AWS tools then get the session themselves"
        )
    };
    match source {
        CredentialSource::AssumeRole(role) => {
            let base = chain.base();
            let login = match &base.source {
                CredentialSource::Sso(sso) if sso_state(context, sso) == State::LoginNeeded => {
                    Some(sso_login(sso, &base.profile))
                }
                _ => None,
            };
            let mfa = chain.roles().any(|role| role.mfa_serial.is_some());
            let how = if mfa { ", with a code of your MFA device" } else { "" };
            let message = format!("no cached session for the role {}: AWS must be asked{how}", role.role_arn);
            match login {
                Some(login) => CliError::new("login-needed", message)
                    .hint(fill(&format!("log in with `{login}`; then ")))
                    .needs_person(),
                None if mfa => CliError::new("mfa-needed", message).hint(fill("")).needs_person(),
                None => CliError::new("needs-aws", message).hint(fill("")),
            }
        }
        CredentialSource::WebIdentity { role_arn, .. } => CliError::new(
            "needs-aws",
            format!("no cached session for the role {role_arn}: AWS must be asked, with the web identity token"),
        )
        .hint(fill("")),
        CredentialSource::Sso(sso) if sso.role_name.is_none() => CliError::new(
            "sso-token-only",
            format!("the profile {profile:?} names an SSO session, but no account and role: it gives a token, no credentials"),
        )
        .hint("add sso_account_id and sso_role_name (`aws configure sso`)"),
        CredentialSource::Sso(sso) => {
            let message = format!("no cached credentials for the SSO profile {profile:?}");
            if sso_state(context, sso) == State::LoginNeeded {
                let login = format!("log in with `{}`; then ", sso_login(sso, profile));
                CliError::new("login-needed", message).hint(fill(&login)).needs_person()
            } else {
                CliError::new("needs-aws", message).hint(fill(""))
            }
        }
        CredentialSource::LoginSession { .. } => CliError::new(
            "needs-aws",
            format!("the profile {profile:?} is one of `aws login`, whose sessions awsenv does not read yet"),
        )
        .hint("use it with --as profile: AWS tools then read the session themselves"),
        CredentialSource::Named(NamedSource::Environment) => CliError::new(
            "needs-aws",
            format!("the profile {profile:?} starts from the keys in the environment and needs AWS for the rest"),
        ),
        _ => CliError::new("needs-aws", format!("the machine's own credentials for {profile:?} must be asked for"))
            .hint("use it with --as profile: AWS tools then ask themselves"),
    }
}

fn sso_login(sso: &Sso, profile: &str) -> String {
    match &sso.sso_session {
        Some(session) => format!("aws sso login --sso-session {}", shell_word(session)),
        None => format!("aws sso login --profile {}", shell_word(profile)),
    }
}

/// A word of a command line to copy, in quotes where it needs them.
fn shell_word(text: &str) -> String {
    if is_identifier(text) {
        return text.to_owned();
    }
    // One with a control character is shown as it may be shown, and is still one word.
    awsenv_shell::quote(awsenv_shell::Shell::Posix, &printable(text)).unwrap_or_else(|_| "''".to_owned())
}
