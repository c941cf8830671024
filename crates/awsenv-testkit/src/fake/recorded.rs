//! What a service was asked.

use serde_json::{Value, json};

/// One request to the fake, as it came and as it was answered.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Seconds since the epoch, by the fake's clock.
    pub time: i64,
    /// `sts`, `iam`, `sso-oidc`, `sso`, `signin`, `container`, `imds`, `proxy` or `unknown`.
    pub service: &'static str,
    /// AWS's name of the operation, as [`FakeAws::calls`](super::FakeAws::calls) counts it.
    pub operation: String,
    /// The HTTP method.
    pub method: String,
    /// As sent.
    pub path: String,
    /// As sent, without the question mark.
    pub query: String,
    /// Names in lower case, in the order sent; with the secrets that tests made up.
    pub headers: Vec<(String, String)>,
    /// As sent.
    pub body: Vec<u8>,
    /// Whether it came over TLS.
    pub tls: bool,
    /// The status of the answer; `None` where there was none (yet).
    pub status: Option<u16>,
    /// The code of the service's refusal.
    pub error: Option<String>,
    /// The ARN of who signed it, if the signature is good.
    pub caller: Option<String>,
}

impl Recorded {
    /// A header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A parameter of the query or of a form's body, or a text member of a JSON body.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let body = std::str::from_utf8(&self.body).unwrap_or_default();
        if let Ok(Value::Object(members)) = serde_json::from_str(body) {
            return members.get(name).and_then(Value::as_str).map(str::to_owned);
        }
        let parameters = [self.query.as_str(), body].map(super::wire::parse_form).concat();
        super::wire::value_of(&parameters, name)
    }

    /// The host that was meant, without its port: a loopback address, or one of AWS's through the proxy.
    pub fn host(&self) -> &str {
        super::hosts::without_port(self.header("host").unwrap_or_default())
    }

    /// When the client says that it signed this, seconds since the epoch.
    pub fn time_signed(&self) -> Option<i64> {
        super::sigv4::parse_time(self.header("x-amz-date")?)
    }

    /// For users outside this process.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "time": self.time,
            "service": self.service,
            "operation": self.operation,
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "headers": self.headers,
            "body": String::from_utf8_lossy(&self.body),
            "tls": self.tls,
            "status": self.status,
            "error": self.error,
            "caller": self.caller,
        })
    }
}
