//! A process of its own for a renewal. Whoever wanted the token may be killed, stopped, or called off by Ctrl-C
//! meanwhile: the server has been asked, and what it answers must find its place.

use std::time::Duration;

use awsenv_core::broker::{FailureAnswer, Task, TokenAnswer};
use awsenv_core::credentials::Secret;
use awsenv_host::own_cache::Record;
use awsenv_host::process;
use awsenv_host::sso_cache::SsoToken;
use awsenv_host::timestamp::parse_expiration;
use jiff::SignedDuration;
use zeroize::Zeroizing;

use super::LOGIN_NEEDED;
use super::session::Session;
use super::token::{self, Got};
use crate::broker::Broker;
use crate::error::{BrokerError, Result};
use crate::store;

/// After a renewal that failed, or that takes long, the token that still lives is used for so long without another try:
/// the AWS SDK for Python tries once a minute, too.
const PAUSE: SignedDuration = SignedDuration::from_secs(60);

/// How long a renewal is waited for while the old token lives. It comes to its end all the same.
const PATIENCE: Duration = Duration::from_secs(5);

/// A new token in the place of `old`, which was read under the lock of those who want one.
pub(super) fn renew(broker: &Broker<'_>, session: &Session<'_>, old: SsoToken) -> Result<Got> {
    let lives = broker.now() < old.expires_at;
    let own = store::own_cache(broker);
    let failed_lately = format!("sso renewal failed {}", session.key.file_name());
    if lives && own.record(&failed_lately, broker.now()).is_some() {
        return Ok(Got::Token(old));
    }
    // A lock may be waited for that long, and then a call.
    let whole = Duration::from_millis(broker.calls().call_timeout_ms) * 3;
    let got = match ask(broker, session, if lives { PATIENCE } else { whole }) {
        Some(got) => got?,
        // It could not be started, or did not come to its end.
        None if lives => Got::Token(old.clone()),
        None => token::renewed_here(broker, session)?,
    };
    // The old one, or one that lives for minutes only: renewing it again at once would not help the next.
    if matches!(&got, Got::Token(token) if !token::is_fresh(broker, token)) {
        let _ = own.keep_record(&failed_lately, &Record::new(), broker.now() + PAUSE, broker.now());
    }
    Ok(got)
}

/// What the process says; `None` where it says nothing in time.
fn ask(broker: &Broker<'_>, session: &Session<'_>, patience: Duration) -> Option<Result<Got>> {
    let request = broker.request_for(Task::RenewToken(session.sso.clone()));
    let input = Zeroizing::new(serde_json::to_vec(&request).ok()?);
    let output = process::run_again(broker.captured, input, patience).ok()??;
    if let Ok(failed) = serde_json::from_slice::<FailureAnswer>(&output) {
        failed.notes.warnings.into_iter().for_each(|warning| broker.warn(warning));
        if failed.error.code == LOGIN_NEEDED {
            return Some(Ok(Got::LoginNeeded(failed.error.message)));
        }
        return Some(Err(BrokerError {
            // One of this program's own few.
            code: failed.error.code.leak(),
            message: failed.error.message,
            hint: failed.error.hint,
            place: failed.error.place,
            kind: failed.error.kind,
        }));
    }
    let TokenAnswer { access_token, expires_at, notes } = serde_json::from_slice(&output).ok()?;
    notes.warnings.into_iter().for_each(|warning| broker.warn(warning));
    let kept = token::read(broker, session).filter(|kept| kept.access_token == access_token);
    Some(Ok(Got::Token(kept.or_else(|| unkept(session, access_token, &expires_at))?)))
}

/// A token that could not be stored.
fn unkept(session: &Session<'_>, access_token: Secret, expires_at: &str) -> Option<SsoToken> {
    Some(SsoToken {
        start_url: Some(session.sso.start_url.clone()),
        region: Some(session.sso.sso_region.clone()),
        access_token,
        expires_at: parse_expiration(expires_at)?,
        refresh: None,
    })
}
