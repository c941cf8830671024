//! What awsenv's own cache keeps about MFA: sessions, and who refuses them.

use awsenv_core::credentials::Credentials;
use awsenv_core::session_key::mfa_session_key;
use awsenv_host::own_cache::Record;
use jiff::SignedDuration;

use super::Wish;
use crate::broker::Broker;
use crate::store;

/// How long a refusal is remembered: policies change.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The name of the field that says whether the role was had with a code on the call itself after a refusal.
const PROVEN: &str = "proven";

/// What refuses a session.
#[derive(Clone, Copy, Debug)]
pub(super) enum Refuser {
    /// GetSessionToken is not allowed for these keys.
    Keys,
    /// The role does not take the session.
    Role,
}

/// The key of the session that serves every role with this device: the keys, the device, and where STS is if not at
/// AWS. The same key id at another endpoint is another user.
pub(super) fn session_key(broker: &Broker<'_>, wish: &Wish<'_>) -> String {
    mfa_session_key(&wish.before.access_key_id, wish.serial, broker.calls().endpoint("STS"))
}

fn refusal_key(broker: &Broker<'_>, wish: &Wish<'_>, refuser: Refuser) -> String {
    let role = match refuser {
        Refuser::Keys => "",
        Refuser::Role => wish.role.role_arn.as_str(),
    };
    ["mfa-refusal", &session_key(broker, wish), role].join("\n")
}

/// The session that lives, if one does.
pub(super) fn session(broker: &Broker<'_>, wish: &Wish<'_>) -> Option<Credentials> {
    let cache = store::own_cache(broker);
    cache.credentials(&session_key(broker, wish), broker.now()).map(|entry| entry.credentials)
}

/// Keeps a session. One that can't be kept is used all the same, and the next role asks again.
pub(super) fn keep_session(broker: &Broker<'_>, wish: &Wish<'_>, session: &Credentials) {
    let kept = store::own_cache(broker).keep_credentials(&session_key(broker, wish), session, broker.now());
    if let Err(error) = kept {
        broker.warn(format!("the MFA session can't be kept, so the next role asks for a code again: {error}"));
    }
}

/// Forgets the session: AWS does not take it any more.
pub(super) fn forget_session(broker: &Broker<'_>, wish: &Wish<'_>) {
    // What can't be removed is refused by AWS again, and then forgotten again.
    let _ = store::own_cache(broker).forget(&session_key(broker, wish));
}

/// Whether sessions are known to be refused, so that the code goes with the call at once.
pub(super) fn is_refused(broker: &Broker<'_>, wish: &Wish<'_>) -> bool {
    [Refuser::Keys, Refuser::Role].into_iter().any(|refuser| recorded(broker, wish, refuser).is_some())
}

fn recorded(broker: &Broker<'_>, wish: &Wish<'_>, refuser: Refuser) -> Option<Record> {
    store::own_cache(broker).record(&refusal_key(broker, wish, refuser), broker.now())
}

/// Remembers a refusal, so that the next code goes with the call itself.
pub(super) fn remember_refusal(broker: &Broker<'_>, wish: &Wish<'_>, refuser: Refuser) {
    record(broker, wish, refuser, "no");
}

/// The call with a code went well: if a session was refused before, that is the rule here.
pub(super) fn confirm_refusals(broker: &Broker<'_>, wish: &Wish<'_>) {
    for refuser in [Refuser::Keys, Refuser::Role] {
        if recorded(broker, wish, refuser).is_some() {
            record(broker, wish, refuser, "yes");
        }
    }
}

/// The call with a code was refused, too: the session was not the reason, unless it once proved to be.
pub(super) fn forget_unproven_refusals(broker: &Broker<'_>, wish: &Wish<'_>) {
    for refuser in [Refuser::Keys, Refuser::Role] {
        let is_proven = |record: Record| record.get(PROVEN).is_some_and(|proven| proven == "yes");
        if recorded(broker, wish, refuser).is_some_and(|record| !is_proven(record)) {
            let _ = store::own_cache(broker).forget(&refusal_key(broker, wish, refuser));
        }
    }
}

fn record(broker: &Broker<'_>, wish: &Wish<'_>, refuser: Refuser, proven: &str) {
    let now = broker.now();
    let Ok(until) = now.checked_add(REMEMBERED) else { return };
    let record = Record::from([(PROVEN.to_owned(), proven.to_owned())]);
    // Not remembered: a session is tried again.
    let _ = store::own_cache(broker).keep_record(&refusal_key(broker, wish, refuser), &record, until, now);
}
