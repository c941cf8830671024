//! What went wrong, in the shape that goes back to awsenv.

use awsenv_core::broker::{Failure, FailureKind};
use thiserror::Error;

/// A failure: what happened, where, what to do next, and a stable code. Never holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub(crate) struct BrokerError {
    /// The stable code, kebab case.
    pub(crate) code: &'static str,
    /// What happened: lower case, no full stop.
    pub(crate) message: String,
    /// What to do next.
    pub(crate) hint: Option<String>,
    /// `path:line` in one of the user's files.
    pub(crate) place: Option<String>,
    /// What kind of end it is.
    pub(crate) kind: FailureKind,
}

/// What a part of the broker gives back.
pub(crate) type Result<T> = std::result::Result<T, BrokerError>;

impl BrokerError {
    /// A refusal without a place.
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None, place: None, kind: FailureKind::Refused }
    }

    /// Adds what to do next.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the place, unless there is one already: the innermost step knows best.
    pub(crate) fn at(mut self, place: impl FnOnce() -> String) -> Self {
        self.place.get_or_insert_with(place);
        self
    }

    /// Makes it something that only a person can put right.
    pub(crate) fn needs_person(mut self) -> Self {
        self.kind = FailureKind::NeedsPerson;
        self
    }

    /// Makes it something that the person at the terminal has stopped.
    pub(crate) fn interrupted(mut self) -> Self {
        self.kind = FailureKind::Interrupted;
        self
    }
}

impl From<BrokerError> for Failure {
    fn from(error: BrokerError) -> Self {
        Self {
            code: error.code.to_owned(),
            message: error.message,
            hint: error.hint,
            place: error.place,
            kind: error.kind,
        }
    }
}
