//! What AWS, or the way to it, said no with, in words that somebody can act on.
//!
//! AWS's own messages are text from outside: [`text::clean`] takes out what could harm a terminal or give a secret away.
//! Every error of a service carries AWS's code and the id of the request, which AWS's support asks for.

mod network;
mod refusal;
mod text;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId;
use awsenv_core::credentials::Secret;
use jiff::{SignedDuration, Timestamp};

use crate::broker::Broker;
use crate::client;
use crate::error::BrokerError;
pub(crate) use refusal::in_words;
pub(crate) use text::clean;

/// The service that was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    /// Security Token Service.
    Sts,
    /// The portal of IAM Identity Center: role credentials, logout.
    Sso,
    /// IAM Identity Center's OIDC service: login, refresh.
    SsoOidc,
    /// AWS Sign-In (`aws login`).
    Signin,
}

impl Service {
    /// As people call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sts => "STS",
            Self::Sso => "IAM Identity Center",
            Self::SsoOidc => "IAM Identity Center's login service",
            Self::Signin => "AWS Sign-In",
        }
    }

    /// As in `AWS_ENDPOINT_URL_…`, and in [`awsenv_core::broker::CallSettings::endpoint_urls`].
    pub(crate) fn variable(self) -> &'static str {
        match self {
            Self::Sts => "STS",
            Self::Sso => "SSO",
            Self::SsoOidc => "SSO_OIDC",
            Self::Signin => "SIGNIN",
        }
    }
}

/// The failed call of `operation` in words, with a stable code and, where there is one, a next step.
pub(crate) fn describe<E>(
    broker: &Broker<'_>,
    service: Service,
    operation: &str,
    error: &SdkError<E, HttpResponse>,
) -> BrokerError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    if let Some(own) = client::own_failure(error) {
        return own.clone();
    }
    let way = network::Way::new(broker, service);
    match error {
        SdkError::ConstructionFailure(_) => {
            BrokerError::new("request-invalid", format!("{operation} can't be called: {}", clean(&chain_text(error))))
        }
        SdkError::TimeoutError(_) => way.timed_out(&chain_text(error)),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => way.timed_out(&chain_text(error)),
        SdkError::DispatchFailure(_) => way.failed(&network::causes(error)),
        SdkError::ResponseError(response) => way.broken_answer(response.raw().status().as_u16(), error.request_id()),
        SdkError::ServiceError(refused) => {
            let answer = Answer {
                service,
                operation,
                status: refused.raw().status().as_u16(),
                code: error.code().map(clean).filter(|code| !code.is_empty()),
                message: error.message().unwrap_or("").to_owned(),
                request_id: error.request_id().map(clean),
                ahead_of_server: server_time(refused.raw()).map(|server| broker.now().duration_since(server)),
            };
            match &answer.code {
                Some(code) => refusal::describe(&answer, code),
                None => way.wordless_answer(&answer),
            }
        }
        _ => BrokerError::new("aws-refused", format!("{} failed: {}", operation, clean(&chain_text(error)))),
    }
}

/// An answer that is not the one hoped for.
struct Answer<'a> {
    service: Service,
    operation: &'a str,
    status: u16,
    /// AWS's own code, cleaned.
    code: Option<String>,
    /// AWS's own message, as it came.
    message: String,
    request_id: Option<String>,
    /// How far this machine's clock is ahead of the server's, where the answer was dated.
    ahead_of_server: Option<SignedDuration>,
}

impl Answer<'_> {
    /// `(AccessDenied, request 8f2…)`: for whoever looks it up.
    fn reference(&self) -> String {
        let code = self.code.clone().unwrap_or_else(|| format!("status {}", self.status));
        match &self.request_id {
            Some(id) => format!("({code}, request {id})"),
            None => format!("({code})"),
        }
    }
}

/// When the server says it is.
pub(crate) fn server_time(response: &HttpResponse) -> Option<Timestamp> {
    let date = DateTime::from_str(response.headers().get("date")?, Format::HttpDate).ok()?;
    Timestamp::from_second(date.secs()).ok()
}

/// The error and everything below it, as text.
fn chain_text(error: &(dyn std::error::Error + 'static)) -> String {
    let mut texts = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        texts.push(error.to_string());
        next = error.source();
    }
    texts.join(": ")
}

impl BrokerError {
    /// Takes `secrets` out of every text, wherever a server has sent one back. One inside a longer word is not it: the
    /// digits of a code stand in many an account's number.
    pub(crate) fn without<'s>(mut self, secrets: impl IntoIterator<Item = &'s Secret>) -> Self {
        for secret in secrets.into_iter().map(Secret::expose).filter(|secret| !secret.is_empty()) {
            for text in [Some(&mut self.message), self.hint.as_mut(), self.place.as_mut()].into_iter().flatten() {
                text::take_out(text, secret);
            }
        }
        self
    }
}

#[cfg(test)]
mod tests;
