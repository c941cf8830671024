//! The instance metadata service of EC2
//! (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html>).
//!
//! The rules are botocore's (`InstanceMetadataFetcher`): version 2 with a session token, version 1 where the instance has
//! no version 2 and nothing forbids it, one second and one try unless the settings say otherwise.

use std::time::Duration;

use awsenv_core::broker::SettingOrigin;
use awsenv_core::credentials::Credentials;
use jiff::{SignedDuration, Timestamp};

use super::fetch::{Answer, NoAnswer, fetch, parse_url, read_credentials, words};
use crate::aws_error::clean;
use crate::broker::Broker;
use crate::error::{BrokerError, Result};

const IPV4: &str = "http://169.254.169.254/";
const IPV6: &str = "http://[fd00:ec2::254]/";

const TOKEN: &str = "latest/api/token";
const ROLE: &str = "latest/meta-data/iam/security-credentials/";

/// How long a session token lives, in seconds: the longest there is.
const TOKEN_LIFETIME: &str = "21600";

/// How long credentials that are over are gone on with, before the service is asked again: botocore's window for a
/// renewal. To it come up to eight minutes, so that not all instances ask at once.
const EXTENSION: SignedDuration = SignedDuration::from_mins(17);

const TIMEOUT: Duration = Duration::from_secs(1);

/// The credentials of the instance's role.
pub(crate) fn credentials(broker: &Broker<'_>) -> Result<Credentials> {
    let service = Service::new(broker)?;
    let token = service.token()?;
    let role = service.role(token.as_deref())?;
    let credentials = service.credentials(&role, token.as_deref())?;
    Ok(extend(broker, credentials))
}

struct Service<'b> {
    broker: &'b Broker<'b>,
    base: String,
    timeout: Duration,
    tries: u32,
}

impl<'b> Service<'b> {
    fn new(broker: &'b Broker<'b>) -> Result<Self> {
        let settings = &broker.calls().metadata;
        if settings.disabled {
            return Err(BrokerError::new("metadata-disabled", "AWS_EC2_METADATA_DISABLED forbids asking the instance")
                .hint("unset it, or give the profile another credential_source"));
        }
        let ipv6 = settings.endpoint_mode.as_deref().is_some_and(|mode| mode.eq_ignore_ascii_case("ipv6"));
        let base = match &settings.endpoint {
            Some(endpoint) => endpoint.as_str(),
            None if ipv6 => IPV6,
            None => IPV4,
        };
        if parse_url(base).is_none_or(|uri| uri.query().is_some()) {
            return Err(bad_endpoint(broker));
        }
        let slash = if base.ends_with('/') { "" } else { "/" };
        Ok(Self {
            broker,
            base: format!("{base}{slash}"),
            timeout: settings.timeout_ms.map_or(TIMEOUT, Duration::from_millis),
            tries: settings.attempts.unwrap_or(1),
        })
    }

    /// A session token of version 2; `None` where there is none to be had and version 1 is not forbidden.
    fn token(&self) -> Result<Option<String>> {
        let mut why = String::new();
        for _ in 0..self.tries {
            let lifetime = [("x-aws-ec2-metadata-token-ttl-seconds", TOKEN_LIFETIME)];
            match fetch(self.broker, "PUT", &format!("{}{TOKEN}", self.base), &lifetime, self.timeout) {
                Ok(answer) if answer.status == 200 => return read_token(&answer).map(Some),
                Ok(answer) if matches!(answer.status, 403..=405) => {
                    return self.without_token(&format!("it gives no session token (status {})", answer.status));
                }
                Ok(answer) if answer.status == 400 => {
                    return Err(BrokerError::new(
                        "metadata-answer",
                        "the instance metadata service takes no request for a session token (status 400)",
                    ));
                }
                Ok(answer) => why = format!("it gives no session token (status {})", answer.status),
                // A container that is too many hops away hears nothing of version 2.
                Err(NoAnswer::TimedOut) => return self.without_token(&NoAnswer::TimedOut.why(self.timeout)),
                Err(NoAnswer::Own(error)) => return Err(error),
                Err(reason) => why = reason.why(self.timeout),
            }
        }
        self.without_token(&why)
    }

    fn without_token(&self, why: &str) -> Result<Option<String>> {
        if !self.broker.calls().metadata.v1_disabled {
            return Ok(None);
        }
        Err(BrokerError::new(
            "metadata-v1",
            format!("the instance metadata service can't be asked by version 2: {why}; and version 1 is disabled"),
        )
        .hint("raise the instance's hop limit (in a container), or unset AWS_EC2_METADATA_V1_DISABLED"))
    }

    fn role(&self, token: Option<&str>) -> Result<String> {
        let answer = self.get(ROLE, token, |answer| !answer.body.is_empty())?;
        let text = String::from_utf8_lossy(&answer.body);
        let name = text.trim();
        // It becomes part of an address, and comes from outside: only what IAM takes for a name.
        let ok = |b: u8| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b);
        if !(1..=64).contains(&name.len()) || !name.bytes().all(ok) || name.bytes().all(|b| b == b'.') {
            return Err(BrokerError::new(
                "metadata-answer",
                format!("the instance metadata service names a role that is none: {:?}", clean(name)),
            )
            .hint("something else than EC2 answers there"));
        }
        Ok(name.to_owned())
    }

    fn credentials(&self, role: &str, token: Option<&str>) -> Result<Credentials> {
        let is_json = |answer: &Answer| serde_json::from_slice::<serde::de::IgnoredAny>(&answer.body).is_ok();
        let answer = self.get(&format!("{ROLE}{role}"), token, is_json)?;
        read_credentials(&answer.body).map_err(|why| {
            BrokerError::new(
                "metadata-answer",
                format!("the instance has no credentials for its role {role}: {}", why.why()),
            )
            .hint("does the role trust ec2.amazonaws.com?")
        })
    }

    /// Asks until there is an answer that is `good`.
    fn get(&self, path: &str, token: Option<&str>, good: impl Fn(&Answer) -> bool) -> Result<Answer> {
        let headers: Vec<_> = token.map(|token| ("x-aws-ec2-metadata-token", token)).into_iter().collect();
        let mut error = self.unreachable("it was not asked");
        for _ in 0..self.tries {
            match fetch(self.broker, "GET", &format!("{}{path}", self.base), &headers, self.timeout) {
                Ok(answer) if answer.status == 200 && good(&answer) => return Ok(answer),
                Ok(answer) if answer.status == 200 => {
                    error = BrokerError::new(
                        "metadata-answer",
                        "the answer of the instance metadata service can't be used",
                    )
                    .hint("something else than EC2 answers there, or it is disturbed: try again");
                }
                Ok(answer) if answer.status == 404 && path == ROLE => {
                    error = BrokerError::new("metadata-no-role", "this instance has no role (status 404)")
                        .hint("attach an instance profile to it");
                }
                Ok(answer) if answer.status == 401 && token.is_none() => {
                    error = BrokerError::new(
                        "metadata-v1",
                        "the instance metadata service wants a session token (status 401)",
                    )
                    .hint("raise the instance's hop limit (in a container)");
                }
                Ok(answer) => {
                    error = BrokerError::new(
                        "metadata-refused",
                        format!("the instance metadata service says no ({})", words(&answer)),
                    );
                }
                Err(NoAnswer::Own(own)) => return Err(own),
                Err(reason) => error = self.unreachable(&reason.why(self.timeout)),
            }
        }
        Err(error)
    }

    fn unreachable(&self, why: &str) -> BrokerError {
        let address = self.base.trim_end_matches('/');
        BrokerError::new("metadata-unreachable", format!("no instance metadata service at {address}: {why}")).hint(
            "credential_source = Ec2InstanceMetadata works on EC2 instances; metadata_service_timeout gives it longer",
        )
    }
}

fn bad_endpoint(broker: &Broker<'_>) -> BrokerError {
    let origin = broker.calls().origins.get("metadata.endpoint");
    let named = match origin {
        Some(SettingOrigin::Variable(name)) => format!("the variable {name}"),
        _ => "ec2_metadata_service_endpoint".to_owned(),
    };
    let error = BrokerError::new("metadata-endpoint", format!("{named} is no address of a server"))
        .hint("http://HOST or http://[ADDRESS]");
    match origin {
        Some(SettingOrigin::File(origin)) => error.at(|| broker.place_of(*origin)),
        _ => error,
    }
}

/// It goes into the headers of what follows.
fn read_token(answer: &Answer) -> Result<String> {
    match std::str::from_utf8(&answer.body) {
        Ok(token) if !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic()) => Ok(token.to_owned()),
        _ => {
            Err(BrokerError::new("metadata-answer", "the instance metadata service gives a session token that is none")
                .hint("something else than EC2 answers there"))
        }
    }
}

/// Credentials that are over are still given where the service that renews them is disturbed: AWS then lets them work
/// on ("static stability"), and the SDKs go on with them.
fn extend(broker: &Broker<'_>, mut credentials: Credentials) -> Credentials {
    let now = broker.now();
    if let Some(end) = credentials.expiration.filter(|end| *end <= now) {
        credentials.expiration = extended(now);
        broker.warn(format!(
            "the instance's credentials ended at {end}; AWS gives no newer ones, and they are used on as the SDKs do"
        ));
    }
    credentials
}

fn extended(now: Timestamp) -> Option<Timestamp> {
    let jitter = SignedDuration::from_secs(i64::from(now.subsec_nanosecond() / 1000 % 481));
    now.checked_add(EXTENSION + jitter).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{python, request};
    use awsenv_core::broker::MetadataSettings;
    use awsenv_core::environment::Environment;

    /// Where the service is, as botocore's `IMDSFetcher` decides.
    #[test]
    fn the_same_address_as_botocore() {
        let endpoints =
            ["", "http://127.0.0.1:1338", "http://127.0.0.1:1338/base/", "https://[::1]", "no url", "127.0.0.1"];
        let cases: Vec<[&str; 2]> =
            endpoints.into_iter().flat_map(|endpoint| ["", "ipv4", "ipv6"].map(|mode| [endpoint, mode])).collect();
        let Some(theirs) = python("metadata addresses", ADDRESSES, &cases) else { return };
        let theirs: Vec<Option<String>> = serde_json::from_str(&theirs).unwrap();
        assert!(theirs.iter().any(Option::is_none));
        for ([endpoint, mode], theirs) in cases.iter().zip(theirs) {
            let set = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
            let mut request = request(Vec::new());
            request.calls.metadata =
                MetadataSettings { endpoint: set(endpoint), endpoint_mode: set(mode), ..MetadataSettings::default() };
            let environment = Environment::default();
            let broker = Broker::new(&request, &environment).unwrap();
            let ours = Service::new(&broker).map(|service| format!("{}{TOKEN}", service.base)).ok();
            assert_eq!(ours, theirs, "{endpoint} {mode}");
        }
    }

    const ADDRESSES: &str = "
import json, sys
from botocore.exceptions import InvalidIMDSEndpointError
from botocore.utils import IMDSFetcher
def address(endpoint, mode):
    config = {'ec2_metadata_service_endpoint': endpoint or None, 'ec2_metadata_service_endpoint_mode': mode or None}
    try:
        return IMDSFetcher(config=config)._construct_url(IMDSFetcher._TOKEN_PATH)
    except InvalidIMDSEndpointError:
        return None
json.dump([address(*case) for case in json.load(sys.stdin)], sys.stdout)
";
}
