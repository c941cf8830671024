//! The AWS service clients, set up by what the user's files and environment say about calls.

use std::time::Duration;

use aws_credential_types::Credentials as SdkCredentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;
use awsenv_core::broker::CallSettings;
use awsenv_core::credentials::Credentials;
use awsenv_host::files;

use crate::broker::Broker;
use crate::error::{BrokerError, Result};

/// How often a call is tried, where nothing says so: the AWS CLI's `standard` mode.
const ATTEMPTS: u32 = 3;

/// HTTP and HTTPS with the platform's roots, or with `ca_bundle` instead of them; proxies from the environment.
pub(crate) fn http_client(calls: &CallSettings) -> Result<SharedHttpClient> {
    let trust = match &calls.ca_bundle {
        None => TrustStore::empty().with_native_roots(true),
        Some(path) => {
            let bad = |why: String| {
                BrokerError::new("ca-bundle", format!("the CA bundle {} can't be used: {why}", path.display()))
                    .hint("ca_bundle in the profile, or AWS_CA_BUNDLE, names a file of PEM certificates")
            };
            let pem = files::read(path).map_err(|error| bad(error.to_string()))?;
            TrustStore::empty().with_pem_certificate(pem.ok_or_else(|| bad("there is no such file".to_owned()))?)
        }
    };
    let tls = TlsContext::builder()
        .with_trust_store(trust)
        .build()
        .map_err(|error| BrokerError::new("tls", format!("TLS can't be set up: {error}")))?;
    Ok(Builder::new().build_with_connector_fn(move |settings, components| {
        let mut builder = Connector::builder()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .tls_context(tls.clone())
            .proxy_config(ProxyConfig::from_env());
        builder.set_connector_settings(settings.cloned());
        builder.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        builder.build()
    }))
}

/// What is the same for every service.
pub(crate) fn sdk_config(broker: &Broker<'_>, region: &str, credentials: Option<&Credentials>) -> Result<SdkConfig> {
    let calls = broker.calls();
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_millis(calls.connect_timeout_ms))
        .operation_timeout(Duration::from_millis(calls.call_timeout_ms))
        .build();
    let retries = match calls.retry_mode.as_deref() {
        Some("adaptive") => RetryConfig::adaptive(),
        _ => RetryConfig::standard(),
    };
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .http_client(broker.http()?)
        .timeout_config(timeouts)
        .retry_config(retries.with_max_attempts(calls.max_attempts.unwrap_or(ATTEMPTS)))
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .use_fips(calls.use_fips)
        .use_dual_stack(calls.use_dualstack);
    if let Some(credentials) = credentials {
        config.set_credentials_provider(Some(SharedCredentialsProvider::new(sdk_credentials(credentials))));
    }
    Ok(config.build())
}

/// The endpoint that is configured for `service` (in the form of the variables: `STS`).
pub(crate) fn endpoint<'a>(calls: &'a CallSettings, service: &str) -> Option<&'a String> {
    calls.endpoint_urls.get(service).or(calls.endpoint_url.as_ref())
}

/// STS in `region`, else in the profile's, else where `arn`'s partition has its global one.
pub(crate) fn sts(
    broker: &Broker<'_>,
    region: Option<&str>,
    arn: Option<&str>,
    credentials: Option<&Credentials>,
) -> Result<aws_sdk_sts::Client> {
    let calls = broker.calls();
    let region = region.or(calls.region.as_deref()).unwrap_or_else(|| home_region(arn));
    let config = sdk_config(broker, region, credentials)?;
    let mut config = aws_sdk_sts::config::Builder::from(&config);
    if let Some(url) = endpoint(calls, "STS") {
        config = config.endpoint_url(url);
    }
    Ok(aws_sdk_sts::Client::from_conf(config.build()))
}

/// The region that a partition's global services are in.
fn home_region(arn: Option<&str>) -> &'static str {
    match arn.and_then(|arn| arn.split(':').nth(1)) {
        Some("aws-cn") => "cn-north-1",
        Some("aws-us-gov") => "us-gov-west-1",
        Some("aws-eusc") => "eusc-de-east-1",
        Some("aws-iso") => "us-iso-east-1",
        Some("aws-iso-b") => "us-isob-east-1",
        Some("aws-iso-e") => "eu-isoe-west-1",
        Some("aws-iso-f") => "us-isof-south-1",
        _ => "us-east-1",
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
