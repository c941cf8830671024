//! A chain is executed base first; each step signs with what the step before gave.

use awsenv_core::broker::CredentialsTask;
use awsenv_core::chain::{ChainStep, CredentialSource};
use awsenv_core::credentials::Credentials;

use crate::broker::Broker;
use crate::error::{BrokerError, Result};
use crate::mfa::{self, Wish};
use crate::sources;

/// Credentials at the end of the chain.
pub(crate) fn credentials(broker: &Broker<'_>, task: &CredentialsTask) -> Result<Credentials> {
    sources::sts::check_durations(broker, &task.chain)?;
    let mut before = None;
    for step in &task.chain.steps {
        let here = get(broker, step, before.as_ref()).map_err(|error| error.at(|| broker.place(step)))?;
        before = Some(here);
    }
    before.ok_or_else(|| BrokerError::new("broker-protocol", "the request holds no step of a chain"))
}

/// Whether the account of the chain's credentials is said by an ARN or by IAM Identity Center.
pub(crate) fn proves_account(task: &CredentialsTask) -> bool {
    match task.chain.steps.last().map(|step| &step.source) {
        Some(CredentialSource::Static { .. } | CredentialSource::CredentialProcess { .. }) | None => false,
        Some(source) => source.account_id().is_some(),
    }
}

fn get(broker: &Broker<'_>, step: &ChainStep, before: Option<&Credentials>) -> Result<Credentials> {
    match (&step.source, before) {
        (CredentialSource::Static { access_key_id, secret_access_key, session_token, account_id }, None) => {
            Ok(Credentials {
                access_key_id: access_key_id.clone(),
                secret_access_key: secret_access_key.clone(),
                session_token: session_token.clone(),
                expiration: None,
                account_id: account_id.clone(),
            })
        }
        (CredentialSource::AssumeRole(role), Some(before)) => Ok(match &role.mfa_serial {
            None => sources::sts::assume_role(broker, role, before, None)?,
            Some(serial) => {
                let wish = Wish { profile: &step.profile, role, serial, before };
                mfa::with_means(broker, &wish, |means| sources::sts::assume_role(broker, role, before, Some(means)))?
            }
        }
        .credentials),
        (CredentialSource::WebIdentity { role_arn, role_session_name, token_file, duration_seconds }, None) => {
            let settings = sources::web_identity::WebIdentity {
                role_arn,
                role_session_name: role_session_name.as_deref(),
                token_file,
                duration_seconds: *duration_seconds,
            };
            Ok(sources::web_identity::role_session(broker, &settings)?.credentials)
        }
        _ => Err(BrokerError::new("not-yet", "not yet")),
    }
}
