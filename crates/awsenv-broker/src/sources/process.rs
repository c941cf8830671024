//! `credential_process`, as the base of a chain.

use awsenv_core::credentials::Credentials;
use awsenv_host::credential_process::{self, BACKGROUND_LIMIT, Request};

use crate::broker::Broker;
use crate::error::{BrokerError, Result};

/// What the `command` of `profile` prints. `account_id` is what the user wrote beside it.
pub(crate) fn credentials(
    broker: &Broker<'_>,
    profile: &str,
    command: &str,
    account_id: Option<&str>,
) -> Result<Credentials> {
    let limit = (!broker.person().may_ask).then_some(BACKGROUND_LIMIT);
    let request = Request { command, profile, environment: &broker.environment, limit };
    let mut credentials = credential_process::run(&request).map_err(|error| {
        let told = BrokerError::new(error.code(), error.to_string());
        match error.hint() {
            Some(hint) => told.hint(hint),
            None => told,
        }
    })?;
    match (credentials.account_id.as_deref(), account_id) {
        (Some(given), Some(meant)) if given != meant => Err(BrokerError::new(
            "account-mismatch",
            format!(
                "the credential_process of {profile:?} gave credentials for account {given}, the profile is for {meant}"
            ),
        )
        .hint("aws_account_id beside the command says the account")),
        (None, Some(meant)) => {
            credentials.account_id = Some(meant.to_owned());
            Ok(credentials)
        }
        _ => Ok(credentials),
    }
}
