//! `credential_source = Environment`: the keys that the environment held before awsenv.

use awsenv_core::credentials::{Credentials, Secret};
use awsenv_core::switch::environment_keys;
use awsenv_host::timestamp::parse_expiration;

use crate::broker::Broker;
use crate::error::{BrokerError, Result};

/// The keys, with their end where the environment says it.
pub(crate) fn credentials(broker: &Broker<'_>) -> Result<Credentials> {
    let Some([Some(id), Some(secret), token]) = environment_keys(broker.captured) else {
        return Err(BrokerError::new("no-environment-keys", "there are no keys in the environment to start from")
            .hint(
                "credential_source = Environment takes AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN",
            ));
    };
    // Beside keys of awsenv's own, the variable speaks of those.
    let is_foreign = broker.captured.get_nonempty("AWSENV_KEY_ID").is_none();
    let expiration = broker.captured.get_nonempty("AWS_CREDENTIAL_EXPIRATION").filter(|_| is_foreign);
    let expiration = expiration.and_then(parse_expiration);
    if let Some(end) = expiration.filter(|end| *end <= broker.now()) {
        return Err(BrokerError::new("environment-expired", format!("the keys in the environment ended at {end}"))
            .hint("put new ones there, or unset AWS_CREDENTIAL_EXPIRATION if it speaks of others"));
    }
    Ok(Credentials {
        access_key_id: id.to_owned(),
        secret_access_key: Secret::new(secret),
        session_token: token.map(Secret::new),
        expiration,
        account_id: None,
    })
}
