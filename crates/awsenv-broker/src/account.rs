//! The account of credentials, by what AWS says: a pin is judged by it.

use awsenv_core::chain::is_account_id;
use awsenv_core::credentials::Credentials;
use awsenv_core::session_key::{ACCOUNT_FIELD, account_key};
use awsenv_host::own_cache::Record;
use jiff::SignedDuration;

use crate::broker::Broker;
use crate::error::Result;
use crate::sources::identity::caller_identity;
use crate::store;

/// How long an answer is remembered. An access key belongs to one account for as long as it exists.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The account that STS names for `credentials`, now or some time before for the same access key.
pub(crate) fn verified(broker: &Broker<'_>, credentials: &Credentials) -> Result<String> {
    let key = account_key(&credentials.access_key_id, broker.calls().endpoint("STS"));
    let cache = store::own_cache(broker);
    let find = || {
        let account = cache.record(&key, broker.now())?.remove(ACCOUNT_FIELD)?;
        is_account_id(&account).then_some(account)
    };
    if let Some(account) = find() {
        return Ok(account);
    }
    let what = format!("the account of the access key {}", credentials.access_key_id.escape_debug());
    store::one_call(broker, &key, &what, find, || {
        let account = caller_identity(broker, credentials)?.account_id;
        let now = broker.now();
        if let Ok(until) = now.checked_add(REMEMBERED) {
            let record = Record::from([(ACCOUNT_FIELD.to_owned(), account.clone())]);
            store::tell_if_not_kept(broker, cache.keep_record(&key, &record, until, now));
        }
        Ok(account)
    })
}
