//! Work that many processes want done at once, done once.

mod failure;

use std::io::{IsTerminal, Write};
use std::time::Duration;

use awsenv_host::files::FileError;
use awsenv_host::lock::{Lock, Waiting};
use awsenv_host::own_cache::OwnCache;
use awsenv_host::process;

use crate::broker::Broker;
use crate::error::{BrokerError, Result};

/// How long is waited before a person hears for whom.
const SILENCE: Duration = Duration::from_secs(1);

/// How long is waited before, and between, two looks at whether the holder is stopped.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// How many locks a key has: where the holder of one is stopped (Ctrl-Z), those who wait go on to the next together.
const LANES: u32 = 3;

/// Does `work` while this process alone holds the lock of `key`; `what` says in a few words what is waited for
/// (`a session of arn:…`).
///
/// `work` looks into the cache first: whoever held the lock before may have done it all. Never hold the lock while a
/// person types, nor take a second one of the same key within.
///
/// The lock is a courtesy to AWS and the user, never a reason to fail or to hang. It is let go when its holder ends,
/// however it ends. A holder that is stopped, or that keeps it for longer than a whole call may take, is not waited
/// for; where no lock can be made (a folder that is read-only, full, or another user's) `work` is done without.
pub(crate) fn locked<T>(broker: &Broker<'_>, key: &str, what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let _lock = take(broker, key, what);
    work()
}

/// What is `kept`, else the answer of `call`, which one of all the processes that want it at once makes: the others find
/// it kept, or get the failure that they waited for. Otherwise as [`locked`].
pub(crate) fn one_call<T>(
    broker: &Broker<'_>,
    key: &str,
    what: &str,
    kept: impl FnOnce() -> Option<T>,
    call: impl FnOnce() -> Result<T>,
) -> Result<T> {
    let asked = broker.now();
    locked(broker, key, what, || {
        if let Some(kept) = kept() {
            return Ok(kept);
        }
        if let Some(error) = failure::told(broker, key, asked) {
            return Err(error);
        }
        call().inspect_err(|error| failure::tell(broker, key, error))
    })
}

/// How [`one_call`] for `key` failed a moment ago, if it did: what is not urgent is not tried again at once.
pub(crate) fn failed_lately(broker: &Broker<'_>, key: &str) -> Option<BrokerError> {
    failure::lately(broker, key)
}

/// awsenv's own cache.
pub(crate) fn own_cache(broker: &Broker<'_>) -> OwnCache {
    OwnCache::new(&broker.caches().own)
}

/// A session that can't be kept serves all the same; the next one who wants it asks AWS again. In another user's home
/// (`sudo`) that is as it should be, and nobody hears of it.
pub(crate) fn tell_if_not_kept(broker: &Broker<'_>, kept: std::result::Result<(), FileError>) {
    match kept {
        Ok(()) | Err(FileError::OtherOwner { .. }) => {}
        Err(error) => broker.warn(format!("what AWS gave can't be kept for the next time: {error}")),
    }
}

fn take(broker: &Broker<'_>, key: &str, what: &str) -> Option<Lock> {
    let limit = Duration::from_millis(broker.calls().call_timeout_ms);
    let cache = own_cache(broker);
    if cache.is_another_user_s() {
        return None;
    }
    let mut told = false;
    let mut waited = Duration::ZERO;
    for lane in 0..LANES {
        let mut is_stopped = false;
        let mut looked = Duration::ZERO;
        let before = waited;
        let lock = Lock::acquire_while(&cache.lock(key, lane), |waiting| {
            waited = before + waiting.waited;
            if waiting.waited >= looked + LOOK_EVERY {
                looked = waiting.waited;
                is_stopped = waiting.holder.is_some_and(process::is_stopped);
            }
            if waited >= SILENCE && !told {
                told = true;
                say_who_is_waited_for(waiting, what);
            }
            !is_stopped && waited < limit
        });
        if lock.is_ok() || !is_stopped {
            return lock.ok();
        }
    }
    None
}

/// On standard error, where somebody reads it.
fn say_who_is_waited_for(waiting: &Waiting, what: &str) {
    let mut stderr = std::io::stderr();
    if stderr.is_terminal() {
        let holder = waiting.holder.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"));
        let _ = writeln!(stderr, "awsenv: waiting for {holder}, which is getting {what}");
    }
}
