//! The credentials endpoint of a container: ECS tasks, EKS Pod Identity, and whatever speaks like them
//! (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html>).
//!
//! The rules are botocore's (`ContainerProvider`, `ContainerMetadataFetcher`): which variable wins, which hosts may be
//! asked, two seconds a try, three tries.

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use awsenv_core::credentials::{Credentials, Secret};
use awsenv_core::environment::Environment;
use awsenv_host::files;
use http::Uri;
use zeroize::Zeroizing;

use super::fetch::{self, BadBody, NoAnswer, fetch, pause, read_credentials};
use crate::broker::Broker;
use crate::error::{BrokerError, Result};

const RELATIVE: &str = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
const FULL: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
const TOKEN: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
const TOKEN_FILE: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";

/// Where a task of ECS asks.
const ECS: &str = "http://169.254.170.2";

/// Hosts that may be asked without TLS, besides the machine itself: ECS, EKS by IPv4 and IPv6.
const HOSTS: [&str; 4] = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23", "localhost"];

const TIMEOUT: Duration = Duration::from_secs(2);
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_secs(1);

/// The most that a token file may be, in bytes.
const LARGEST_TOKEN: u64 = 64 << 10;

/// The container's credentials.
pub(crate) fn credentials(broker: &Broker<'_>) -> Result<Credentials> {
    let (variable, uri) = address(&broker.environment)?;
    let token = token(&broker.environment)?;
    let mut headers = vec![("accept", "application/json")];
    headers.extend(token.as_ref().map(|token| ("authorization", token.expose())));
    let host = uri.authority().map_or("", |authority| authority.as_str()).to_owned();
    let mut tries = 0;
    loop {
        tries += 1;
        let error = match ask(broker, &uri, &headers) {
            Ok(credentials) => {
                return match credentials.expiration {
                    Some(end) if end <= broker.now() => Err(BrokerError::new(
                        "container-answer",
                        format!("the container's endpoint {host} gave credentials that ended at {end}"),
                    )
                    .hint("its agent no longer renews them: look at the agent, and at this machine's clock")),
                    _ => Ok(credentials),
                };
            }
            Err(Failure { error, again }) if again && tries < TRIES => error,
            Err(Failure { error, .. }) => {
                return Err(match error.hint {
                    Some(_) => error,
                    None => error.hint(format!("the address is that of {variable}")),
                });
            }
        };
        drop(error);
        pause(broker, PAUSE);
    }
}

struct Failure {
    error: BrokerError,
    again: bool,
}

fn ask(broker: &Broker<'_>, uri: &Uri, headers: &[(&'static str, &str)]) -> std::result::Result<Credentials, Failure> {
    let host = uri.authority().map_or("", |authority| authority.as_str());
    let answer = fetch(broker, "GET", &uri.to_string(), headers, TIMEOUT).map_err(|reason| match reason {
        NoAnswer::Own(error) => Failure { error, again: false },
        reason => Failure {
            error: BrokerError::new(
                "container-unreachable",
                format!("the container's endpoint {host} can't be asked: {}", reason.why(TIMEOUT)),
            ),
            again: true,
        },
    })?;
    if answer.status != 200 {
        let words = fetch::words(&answer);
        let error = BrokerError::new("container-refused", format!("the container's endpoint {host} says no ({words})"));
        let error = match answer.status {
            401 | 403 => error.hint(format!("it wants the token of {TOKEN_FILE} or {TOKEN}")),
            _ => error,
        };
        return Err(Failure { error, again: answer.status >= 500 || answer.status == 429 });
    }
    read_credentials(&answer.body).map_err(|why| Failure {
        error: BrokerError::new(
            "container-answer",
            format!("the answer of the container's endpoint {host} can't be used: {}", why.why()),
        ),
        again: why == BadBody::NotJson,
    })
}

/// Which address is asked, and the variable that says so.
fn address(environment: &Environment) -> Result<(&'static str, Uri)> {
    let (variable, url) = match (environment.get_nonempty(RELATIVE), environment.get_nonempty(FULL)) {
        (Some(path), _) => (RELATIVE, format!("{ECS}{path}")),
        (None, Some(url)) => (FULL, url.to_owned()),
        (None, None) => {
            return Err(BrokerError::new(
                "no-container",
                format!("this is no container: {RELATIVE} and {FULL} are not set"),
            )
            .hint("credential_source = EcsContainer works in ECS tasks and EKS pods"));
        }
    };
    let bad = |why: String| {
        BrokerError::new("container-uri", format!("{variable} can't be used: {why}")).hint(
            "http:// is for this machine itself and the agents of ECS and EKS; anybody else must be asked by https://",
        )
    };
    let uri = fetch::parse_url(&url).ok_or_else(|| bad("it is no address of a server".to_owned()))?;
    let host = uri.host().unwrap_or("").trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    let allowed = uri.scheme_str() == Some("https")
        || HOSTS.contains(&host.as_str())
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    if allowed {
        Ok((variable, uri))
    } else {
        Err(bad(format!("{host:?} is neither this machine nor an agent of AWS")))
    }
}

/// What the `Authorization` header is to be, to the byte.
fn token(environment: &Environment) -> Result<Option<Secret>> {
    let (variable, token) = match (environment.get_nonempty(TOKEN_FILE), environment.get_nonempty(TOKEN)) {
        (Some(path), _) => (TOKEN_FILE, read_token(path)?),
        (None, Some(token)) => (TOKEN, Secret::new(token)),
        (None, None) => return Ok(None),
    };
    // It becomes a header: a line's end in it would begin another one.
    if token.expose().chars().any(|c| c.is_control() || !c.is_ascii()) {
        return Err(BrokerError::new("container-token", format!("the token of {variable} can't be sent in a header"))
            .hint("it must be one line of ASCII, without a line's end"));
    }
    Ok(Some(token))
}

fn read_token(path: &str) -> Result<Secret> {
    let bad = |why: String| {
        BrokerError::new("container-token", format!("the token file {path:?} of {TOKEN_FILE} can't be used: {why}"))
            .hint("the agent of ECS or EKS writes it; is it mounted into this container?")
    };
    let bytes = files::read_up_to(Path::new(path), LARGEST_TOKEN).map_err(|error| bad(error.to_string()))?;
    let bytes = Zeroizing::new(bytes.ok_or_else(|| bad("there is no such file".to_owned()))?);
    let text = std::str::from_utf8(&bytes).map_err(|_| bad("it is no text".to_owned()))?;
    if text.is_empty() { Err(bad("it is empty".to_owned())) } else { Ok(Secret::new(text)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(variables: &[(&str, &str)]) -> std::result::Result<String, &'static str> {
        let environment: Environment = variables.iter().copied().collect();
        address(&environment).map(|(_, uri)| uri.to_string()).map_err(|error| error.code)
    }

    #[test]
    fn the_relative_address_wins() {
        assert_eq!(asked(&[]), Err("no-container"));
        assert_eq!(asked(&[(RELATIVE, ""), (FULL, "")]), Err("no-container"));
        assert_eq!(
            asked(&[(RELATIVE, "/v2/x?id=1"), (FULL, "http://[::1]/")]).unwrap(),
            "http://169.254.170.2/v2/x?id=1"
        );
        assert_eq!(asked(&[(FULL, "http://[::1]:80/x")]).unwrap(), "http://[::1]:80/x");
    }

    /// Who may be asked, as botocore's `ContainerMetadataFetcher` decides.
    #[test]
    fn the_same_hosts_as_botocore() {
        let mut urls = Vec::new();
        for scheme in ["http", "https", "HTTP"] {
            for host in [
                "127.0.0.1",
                "127.9.8.7",
                "[::1]",
                "localhost",
                "LOCALHOST",
                "localhost.",
                "a.localhost",
                "169.254.170.2",
                "169.254.170.23",
                "169.254.170.3",
                "169.254.169.254",
                "[fd00:ec2::23]",
                "[FD00:EC2::23]",
                "[fd00:ec2::24]",
                "0.0.0.0",
                "10.0.0.1",
                "example.com",
                "127.0.0.1.example.com",
                "localhost.example.com",
                "127.1",
                "0177.0.0.1",
                "2130706433",
                "[::]",
                "169.254.170.2.example.com",
                "127.0.0.1:80",
                "[::1]:80",
                "example.com:80",
            ] {
                urls.push(format!("{scheme}://{host}/get"));
            }
        }
        let Some(theirs) = crate::testing::python("allowed hosts", ALLOWED, &urls) else { return };
        let theirs: Vec<bool> = serde_json::from_str(&theirs).unwrap();
        assert!(theirs.contains(&true) && theirs.contains(&false));
        for (url, theirs) in urls.iter().zip(theirs) {
            assert_eq!(asked(&[(FULL, url)]).is_ok(), theirs, "{url}");
        }
    }

    const ALLOWED: &str = "
import json, sys
from botocore.utils import ContainerMetadataFetcher
fetcher = ContainerMetadataFetcher()
def allowed(url):
    try:
        fetcher._validate_allowed_url(url)
        return True
    except ValueError:
        return False
json.dump([allowed(url) for url in json.load(sys.stdin)], sys.stdout)
";

    #[test]
    fn a_relative_address_leads_nowhere_else() {
        for path in ["@evil.example/x", ".evil.example/x", "evil", ":80@evil.example/", "8/x", " /x", "\n/x"] {
            assert_eq!(asked(&[(RELATIVE, path)]), Err("container-uri"), "{path:?}");
        }
    }

    #[test]
    fn tokens_are_one_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let file = path.to_str().unwrap();
        let of = |variables: &[(&str, &str)]| token(&variables.iter().copied().collect());
        assert_eq!(of(&[]).unwrap(), None);
        assert_eq!(of(&[(TOKEN, "Basic x")]).unwrap().unwrap().expose(), "Basic x");
        assert_eq!(of(&[(TOKEN_FILE, file), (TOKEN, "other")]).unwrap_err().code, "container-token");
        for (text, good) in
            [("canary", true), ("", false), ("canary\n", false), ("a\r\nX-Evil: canary", false), ("ä", false)]
        {
            std::fs::write(&path, text).unwrap();
            match of(&[(TOKEN_FILE, file), (TOKEN, "other")]) {
                Ok(token) => assert!(good && token.unwrap().expose() == text, "{text:?}"),
                Err(error) => assert!(!good && !format!("{error:?}").contains("canary"), "{text:?}"),
            }
        }
        assert_eq!(of(&[(TOKEN, "a\nX-Evil: b")]).unwrap_err().code, "container-token");
    }
}
