//! Proxies as the variables name them: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`, also in small letters.

use std::net::IpAddr;

use awsenv_core::environment::Environment;
use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;

use crate::error::{BrokerError, Result};

/// Whether requests to `host` never leave the machine; no proxy has business there.
pub(crate) fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    match host.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback(),
        Err(_) => host.eq_ignore_ascii_case("localhost") || host.to_ascii_lowercase().ends_with(".localhost"),
    }
}

/// What the variables say, also what the HTTP client itself would pass over in silence: the request would then go
/// another way than the user wrote.
pub(crate) struct Proxies {
    /// What is wrong with the proxy for each scheme.
    http: Option<BrokerError>,
    https: Option<BrokerError>,
    no_proxy: String,
    /// The HTTP client's own rules.
    matcher: Matcher,
}

impl Proxies {
    /// Reads the variables in the order in which the HTTP client (`hyper_util`) does.
    pub(crate) fn of(environment: &Environment) -> Self {
        let find = |names: [&'static str; 2]| {
            let name = names.into_iter().find(|name| environment.get(name).is_some())?;
            Some((name, environment.get_nonempty(name)?))
        };
        let all = find(["ALL_PROXY", "all_proxy"]);
        let check = |names| {
            let (name, text) = find(names).or(all)?;
            let why = problem(text)?;
            let hint = "write http://HOST:PORT, or http://USER:PASSWORD@HOST:PORT with special characters as %XX";
            let message = format!("the proxy in the variable {name} can't be used: {why}");
            Some(BrokerError::new("proxy", message).hint(hint))
        };
        let text = |names| find(names).map_or("", |(_, text)| text);
        let (http, https, no) =
            (["HTTP_PROXY", "http_proxy"], ["HTTPS_PROXY", "https_proxy"], ["NO_PROXY", "no_proxy"]);
        let matcher = Matcher::builder().http(text(http)).https(text(https)).all(all.map_or("", |(_, text)| text));
        Self {
            http: check(http),
            https: check(https),
            no_proxy: text(no).to_owned(),
            matcher: matcher.no(text(no)).build(),
        }
    }

    /// Host and port of the proxy that a request to `uri` goes through, without its user and password.
    pub(crate) fn on_the_way_to(&self, uri: &Uri) -> Option<String> {
        let intercept = self.matcher.intercept(uri)?;
        let authority = intercept.uri().authority()?.as_str();
        Some(authority.rsplit('@').next().unwrap_or(authority).to_owned())
    }

    /// # Errors
    /// `proxy` where a request to `uri` should go through a proxy that can't be used.
    pub(crate) fn check(&self, uri: &Uri) -> Result<()> {
        let problem = if uri.scheme_str() == Some("https") { &self.https } else { &self.http };
        problem.clone().map_or(Ok(()), Err)
    }

    /// Whether `NO_PROXY` names the host. `*` names every one, also those that are addresses.
    pub(crate) fn passes_by(&self, uri: &Uri) -> bool {
        if self.no_proxy.split(',').any(|entry| entry.trim() == "*") {
            return true;
        }
        let any = Matcher::builder().all("http://proxy").no(self.no_proxy.as_str()).build();
        any.intercept(uri).is_none()
    }
}

/// What is wrong with a proxy's address. The text may hold a password: it is in no message.
fn problem(text: &str) -> Option<&'static str> {
    let Ok(uri) = text.parse::<Uri>() else { return Some("it is no address") };
    match uri.scheme_str().map(str::to_ascii_lowercase).as_deref() {
        None | Some("http" | "https") => {}
        Some(scheme) if scheme.starts_with("socks") => return Some("SOCKS proxies are not supported"),
        Some(_) => return Some("its scheme is neither http nor https"),
    }
    match uri.authority() {
        Some(authority) if !authority.host().is_empty() => None,
        _ => Some("it names no host"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_on_this_machine() {
        for host in
            ["127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost", "LocalHost", "a.localhost", "::ffff:127.0.0.1"]
        {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["", "169.254.169.254", "localhost.example", "0.0.0.0", "127.0.0.1.example", "fd00:ec2::254"] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    fn message(variables: &[(&str, &str)], uri: &str) -> Option<String> {
        let environment = variables.iter().copied().collect();
        let (proxies, uri) = (Proxies::of(&environment), uri.parse().unwrap());
        if proxies.passes_by(&uri) {
            return None;
        }
        proxies.check(&uri).err().map(|error| error.message)
    }

    #[test]
    fn a_proxy_that_would_be_passed_over_in_silence() {
        let uri = "https://sts.eu-west-1.amazonaws.com/";
        for good in ["http://p:3128", "https://u:s3cret@p", "p:3128", "HTTP://p", "http://[::1]:3128/", ""] {
            assert_eq!(message(&[("HTTPS_PROXY", good)], uri), None, "{good}");
        }
        for (bad, why) in [
            ("http://", "it is no address"),
            ("http://u:s3 cret@p:1", "it is no address"),
            ("socks5://u:s3cret@p:1080", "SOCKS proxies are not supported"),
            ("ftp://u:s3cret@p", "its scheme is neither http nor https"),
            ("/path", "it names no host"),
        ] {
            let expected = format!("the proxy in the variable https_proxy can't be used: {why}");
            assert_eq!(message(&[("https_proxy", bad)], uri), Some(expected), "{bad}");
        }
    }

    #[test]
    fn the_proxy_is_named_without_its_password() {
        let variables =
            [("https_proxy", "http://u:s3cret@p.corp:3128/x"), ("ALL_PROXY", "q:1"), ("NO_PROXY", ".direct")];
        let proxies = Proxies::of(&variables.iter().copied().collect());
        let on_the_way_to = |uri: &str| proxies.on_the_way_to(&uri.parse().unwrap());
        assert_eq!(on_the_way_to("https://sts.amazonaws.com/").as_deref(), Some("p.corp:3128"));
        assert_eq!(on_the_way_to("http://other/").as_deref(), Some("q:1"));
        assert_eq!(on_the_way_to("https://x.direct/"), None);
        assert_eq!(Proxies::of(&Environment::default()).on_the_way_to(&"https://x/".parse().unwrap()), None);
    }

    #[test]
    fn only_the_proxy_that_counts() {
        let uri = "https://sts.eu-west-1.amazonaws.com/";
        let bad = "ftp://p";
        assert!(message(&[("HTTP_PROXY", bad)], uri).is_none());
        assert!(message(&[("HTTP_PROXY", bad)], "http://example/").is_some());
        assert!(message(&[("ALL_PROXY", bad)], uri).is_some());
        assert!(message(&[("ALL_PROXY", bad), ("HTTPS_PROXY", "http://p")], uri).is_none());
        assert!(message(&[("ALL_PROXY", bad), ("HTTPS_PROXY", "")], uri).is_some());
        assert!(message(&[("HTTPS_PROXY", "http://p"), ("https_proxy", bad)], uri).is_none());
        assert!(message(&[("ALL_PROXY", bad), ("NO_PROXY", "x, *")], "http://10.0.0.1/").is_none());
        for no_proxy in ["*", "amazonaws.com", ".amazonaws.com", "x, sts.eu-west-1.amazonaws.com"] {
            assert!(message(&[("HTTPS_PROXY", bad), ("NO_PROXY", no_proxy)], uri).is_none(), "{no_proxy}");
        }
        assert!(message(&[("HTTPS_PROXY", bad), ("NO_PROXY", "example.com")], uri).is_some());
    }
}
