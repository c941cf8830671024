//! Which service and operation a request is for, what it answers, and what is written down about it.

use super::fault::Fault;
use super::hosts::{endpoint, without_port};
use super::recorded::Recorded;
use super::state::{State, http_date};
use super::wire::{Answer, Reply, Request, value_of};
use super::{container, iam, imds, oidc, portal, proxy, signin, sigv4, sts};

/// Where a request goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) service: &'static str,
    pub(crate) operation: String,
}

/// Where `request` goes.
pub(crate) fn route(state: &State, request: &Request) -> Target {
    let to = |service, operation: &str| Target { service, operation: operation.to_owned() };
    if request.method == "CONNECT" {
        return to("proxy", "Connect");
    }
    let target = by_path(state, request);
    // A host of AWS's, reached through the proxy, is one service.
    match endpoint(without_port(request.header("host").unwrap_or_default())) {
        Some(endpoint) if endpoint.service != target.service => to("unknown", "Unknown"),
        _ => target,
    }
}

fn by_path(state: &State, request: &Request) -> Target {
    let to = |service, operation: &str| Target { service, operation: operation.to_owned() };
    if request.path.starts_with("/latest/") {
        return to("imds", imds::operation(request));
    }
    if state.container.0.contains_key(&request.path) {
        return to("container", "ContainerCredentials");
    }
    match (request.method.as_str(), request.path.as_str()) {
        ("POST", "/") => {
            let form = request.form();
            let action = value_of(&form, "Action").unwrap_or_default();
            let is_iam = value_of(&form, "Version").as_deref() == Some(iam::VERSION);
            to(if is_iam { "iam" } else { "sts" }, &action)
        }
        ("POST", "/client/register") => to("sso-oidc", "RegisterClient"),
        ("POST", "/device_authorization") => to("sso-oidc", "StartDeviceAuthorization"),
        ("POST", "/token") => to("sso-oidc", "CreateToken"),
        ("GET", "/authorize") => to("sso-oidc", "Authorize"),
        ("GET", "/device") => to("sso-oidc", "DevicePage"),
        ("GET", "/federation/credentials") => to("sso", "GetRoleCredentials"),
        ("GET", "/assignment/accounts") => to("sso", "ListAccounts"),
        ("GET", "/assignment/roles") => to("sso", "ListAccountRoles"),
        ("POST", "/logout") => to("sso", "Logout"),
        ("POST", "/v1/token") => to("signin", "CreateOAuth2Token"),
        _ => to("unknown", "Unknown"),
    }
}

/// What is to happen with a request: its answer, perhaps spoilt.
pub(crate) struct Outcome {
    /// `None`: no answer.
    pub(crate) answer: Option<Answer>,
    pub(crate) fault: Option<Fault>,
}

/// Writes the request down and takes the fault that is due.
pub(crate) fn begin(state: &mut State, request: &Request) -> (Target, Option<Fault>, usize) {
    let target = route(state, request);
    let service = match target.service {
        "iam" => "iam",
        _ => "sts",
    };
    let signed = matches!(target.service, "sts" | "iam") && request.header("authorization").is_some();
    let caller = signed.then(|| sigv4::verify(state, request, service).ok()).flatten();
    state.records.push(Recorded {
        time: state.now(),
        service: target.service,
        operation: target.operation.clone(),
        method: request.method.clone(),
        path: request.path.clone(),
        query: request.query.clone(),
        headers: request.headers.clone(),
        body: request.body.clone(),
        tls: request.tls,
        status: None,
        error: None,
        caller: caller.map(|caller| caller.arn()),
    });
    let fault = state.faults.take(&target.operation);
    (target, fault, state.records.len() - 1)
}

/// Answers, after any delay.
pub(crate) fn finish(
    state: &mut State,
    request: &Request,
    target: &Target,
    fault: Option<Fault>,
    record: usize,
) -> Outcome {
    let answer = match &fault {
        Some(Fault::Hang | Fault::Close) => return Outcome { answer: None, fault },
        Some(Fault::Status(status)) => failing(state, target, *status),
        Some(Fault::Throttle) => throttled(state, target),
        Some(Fault::Refuse { status, code, message }) => refusing(state, target, (*status, code, message)),
        Some(Fault::Garbage) => Answer::new(200, "text/xml", b"\x00\xff<<{]not what was asked for\x1b[31m\n".to_vec()),
        _ => {
            state.wrong_account = fault == Some(Fault::WrongAccount);
            let reply = handle(state, request, target);
            state.wrong_account = false;
            let (Ok(answer) | Err(answer)) = reply;
            answer
        }
    };
    let answer = answer.header("date", http_date(state.now()));
    if let Some(record) = state.records.get_mut(record) {
        record.status = Some(answer.status);
        record.error.clone_from(&answer.error);
    }
    Outcome { answer: Some(answer), fault }
}

fn handle(state: &mut State, request: &Request, target: &Target) -> Reply {
    match (target.service, target.operation.as_str()) {
        ("sts", operation) => sts::answer(state, request, operation),
        ("iam", "ListMFADevices") => iam::answer(state, request),
        ("iam", operation) => {
            Err(iam::failure(state, 400, "InvalidAction", &format!("Could not find operation {operation}")))
        }
        ("sso-oidc", operation @ ("Authorize" | "DevicePage")) => oidc::page(state, request, operation),
        ("sso-oidc", operation) => oidc::answer(state, request, operation),
        ("sso", operation) => portal::answer(state, request, operation),
        ("signin", _) => signin::answer(state, request),
        ("container", _) => container::answer(state, request),
        ("imds", _) => imds::answer(state, request),
        ("proxy", _) => proxy::answer(state, request),
        _ => Err(Answer::json(404, &serde_json::json!({"message": "no service is here"})).error("Unknown")),
    }
}

/// The service's own words for "not now, something is wrong here".
fn failing(state: &State, target: &Target, status: u16) -> Answer {
    let code = if status == 503 { "ServiceUnavailable" } else { "InternalFailure" };
    let message = "We encountered an internal error. Please try again.";
    match target.service {
        "sts" => sts::failure(state, status, code, message),
        "iam" => iam::failure(state, status, code, message),
        "sso-oidc" => Answer { status, ..oidc::failure(state, "server_error", message) },
        "sso" => portal::failure(state, status, "InternalServerException", message),
        "signin" => signin::failure(state, status, "InternalServerException", "server_error", message),
        "imds" => imds::page(status, "Internal Server Error"),
        "proxy" => proxy::refusal(status),
        _ => container::failure(status, "InternalServerError", message),
    }
}

/// The service's own kind of error body around these words.
fn refusing(state: &State, target: &Target, (status, code, message): (u16, &str, &str)) -> Answer {
    match target.service {
        "sts" => sts::failure(state, status, code, message),
        "iam" => iam::failure(state, status, code, message),
        "sso-oidc" => Answer { status, ..oidc::failure(state, code, message) },
        "sso" => portal::failure(state, status, code, message),
        "signin" => signin::failure(state, status, code, code, message),
        "imds" => imds::page(status, message),
        _ => container::failure(status, code, message),
    }
}

/// The service's own words for "too many requests".
fn throttled(state: &State, target: &Target) -> Answer {
    let message = "Rate exceeded";
    match target.service {
        "sts" => sts::failure(state, 400, "Throttling", message),
        "iam" => iam::failure(state, 400, "Throttling", message),
        "sso-oidc" => oidc::failure(state, "slow_down", message),
        "sso" => portal::failure(state, 429, "TooManyRequestsException", "HTTP 429 Unknown Code"),
        "signin" => signin::failure(state, 429, "TooManyRequestsError", "rate_exceeded", message),
        "imds" => imds::page(429, "Too Many Requests"),
        _ => container::failure(429, "TooManyRequestsException", message),
    }
}
