//! Roles of IAM Identity Center.

mod endpoint;
mod keeper;
mod refresh;
mod registration;
mod session;
mod token;

use awsenv_core::chain::Sso;
use awsenv_core::credentials::{Credentials, Secret};
use awsenv_host::sso_cache::SsoToken;
use jiff::Timestamp;

use crate::aws_error::{self, Service};
use crate::broker::Broker;
use crate::client;
use crate::error::{BrokerError, Result};
use crate::login;

pub(crate) use endpoint::authorize_endpoint;
pub(crate) use refresh::{as_read, locked, new_token, traded};
pub(crate) use registration::{Grant, registration, wrong_settings};
pub(crate) use session::Session;
pub(crate) use token::{Got, can_be_renewed, is_fresh, read, renewed};

/// The code of an error that a login helps against.
const LOGIN_NEEDED: &str = "login-needed";

/// Does `work` with a token that is accepted: the one that is kept, renewed where that is due. `profile` is whose
/// settings these are, for the words of an error.
///
/// Where no token is good any more and a person may be asked, that person is asked to log in. That can take minutes: no
/// lock may be held. A token that AWS has ended before its time is seen when `work` fails for it; then `work` is done
/// once more, with another.
pub(crate) fn with_token<T>(
    broker: &Broker<'_>,
    sso: &Sso,
    profile: &str,
    work: impl Fn(&SsoToken) -> Result<T>,
) -> Result<T> {
    role_of(sso)?;
    let session = Session::new(sso, Some(profile));
    let token = match token::usable(broker, &session)? {
        Got::Token(token) => token,
        Got::LoginNeeded(why) => login::ask(broker, &session, why, None)?,
    };
    let refused = match work(&token) {
        Err(error) if error.code == LOGIN_NEEDED => error.message,
        result => return result,
    };
    // Meanwhile somebody may have logged in.
    let other = read(broker, &session).filter(|kept| kept.access_token != token.access_token);
    match other.filter(|kept| broker.now() < kept.expires_at) {
        Some(kept) => work(&kept),
        None => work(&login::ask(broker, &session, refused, Some(&token.access_token))?),
    }
}

/// Credentials of the role that `sso` names, by GetRoleCredentials
/// (<https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html>).
pub(crate) fn role_credentials(broker: &Broker<'_>, sso: &Sso, profile: &str, token: &SsoToken) -> Result<Credentials> {
    let (account, role) = role_of(sso)?;
    let portal = client::sso(broker, &sso.sso_region)?;
    let call =
        portal.get_role_credentials().access_token(token.access_token.expose()).account_id(account).role_name(role);
    let answer = broker.wait(call.send()).map_err(|error| {
        let described =
            aws_error::describe(broker, Service::Sso, "GetRoleCredentials", &error).without([&token.access_token]);
        match error.as_service_error() {
            Some(refusal) if refusal.is_unauthorized_exception() => {
                let session = Session::new(sso, Some(profile));
                let region = aws_error::clean(&sso.sso_region);
                session.login_needed(format!("AWS in {region} does not accept the login to {}", session.name()))
            }
            _ => in_words(described, account, role),
        }
    })?;
    let bad = || BrokerError::new("bad-answer", "IAM Identity Center answered without credentials");
    let given = answer.role_credentials.ok_or_else(bad)?;
    let (Some(access_key_id), Some(secret), Some(token)) =
        (given.access_key_id, given.secret_access_key, given.session_token)
    else {
        return Err(bad());
    };
    Ok(Credentials {
        access_key_id,
        secret_access_key: Secret::new(secret),
        session_token: Some(Secret::new(token)),
        expiration: Some(Timestamp::from_millisecond(given.expiration).map_err(|_| bad())?),
        account_id: Some(account.to_owned()),
    })
}

/// [`awsenv_core::broker::Task::RenewToken`].
pub(crate) fn renewed_token(broker: &Broker<'_>, sso: &Sso) -> Result<SsoToken> {
    let session = Session::new(sso, None);
    match token::renewed_here(broker, &session)? {
        Got::Token(token) => Ok(token),
        Got::LoginNeeded(why) => Err(session.login_needed(why)),
    }
}

/// Account and role; a session alone gives a token and no credentials.
fn role_of(sso: &Sso) -> Result<(&str, &str)> {
    match (&sso.account_id, &sso.role_name) {
        (Some(account), Some(role)) => Ok((account, role)),
        _ => Err(BrokerError::new("sso-token-only", "the profile names a session of IAM Identity Center and no role")
            .hint("add sso_account_id and sso_role_name")),
    }
}

/// Which role of which account it is that is refused, since AWS doesn't say.
fn in_words(error: BrokerError, account: &str, role: &str) -> BrokerError {
    let what = match error.code {
        "access-denied" => "is not assigned to you",
        "aws-not-found" => "does not exist",
        _ => return error,
    };
    let message = format!("the role {role} in account {account} {what}: {}", error.message);
    BrokerError { message, ..error }.hint(
        "sso_account_id and sso_role_name must be as the access portal lists them; your administrator assigns them",
    )
}
