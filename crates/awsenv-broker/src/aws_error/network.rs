//! Trouble on the way to AWS: no network, no name, a proxy, TLS, time.

use std::error::Error;
use std::io;
use std::time::Duration;

use super::{Answer, Service, clean};
use crate::broker::Broker;
use crate::client::{self, Destination};
use crate::error::BrokerError;

/// The way that a call went: what decides what to do next.
pub(super) struct Way<'a> {
    broker: &'a Broker<'a>,
    service: Service,
    destination: Option<Destination>,
}

/// What lies below an error.
pub(super) struct Causes {
    /// Every error from top to bottom, in words.
    texts: Vec<String>,
    /// The system's reasons, from top to bottom.
    kinds: Vec<io::ErrorKind>,
}

/// Looks below `error`; the system's errors carry those of TLS inside.
pub(super) fn causes(error: &(dyn Error + 'static)) -> Causes {
    let mut causes = Causes { texts: Vec::new(), kinds: Vec::new() };
    let mut next = Some(error);
    while let Some(error) = next {
        causes.texts.push(error.to_string());
        if let Some(system) = error.downcast_ref::<io::Error>() {
            causes.kinds.push(system.kind());
            // `io::Error::source` leaves out the error that it wraps.
            if let Some(wrapped) = system.get_ref() {
                next = Some(wrapped);
                continue;
            }
        }
        next = error.source();
    }
    causes
}

impl Causes {
    fn say(&self, what: &str) -> bool {
        self.texts.iter().any(|text| text.contains(what))
    }

    fn are(&self, kinds: &[io::ErrorKind]) -> bool {
        self.kinds.iter().any(|kind| kinds.contains(kind))
    }

    /// The deepest reason.
    fn root(&self) -> String {
        clean(self.texts.last().map_or("", String::as_str))
    }
}

impl<'a> Way<'a> {
    pub(super) fn new(broker: &'a Broker<'a>, service: Service) -> Self {
        Self { broker, service, destination: broker.http().last_destination() }
    }

    /// No answer came.
    pub(super) fn failed(&self, causes: &Causes) -> BrokerError {
        let target = self.target();
        if causes.say("tunnel error: proxy authorization required") {
            return self.proxy_wants_authorization();
        }
        if causes.say("CONNECT tunnel failed") || causes.say("tunnel error") {
            let proxy = self.proxy().unwrap_or_default();
            let why = if causes.say("failed to create underlying connection") {
                format!("the proxy {proxy} can't be reached")
            } else {
                format!("the proxy {proxy} makes no connection to {target}")
            };
            return BrokerError::new("proxy", why).hint(PROXY_HINT);
        }
        if let Some(error) = self.tls(causes, &target) {
            return error;
        }
        // Where a proxy is in use, its name and its port are the ones that were tried.
        let tried = self.proxy().map_or_else(|| target.clone(), |proxy| format!("the proxy {proxy}"));
        let (code, hint) = (if self.proxy().is_some() { "proxy" } else { "no-network" }, self.hint());
        if causes.say("dns error") || causes.say("failed to lookup address") {
            return BrokerError::new(code, format!("the name of {tried} is not found")).hint(hint);
        }
        if causes.are(&[io::ErrorKind::ConnectionRefused]) {
            let code = if code == "proxy" { code } else { "connection-refused" };
            return BrokerError::new(code, format!("{tried} refuses connections")).hint(hint);
        }
        if causes.are(&[io::ErrorKind::NetworkUnreachable, io::ErrorKind::HostUnreachable, io::ErrorKind::NetworkDown])
        {
            return BrokerError::new(code, format!("there is no network to {tried}: {}", causes.root())).hint(hint);
        }
        if causes.are(&[io::ErrorKind::TimedOut]) {
            return BrokerError::new("timeout", format!("{tried} does not answer")).hint(hint);
        }
        BrokerError::new("connection-broken", format!("the connection to {tried} broke off: {}", causes.root()))
            .hint("try again; if it stays, something between here and AWS (a proxy, a firewall) ends connections")
    }

    /// What TLS found wrong, by rustls's own words, which a proxy's tunnel leaves as the only trace.
    fn tls(&self, causes: &Causes, target: &str) -> Option<BrokerError> {
        let bundle = self.broker.calls().ca_bundle.as_ref();
        let error = |why: String, hint: String| Some(BrokerError::new("tls", why).hint(hint));
        // A bad signature: the authority has the name of a trusted one, and another key.
        if ["UnknownIssuer", "BadSignature"].into_iter().any(|what| causes.say(what)) {
            let hint = match bundle {
                Some(path) => format!(
                    "only the certificates in {} count, because ca_bundle (or AWS_CA_BUNDLE) names it: add the issuer",
                    path.display()
                ),
                None => "a proxy that opens TLS needs its certificate in a file named by ca_bundle or AWS_CA_BUNDLE; \
                         else somebody is listening in"
                    .to_owned(),
            };
            return error(format!("the certificate of {target} is signed by an authority that is not trusted"), hint);
        }
        // OpenSSL takes such a one where the bundle holds it.
        if causes.say("CaUsedAsEndEntity") {
            return error(
                format!("the certificate of {target} is an authority's own (CA:TRUE), which no server may show"),
                "give the server a certificate that is signed by it (CA:FALSE), and keep it in the bundle".to_owned(),
            );
        }
        if causes.say("not valid for name") || causes.say("NotValidForName") {
            return error(
                format!("the certificate of {target} is made out to another name"),
                "look at endpoint_url and the network's login page, if it has one".to_owned(),
            );
        }
        if causes.say("certificate expired") || causes.say("invalid peer certificate: Expired") {
            return error(
                format!("the certificate of {target} has expired"),
                "if that can't be, this machine's clock is wrong".to_owned(),
            );
        }
        if causes.say("not valid yet") || causes.say("NotValidYet") {
            return error(
                format!("the certificate of {target} is not valid yet"),
                "this machine's clock is probably behind".to_owned(),
            );
        }
        if causes.say("invalid peer certificate") || causes.say("received fatal alert") {
            return error(format!("TLS with {target} fails: {}", causes.root()), PROXY_HINT.to_owned());
        }
        if causes.say("received corrupt message") || causes.say("InvalidContentType") {
            return error(
                format!("{target} does not speak TLS"),
                "https:// in endpoint_url or a proxy's address should perhaps be http://".to_owned(),
            );
        }
        None
    }

    /// One of the two limits is over; the SDK's text says which and how long it is.
    pub(super) fn timed_out(&self, text: &str) -> BrokerError {
        let calls = self.broker.calls();
        let target = self.target();
        let seconds = |milliseconds| Duration::from_millis(milliseconds).as_secs_f64();
        let why = if text.contains("connect timeout") {
            format!("no connection to {target} within {} s", seconds(calls.connect_timeout_ms))
        } else {
            format!("no answer from {target} within {} s, all tries together", seconds(calls.call_timeout_ms))
        };
        BrokerError::new("timeout", why).hint(self.hint())
    }

    /// The answer came in part, or not as HTTP.
    pub(super) fn broken_answer(&self, status: u16, request_id: Option<&str>) -> BrokerError {
        let request = request_id.map(|id| format!(", request {}", clean(id))).unwrap_or_default();
        BrokerError::new("bad-answer", format!("the answer of {} is cut off (status {status}{request})", self.target()))
            .hint("try again; if it stays, something between here and AWS (a proxy, a firewall) changes answers")
    }

    /// An answer without AWS's code: not AWS's own words, or none.
    pub(super) fn wordless_answer(&self, answer: &Answer<'_>) -> BrokerError {
        let (target, reference) = (self.target(), answer.reference());
        match answer.status {
            407 => self.proxy_wants_authorization(),
            429 => BrokerError::new("throttled", format!("{target} is asked too often {reference}"))
                .hint("wait a minute; max_attempts sets how often a call is tried"),
            500.. => BrokerError::new("aws-unavailable", format!("{target} had a failure of its own {reference}"))
                .hint("try again in a moment; https://health.aws.amazon.com shows known disturbances"),
            300..400 => {
                BrokerError::new("bad-answer", format!("{target} sends elsewhere instead of answering {reference}"))
                    .hint("the network's login page, or a wrong endpoint_url")
            }
            _ => BrokerError::new("bad-answer", format!("{target} does not answer in AWS's way {reference}"))
                .hint("a proxy, the network's login page, or a wrong endpoint_url is in between"),
        }
    }

    fn proxy_wants_authorization(&self) -> BrokerError {
        let proxy = self.proxy().unwrap_or_default();
        BrokerError::new("proxy", format!("the proxy {proxy} wants a user name and a password (407)"))
            .hint("put them into HTTPS_PROXY as http://USER:PASSWORD@HOST:PORT")
    }

    /// Who was called, and where that is.
    fn target(&self) -> String {
        match &self.destination {
            Some(destination) => format!("{} at {}", self.service.name(), clean(&destination.server)),
            None => self.service.name().to_owned(),
        }
    }

    /// The proxy's host and port; `None` where none is on the way.
    fn proxy(&self) -> Option<String> {
        self.destination.as_ref()?.proxy.as_deref().map(clean)
    }

    fn has_own_endpoint(&self) -> bool {
        client::endpoint(self.broker.calls(), self.service.variable()).is_some()
    }

    fn hint(&self) -> &'static str {
        match (self.proxy(), self.has_own_endpoint()) {
            (Some(_), _) => PROXY_HINT,
            (None, true) => ENDPOINT_HINT,
            (None, false) => NETWORK_HINT,
        }
    }
}

const ENDPOINT_HINT: &str = "check the configured endpoint (endpoint_url, AWS_ENDPOINT_URL, and those of the service)";
const NETWORK_HINT: &str = "check the network (VPN, Wi-Fi, DNS) and the profile's `region`";
const PROXY_HINT: &str = "check HTTPS_PROXY and NO_PROXY";
