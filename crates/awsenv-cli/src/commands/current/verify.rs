//! `awsenv current --verify`: whose the credentials are, by AWS itself.

use awsenv_core::broker::{CredentialsTask, Task};
use awsenv_core::chain::{ChainStep, CredentialChain, CredentialSource, NamedSource};
use awsenv_core::credentials::Secret;
use awsenv_core::diagnostic::{Origin, SourceFile};
use awsenv_core::environment::Environment;
use awsenv_core::identity::{Active, Conflict};
use awsenv_core::location::{Files, Platform};
use awsenv_core::profile::ProfileSet;
use awsenv_core::resolve::resolve_profile;
use awsenv_host::settings::Settings;

use super::{AccountFrom, Current};
use crate::context::Context;
use crate::error::CliError;
use crate::obtain::{Wish, task};
use crate::request::{Asking, warnings};

/// Asks STS and puts its answer into `current`. Returns lines for standard error.
///
/// # Errors
/// There is nobody to ask about, AWS says no, or its answer contradicts the environment: that also stands in
/// `current` as a conflict.
pub(super) fn verify(context: &Context, set: &ProfileSet<'_>, current: &mut Current) -> Result<String, CliError> {
    let (settings, mut told) = context.read_settings()?;
    let files = Files::locate(&context.environment, Platform::current())?;
    let asking = Asking { context, settings: &settings, files: &files, mfa_code: None, may_ask: true };
    let question = question(context, set, current, &files)?;
    // Keys speak for themselves, with the settings of the profile that they are of, where it is known.
    let profile = current.identity.profile.as_deref().and_then(|name| set.get(name));
    let answer = asking.ask(asking.calls(set, profile)?, Task::CallerIdentity(question))?;
    let found = answer.identity()?;
    told.push_str(&warnings(&answer));
    let claims = claims(&context.environment, current, &settings);
    current.account = Some((found.account_id.clone(), AccountFrom::Verified));
    current.arn = Some(found.arn);
    let mut first = None;
    for (name, claimed) in claims.into_iter().filter(|(_, claimed)| *claimed != found.account_id) {
        let why = format!("says account {claimed}, and AWS says {}", found.account_id);
        first.get_or_insert_with(|| format!("{name} {why}"));
        current.identity.conflicts.push(Conflict { variable: name, why });
    }
    match first {
        None => Ok(told),
        Some(conflict) => Err(CliError::new("account-mismatch", conflict).hint(
            "do not go on with this identity: `awsenv use PROFILE` makes a whole one, `awsenv clear` ends this one",
        )),
    }
}

/// What awsenv-broker is asked: the environment's keys themselves, or the way of the profile or machine that wins.
fn question(
    context: &Context,
    set: &ProfileSet<'_>,
    current: &Current,
    files: &Files,
) -> Result<CredentialsTask, CliError> {
    let get = |name: &str| context.environment.get_nonempty(name);
    let nobody = |why: &str| Err(CliError::new("no-identity", why.to_owned()));
    let source = match current.identity.active {
        Active::Keys => match (get("AWS_ACCESS_KEY_ID"), get("AWS_SECRET_ACCESS_KEY")) {
            (Some(id), Some(secret)) => CredentialSource::Static {
                access_key_id: id.to_owned(),
                secret_access_key: Secret::new(secret),
                session_token: get("AWS_SESSION_TOKEN").map(Secret::new),
                account_id: None,
            },
            _ => return nobody("the keys in the environment are not whole: there is nothing to ask AWS with"),
        },
        Active::Profile | Active::Default => {
            let name = current.identity.profile.as_deref().unwrap_or_default();
            let chain = resolve_profile(set, name).map_err(|error| CliError::of_profile(error, files))?;
            return Ok(task(set, &chain, Wish::default()));
        }
        Active::Ambient => ambient(&context.environment),
        Active::Locked => return nobody("the shell is locked: there is no identity to ask AWS about"),
        Active::None => return nobody("there is no identity to ask AWS about"),
    };
    let step = ChainStep {
        profile: current.identity.profile.clone().unwrap_or_else(|| "the environment".to_owned()),
        origin: Origin::whole(SourceFile::Config),
        source,
    };
    Ok(task(set, &CredentialChain { steps: vec![step] }, Wish::default()))
}

/// What the machine gives, as every AWS tool takes it: a web identity before a container.
fn ambient(environment: &Environment) -> CredentialSource {
    let get = |name: &str| environment.get_nonempty(name).map(str::to_owned);
    match (get("AWS_WEB_IDENTITY_TOKEN_FILE"), get("AWS_ROLE_ARN")) {
        (Some(token_file), Some(role_arn)) => CredentialSource::WebIdentity {
            role_arn,
            role_session_name: get("AWS_ROLE_SESSION_NAME"),
            token_file,
            duration_seconds: None,
        },
        _ => CredentialSource::Named(NamedSource::EcsContainer),
    }
}

/// Who says which account it should be.
fn claims(environment: &Environment, current: &Current, settings: &Settings) -> Vec<(String, String)> {
    let mut claims = Vec::new();
    if current.identity.active == Active::Keys {
        let told = |name: &str| environment.get_nonempty(name).map(|account| (name.to_owned(), account.to_owned()));
        claims.extend(told("AWSENV_ACCOUNT").filter(|_| current.identity.owned));
        claims.extend(told("AWS_ACCOUNT_ID"));
    } else if let Some((account, AccountFrom::Cache)) = &current.account {
        claims.push((current.identity.wins.unwrap_or("[default]").to_owned(), account.clone()));
    }
    if let Some(Ok(Some(pin))) = current.identity.profile.as_deref().map(|profile| settings.pin(profile)) {
        claims.push(("the pin in awsenv\'s settings".to_owned(), pin.to_owned()));
    }
    claims
}
