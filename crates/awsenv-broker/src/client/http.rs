//! The HTTP client that all calls share. Connections, TLS and roots are made when the first request needs them.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use awsenv_core::broker::{CallSettings, SettingOrigin};
use awsenv_core::environment::Environment;
use awsenv_core::location::Files;
use http::Uri;

use super::proxy::{Proxies, is_loopback};
use super::trust;
use crate::error::{BrokerError, Result};

/// HTTP and HTTPS with the platform's roots, or with `ca_bundle` instead of them; with proxies from the environment,
/// but none on the way to this machine itself.
#[derive(Clone)]
pub(crate) struct Http(Arc<Shared>);

struct Shared {
    bundle: Option<Bundle>,
    proxies: Proxies,
    last: Mutex<Option<Destination>>,
    connect_timeout: Duration,
    /// By [`Way`].
    connectors: [OnceLock<Result<SharedHttpConnector>>; 4],
}

struct Bundle {
    path: PathBuf,
    origin: Option<SettingOrigin>,
    place: Option<String>,
}

/// Where a request went, for the words about what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Destination {
    /// The server's name or address, with the port where one is written.
    pub(crate) server: String,
    /// The proxy's, where one is in between.
    pub(crate) proxy: Option<String>,
}

/// How a server is reached.
#[derive(Clone, Copy)]
enum Way {
    Plain,
    PlainByProxy,
    Tls,
    TlsByProxy,
}

impl Http {
    /// `environment` is the process's own, where the proxies are read from.
    pub(crate) fn new(calls: &CallSettings, files: &Files, environment: &Environment) -> Self {
        let origin = calls.origins.get("ca_bundle").cloned();
        let place = match &origin {
            Some(SettingOrigin::File(origin)) => Some(files.place(*origin)),
            _ => None,
        };
        Self(Arc::new(Shared {
            bundle: calls.ca_bundle.clone().map(|path| Bundle { path, origin, place }),
            proxies: Proxies::of(environment),
            last: Mutex::default(),
            connect_timeout: Duration::from_millis(calls.connect_timeout_ms),
            connectors: Default::default(),
        }))
    }

    /// Where the last request went.
    pub(crate) fn last_destination(&self) -> Option<Destination> {
        self.0.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Remembers where a request to `uri` goes.
    fn note(&self, uri: &Uri, way: Way) {
        let proxy = match way {
            Way::Plain | Way::Tls => None,
            Way::PlainByProxy | Way::TlsByProxy => self.0.proxies.on_the_way_to(uri),
        };
        let destination = uri.authority().map(|authority| Destination { server: authority.to_string(), proxy });
        *self.0.last.lock().unwrap_or_else(PoisonError::into_inner) = destination;
    }

    /// As if a request to `uri` had been sent.
    #[cfg(test)]
    pub(crate) fn pretend_to_send(&self, uri: &Uri) {
        self.note(uri, self.0.way(uri).unwrap());
    }
}

/// The same, but never through a proxy.
#[derive(Clone, Debug)]
pub(crate) struct Direct(Http);

impl Http {
    /// For what is asked without a proxy, wherever it is.
    pub(crate) fn direct(&self) -> Direct {
        Direct(self.clone())
    }

    fn send(&self, request: HttpRequest, way: impl FnOnce(&Uri) -> Result<Way>) -> HttpConnectorFuture {
        let connector = request
            .uri()
            .parse::<Uri>()
            .map_err(|_| BrokerError::new("endpoint", "the address of an AWS service is no URL"))
            .and_then(|uri| {
                let way = way(&uri)?;
                self.note(&uri, way);
                Ok(way)
            })
            .and_then(|way| self.0.connector(way));
        match connector {
            Ok(connector) => connector.call(request),
            Err(error) => HttpConnectorFuture::ready(Err(ConnectorError::user(error.into()))),
        }
    }
}

impl Shared {
    fn direct_way(uri: &Uri) -> Way {
        if uri.scheme_str() == Some("https") { Way::Tls } else { Way::Plain }
    }

    fn way(&self, uri: &Uri) -> Result<Way> {
        let direct = Self::direct_way(uri);
        if uri.host().is_none_or(is_loopback) || self.proxies.passes_by(uri) {
            return Ok(direct);
        }
        self.proxies.check(uri)?;
        Ok(match direct {
            Way::Plain => Way::PlainByProxy,
            _ => Way::TlsByProxy,
        })
    }

    fn connector(&self, way: Way) -> Result<SharedHttpConnector> {
        self.connectors[way as usize].get_or_init(|| self.build(way)).clone()
    }

    fn build(&self, way: Way) -> Result<SharedHttpConnector> {
        let proxy = match way {
            Way::Plain | Way::Tls => ProxyConfig::disabled(),
            Way::PlainByProxy | Way::TlsByProxy => ProxyConfig::from_env(),
        };
        let settings = HttpConnectorSettings::builder().connect_timeout(self.connect_timeout).build();
        let builder = Connector::builder()
            .connector_settings(settings)
            .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
            .proxy_config(proxy);
        // A plain request may still go to a proxy that is reached by TLS.
        let connector = match way {
            Way::Plain => builder.build_http(),
            Way::PlainByProxy | Way::Tls | Way::TlsByProxy => {
                builder.tls_provider(Provider::Rustls(CryptoMode::Ring)).tls_context(self.tls()?).build()
            }
        };
        Ok(SharedHttpConnector::new(connector))
    }

    fn tls(&self) -> Result<TlsContext> {
        TlsContext::builder()
            .with_trust_store(self.trust()?)
            .build()
            .map_err(|error| BrokerError::new("tls", format!("TLS can't be set up: {error}")))
    }

    fn trust(&self) -> Result<TrustStore> {
        let Some(bundle) = &self.bundle else { return trust::platform() };
        trust::bundle(&bundle.path).map_err(|why| {
            let named = match &bundle.origin {
                Some(SettingOrigin::Variable(name)) => format!(" of the variable {name}"),
                _ => String::new(),
            };
            let path = bundle.path.display().to_string();
            let error = BrokerError::new("ca-bundle", format!("the CA bundle {path:?}{named} can't be used: {why}"))
                .hint("it must be a file of PEM certificates; AWS tools trust those instead of the system's own");
            match bundle.place.clone() {
                Some(place) => error.at(|| place),
                None => error,
            }
        })
    }
}

impl HttpClient for Http {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Http {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.send(request, |uri| self.0.way(uri))
    }
}

impl HttpConnector for Direct {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.0.send(request, |uri| Ok(Shared::direct_way(uri)))
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Http")
    }
}

/// The failure of our own that kept a request from being sent (a CA bundle, a proxy's address), where it was one.
pub(crate) fn own_failure<'e>(error: &'e (dyn std::error::Error + 'static)) -> Option<&'e BrokerError> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(own) = error.downcast_ref() {
            return Some(own);
        }
        next = error.source();
    }
    None
}
