//! An error that AWS itself answered with.

use jiff::SignedDuration;

use super::{Answer, Service, clean};
use crate::error::BrokerError;

/// From this difference between two clocks on, AWS refuses a signature
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html>: five minutes).
const TOLERATED_SKEW: SignedDuration = SignedDuration::from_mins(4);

/// The answer in words, by AWS's `code`
/// (<https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html> and each operation's own).
pub(super) fn describe(answer: &Answer<'_>, code: &str) -> BrokerError {
    let message = first_line(&answer.message);
    let (operation, service, reference) = (answer.operation, answer.service.name(), answer.reference());
    let said = if message.is_empty() { "no reason given" } else { message.as_str() };
    let new = |ours: &'static str, text: String| BrokerError::new(ours, format!("{text} {reference}"));
    match code {
        "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired" if is_about_web_identity(answer) => {
            new("web-identity-expired", format!("{service} does not take the web identity token any more: {said}"))
                .hint("whatever writes the token file (the platform, a CI job) must write a new one")
        }
        "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired" => {
            new("aws-credentials-expired", format!("{operation} was signed with credentials that are over: {said}"))
                .hint(
                    "get new ones for the source of this role: log in again, or replace the session token in the file",
                )
        }
        "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "InvalidAccessKeyId"
        | "AuthFailure"
        | "MissingAuthenticationToken" => {
            new("aws-credentials-invalid", format!("{service} does not know the access key: {said}")).hint(
                "the key was deleted or made inactive, its session token is missing, or it belongs to another \
                 partition (aws, aws-cn, aws-us-gov)",
            )
        }
        "SignatureDoesNotMatch"
        | "InvalidSignatureException"
        | "IncompleteSignature"
        | "RequestExpired"
        | "RequestTimeTooSkewed"
        | "RequestInTheFuture" => signature(answer, code),
        "AccessDenied" | "AccessDeniedException" | "ForbiddenException" | "UnauthorizedOperation" => {
            denied(answer, said, &reference)
        }
        "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "RequestThrottled"
        | "TooManyRequestsException"
        | "RequestLimitExceeded"
        | "SlowDown"
        | "LimitExceededException"
        | "BandwidthLimitExceeded" => {
            new("throttled", format!("{service} is asked too often and refused {operation} each time: {said}"))
                .hint("wait a minute; max_attempts sets how often a call is tried")
        }
        "RegionDisabledException" => {
            new("region-disabled", format!("STS is not activated in this region for the role's account: {said}")).hint(
                "activate STS for the region in the account's settings of IAM, or set another `region` in the profile",
            )
        }
        "OptInRequired" => new("region-disabled", format!("the account has not opted in to this region: {said}"))
            .hint("enable the region for the account, or set another `region` in the profile"),
        "InvalidIdentityToken" | "IDPRejectedClaim" | "IDPRejectedClaimException" | "InvalidIdentityTokenException" => {
            new("web-identity-refused", format!("{service} does not take the web identity token: {said}")).hint(
                "the role's account needs the token's issuer as an identity provider, and the role's trust policy its \
                 audience and subject",
            )
        }
        "IDPCommunicationError" | "IDPCommunicationErrorException" => {
            new("aws-unavailable", format!("STS could not reach the web identity token's issuer: {said}"))
                .hint("the issuer's discovery document must be reachable from AWS; try again")
        }
        "MalformedPolicyDocument" | "PackedPolicyTooLarge" | "MalformedPolicyDocumentException" => {
            new("request-invalid", format!("{service} can't use the policy of the session: {said}"))
        }
        "ValidationError"
        | "ValidationException"
        | "InvalidParameterValue"
        | "InvalidParameterCombination"
        | "MissingParameter"
        | "InvalidRequestException" => invalid(answer, said, &reference),
        "NoSuchEntity" | "ResourceNotFoundException" => {
            new("aws-not-found", format!("{service} does not find what {operation} is about: {said}"))
        }
        _ if answer.status >= 500 => {
            new("aws-unavailable", format!("{service} had a failure of its own in {operation}: {said}"))
                .hint("try again in a moment; https://health.aws.amazon.com shows known disturbances")
        }
        _ if answer.status == 429 => {
            new("throttled", format!("{service} is asked too often and refused {operation} each time: {said}"))
                .hint("wait a minute; max_attempts sets how often a call is tried")
        }
        _ => new("aws-refused", format!("{service} refused {operation}: {said}")),
    }
}

/// AWS words the wrong code and the wrong device as denied access.
fn denied(answer: &Answer<'_>, said: &str, reference: &str) -> BrokerError {
    let operation = answer.operation;
    let lower = said.to_ascii_lowercase();
    if lower.contains("invalid mfa one time pass code") {
        return BrokerError::new("mfa-code-wrong", format!("AWS did not accept the MFA code {reference}"))
            .hint("each code is accepted once: wait for the next one; if none is accepted, the device's clock is off");
    }
    if lower.contains("multifactorauthentication failed") {
        return BrokerError::new("mfa-device-wrong", format!("{said} {reference}"))
            .hint("mfa_serial must name a device of the user whose keys the role is assumed with");
    }
    let error = BrokerError::new("access-denied", format!("{operation} was denied: {said} {reference}"));
    match answer.service {
        Service::Sts if operation == "AssumeRole" => error.hint(
            "the role's trust policy must name who asks, with the external id and MFA that it wants, and who asks needs \
             sts:AssumeRole for it; a role that does not exist is denied in the same words",
        ),
        Service::Sts if operation == "AssumeRoleWithWebIdentity" => {
            error.hint("the role's trust policy must name the token's issuer, audience and subject")
        }
        Service::Sso => error.hint("the role must be assigned to you in that account; `awsenv login` if it was just now"),
        _ => error,
    }
}

/// AWS has one code for everything that is wrong with an argument.
fn invalid(answer: &Answer<'_>, said: &str, reference: &str) -> BrokerError {
    let lower = said.to_ascii_lowercase();
    let error = |code, text: String| BrokerError::new(code, format!("{text} {reference}"));
    if lower.contains("role chaining") {
        return error(
            "duration-too-long",
            format!("a session of a role gets a session of another for one hour: {said}"),
        )
        .hint("set duration_seconds (or --duration) to 3600 or less for this role");
    }
    if lower.contains("maxsessionduration") {
        return error("duration-too-long", format!("the role does not allow sessions as long as that: {said}")).hint(
            "set duration_seconds (or --duration) to what the role allows, or have its maximum session duration raised",
        );
    }
    if lower.contains("mfa") || lower.contains("multifactor") {
        return error("mfa-device-wrong", said.to_owned())
            .hint("mfa_serial must name a device of the user whose keys the role is assumed with");
    }
    error("request-invalid", format!("{} takes an argument of {} not: {said}", answer.service.name(), answer.operation))
}

/// A signature is refused for its time or for its key. AWS's text holds the signed headers, token and all, so of it only
/// the first sentence is looked at, and none is shown.
fn signature(answer: &Answer<'_>, code: &str) -> BrokerError {
    let reference = answer.reference();
    let lower = answer.message.to_ascii_lowercase();
    let by_time =
        code != "SignatureDoesNotMatch" && code != "InvalidSignatureException" && code != "IncompleteSignature"
            || lower.starts_with("signature expired")
            || lower.starts_with("signature not yet current");
    let skew = answer.ahead_of_server.filter(|ahead| ahead.abs() > TOLERATED_SKEW);
    if by_time || skew.is_some() {
        let by = skew.map_or_else(String::new, |ahead| {
            let side = if ahead.is_positive() { "ahead of" } else { "behind" };
            format!(": it is {} {side} AWS's", in_words(ahead.abs()))
        });
        return BrokerError::new("clock-skew", format!("this machine's clock is wrong{by} {reference}"))
            .hint("set the clock (e.g. `timedatectl set-ntp true`); in a virtual machine, after a suspend");
    }
    BrokerError::new(
        "signature-refused",
        format!("AWS does not accept the signature of {} {reference}", answer.operation),
    )
    .hint("aws_secret_access_key does not belong to aws_access_key_id: it was copied in part, or from another key")
}

fn is_about_web_identity(answer: &Answer<'_>) -> bool {
    answer.operation == "AssumeRoleWithWebIdentity"
}

/// AWS's reason; what follows in further lines repeats the request.
fn first_line(message: &str) -> String {
    let line = message.trim().lines().next().unwrap_or("");
    clean(line).trim_end_matches(['.', ' ']).to_owned()
}

/// A length of time for people: `3 min`, `2 h 5 min`, `4 days`.
pub(crate) fn in_words(time: SignedDuration) -> String {
    let minutes = ((time.as_secs() + 30) / 60).max(1);
    match minutes {
        ..120 => format!("{minutes} min"),
        120..2880 => format!("{} h {} min", minutes / 60, minutes % 60),
        _ => format!("{} days", minutes / 1440),
    }
}
