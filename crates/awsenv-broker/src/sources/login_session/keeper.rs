//! A renewal in a process of its own, as for a token of IAM Identity Center: whoever wanted it may be killed, stopped or
//! called off by Ctrl-C meanwhile, and the new refresh token still finds its place.

use std::time::Duration;

use awsenv_core::broker::{CredentialsAnswer, FailureAnswer, LoginRenewalTask, Task};
use awsenv_core::credentials::Credentials;
use awsenv_host::process;
use awsenv_host::timestamp::parse_expiration;
use zeroize::Zeroizing;

use crate::broker::Broker;
use crate::error::{BrokerError, Result};

/// How long a renewal is waited for while the old credentials live. It comes to its end all the same.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the process says; `None` where it could not be started, or says nothing in time.
pub(super) fn renew(
    broker: &Broker<'_>,
    profile: &str,
    login_session: &str,
    old_ones_live: bool,
) -> Option<Result<Credentials>> {
    let task = LoginRenewalTask { profile: profile.to_owned(), login_session: login_session.to_owned() };
    let request = broker.request_for(Task::RenewLogin(task));
    let input = Zeroizing::new(serde_json::to_vec(&request).ok()?);
    // A lock may be waited for that long, and then a call.
    let whole = Duration::from_millis(broker.calls().call_timeout_ms) * 3;
    let output = process::run_again(broker.captured, input, if old_ones_live { PATIENCE } else { whole }).ok()??;
    if let Ok(failed) = serde_json::from_slice::<FailureAnswer>(&output) {
        failed.notes.warnings.into_iter().for_each(|warning| broker.warn(warning));
        return Some(Err(BrokerError {
            // One of this program's own few.
            code: failed.error.code.leak(),
            message: failed.error.message,
            hint: failed.error.hint,
            place: failed.error.place,
            kind: failed.error.kind,
        }));
    }
    let answer: CredentialsAnswer = serde_json::from_slice(&output).ok()?;
    answer.notes.warnings.into_iter().for_each(|warning| broker.warn(warning));
    Some(Ok(Credentials {
        access_key_id: answer.access_key_id,
        secret_access_key: answer.secret_access_key,
        session_token: answer.session_token,
        expiration: answer.expiration.as_deref().and_then(parse_expiration),
        account_id: answer.account_id,
    }))
}
