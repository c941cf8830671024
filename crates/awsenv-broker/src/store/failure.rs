//! A failed call holds for everybody who waited for it: two hundred processes ask a role that denies them once.

use awsenv_core::broker::FailureKind;
use awsenv_host::own_cache::Record;
use jiff::{SignedDuration, Timestamp};

use super::own_cache;
use crate::broker::Broker;
use crate::error::BrokerError;

/// How long a failure lies there. It counts for those who waited when it came, and for renewals that can wait.
const REMEMBERED: SignedDuration = SignedDuration::from_mins(2);

/// How long after a failure a renewal is not tried again.
const PAUSE: SignedDuration = SignedDuration::from_mins(1);

const AT: &str = "at";
const CODE: &str = "code";
const MESSAGE: &str = "message";
const HINT: &str = "hint";

/// Tells those who wait for the lock of `key` how the call failed.
pub(super) fn tell(broker: &Broker<'_>, key: &str, error: &BrokerError) {
    // What a person stopped, or is needed for, is this process's affair; so are the credentials that it signed with.
    let is_own = matches!(error.code, "aws-credentials-expired" | "aws-credentials-invalid");
    let texts = [Some(error.message.as_str()), error.hint.as_deref()];
    if error.kind != FailureKind::Refused || is_own || texts.into_iter().flatten().any(|t| t.contains(char::is_control))
    {
        return;
    }
    let now = broker.now();
    let Ok(until) = now.checked_add(REMEMBERED) else { return };
    let mut record = Record::from([
        (AT.to_owned(), now.to_string()),
        (CODE.to_owned(), error.code.to_owned()),
        (MESSAGE.to_owned(), error.message.clone()),
    ]);
    record.extend(error.hint.iter().map(|hint| (HINT.to_owned(), hint.clone())));
    // Where it can't be told, everybody sees for himself.
    let _ = own_cache(broker).keep_record(&record_key(key), &record, until, now);
}

/// How the call for `key` failed within the last minute, if it did: what is not urgent is not tried again at once.
pub(super) fn lately(broker: &Broker<'_>, key: &str) -> Option<BrokerError> {
    told(broker, key, broker.now().checked_sub(PAUSE).ok()?)
}

/// How the call failed that was waited for since `asked`.
pub(super) fn told(broker: &Broker<'_>, key: &str, asked: Timestamp) -> Option<BrokerError> {
    let now = broker.now();
    let mut record = own_cache(broker).record(&record_key(key), now)?;
    let at = record.get(AT)?.parse::<Timestamp>().ok()?;
    // One of the future is one of before the clock was set back.
    if at < asked || at > now {
        return None;
    }
    // One a process at most, and then it ends.
    let code: &'static str = record.remove(CODE)?.leak();
    let error = BrokerError::new(code, record.remove(MESSAGE)?);
    Some(match record.remove(HINT) {
        Some(hint) => error.hint(hint),
        None => error,
    })
}

fn record_key(key: &str) -> String {
    format!("failure {key}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    /// What is told in `seconds` from now of an error that is told now.
    fn retold(error: &BrokerError, seconds: i64) -> Option<BrokerError> {
        let folder = tempfile::tempdir().unwrap();
        let mut request = testing::request(Vec::new());
        request.caches.own = folder.path().join("own");
        let environment = Default::default();
        let broker = Broker::new(&request, &environment).unwrap();
        tell(&broker, "key", error);
        assert!(told(&broker, "other", Timestamp::MIN).is_none());
        told(&broker, "key", broker.now() + SignedDuration::from_secs(seconds))
    }

    #[test]
    fn who_waited_gets_it_whole_and_who_came_later_does_not() {
        for error in [BrokerError::new("access-denied", "no"), BrokerError::new("timeout", "ä \"x\"").hint("wait")] {
            assert_eq!(retold(&error, -60), Some(error.clone()));
            assert_eq!(retold(&error, 60), None);
        }
    }

    #[test]
    fn what_is_one_process_s_own_is_not_told() {
        for error in [
            BrokerError::new("login-needed", "x").needs_person(),
            BrokerError::new("interrupted", "x").interrupted(),
            BrokerError::new("aws-credentials-expired", "x"),
            BrokerError::new("aws-refused", "a\u{1b}[31m"),
        ] {
            assert_eq!(retold(&error, -60), None);
        }
    }
}
