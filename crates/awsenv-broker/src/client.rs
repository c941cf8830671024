//! The AWS service clients, set up by what the user's files and environment say about calls.

mod again;
mod endpoints;
mod http;
mod partition;
mod proxy;
mod trust;

use std::time::Duration;

use aws_credential_types::Credentials as SdkCredentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::interceptors::context::BeforeSerializationInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::app_name::AppName;
use aws_types::region::Region;
use aws_types::sdk_ua_metadata::FrameworkMetadata;
use awsenv_core::broker::CallSettings;
use awsenv_core::credentials::Credentials;
use awsenv_core::options::is_region;

pub(crate) use self::endpoints::endpoint;
pub(crate) use self::http::{Destination, Http, own_failure};
pub(crate) use self::partition::Partition;
use crate::broker::Broker;
use crate::error::{BrokerError, Result};

/// How often a call is tried, where nothing says so: the AWS CLI's `standard` mode.
const ATTEMPTS: u32 = 3;

/// The same in the `legacy` mode (`botocore/retryhandler.py`).
const LEGACY_ATTEMPTS: u32 = 5;

/// STS in `region`, else in the profile's, else where the partition of `arn`, or of the chain, has its own.
pub(crate) fn sts(
    broker: &Broker<'_>,
    region: Option<&str>,
    arn: Option<&str>,
    credentials: Option<&Credentials>,
) -> Result<aws_sdk_sts::Client> {
    let calls = broker.calls();
    let endpoint = endpoints::configured(broker, "STS")?;
    let plain = endpoint.is_none() && !calls.use_fips && !calls.use_dualstack;
    let region = match region.or(calls.region.as_deref()) {
        Some(region) if plain && calls.sts_legacy && partition::is_legacy_global(region) => partition::GLOBAL,
        Some(region) => region,
        None => {
            let partition = arn.and_then(partition::of_arn).or_else(|| broker.partition()).unwrap_or(partition::AWS);
            if plain { partition.sts_region } else { partition.home_region }
        }
    };
    let config = config(broker, region, endpoint, credentials)?;
    let config = aws_sdk_sts::config::Builder::from(&config)
        .interceptor(UserAgent)
        .retry_classifier(again::SignAnew)
        .retry_classifier(again::TooMany);
    Ok(aws_sdk_sts::Client::from_conf(config.build()))
}

/// The portal of IAM Identity Center, which gives role credentials for a token.
pub(crate) fn sso(broker: &Broker<'_>, region: &str) -> Result<aws_sdk_sso::Client> {
    let config = config(broker, region, endpoints::configured(broker, "SSO")?, None)?;
    let config = aws_sdk_sso::config::Builder::from(&config).interceptor(UserAgent).retry_classifier(again::TooMany);
    Ok(aws_sdk_sso::Client::from_conf(config.build()))
}

/// The OIDC service of IAM Identity Center, which gives the token.
pub(crate) fn oidc(broker: &Broker<'_>, region: &str) -> Result<aws_sdk_ssooidc::Client> {
    let config = config(broker, region, endpoints::configured(broker, "SSO_OIDC")?, None)?;
    let config =
        aws_sdk_ssooidc::config::Builder::from(&config).interceptor(UserAgent).retry_classifier(again::TooMany);
    Ok(aws_sdk_ssooidc::Client::from_conf(config.build()))
}

/// The sign-in service, which renews the sessions of `aws login`; `proof` puts a proof of possession into each request.
pub(crate) fn signin(
    broker: &Broker<'_>,
    region: &str,
    proof: impl Intercept + 'static,
) -> Result<aws_sdk_signin::Client> {
    let configured = endpoints::configured(broker, "SIGNIN")?;
    let own = configured.is_none().then(|| endpoints::signin(region, broker.calls())).flatten();
    let is_own = own.is_some();
    let config = config(broker, region, configured.or(own), None)?;
    let mut config = aws_sdk_signin::config::Builder::from(&config)
        .interceptor(UserAgent)
        .retry_classifier(again::TooMany)
        .interceptor(proof);
    if is_own {
        // It is the FIPS endpoint where there is one; the SDK takes none beside a named endpoint.
        config = config.use_fips(false);
    }
    Ok(aws_sdk_signin::Client::from_conf(config.build()))
}

/// The partition of the first of `arns` and `regions` that tells one.
pub(crate) fn partition<'t>(
    arns: impl IntoIterator<Item = &'t str>,
    regions: impl IntoIterator<Item = &'t str>,
) -> Option<&'static Partition> {
    arns.into_iter().find_map(partition::of_arn).or_else(|| regions.into_iter().next().map(partition::of_region))
}

/// What is the same for every service.
fn config(
    broker: &Broker<'_>,
    region: &str,
    endpoint: Option<String>,
    credentials: Option<&Credentials>,
) -> Result<SdkConfig> {
    let calls = broker.calls();
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_millis(calls.connect_timeout_ms))
        .operation_timeout(Duration::from_millis(calls.call_timeout_ms))
        .build();
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(checked_region(region)?.to_owned()))
        .http_client(broker.http())
        .timeout_config(timeouts)
        .retry_config(retries(calls))
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .use_fips(calls.use_fips)
        .use_dual_stack(calls.use_dualstack);
    config.set_app_name(calls.app_id.as_deref().and_then(app_name));
    config.set_endpoint_url(endpoint);
    if let Some(credentials) = credentials {
        config.set_credentials_provider(Some(SharedCredentialsProvider::new(sdk_credentials(credentials))));
    }
    Ok(config.build())
}

fn retries(calls: &CallSettings) -> RetryConfig {
    let (config, attempts) = match calls.retry_mode.as_deref() {
        Some("adaptive") => (RetryConfig::adaptive(), ATTEMPTS),
        Some("legacy") => (RetryConfig::standard(), LEGACY_ATTEMPTS),
        _ => (RetryConfig::standard(), ATTEMPTS),
    };
    config.with_max_attempts(calls.max_attempts.unwrap_or(attempts))
}

/// A region becomes part of a host's name: one that could lead elsewhere is refused, wherever it came from.
fn checked_region(region: &str) -> Result<&str> {
    if is_region(region) {
        return Ok(region);
    }
    Err(BrokerError::new("bad-region", "a region is set that is no region's name")
        .hint("letters, digits and hyphens, such as eu-west-1"))
}

/// As botocore does it: what may not stand in a header becomes a hyphen.
fn app_name(id: &str) -> Option<AppName> {
    let clean = |c: char| if c.is_ascii_alphanumeric() || "!$%&'*+-.^_`|~".contains(c) { c } else { '-' };
    AppName::new(id.chars().map(clean).collect::<String>()).ok()
}

/// Puts `awsenv/VERSION` beside the SDK's name in what AWS's logs show of a caller.
#[derive(Debug)]
struct UserAgent;

#[dyn_dispatch_hint]
impl Intercept for UserAgent {
    fn name(&self) -> &'static str {
        "awsenv"
    }

    fn read_before_serialization(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> std::result::Result<(), BoxError> {
        let name = FrameworkMetadata::new("awsenv", Some(env!("CARGO_PKG_VERSION")))?;
        config.interceptor_state().store_append(name);
        Ok(())
    }
}

fn sdk_credentials(credentials: &Credentials) -> SdkCredentials {
    SdkCredentials::new(
        &credentials.access_key_id,
        credentials.secret_access_key.expose(),
        credentials.session_token.as_ref().map(|token| token.expose().to_owned()),
        credentials.expiration.map(Into::into),
        "awsenv",
    )
}
