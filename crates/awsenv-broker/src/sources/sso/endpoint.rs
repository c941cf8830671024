//! Where the login service shows its page.

use aws_sdk_ssooidc::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};

use crate::aws_error::Service;
use crate::broker::Broker;
use crate::client;
use crate::error::{BrokerError, Result};

/// The address of the page that a browser is sent to: no operation of the SDK's, but at the same host.
pub(crate) fn authorize_endpoint(broker: &Broker<'_>, region: &str) -> Result<String> {
    let calls = broker.calls();
    let url = match client::endpoint(calls, Service::SsoOidc.variable()) {
        Some(url) => url.clone(),
        None => {
            let unknown = |reason: String| {
                BrokerError::new(
                    "sso-region",
                    format!("IAM Identity Center has no login service in {region}: {reason}"),
                )
                .hint("sso_region must be the region that the access portal's settings show")
            };
            let params = Params::builder()
                .region(region)
                .use_fips(calls.use_fips)
                .use_dual_stack(calls.use_dualstack)
                .build()
                .map_err(|error| unknown(error.to_string()))?;
            let resolved = broker.wait(DefaultResolver::new().resolve_endpoint(&params));
            resolved.map_err(|error| unknown(error.to_string()))?.url().to_owned()
        }
    };
    Ok(format!("{}/authorize", origin(&url)))
}

/// Scheme and host, as the AWS CLI takes them of an endpoint.
fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url[host..].find(['/', '?', '#']).map_or(url.len(), |at| host + at);
    &url[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_every_partition() {
        let mut request = crate::testing::request(Vec::new());
        for (region, fips, expected) in [
            ("eu-central-1", false, "https://oidc.eu-central-1.amazonaws.com/authorize"),
            ("cn-north-1", false, "https://oidc.cn-north-1.amazonaws.com.cn/authorize"),
            ("us-gov-west-1", false, "https://oidc.us-gov-west-1.amazonaws.com/authorize"),
            ("us-iso-east-1", false, "https://oidc.us-iso-east-1.c2s.ic.gov/authorize"),
            ("us-east-1", true, "https://oidc-fips.us-east-1.amazonaws.com/authorize"),
        ] {
            request.calls.use_fips = fips;
            let environment = awsenv_core::environment::Environment::default();
            let broker = Broker::new(&request, &environment).unwrap();
            assert_eq!(authorize_endpoint(&broker, region).unwrap(), expected);
        }
        request.calls.use_fips = false;
        request.calls.endpoint_url = Some("http://127.0.0.1:4566/all".to_owned());
        request.calls.endpoint_urls.insert("SSO_OIDC".to_owned(), "https://oidc.example/x".to_owned());
        let environment = awsenv_core::environment::Environment::default();
        let broker = Broker::new(&request, &environment).unwrap();
        assert_eq!(authorize_endpoint(&broker, "eu-west-1").unwrap(), "https://oidc.example/authorize");
    }

    #[test]
    fn scheme_and_host() {
        for url in
            ["https://oidc.x.amazonaws.com", "https://oidc.x.amazonaws.com/", "https://oidc.x.amazonaws.com/a/b?c"]
        {
            assert_eq!(origin(url), "https://oidc.x.amazonaws.com");
        }
        assert_eq!(origin("http://127.0.0.1:80/x"), "http://127.0.0.1:80");
    }
}
