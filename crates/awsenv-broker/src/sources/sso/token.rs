//! The token that is kept for a session: read, and renewed where that is due.

use std::time::Duration;

use awsenv_host::cache::CacheRead;
use awsenv_host::freshness::LONGEST_RENEW_WINDOW;
use awsenv_host::sso_cache::{self, SsoState, SsoToken};

use super::keeper;
use super::refresh;
use super::session::Session;
use crate::broker::Broker;
use crate::error::Result;
use crate::store;

/// How often, and with what pauses, a file is read again that holds no token: the AWS CLI writes in place, and so it is
/// empty or cut off for a moment.
const READS: u32 = 5;
const PAUSE: Duration = Duration::from_millis(10);

/// What there is to go on with.
pub(crate) enum Got {
    /// A token that is accepted.
    Token(SsoToken),
    /// None; why, in words.
    LoginNeeded(String),
}

/// The token that is kept, whatever its age.
pub(crate) fn read(broker: &Broker<'_>, session: &Session<'_>) -> Option<SsoToken> {
    for _ in 1..READS {
        match sso_cache::read_token(&broker.caches().sso, &session.key) {
            CacheRead::Found(token) => return Some(token),
            CacheRead::Absent => return None,
            CacheRead::Unusable(_) => std::thread::sleep(PAUSE),
        }
    }
    sso_cache::read_token(&broker.caches().sso, &session.key).found()
}

/// Whether it is accepted for long enough that nobody renews it yet.
pub(crate) fn is_fresh(broker: &Broker<'_>, token: &SsoToken) -> bool {
    token.expires_at.duration_since(broker.now()) >= LONGEST_RENEW_WINDOW
}

/// A token that is accepted, renewed where less than 15 minutes are left and it can be.
pub(crate) fn usable(broker: &Broker<'_>, session: &Session<'_>) -> Result<Got> {
    let Some(token) = read(broker, session) else {
        return Ok(Got::LoginNeeded(match sso_cache::read_token(&broker.caches().sso, &session.key) {
            CacheRead::Unusable(reason) => format!("the login to {} can't be used: {reason}", session.name()),
            _ => format!("nobody is logged in to {}", session.name()),
        }));
    };
    if is_fresh(broker, &token) {
        return Ok(Got::Token(token));
    }
    if can_be_renewed(broker, &token) {
        return renewed(broker, session);
    }
    match token.state(broker.now()) {
        SsoState::Valid => Ok(Got::Token(token)),
        _ => Ok(Got::LoginNeeded(over(session))),
    }
}

/// A new token in the place of the one that is kept. One process asks for it, and all that want it take it.
pub(crate) fn renewed(broker: &Broker<'_>, session: &Session<'_>) -> Result<Got> {
    let what = format!("a new token for {}", session.name());
    store::locked(broker, &session.wanting(), &what, || {
        unless_done(broker, session, |token| keeper::renew(broker, session, token))
    })
}

/// As [`renewed`], by this very process.
pub(crate) fn renewed_here(broker: &Broker<'_>, session: &Session<'_>) -> Result<Got> {
    refresh::locked(broker, session, || unless_done(broker, session, |token| refresh::refresh(broker, session, token)))
}

/// Does `renew`, unless whoever had the lock before has done it, or it can't be done.
fn unless_done(broker: &Broker<'_>, session: &Session<'_>, renew: impl FnOnce(SsoToken) -> Result<Got>) -> Result<Got> {
    match read(broker, session) {
        Some(token) if is_fresh(broker, &token) => Ok(Got::Token(token)),
        Some(token) if can_be_renewed(broker, &token) => renew(token),
        Some(token) if broker.now() < token.expires_at => Ok(Got::Token(token)),
        _ => Ok(Got::LoginNeeded(over(session))),
    }
}

/// Whether the server can be asked for another without a person.
pub(crate) fn can_be_renewed(broker: &Broker<'_>, token: &SsoToken) -> bool {
    token.refresh.as_ref().is_some_and(|refresh| broker.now() < refresh.client.expires_at)
}

pub(super) fn over(session: &Session<'_>) -> String {
    format!("the login to {} is over", session.name())
}
