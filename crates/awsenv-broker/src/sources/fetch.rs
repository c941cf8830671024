//! Requests to what the machine itself offers: a container's credentials endpoint, the instance metadata service.
//! Neither is ever asked through a proxy.

use std::error::Error;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::byte_stream::ByteStream;
use awsenv_core::chain::is_account_id;
use awsenv_core::change::check_value;
use awsenv_core::credentials::{Credentials, Secret, exposed};
use awsenv_host::timestamp::parse_expiration;
use http::Uri;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::aws_error::clean;
use crate::broker::Broker;
use crate::client::own_failure;
use crate::error::BrokerError;

/// The most that is read of an answer, in bytes. Real ones have about two thousand.
const LARGEST_ANSWER: usize = 256 << 10;

/// An answer.
pub(super) struct Answer {
    /// The HTTP status.
    pub(super) status: u16,
    /// The body.
    pub(super) body: Zeroizing<Vec<u8>>,
}

/// Why there is none.
pub(super) enum NoAnswer {
    /// It could not even be asked; the reason is ours.
    Own(BrokerError),
    /// Nothing came in time.
    TimedOut,
    /// The connection can't be made, or broke off.
    Failed(String),
}

impl NoAnswer {
    /// In words that go on from "it can't be asked".
    pub(super) fn why(&self, limit: Duration) -> String {
        match self {
            Self::Own(error) => error.message.clone(),
            Self::TimedOut => format!("it does not answer within {} s", limit.as_secs_f64()),
            Self::Failed(why) => why.clone(),
        }
    }
}

/// Asks once and waits no longer than `limit` for the whole answer.
pub(super) fn fetch(
    broker: &Broker<'_>,
    method: &str,
    url: &str,
    headers: &[(&'static str, &str)],
    limit: Duration,
) -> Result<Answer, NoAnswer> {
    let mut request = HttpRequest::empty();
    let failed = |why: &str| NoAnswer::Failed(why.to_owned());
    request.set_method(method).map_err(|_| failed("the method is none"))?;
    request.set_uri(url.to_owned()).map_err(|_| failed("the address is none"))?;
    for (name, value) in headers {
        let value = Zeroizing::new((*value).to_owned());
        request.headers_mut().try_insert(*name, (*value).clone()).map_err(|_| failed("a header can't be sent"))?;
    }
    request.headers_mut().insert("user-agent", concat!("awsenv/", env!("CARGO_PKG_VERSION")));
    let connector = broker.http().direct();
    let asked = async {
        let response = connector.call(request).await.map_err(|error| match own_failure(&error) {
            Some(own) => NoAnswer::Own(own.clone()),
            None if error.is_timeout() => NoAnswer::TimedOut,
            None => NoAnswer::Failed(clean(&deepest(&error).to_string())),
        })?;
        let status = response.status().as_u16();
        let mut body = Zeroizing::new(Vec::new());
        let mut stream = ByteStream::new(response.into_body());
        while let Some(part) = stream.next().await {
            let part = part.map_err(|_| failed("the answer breaks off"))?;
            if body.len() + part.len() > LARGEST_ANSWER {
                return Err(failed("the answer is too long"));
            }
            body.extend_from_slice(&part);
        }
        Ok(Answer { status, body })
    };
    broker.wait(async { tokio::time::timeout(limit, asked).await }).unwrap_or(Err(NoAnswer::TimedOut))
}

/// Waits before the next try.
pub(super) fn pause(broker: &Broker<'_>, pause: Duration) {
    broker.wait(async { tokio::time::sleep(pause).await });
}

fn deepest<'e>(error: &'e (dyn Error + 'static)) -> &'e (dyn Error + 'static) {
    let mut deepest = error;
    while let Some(next) = deepest.source() {
        deepest = next;
    }
    deepest
}

/// Whether `url` is one that can be asked: `http` or `https`, with a host, and without user and password.
pub(super) fn parse_url(url: &str) -> Option<Uri> {
    let uri: Uri = url.parse().ok()?;
    let known = matches!(uri.scheme_str(), Some("http" | "https"));
    let authority = uri.authority().filter(|authority| known && !authority.host().is_empty())?;
    (!authority.as_str().contains('@')).then_some(uri)
}

/// What both services answer with.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Body {
    #[serde(alias = "code")]
    code: Option<String>,
    #[serde(alias = "message")]
    message: Option<String>,
    access_key_id: Option<String>,
    #[serde(default)]
    secret_access_key: Option<Exposed>,
    #[serde(default)]
    token: Option<Exposed>,
    expiration: Option<String>,
    account_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(transparent)]
struct Exposed(#[serde(with = "exposed")] Secret);

/// Why an answer gives no credentials.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum BadBody {
    /// It is not JSON: worth another try.
    NotJson,
    /// The service says no, in its own words, cleaned.
    Refused(String),
    /// It is not as it should be.
    Field(&'static str, &'static str),
}

impl BadBody {
    /// In words that go on from "its answer can't be used".
    pub(super) fn why(&self) -> String {
        match self {
            Self::NotJson => "it is no JSON".to_owned(),
            Self::Refused(words) => words.clone(),
            Self::Field(field, why) => format!("{field} {why}"),
        }
    }
}

/// Reads credentials. All of key, secret, token and end must be there, as botocore has it.
pub(super) fn read_credentials(body: &[u8]) -> Result<Credentials, BadBody> {
    let body: Body = serde_json::from_slice(body).map_err(|_| BadBody::NotJson)?;
    if body.access_key_id.is_none()
        && let Some(code) = &body.code
    {
        let message = body.message.as_deref().map(|message| format!(": {}", clean(message))).unwrap_or_default();
        return Err(BadBody::Refused(format!("{}{message}", clean(code))));
    }
    let text = |field, text: Option<String>| checked(field, text.as_deref()).map(str::to_owned);
    let secret = |field, secret: Option<Exposed>| {
        checked(field, secret.as_ref().map(|secret| secret.0.expose())).map(Secret::new)
    };
    let expiration = text("Expiration", body.expiration)?;
    let account_id = match body.account_id.filter(|account| !account.is_empty()) {
        Some(account) if !is_account_id(&account) => return Err(BadBody::Field("AccountId", "is not 12 digits")),
        account => account,
    };
    Ok(Credentials {
        access_key_id: text("AccessKeyId", body.access_key_id)?,
        secret_access_key: secret("SecretAccessKey", body.secret_access_key)?,
        session_token: Some(secret("Token", body.token)?),
        expiration: Some(parse_expiration(&expiration).ok_or(BadBody::Field("Expiration", "is no time"))?),
        account_id,
    })
}

/// The words of an answer that is an error, where it has any.
pub(super) fn words(answer: &Answer) -> String {
    match read_credentials(&answer.body) {
        Err(BadBody::Refused(words)) => format!("status {}, {words}", answer.status),
        _ => format!("status {}", answer.status),
    }
}

fn checked<'t>(field: &'static str, text: Option<&'t str>) -> Result<&'t str, BadBody> {
    let text = text.ok_or(BadBody::Field(field, "is missing"))?;
    if text.is_empty() {
        return Err(BadBody::Field(field, "is empty"));
    }
    check_value(field, text).map_err(|_| BadBody::Field(field, "holds a control character"))?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = r#"{"Code": "Success", "Type": "AWS-HMAC", "AccessKeyId": "ASIAX", "SecretAccessKey": "canary-s",
        "Token": "canary-t", "Expiration": "2026-11-26T12:00:00Z"}"#;

    #[test]
    fn credentials_of_an_answer() {
        let credentials = read_credentials(BODY.as_bytes()).unwrap();
        assert_eq!((credentials.access_key_id.as_str(), credentials.account_id), ("ASIAX", None));
        assert_eq!(credentials.session_token.unwrap().expose(), "canary-t");
        assert_eq!(credentials.expiration, "2026-11-26T12:00:00Z".parse().ok());
        let account = BODY.replace("\"Type\": \"AWS-HMAC\"", "\"AccountId\": \"123456789012\"");
        assert_eq!(read_credentials(account.as_bytes()).unwrap().account_id.as_deref(), Some("123456789012"));
    }

    #[test]
    fn answers_that_are_none() {
        let refused =
            r#"{"Code": "AssumeRoleUnauthorizedAccess", "Message": "EC2\u001b[31m cannot", "LastUpdated": "x"}"#;
        let words = BadBody::Refused("AssumeRoleUnauthorizedAccess: EC2 [31m cannot".to_owned());
        assert_eq!(read_credentials(refused.as_bytes()).unwrap_err(), words);
        assert!(matches!(read_credentials(br#"{"code": "x", "message": "y"}"#), Err(BadBody::Refused(_))));
        for (from, to, why) in [
            ("\"AccessKeyId\"", "\"x\"", BadBody::Refused("Success".to_owned())),
            ("\"SecretAccessKey\"", "\"x\"", BadBody::Field("SecretAccessKey", "is missing")),
            ("\"Token\"", "\"x\"", BadBody::Field("Token", "is missing")),
            ("\"Expiration\"", "\"x\"", BadBody::Field("Expiration", "is missing")),
            ("canary-t", "", BadBody::Field("Token", "is empty")),
            ("ASIAX", "A\\nB", BadBody::Field("AccessKeyId", "holds a control character")),
            ("2026-11-26T12:00:00Z", "tomorrow", BadBody::Field("Expiration", "is no time")),
            ("\"Type\"", "\"AccountId\"", BadBody::Field("AccountId", "is not 12 digits")),
            ("\"canary-s\"", "1", BadBody::NotJson),
        ] {
            assert_eq!(read_credentials(BODY.replace(from, to).as_bytes()).unwrap_err(), why, "{from}");
        }
        for body in ["", "[]", "<html>", "{", "null"] {
            assert_eq!(read_credentials(body.as_bytes()).unwrap_err(), BadBody::NotJson, "{body}");
        }
    }

    #[test]
    fn addresses() {
        for good in ["http://127.0.0.1:80/x", "https://h", "http://[fd00:ec2::23]/a?b=c"] {
            assert!(parse_url(good).is_some(), "{good}");
        }
        for bad in ["", "/x", "ftp://h/x", "http:///x", "http://a@h/x", "h:80", "file:///etc/passwd", "http://a b/"] {
            assert!(parse_url(bad).is_none(), "{bad}");
        }
    }
}
