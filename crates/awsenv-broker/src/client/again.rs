//! When a call is tried again although the SDK would not.

use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};
use aws_smithy_types::retry::ErrorKind;
use awsenv_host::clock;
use jiff::{SignedDuration, Timestamp};

use crate::aws_error::server_time;

/// From this difference on a refused signature is the clock's fault, as in the SDK (`aws_runtime::service_clock_skew`).
const SKEW: SignedDuration = SignedDuration::from_mins(4);

/// AWS's codes for a signature of another time, among others.
const CODES: [&str; 4] =
    ["SignatureDoesNotMatch", "RequestExpired", "RequestTimeTooSkewed", "InvalidSignatureException"];

/// Lets a request be tried again that was refused for its time: the SDK signs the next try by the server's clock, but
/// this version of STS's client has no next try for it.
#[derive(Debug)]
pub(super) struct SignAnew;

/// Lets a request be tried again that was one of too many, also where a gateway says so and not the service itself.
#[derive(Debug)]
pub(super) struct TooMany;

impl ClassifyRetry for TooMany {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        match context.response() {
            Some(response) if response.status().as_u16() == 429 => RetryAction::throttling_error(),
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "too many requests, whoever says so"
    }
}

impl ClassifyRetry for SignAnew {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        match context.response() {
            Some(response) if is_refused_for_its_time(response, clock::now()) => {
                RetryAction::retryable_error(ErrorKind::ServerError)
            }
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "sign anew by the server's clock"
    }
}

fn is_refused_for_its_time(response: &HttpResponse, now: Timestamp) -> bool {
    let is_off = server_time(response).is_some_and(|server| now.duration_since(server).abs() > SKEW);
    let body = response.body().bytes().map(String::from_utf8_lossy).unwrap_or_default();
    response.status().is_client_error() && is_off && CODES.iter().any(|code| body.contains(code))
}

#[cfg(test)]
mod tests {
    use aws_smithy_runtime_api::http::StatusCode;
    use aws_smithy_types::body::SdkBody;

    use super::*;

    #[test]
    fn only_a_wrong_clock_is_worth_another_signature() {
        let now: Timestamp = "2026-01-01T12:00:00Z".parse().unwrap();
        let refused = |status: u16, body: &'static str, date: &'static str| {
            let mut response = HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body));
            response.headers_mut().insert("date", date);
            is_refused_for_its_time(&response, now)
        };
        let (near, far) = ("Thu, 01 Jan 2026 12:03:00 GMT", "Thu, 01 Jan 2026 12:05:00 GMT");
        assert!(refused(403, "<Code>SignatureDoesNotMatch</Code>", far));
        assert!(refused(400, "<Code>RequestExpired</Code>", "Thu, 01 Jan 2026 11:00:00 GMT"));
        assert!(!refused(403, "<Code>SignatureDoesNotMatch</Code>", near));
        assert!(!refused(403, "<Code>AccessDenied</Code>", far));
        assert!(!refused(200, "<Code>SignatureDoesNotMatch</Code>", far));
        assert!(!refused(403, "<Code>SignatureDoesNotMatch</Code>", "yesterday"));
    }
}
