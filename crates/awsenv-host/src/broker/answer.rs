//! The broker's answer, read as strictly as anybody else's.

use awsenv_core::broker::{Failure, FailureKind, IdentityAnswer, LoginAnswer, LogoutAnswer, Notes, PROTOCOL};
use awsenv_core::credentials::Credentials;
use jiff::Timestamp;

use super::BrokerError;
use crate::credential_process::interpret_answer;
use crate::json::{self, JsonError, Object};

/// What the broker answered. Which kind it is, the one who asked knows.
pub struct Answer {
    object: Object,
    notes: Notes,
    now: Timestamp,
}

/// Reads the text of an answer; an `error` in it is the error. Credentials that are over at `now` are none.
///
/// # Errors
/// No answer of this version of the protocol, or a failure in the broker's words.
pub fn read_answer(bytes: &[u8], now: Timestamp) -> Result<Answer, BrokerError> {
    let object = json::parse_object(bytes)?;
    let notes = notes(&object)?;
    match object.object("error") {
        Ok(error) => Err(BrokerError::Failed { failure: Box::new(failure(error)?), warnings: notes.warnings }),
        Err(JsonError::Missing(_)) => Ok(Answer { object, notes, now }),
        Err(error) => Err(error.into()),
    }
}

impl Answer {
    /// What a person should know although it went well, each a line.
    pub fn warnings(&self) -> &[String] {
        &self.notes.warnings
    }

    /// The answer to [`Task::Credentials`](awsenv_core::broker::Task::Credentials).
    ///
    /// # Errors
    /// It is something else.
    pub fn credentials(&self) -> Result<Credentials, BrokerError> {
        interpret_answer(&self.object, self.now).map_err(|error| BrokerError::Answer(error.to_string()))
    }

    /// The answer to [`Task::CallerIdentity`](awsenv_core::broker::Task::CallerIdentity).
    ///
    /// # Errors
    /// It is something else.
    pub fn identity(&self) -> Result<IdentityAnswer, BrokerError> {
        let account_id = self.object.text("account_id")?.to_owned();
        if !awsenv_core::chain::is_account_id(&account_id) {
            return Err(BrokerError::Answer("`account_id` is not 12 digits".to_owned()));
        }
        Ok(IdentityAnswer {
            account_id,
            arn: self.object.text("arn")?.to_owned(),
            user_id: self.object.text("user_id")?.to_owned(),
            notes: self.notes.clone(),
        })
    }

    /// The answer to [`Task::Login`](awsenv_core::broker::Task::Login).
    ///
    /// # Errors
    /// It is something else.
    pub fn login(&self) -> Result<LoginAnswer, BrokerError> {
        Ok(LoginAnswer {
            expires_at: self.object.text("expires_at")?.to_owned(),
            renewable: self.object.boolean("renewable")?,
            was_valid: self.object.boolean("was_valid")?,
            notes: self.notes.clone(),
        })
    }

    /// The answer to [`Task::Logout`](awsenv_core::broker::Task::Logout).
    ///
    /// # Errors
    /// It is something else.
    pub fn logout(&self) -> Result<LogoutAnswer, BrokerError> {
        Ok(LogoutAnswer {
            tokens: self.object.count("tokens")?,
            role_credentials: self.object.count("role_credentials")?,
            notes: self.notes.clone(),
        })
    }
}

/// The version decides whether the rest means anything.
fn notes(object: &Object) -> Result<Notes, BrokerError> {
    let own = object.object("awsenv")?;
    let version = own.count("protocol")?;
    if version != PROTOCOL {
        return Err(BrokerError::Version { version });
    }
    let warnings = own.strings("warnings")?.into_iter().map(str::to_owned).collect();
    Ok(Notes { protocol: version, warnings })
}

fn failure(error: &Object) -> Result<Failure, BrokerError> {
    let code = error.text("code")?;
    if !code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        return Err(BrokerError::Answer("`code` is not a code".to_owned()));
    }
    let kind = match error.text("kind")? {
        "refused" => FailureKind::Refused,
        "needs-person" => FailureKind::NeedsPerson,
        "interrupted" => FailureKind::Interrupted,
        _ => return Err(BrokerError::Answer("`kind` is not a kind of failure".to_owned())),
    };
    Ok(Failure {
        code: code.to_owned(),
        message: error.prose("message")?.to_owned(),
        hint: error.optional_prose("hint")?.map(str::to_owned),
        place: error.optional_prose("place")?.map(str::to_owned),
        kind,
    })
}
