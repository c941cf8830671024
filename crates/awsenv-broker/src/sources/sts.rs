//! Roles and sessions of STS.

use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use awsenv_core::chain::{AssumeRole, arn_account};
use awsenv_core::credentials::{Credentials, Secret};
use jiff::Timestamp;

use crate::broker::Broker;
use crate::client;
use crate::error::{BrokerError, Result};

/// STS AssumeRole (<https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>).
pub(crate) fn assume_role(broker: &Broker<'_>, role: &AssumeRole, before: &Credentials) -> Result<Credentials> {
    let sts = client::sts(broker, role.region.as_deref(), Some(&role.role_arn), Some(before))?;
    let name = role.role_session_name.clone().unwrap_or_else(|| format!("awsenv-{}", broker.now().as_second()));
    let call = sts
        .assume_role()
        .role_arn(&role.role_arn)
        .role_session_name(name)
        .set_external_id(role.external_id.clone())
        .set_duration_seconds(role.duration_seconds.and_then(|seconds| i32::try_from(seconds).ok()));
    let answer = broker.wait(call.send()).map_err(|error| failed("AssumeRole", &error))?;
    let account_id = answer.assumed_role_user().and_then(|user| arn_account(user.arn())).map(str::to_owned);
    let given = answer.credentials.ok_or_else(|| BrokerError::new("bad-answer", "STS answered without credentials"))?;
    Ok(Credentials {
        access_key_id: given.access_key_id,
        secret_access_key: Secret::new(given.secret_access_key),
        session_token: Some(Secret::new(given.session_token)),
        expiration: Timestamp::from_second(given.expiration.secs()).ok(),
        account_id,
    })
}

/// A failed call in words.
pub(crate) fn failed<E: ProvideErrorMetadata, R>(call: &str, error: &SdkError<E, R>) -> BrokerError {
    let code = error.code().unwrap_or("?");
    BrokerError::new("aws-refused", format!("{call}: {code}: {}", error.message().unwrap_or("?")))
}
