//! Who credentials belong to: STS GetCallerIdentity.

use awsenv_core::credentials::Credentials;

use crate::aws_error::{Service, describe};
use crate::broker::Broker;
use crate::client;
use crate::error::{BrokerError, Result};

/// The answer of STS.
pub(crate) struct CallerIdentity {
    /// The account.
    pub(crate) account_id: String,
    /// The ARN.
    pub(crate) arn: String,
    /// The unique id.
    pub(crate) user_id: String,
}

/// Asks STS, which needs no permission for it
/// (<https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>).
pub(crate) fn caller_identity(broker: &Broker<'_>, credentials: &Credentials) -> Result<CallerIdentity> {
    let sts = client::sts(broker, None, None, Some(credentials))?;
    let answer = broker
        .wait(sts.get_caller_identity().send())
        .map_err(|error| describe(broker, Service::Sts, "GetCallerIdentity", &error))?;
    match (answer.account, answer.arn, answer.user_id) {
        (Some(account_id), Some(arn), Some(user_id)) => Ok(CallerIdentity { account_id, arn, user_id }),
        _ => Err(BrokerError::new("bad-answer", "STS did not say who the credentials belong to")),
    }
}
