//! A session in place of keys that never end, for who does not want those in an environment.

use awsenv_core::account::KeyType;
use awsenv_core::credentials::Credentials;
use awsenv_host::freshness::Freshness;
use jiff::Timestamp;

use crate::broker::Broker;
use crate::error::Result;
use crate::sources::sts;
use crate::{chain, client, store};

/// Whether they are keys that don't end.
pub(crate) fn are_long_term(credentials: &Credentials) -> bool {
    credentials.session_token.is_none() && KeyType::of(&credentials.access_key_id) == KeyType::LongTerm
}

/// The session for `keys`, of `seconds` or as long as AWS gives; a cached one serves when it was made `since` then.
pub(crate) fn session(
    broker: &Broker<'_>,
    keys: &Credentials,
    seconds: Option<u32>,
    since: Timestamp,
) -> Result<Credentials> {
    let endpoint = client::endpoint(broker.calls(), "STS").map_or("", String::as_str);
    let length = seconds.map(|seconds| seconds.to_string()).unwrap_or_default();
    let key = ["session-token", &keys.access_key_id, &length, endpoint].join("\n");
    let what = format!("the session of the access key {}", keys.access_key_id.escape_debug());
    let cache = store::own_cache(broker);
    let find = || {
        let kept = cache.credentials(&key, broker.now())?;
        Some(kept).filter(|kept| kept.written.is_some_and(|written| written >= since))
    };
    let call = || {
        let fresh = || find().filter(|kept| kept.freshness(broker.now()) == Freshness::Fresh);
        store::one_call(
            broker,
            &key,
            &what,
            || fresh().map(|kept| kept.credentials),
            || {
                let session = sts::session_token(broker, keys, None, seconds)?;
                store::tell_if_not_kept(broker, cache.keep_credentials(&key, &session, broker.now()));
                Ok(session)
            },
        )
    };
    match find() {
        None => call(),
        Some(kept) if kept.freshness(broker.now()) == Freshness::Fresh => Ok(kept.credentials),
        Some(kept) => chain::renew(broker, &key, &what, kept, call).map(|(credentials, _)| credentials),
    }
}
