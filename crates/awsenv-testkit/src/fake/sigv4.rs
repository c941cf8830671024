//! Signature Version 4, verified as AWS verifies it.
//!
//! Source: "Signature Version 4 signing process" in the IAM User Guide, and the words of STS's own refusals.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use ring::{digest, hmac};

use super::hosts::{endpoint, is_region, without_port};
use super::state::{Principal, State, basic_time};
use super::wire::{Request, hex, parse_form, percent_encode};

/// How far a client's clock may be off, in seconds.
const SKEW: i64 = 15 * 60;

/// Why a request's signature is refused: always with status 403 in the query protocol.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

fn refuse(code: &'static str, message: impl Into<String>) -> Refusal {
    Refusal { code, message: message.into() }
}

fn incomplete(message: impl Into<String>) -> Refusal {
    refuse("IncompleteSignature", message)
}

fn mismatch(message: impl Into<String>) -> Refusal {
    refuse("SignatureDoesNotMatch", message)
}

/// The parts of an `Authorization` header.
struct Authorization<'a> {
    access_key_id: &'a str,
    date: &'a str,
    region: &'a str,
    service: &'a str,
    signed_headers: Vec<&'a str>,
    signature: &'a str,
}

impl<'a> Authorization<'a> {
    fn parse(header: &'a str) -> Result<Self, Refusal> {
        let rest = header
            .strip_prefix("AWS4-HMAC-SHA256 ")
            .ok_or_else(|| incomplete("Unsupported AWS 'algorithm' in the authorization header."))?;
        let part = |name: &str| {
            let found = rest.split(',').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='));
            found.ok_or_else(|| incomplete(format!("Authorization header requires '{name}' parameter.")))
        };
        let scope: Vec<_> = part("Credential")?.split('/').collect();
        let &[access_key_id, date, region, service, "aws4_request"] = scope.as_slice() else {
            return Err(incomplete(
                "Credential must have exactly 5 slash-delimited elements, \
                 e.g. keyid/date/region/service/term",
            ));
        };
        let signed_headers = part("SignedHeaders")?.split(';').collect();
        Ok(Self { access_key_id, date, region, service, signed_headers, signature: part("Signature")? })
    }
}

/// Who signed `request` for `service`, if the signature, its time, its scope and the keys are good.
pub(crate) fn verify(state: &State, request: &Request, service: &str) -> Result<Principal, Refusal> {
    let header = request
        .header("authorization")
        .ok_or_else(|| refuse("MissingAuthenticationToken", "Request is missing Authentication Token"))?;
    let authorization = Authorization::parse(header)?;
    let time = request.header("x-amz-date").ok_or_else(|| {
        incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
    })?;
    check_signed_headers(request, &authorization)?;
    let key = state
        .keys
        .get(authorization.access_key_id)
        .filter(|key| key.token.as_deref() == request.header("x-amz-security-token"))
        .ok_or_else(|| refuse("InvalidClientTokenId", "The security token included in the request is invalid."))?;
    check_scope(state, request, &authorization, service, time)?;
    check_time(state, time)?;
    let expected = signature(request, &authorization, time, &key.secret);
    if expected != authorization.signature {
        return Err(mismatch(
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
             Access Key and signing method. Consult the service documentation for details.",
        ));
    }
    if key.expires.is_some_and(|expires| expires <= state.now()) {
        return Err(refuse("ExpiredToken", "The security token included in the request is expired"));
    }
    Ok(key.principal.clone())
}

/// `host` and every `x-amz-` header must be under the signature.
fn check_signed_headers(request: &Request, authorization: &Authorization<'_>) -> Result<(), Refusal> {
    let must = |name: &str| name == "host" || name.starts_with("x-amz-");
    let unsigned = request.headers.iter().map(|(name, _)| name.as_str()).filter(|name| must(name));
    match unsigned.into_iter().find(|name| !authorization.signed_headers.contains(name)) {
        Some(name) => Err(mismatch(format!("'{name}' must be a 'SignedHeader' in the AWS Authorization."))),
        None => Ok(()),
    }
}

fn check_scope(
    state: &State,
    request: &Request,
    authorization: &Authorization<'_>,
    service: &str,
    time: &str,
) -> Result<(), Refusal> {
    if authorization.service != service {
        return Err(mismatch(format!("Credential should be scoped to correct service: '{service}'.")));
    }
    let host = without_port(request.header("host").unwrap_or_default());
    let needed = state.region.clone().or_else(|| endpoint(host)?.region);
    let good = match needed {
        Some(region) => region == authorization.region,
        None => is_region(authorization.region),
    };
    if !good {
        return Err(mismatch("Credential should be scoped to a valid region."));
    }
    if !time.starts_with(authorization.date) {
        return Err(mismatch(format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: \
             '{}' != '{}', from '{time}'.",
            authorization.date,
            time.get(..8).unwrap_or(time),
        )));
    }
    Ok(())
}

/// Seconds since the epoch of `20261126T090000Z`.
pub(super) fn parse_time(text: &str) -> Option<i64> {
    let civil = DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second())
}

fn check_time(state: &State, time: &str) -> Result<(), Refusal> {
    let signed = parse_time(time)
        .ok_or_else(|| incomplete(format!("Date must be in ISO-8601 'basic format'. Got '{time}'.")))?;
    let now = state.now();
    let (text, earliest, latest) = (basic_time(now), basic_time(now - SKEW), basic_time(now + SKEW));
    if signed < now - SKEW {
        return Err(mismatch(format!("Signature expired: {time} is now earlier than {earliest} ({text} - 15 min.)")));
    }
    if signed > now + SKEW {
        return Err(mismatch(format!(
            "Signature not yet current: {time} is still later than {latest} ({text} + 15 min.)"
        )));
    }
    Ok(())
}

fn signature(request: &Request, authorization: &Authorization<'_>, time: &str, secret: &str) -> String {
    let Authorization { date, region, service, .. } = authorization;
    let canonical = canonical_request(request, &authorization.signed_headers);
    let scope = format!("{date}/{region}/{service}/aws4_request");
    let to_sign = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", sha256(canonical.as_bytes()));
    let mut key = format!("AWS4{secret}").into_bytes();
    for part in [date, region, service, &"aws4_request"] {
        key = sign(&key, part);
    }
    hex(&sign(&key, &to_sign))
}

fn sign(key: &[u8], text: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec()
}

fn sha256(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

fn canonical_request(request: &Request, signed_headers: &[&str]) -> String {
    let path: Vec<_> = request.path.split('/').map(percent_encode).collect();
    let mut query: Vec<_> = parse_form(&request.query.replace('+', "%20"))
        .iter()
        .map(|(name, value)| format!("{}={}", percent_encode(name), percent_encode(value)))
        .collect();
    query.sort();
    let values = |name: &str| {
        let values = request.headers.iter().filter(|(known, _)| known == name);
        let values: Vec<_> = values.map(|(_, value)| value.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        values.join(",")
    };
    let headers: String = signed_headers.iter().map(|name| format!("{name}:{}\n", values(name))).collect();
    format!(
        "{}\n{}\n{}\n{headers}\n{}\n{}",
        request.method,
        path.join("/"),
        query.join("&"),
        signed_headers.join(";"),
        sha256(&request.body),
    )
}
