//! The endpoints that the user named, and the one that the SDK can't find by itself.

use awsenv_core::broker::{CallSettings, SettingOrigin};
use awsenv_core::options::is_region;
use http::Uri;

use super::partition;
use crate::broker::Broker;
use crate::error::{BrokerError, Result};

/// The sign-in service where the SDK's rules don't know it
/// (`botocore/data/signin/2023-01-01/endpoint-rule-set-1.json` does).
pub(super) fn signin(region: &str, calls: &CallSettings) -> Option<String> {
    let partition = partition::of_region(region);
    let domain = partition.signin;
    let host = match (calls.use_fips, calls.use_dualstack, partition.name) {
        (false, false, "aws" | "aws-cn" | "aws-us-gov") => return None,
        (false, false, _) => format!("{region}.{domain}"),
        (true, false, "aws-us-gov") => {
            let fips = domain.replacen("signin", "signin-fips", 1);
            if region == partition.home_region { fips } else { format!("{region}.{fips}") }
        }
        _ => return None,
    };
    is_region(region).then(|| format!("https://{host}"))
}

/// The endpoint that is configured for `service` (in the form of the variables: `STS`).
pub(crate) fn endpoint<'a>(calls: &'a CallSettings, service: &str) -> Option<&'a String> {
    calls.endpoint_urls.get(service).or(calls.endpoint_url.as_ref())
}

/// The same, checked.
pub(super) fn configured(broker: &Broker<'_>, service: &str) -> Result<Option<String>> {
    let calls = broker.calls();
    let Some(url) = endpoint(calls, service) else { return Ok(None) };
    let why = match check(url) {
        Err(why) => why,
        // As every AWS tool has it.
        Ok(()) if calls.use_fips => "use_fips_endpoint asks for one of AWS's own",
        Ok(()) if calls.use_dualstack => "use_dualstack_endpoint asks for one of AWS's own",
        Ok(()) => return Ok(Some(url.clone())),
    };
    let key = if calls.endpoint_urls.contains_key(service) { service } else { "endpoint_url" };
    let origin = calls.origins.get(key);
    let named = match origin {
        Some(SettingOrigin::Variable(name)) => format!("the endpoint in the variable {name}"),
        _ => format!("the endpoint for {service}"),
    };
    // The text itself may hold a password.
    let error = BrokerError::new("endpoint", format!("{named} can't be used: {why}"))
        .hint("write https://HOST or http://HOST:PORT, and neither FIPS nor dual stack beside it");
    Err(match origin {
        Some(SettingOrigin::File(origin)) => error.at(|| broker.place_of(*origin)),
        _ => error,
    })
}

/// Whether `url` can be an endpoint.
fn check(url: &str) -> std::result::Result<(), &'static str> {
    let no_url = "it is no URL";
    let (scheme, rest) = url.split_once("://").ok_or(no_url)?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return Err("its scheme is neither http nor https");
    }
    if rest.split('/').next().is_some_and(|authority| authority.contains('@')) {
        return Err("it holds a user name or a password, which AWS has no use for");
    }
    if rest.contains(['?', '#']) {
        return Err("it holds a query or a fragment");
    }
    let uri: Uri = url.parse().map_err(|_| no_url)?;
    let Some(authority) = uri.authority().filter(|authority| !authority.host().is_empty()) else {
        return Err("it names no host");
    };
    match authority.as_str().strip_prefix(authority.host()).and_then(|rest| rest.strip_prefix(':')) {
        Some(port) if port.parse::<u16>().is_err() => Err("its port is no number up to 65535"),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_an_endpoint() {
        for good in [
            "http://127.0.0.1:9",
            "https://sts.example",
            "HTTPS://STS.example/base/",
            "http://[::1]:4566",
            "http://localhost",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "localhost:4566",
            "127.0.0.1:9",
            "ftp://x",
            "http://",
            "http:///path",
            "http://:80",
            "http://a b",
            "http://user:secret@host",
            "http://host?x=1",
            "http://host#x",
            "http://host:99999",
            "http://host:",
            "http://host:80a",
            "//host",
        ] {
            let why = check(bad).expect_err(bad);
            assert!(!why.contains("secret"), "{why}");
        }
    }
}
