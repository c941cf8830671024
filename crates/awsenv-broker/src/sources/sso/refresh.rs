//! Renewing a token by its refresh token.
//!
//! A refresh token may be good for one use, and a lost one means a new login. So the file's new place is made before the
//! server is asked, nothing stands between the answer and its place, and Ctrl-C has to wait; and it is done in a process
//! of its own ([`keeper`](super::keeper)). What remains is the moment between the answer's leaving the server and the
//! rename here, should that process itself be killed.

use aws_sdk_ssooidc::operation::create_token::{CreateTokenError, CreateTokenOutput};
use awsenv_core::credentials::Secret;
use awsenv_host::interrupt::Interrupts;
use awsenv_host::sso_cache::{NewSsoToken, SsoClient, SsoRefresh, SsoToken, TokenRenewal};
use jiff::ToSpan;

use super::session::Session;
use super::token::{self, Got};
use crate::aws_error::{self, Service};
use crate::broker::Broker;
use crate::client;
use crate::error::{BrokerError, Result};
use crate::store;

/// Does `work` on the token of `session` while no other process does.
pub(crate) fn locked<T>(broker: &Broker<'_>, session: &Session<'_>, work: impl FnOnce() -> Result<T>) -> Result<T> {
    store::locked(broker, &session.writing(), &format!("a new token for {}", session.name()), work)
}

/// Trades the refresh token of `old`, which was read under the lock, for a new token, and keeps that. Where it fails and
/// `old` is still accepted, `old` it is.
pub(super) fn refresh(broker: &Broker<'_>, session: &Session<'_>, old: SsoToken) -> Result<Got> {
    let Some(with) = &old.refresh else { return Ok(or_login(broker, session, old)) };
    let lives = broker.now() < old.expires_at;
    let place = match TokenRenewal::prepare(&broker.caches().sso, &session.key) {
        Ok(place) => Some(place),
        // It would use up a refresh token that can't be replaced.
        Err(_) if lives => return Ok(Got::Token(old)),
        Err(error) => {
            broker.warn(format!("the new token for {} can't be stored: {error}", session.name()));
            None
        }
    };
    let interrupts = Interrupts::hold();
    let answer = ask(broker, session, with);
    let got = match answer {
        Ok(new) => Ok(keep(broker, session, &old, new, place)),
        Err(failed) => match somebody_elses(broker, session, &old) {
            Some(theirs) => Ok(theirs),
            None if lives => {
                broker.warn(format!("the token for {} is used on, it was not renewed: {failed}", session.name()));
                Ok(Got::Token(old))
            }
            None => match failed {
                Failed::NoLonger(error) => {
                    Ok(Got::LoginNeeded(format!("{} and AWS does not renew it: {error}", token::over(session))))
                }
                Failed::Other(error) => Err(error),
            },
        },
    };
    if interrupts.is_ok_and(|interrupts| interrupts.asked()) {
        return Err(BrokerError::new("interrupted", "stopped").interrupted());
    }
    got
}

/// Puts the new token in its place, unless somebody has logged in meanwhile: that token has a longer life before it.
fn keep(
    broker: &Broker<'_>,
    session: &Session<'_>,
    old: &SsoToken,
    new: NewSsoToken,
    place: Option<TokenRenewal>,
) -> Got {
    if let Some(theirs) = somebody_elses(broker, session, old) {
        return theirs;
    }
    if let Some(Err(error)) = place.map(|place| place.put(&new)) {
        broker.warn(format!("the new token for {} can't be stored: {error}", session.name()));
    }
    Got::Token(as_read(new))
}

/// The token that another tool, which knows nothing of our lock, has put in the place of `old`.
fn somebody_elses(broker: &Broker<'_>, session: &Session<'_>, old: &SsoToken) -> Option<Got> {
    let kept = token::read(broker, session)?;
    (kept.access_token != old.access_token && broker.now() < kept.expires_at).then_some(Got::Token(kept))
}

fn or_login(broker: &Broker<'_>, session: &Session<'_>, old: SsoToken) -> Got {
    if broker.now() < old.expires_at { Got::Token(old) } else { Got::LoginNeeded(token::over(session)) }
}

/// Why a refresh failed.
#[derive(Debug, thiserror::Error)]
enum Failed {
    /// The refresh token, or the client, is not accepted any more.
    #[error(transparent)]
    NoLonger(BrokerError),
    /// Anything else; it may work later.
    #[error(transparent)]
    Other(BrokerError),
}

/// CreateToken with the grant `refresh_token`
/// (<https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html>).
fn ask(broker: &Broker<'_>, session: &Session<'_>, with: &SsoRefresh) -> std::result::Result<NewSsoToken, Failed> {
    let oidc = client::oidc(broker, &session.sso.sso_region).map_err(Failed::Other)?;
    let call = oidc
        .create_token()
        .grant_type("refresh_token")
        .client_id(&with.client.client_id)
        .client_secret(with.client.client_secret.expose())
        .refresh_token(with.refresh_token.expose());
    let answer = broker.wait(call.send()).map_err(|error| {
        let described = aws_error::describe(broker, Service::SsoOidc, "CreateToken", &error)
            .without([&with.refresh_token, &with.client.client_secret]);
        match error.as_service_error() {
            Some(
                CreateTokenError::InvalidGrantException(_)
                | CreateTokenError::ExpiredTokenException(_)
                | CreateTokenError::InvalidClientException(_)
                | CreateTokenError::UnauthorizedClientException(_)
                | CreateTokenError::AccessDeniedException(_),
            ) => Failed::NoLonger(described),
            _ => Failed::Other(described),
        }
    })?;
    // RFC 6749, section 6: where none comes, the old one stays good.
    new_token(broker, session, answer, with.client.clone(), Some(&with.refresh_token)).map_err(Failed::Other)
}

/// As a refresh, for a token that is not to be kept; `None` where AWS does not renew it any more.
pub(crate) fn traded(broker: &Broker<'_>, session: &Session<'_>, token: &SsoToken) -> Result<Option<Secret>> {
    match token.refresh.as_ref().map(|with| ask(broker, session, with)) {
        Some(Ok(new)) => Ok(Some(new.access_token)),
        Some(Err(Failed::NoLonger(_))) | None => Ok(None),
        Some(Err(Failed::Other(error))) => Err(error),
    }
}

/// What CreateToken gave, to be kept.
pub(crate) fn new_token(
    broker: &Broker<'_>,
    session: &Session<'_>,
    answer: CreateTokenOutput,
    client: SsoClient,
    refresh_token: Option<&Secret>,
) -> Result<NewSsoToken> {
    let bad = |what: &str| BrokerError::new("bad-answer", format!("IAM Identity Center's login service {what}"));
    let access_token = answer.access_token.filter(|token| !token.is_empty()).map(Secret::new);
    let access_token = access_token.ok_or_else(|| bad("answered without a token"))?;
    for secret in [Some(access_token.expose()), answer.refresh_token.as_deref()].into_iter().flatten() {
        if secret.bytes().any(|byte| byte.is_ascii_control()) {
            return Err(bad("answered with a token that is none"));
        }
    }
    if answer.expires_in <= 0 {
        return Err(bad("answered with a token that is over"));
    }
    Ok(NewSsoToken {
        start_url: session.sso.start_url.clone(),
        region: session.sso.sso_region.clone(),
        access_token,
        expires_at: broker.now() + i64::from(answer.expires_in).seconds(),
        client,
        refresh_token: answer
            .refresh_token
            .filter(|token| !token.is_empty())
            .map(Secret::new)
            .or(refresh_token.cloned()),
    })
}

/// The token as it would be read from its file.
pub(crate) fn as_read(new: NewSsoToken) -> SsoToken {
    SsoToken {
        start_url: Some(new.start_url),
        region: Some(new.region),
        access_token: new.access_token,
        expires_at: new.expires_at,
        refresh: new.refresh_token.map(|refresh_token| SsoRefresh { client: new.client, refresh_token }),
    }
}
