//! From the bytes of a request to the bytes of an answer.

use awsenv_core::broker::{
    CredentialsAnswer, CredentialsTask, FailureAnswer, IdentityAnswer, LoginAnswer, LogoutAnswer, Notes, PROTOCOL,
    Request, Task, TokenAnswer,
};
use awsenv_core::credentials::Credentials;
use awsenv_core::environment::Environment;
use awsenv_host::sso_cache::SsoToken;
use awsenv_host::timestamp::format_expiration;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::broker::Broker;
use crate::error::{BrokerError, Result};
use crate::login::{self, LoggedIn};
use crate::logout::{self, LoggedOut};
use crate::{account, chain, sources};

/// Does what `request` asks and returns the answer as JSON. `environment` is the process's own.
pub fn answer_request(request: &[u8], environment: &Environment) -> Zeroizing<Vec<u8>> {
    let mut notes = Notes { protocol: PROTOCOL, warnings: Vec::new() };
    let answered = read(request).and_then(|request| {
        let broker = Broker::new(&request, environment)?;
        let answered = perform(&broker, &request.task);
        notes.warnings = broker.take_warnings();
        answered.map(|answered| answered.to_json(notes.clone()))
    });
    answered.unwrap_or_else(|error| to_json(&FailureAnswer { error: error.into(), notes }))
}

enum Answered {
    Credentials(Credentials),
    Identity { account_id: String, arn: String, user_id: String },
    LoggedIn(LoggedIn),
    LoggedOut(LoggedOut),
    Token(SsoToken),
}

fn perform(broker: &Broker<'_>, task: &Task) -> Result<Answered> {
    match task {
        Task::Credentials(task) => Ok(Answered::Credentials(credentials(broker, task)?)),
        Task::CallerIdentity(task) => {
            let credentials = chain::credentials(broker, task)?;
            let identity = sources::identity::caller_identity(broker, &credentials)?;
            Ok(Answered::Identity { account_id: identity.account_id, arn: identity.arn, user_id: identity.user_id })
        }
        Task::Login(task) => Ok(Answered::LoggedIn(login::login(broker, task)?)),
        Task::Logout(task) => Ok(Answered::LoggedOut(logout::logout(broker, task)?)),
        Task::RenewLogin(task) => Ok(Answered::Credentials(sources::login_session::renewed_here(broker, task)?)),
        Task::RenewToken(sso) => Ok(Answered::Token(sources::sso::renewed_token(broker, sso)?)),
    }
}

fn credentials(broker: &Broker<'_>, task: &CredentialsTask) -> Result<Credentials> {
    let mut credentials = chain::credentials(broker, task)?;
    if task.needs_account && !chain::proves_account(task) {
        credentials.account_id = Some(account::verified(broker, &credentials)?);
    }
    Ok(credentials)
}

/// Only the version is read before the rest: the rest may be of another version.
fn read(bytes: &[u8]) -> Result<Request> {
    #[derive(Deserialize)]
    struct Version {
        protocol: u32,
    }
    let bad = |_| {
        BrokerError::new("broker-protocol", "the request can't be read")
            .hint("awsenv and awsenv-broker are of different versions: install both anew")
    };
    let Version { protocol } = serde_json::from_slice(bytes).map_err(bad)?;
    if protocol != PROTOCOL {
        return Err(BrokerError::new(
            "broker-protocol",
            format!("awsenv speaks version {protocol} of the protocol, this awsenv-broker version {PROTOCOL}"),
        )
        .hint("install both anew, from one build"));
    }
    serde_json::from_slice(bytes).map_err(bad)
}

impl Answered {
    fn to_json(&self, notes: Notes) -> Zeroizing<Vec<u8>> {
        match self {
            Self::Credentials(credentials) => to_json(&CredentialsAnswer {
                version: 1,
                access_key_id: credentials.access_key_id.clone(),
                secret_access_key: credentials.secret_access_key.clone(),
                session_token: credentials.session_token.clone(),
                expiration: credentials.expiration.map(format_expiration),
                account_id: credentials.account_id.clone(),
                notes,
            }),
            Self::Identity { account_id, arn, user_id } => to_json(&IdentityAnswer {
                account_id: account_id.clone(),
                arn: arn.clone(),
                user_id: user_id.clone(),
                notes,
            }),
            Self::LoggedIn(login) => to_json(&LoginAnswer {
                expires_at: format_expiration(login.expires_at),
                renewable: login.renewable,
                was_valid: login.was_valid,
                notes,
            }),
            Self::LoggedOut(logout) => {
                to_json(&LogoutAnswer { tokens: logout.tokens, role_credentials: logout.role_credentials, notes })
            }
            Self::Token(token) => to_json(&TokenAnswer {
                access_token: token.access_token.clone(),
                expires_at: token.expires_at.to_string(),
                notes,
            }),
        }
    }
}

fn to_json(answer: &impl Serialize) -> Zeroizing<Vec<u8>> {
    // Room from the start, so that no half-grown copy of a secret stays behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(16 << 10));
    // Plain structs of text are always written.
    let _ = serde_json::to_writer(&mut *bytes, answer);
    bytes.push(b'\n');
    bytes
}
