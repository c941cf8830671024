use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::ErrorMetadata;
use awsenv_core::environment::Environment;

use super::*;
use crate::testing::request;

type AssumeRoleFailure = SdkError<AssumeRoleError, HttpResponse>;

fn described(error: &AssumeRoleFailure) -> BrokerError {
    described_with(error, &[], |_| {})
}

fn described_with(
    error: &AssumeRoleFailure,
    variables: &[(&str, &str)],
    change: impl FnOnce(&mut awsenv_core::broker::CallSettings),
) -> BrokerError {
    let mut request = request(Vec::new());
    change(&mut request.calls);
    let environment: Environment = variables.iter().copied().collect();
    let broker = Broker::new(&request, &environment).unwrap();
    let error = describe(&broker, Service::Sts, "AssumeRole", error);
    assert!(!error.message.is_empty() && !error.message.ends_with('.'), "{error:?}");
    assert!(!error.message.contains(char::is_control), "{error:?}");
    error
}

fn answered(status: u16, code: Option<&str>, message: &str) -> AssumeRoleFailure {
    let mut response = HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::empty());
    response.headers_mut().insert("x-amzn-requestid", "11111111-2222");
    response.headers_mut().insert("date", "Thu, 01 Jan 2026 00:00:00 GMT");
    let mut meta = ErrorMetadata::builder();
    if let Some(code) = code {
        meta = meta.code(code).message(message);
    }
    SdkError::service_error(AssumeRoleError::generic(meta.build()), response)
}

fn not_sent(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> AssumeRoleFailure {
    SdkError::dispatch_failure(ConnectorError::io(error.into()))
}

#[test]
fn each_code_of_aws_has_one_of_ours() {
    for (code, message, ours) in [
        ("ExpiredToken", "The security token included in the request is expired", "aws-credentials-expired"),
        ("InvalidClientTokenId", "The security token included in the request is invalid.", "aws-credentials-invalid"),
        ("AccessDenied", "User: x is not authorized to perform: sts:AssumeRole on resource: y", "access-denied"),
        ("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. ", "mfa-code-wrong"),
        (
            "AccessDenied",
            "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.",
            "mfa-device-wrong",
        ),
        (
            "ValidationError",
            "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
            "mfa-device-wrong",
        ),
        ("Throttling", "Rate exceeded", "throttled"),
        ("RequestExpired", "Request has expired.", "clock-skew"),
        (
            "SignatureDoesNotMatch",
            "Signature expired: 20260101T000000Z is now earlier than 20260101T010000Z (20260101T011500Z - 15 min.)",
            "clock-skew",
        ),
        (
            "SignatureDoesNotMatch",
            "Signature not yet current: 20260101T000000Z is still later than 20250101T000000Z",
            "clock-skew",
        ),
        ("RegionDisabledException", "STS is not activated in this region for account:1", "region-disabled"),
        ("MalformedPolicyDocument", "Syntax errors in policy", "request-invalid"),
        ("ValidationError", "1 validation error detected: Value 'x' at 'roleArn'", "request-invalid"),
        (
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
            "duration-too-long",
        ),
        (
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
            "duration-too-long",
        ),
        ("SomethingNew", "A new reason.", "aws-refused"),
    ] {
        let error = described(&answered(403, Some(code), message));
        assert_eq!(error.code, ours, "{code} {message}");
        assert!(error.message.contains(code) && error.message.contains("request 11111111-2222"), "{error:?}");
    }
    assert_eq!(described(&answered(503, Some("ServiceUnavailable"), "")).code, "aws-unavailable");
    assert_eq!(described(&answered(500, Some("InternalFailure"), "x")).code, "aws-unavailable");
}

#[test]
fn answers_that_are_not_of_aws() {
    for (status, ours) in [
        (200, "bad-answer"),
        (302, "bad-answer"),
        (403, "bad-answer"),
        (407, "proxy"),
        (429, "throttled"),
        (502, "aws-unavailable"),
    ] {
        assert_eq!(described(&answered(status, None, "")).code, ours, "{status}");
    }
}

#[test]
fn a_wrong_clock_is_told_by_how_much() {
    let request = request(Vec::new());
    let environment = Environment::default();
    let broker = Broker::new(&request, &environment).unwrap();
    // The answer is of January 2026 and the test runs later: the machine is ahead by days.
    let error = describe(&broker, Service::Sts, "AssumeRole", &answered(403, Some("SignatureDoesNotMatch"), "x"));
    assert_eq!(error.code, "clock-skew");
    assert!(error.message.contains("days ahead of AWS's"), "{}", error.message);
    for (minutes, words) in [(0, "1 min"), (61, "61 min"), (125, "2 h 5 min"), (4000, "2 days")] {
        assert_eq!(in_words(SignedDuration::from_mins(minutes)), words);
    }
}

#[test]
fn a_refused_signature_does_not_give_the_token_back() {
    let message = "The request signature we calculated does not match the signature you provided. Check your key.\n\n\
                   The Canonical String for this request should have been\n'POST\n/\n\nx-amz-security-token:CANARY\n'";
    let mut failure = answered(403, Some("SignatureDoesNotMatch"), message);
    if let SdkError::ServiceError(_) = &failure {
        // Without a date nothing says that it is the clock.
        let mut response = HttpResponse::new(StatusCode::try_from(403).unwrap(), SdkBody::empty());
        response.headers_mut().insert("x-amzn-requestid", "1");
        let meta = ErrorMetadata::builder().code("SignatureDoesNotMatch").message(message).build();
        failure = SdkError::service_error(AssumeRoleError::generic(meta), response);
    }
    let error = described(&failure);
    assert_eq!(error.code, "signature-refused");
    assert!(!format!("{error:?}").contains("CANARY"));
}

#[test]
fn hostile_messages_are_cleaned() {
    let error = described(&answered(400, Some("X\u{1b}[2J"), &format!("a\u{1b}]0;x\u{7}b {}", "T".repeat(500))));
    assert!(error.message.contains("X [2J") && error.message.contains("a ]0;x b …"), "{}", error.message);
}

#[test]
fn a_secret_that_comes_back_is_taken_out() {
    let secret = Secret::new("123456");
    let error = described(&answered(400, Some("ValidationError"), "Value '123456' at 'tokenCode'")).without([&secret]);
    assert!(error.message.contains("'***'") && !error.message.contains("123456"), "{}", error.message);
}

#[test]
fn trouble_on_the_way_is_told_apart() {
    use std::io::{Error, ErrorKind};
    let named = |text: &str| Error::other(text.to_owned());
    for (failure, ours) in [
        (not_sent(Error::from(ErrorKind::ConnectionRefused)), "connection-refused"),
        (not_sent(Error::from(ErrorKind::NetworkUnreachable)), "no-network"),
        (not_sent(Error::from(ErrorKind::ConnectionReset)), "connection-broken"),
        (not_sent(named("dns error: failed to lookup address information")), "no-network"),
        (not_sent(named("invalid peer certificate: UnknownIssuer")), "tls"),
        (not_sent(named("invalid peer certificate: certificate expired: verification time 1")), "tls"),
        (not_sent(named("invalid peer certificate: certificate not valid for name \"a\"")), "tls"),
        (not_sent(named("CONNECT tunnel failed: tunnel error: proxy authorization required")), "proxy"),
        (not_sent(named("CONNECT tunnel failed: tunnel error: unsuccessful")), "proxy"),
    ] {
        assert_eq!(described(&failure).code, ours, "{failure:?}");
    }
    // The system's errors wrap those of TLS without showing them as their source.
    let wrapped = not_sent(Error::other(named("invalid peer certificate: UnknownIssuer")));
    assert_eq!(described(&wrapped).code, "tls");
    let error = described_with(&wrapped, &[], |calls| calls.ca_bundle = Some("/ca.pem".into()));
    assert!(error.hint.unwrap().contains("/ca.pem"));
    // A self-signed one that is in the bundle itself.
    let error = described(&not_sent(named("invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))")));
    assert!(error.message.contains("CA:TRUE"), "{error}");
}

#[test]
fn the_server_and_the_proxy_that_were_tried_are_named() {
    let refused = || not_sent(std::io::Error::from(std::io::ErrorKind::ConnectionRefused));
    let described_at = |uri: &str, variables: &[(&str, &str)]| {
        let request = request(Vec::new());
        let environment: Environment = variables.iter().copied().collect();
        let broker = Broker::new(&request, &environment).unwrap();
        broker.http().pretend_to_send(&uri.parse().unwrap());
        describe(&broker, Service::Sts, "AssumeRole", &refused())
    };
    let sts = "https://sts.eu-west-1.amazonaws.com/";
    let error = described_at(sts, &[]);
    assert_eq!(error.message, "STS at sts.eu-west-1.amazonaws.com refuses connections");
    assert_eq!(error.code, "connection-refused");
    let proxy = [("HTTPS_PROXY", "http://user:CANARY@proxy.corp:3128/"), ("NO_PROXY", "other.example")];
    let error = described_at(sts, &proxy);
    assert_eq!((error.code, error.message.as_str()), ("proxy", "the proxy proxy.corp:3128 refuses connections"));
    for direct in ["https://other.example/", "http://plain.example/", "https://localhost:4566/", "https://[::1]/"] {
        assert_eq!(described_at(direct, &proxy).code, "connection-refused", "{direct}");
    }
}

#[test]
fn the_two_limits_are_told_apart() {
    let late = |text: &'static str| AssumeRoleFailure::timeout_error(text);
    let error = described(&late("HTTP connect timeout occurred after 5s"));
    assert_eq!((error.code, error.message.as_str()), ("timeout", "no connection to STS within 5 s"));
    let error = described(&late("operation timeout (all attempts including retries) occurred after 30s"));
    assert_eq!(error.message, "no answer from STS within 30 s, all tries together");
}
