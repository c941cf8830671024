//! IAM Identity Center's OIDC service: client registration, device and authorization-code grants, refresh.
//!
//! Shapes: the service model of `sso-oidc`; the browser's page and its parameters: the AWS CLI's PKCE login, which follows
//! RFC 7636 and RFC 8252; the device grant: RFC 8628.

mod authorize;
mod device;
mod register;
mod token;

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::state::State;
use super::wire::{Answer, Reply, Request};
use super::world::Consent;

pub(crate) use device::decide;
use register::loopback_parts;

/// The scope that role credentials need.
pub(crate) const ACCOUNT_ACCESS: &str = "sso:account:access";

const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
const CODE_GRANT: &str = "authorization_code";
const REFRESH_GRANT: &str = "refresh_token";

/// How the service behaves, and all that it gave out.
#[derive(Debug)]
pub(crate) struct OidcState {
    pub(crate) consent: Consent,
    /// Seconds that an access token lives.
    pub(crate) token_lifetime: i64,
    /// Seconds that a registration lives.
    pub(crate) registration_lifetime: i64,
    /// Seconds that a person has for a device code.
    pub(crate) device_lifetime: i64,
    /// Seconds between two polls.
    pub(crate) device_interval: i64,
    /// Whether a refresh token is good for one use.
    pub(crate) rotate: bool,
    pub(crate) clients: HashMap<String, Client>,
    pub(crate) devices: HashMap<String, Device>,
    pub(crate) codes: HashMap<String, AuthorizationCode>,
    pub(crate) access: HashMap<String, Access>,
    pub(crate) refresh: HashMap<String, Refresh>,
}

impl Default for OidcState {
    fn default() -> Self {
        Self {
            consent: Consent::Allow,
            token_lifetime: 8 * 3600,
            registration_lifetime: 90 * 24 * 3600,
            device_lifetime: 600,
            device_interval: 1,
            rotate: true,
            clients: HashMap::new(),
            devices: HashMap::new(),
            codes: HashMap::new(),
            access: HashMap::new(),
            refresh: HashMap::new(),
        }
    }
}

/// A registered client.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) secret: String,
    pub(crate) expires: i64,
    pub(crate) scopes: Vec<String>,
    /// `None` where it asked for none in particular: the device grant and refresh.
    pub(crate) grant_types: Option<Vec<String>>,
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) issuer: Option<String>,
}

impl Client {
    fn may(&self, grant: &str) -> bool {
        match &self.grant_types {
            Some(grants) => grants.iter().any(|known| known == grant),
            None => grant == DEVICE_GRANT || grant == REFRESH_GRANT,
        }
    }
}

/// A device code that was given out.
#[derive(Clone, Debug)]
pub(crate) struct Device {
    pub(crate) user_code: String,
    pub(crate) client: String,
    pub(crate) start_url: String,
    pub(crate) expires: i64,
    /// Milliseconds since the epoch.
    pub(crate) last_poll: Option<i64>,
    /// Seconds.
    pub(crate) interval: i64,
    /// What the person decided.
    pub(crate) allowed: Option<bool>,
}

/// An authorization code that was given out.
#[derive(Clone, Debug)]
pub(crate) struct AuthorizationCode {
    pub(crate) client: String,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) expires: i64,
    pub(crate) start_url: String,
}

/// An access token that was given out.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    pub(crate) start_url: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) expires: i64,
    /// All tokens of one sign-in share it.
    pub(crate) session: u64,
}

/// A refresh token that was given out.
#[derive(Clone, Debug)]
pub(crate) struct Refresh {
    pub(crate) client: String,
    pub(crate) start_url: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) session: u64,
}

/// Answers one call of the API.
pub(crate) fn answer(state: &mut State, request: &Request, operation: &str) -> Reply {
    let is_json = request.header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
    let body: Map<String, Value> = match serde_json::from_slice(&request.body) {
        Ok(Value::Object(members)) if is_json => members,
        _ => return Err(failure(state, "invalid_request", "the body is not a JSON object")),
    };
    match operation {
        "RegisterClient" => register::answer(state, &body),
        "StartDeviceAuthorization" => device::start(state, &body, &request.base_url()),
        _ => token::answer(state, &body),
    }
}

/// Answers a browser.
pub(crate) fn page(state: &mut State, request: &Request, operation: &str) -> Reply {
    match operation {
        "Authorize" => authorize::answer(state, request),
        _ => device::page(state, request),
    }
}

/// The service's error body for an OAuth error code.
pub(crate) fn failure(state: &State, code: &str, description: &str) -> Answer {
    let (status, exception) = match code {
        "invalid_client" => (401, "InvalidClientException"),
        "invalid_grant" => (400, "InvalidGrantException"),
        "unauthorized_client" => (400, "UnauthorizedClientException"),
        "unsupported_grant_type" => (400, "UnsupportedGrantTypeException"),
        "invalid_scope" => (400, "InvalidScopeException"),
        "authorization_pending" => (400, "AuthorizationPendingException"),
        "slow_down" => (400, "SlowDownException"),
        "access_denied" => (400, "AccessDeniedException"),
        "expired_token" => (400, "ExpiredTokenException"),
        "invalid_redirect_uri" => (400, "InvalidRedirectUriException"),
        "invalid_client_metadata" => (400, "InvalidClientMetadataException"),
        "server_error" => (500, "InternalServerException"),
        _ => (400, "InvalidRequestException"),
    };
    Answer::json(status, &json!({"error": code, "error_description": description}))
        .header("x-amzn-errortype", exception)
        .header("x-amzn-requestid", state.request_id())
        .error(exception)
}

/// A text member, or the refusal that names it.
fn text(state: &State, body: &Map<String, Value>, name: &str) -> Result<String, Answer> {
    let value = body.get(name).and_then(Value::as_str).filter(|value| !value.is_empty());
    value.map(str::to_owned).ok_or_else(|| failure(state, "invalid_request", &format!("{name} is missing")))
}

/// A list of texts; `None` where absent.
fn texts(state: &State, body: &Map<String, Value>, name: &str) -> Result<Option<Vec<String>>, Answer> {
    let Some(value) = body.get(name).filter(|value| !value.is_null()) else { return Ok(None) };
    let all = value.as_array().and_then(|items| items.iter().map(|item| item.as_str().map(str::to_owned)).collect());
    all.map(Some).ok_or_else(|| failure(state, "invalid_request", &format!("{name} is not a list of texts")))
}

/// The client that the call is from, by id and secret.
fn client(state: &State, body: &Map<String, Value>) -> Result<(String, Client), Answer> {
    let (id, secret) = (text(state, body, "clientId")?, text(state, body, "clientSecret")?);
    let client = state.oidc.clients.get(&id).filter(|client| client.secret == secret);
    let client = client.ok_or_else(|| failure(state, "invalid_client", "the client is unknown"))?;
    if client.expires <= state.now() {
        return Err(failure(state, "invalid_client", "the registration has expired"));
    }
    Ok((id, client.clone()))
}
