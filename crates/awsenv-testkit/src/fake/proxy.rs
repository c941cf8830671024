//! The fake as an HTTP proxy: a tunnel to a host of AWS's ends in the fake itself, in TLS as that host.

use base64ct::{Base64, Encoding as _};

use super::hosts::{endpoint, without_port};
use super::state::State;
use super::wire::{Answer, Reply, Request};

/// Answers `CONNECT host:port`.
pub(crate) fn answer(state: &mut State, request: &Request) -> Reply {
    if let Some((name, password)) = &state.proxy_login {
        let login = format!("Basic {}", Base64::encode_string(format!("{name}:{password}").as_bytes()));
        if request.header("proxy-authorization") != Some(login.as_str()) {
            return Err(refusal(407).header("proxy-authenticate", "Basic realm=\"the test's proxy\""));
        }
    }
    let is_https = request.path.ends_with(":443");
    match endpoint(without_port(&request.path)) {
        Some(_) if is_https => Ok(Answer { status: 200, headers: Vec::new(), body: Vec::new(), error: None }),
        _ => Err(refusal(403)),
    }
}

/// A proxy's own words.
pub(crate) fn refusal(status: u16) -> Answer {
    Answer::html(status, "<!DOCTYPE html><title>The proxy refuses</title>").error(status.to_string())
}
