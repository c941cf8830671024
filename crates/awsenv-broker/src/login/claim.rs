//! One login for many: who comes second waits for the token of who came first.

use std::time::Duration;

use awsenv_host::interrupt::Interrupts;
use awsenv_host::lock::{Lock, LockError, Waiting};
use awsenv_host::process;
use awsenv_host::sso_cache::SsoToken;

use super::cancelled;
use super::screen::Screen;
use crate::broker::Broker;
use crate::error::Result;
use crate::sources::sso::Session;
use crate::store;

/// How often is looked for the token, and whether the one who logs in is stopped.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// How many logins of one session may be stopped (Ctrl-Z) before nobody waits for another any more.
const LANES: u32 = 3;

/// Who logs in.
pub(super) enum Claim {
    /// This process. Without a lock where none can be had: two pages are better than none.
    Ours(Option<Lock>),
    /// Another one did.
    Theirs(SsoToken),
}

/// Claims the login to `session`, or waits for another process's, showing whose. `arrived` looks for its token.
///
/// The claim is over when its process ends, however it ends. Who is stopped is not waited for.
pub(super) fn claim(
    broker: &Broker<'_>,
    session: &Session<'_>,
    interrupts: &Interrupts,
    screen: &mut Screen,
    arrived: impl Fn() -> Option<SsoToken>,
) -> Result<Claim> {
    let cache = store::own_cache(broker);
    let key = format!("sso login {}", session.key.file_name());
    for lane in 0..LANES {
        let mut looked = Duration::ZERO;
        let mut token = None;
        let mut is_stopped = false;
        let lock = Lock::acquire_while(&cache.lock(&key, lane), |waiting| {
            if waiting.waited >= looked + LOOK_EVERY || looked.is_zero() {
                looked = waiting.waited.max(Duration::from_nanos(1));
                token = arrived();
                is_stopped = waiting.holder.is_some_and(process::is_stopped);
                screen.wait(&whom(session, waiting), None);
            }
            token.is_none() && !is_stopped && !interrupts.asked()
        });
        match lock {
            // Whoever had it before may have left a token, just now.
            Ok(lock) => return Ok(arrived().map_or(Claim::Ours(Some(lock)), Claim::Theirs)),
            Err(LockError::Held { .. }) => {}
            Err(_) => return Ok(Claim::Ours(None)),
        }
        if let Some(token) = token {
            return Ok(Claim::Theirs(token));
        }
        if interrupts.asked() {
            return Err(cancelled());
        }
    }
    Ok(Claim::Ours(None))
}

fn whom(session: &Session<'_>, waiting: &Waiting) -> String {
    let holder = waiting.holder.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"));
    format!("waiting for {holder}, which is logging in to {}", session.name())
}
