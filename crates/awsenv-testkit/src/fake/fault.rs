//! What can go wrong with a service.

use std::collections::HashMap;
use std::time::Duration;

/// How an operation misbehaves ([`FakeAws::set_fault`](super::FakeAws::set_fault)).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// This HTTP status with the service's own kind of error body: `InternalFailure`, `ServiceUnavailable`.
    Status(u16),
    /// The service's own words for too many requests: `Throttling` (STS, IAM), 429 (portal, sign-in),
    /// `SlowDownException` (SSO OIDC).
    Throttle,
    /// The service's own kind of error body, with this status, code and message. Nothing is done.
    Refuse {
        /// The HTTP status.
        status: u16,
        /// AWS's code, such as `AccessDenied`.
        code: String,
        /// AWS's words.
        message: String,
    },
    /// No answer; the connection stays open until the fake ends.
    Hang,
    /// The connection is closed with no answer.
    Close,
    /// Status 200 and the right length, but the connection is closed after half of the body.
    CloseMidBody,
    /// Status 200 and a body that is neither XML nor JSON.
    Garbage,
    /// A well-formed answer with credentials, or an identity, of account `999999999999`.
    WrongAccount,
    /// The right answer, this much later.
    Delay(Duration),
    /// The operation is done (a code is used up, a token rotated), but the connection is closed instead of an answer.
    LoseAnswer,
}

impl Fault {
    /// A [`Refuse`](Self::Refuse).
    pub fn refuse(status: u16, code: &str, message: &str) -> Self {
        Self::Refuse { status, code: code.to_owned(), message: message.to_owned() }
    }

    /// By name, as the control paths have it: `status-503`, `throttle`, `hang`, `close`, `close-mid-body`, `garbage`,
    /// `wrong-account`, `delay-250` (milliseconds), `lose-answer`.
    pub fn parse(name: &str) -> Option<Self> {
        let number = |prefix: &str| name.strip_prefix(prefix).and_then(|rest| rest.parse::<u16>().ok());
        Some(match name {
            "throttle" => Self::Throttle,
            "hang" => Self::Hang,
            "close" => Self::Close,
            "close-mid-body" => Self::CloseMidBody,
            "garbage" => Self::Garbage,
            "wrong-account" => Self::WrongAccount,
            "lose-answer" => Self::LoseAnswer,
            _ => match number("status-") {
                Some(status) => Self::Status(status),
                None => Self::Delay(Duration::from_millis(number("delay-")?.into())),
            },
        })
    }
}

/// The account of [`Fault::WrongAccount`].
pub(crate) const WRONG_ACCOUNT: &str = "999999999999";

/// What is to go wrong next, by operation.
#[derive(Debug, Default)]
pub(crate) struct Faults(HashMap<String, Vec<(Fault, usize)>>);

impl Faults {
    /// Queues: faults of one operation happen in the order set.
    pub(crate) fn push(&mut self, operation: &str, fault: Fault, times: usize) {
        if times > 0 {
            self.0.entry(operation.to_owned()).or_default().push((fault, times));
        }
    }

    pub(crate) fn take(&mut self, operation: &str) -> Option<Fault> {
        let queue = self.0.get_mut(operation)?;
        let (fault, left) = queue.first_mut()?;
        let fault = fault.clone();
        *left -= 1;
        if *left == 0 {
            queue.remove(0);
        }
        Some(fault)
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}
