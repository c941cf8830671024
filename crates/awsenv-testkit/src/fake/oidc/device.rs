//! The device grant: its start, and the page where a person types the code.

use serde_json::{Map, Value, json};

use crate::fake::state::State;
use crate::fake::wire::{Answer, Reply, Request};
use crate::fake::world::Consent;

use super::{DEVICE_GRANT, Device, client, failure, text};

pub(super) fn start(state: &mut State, body: &Map<String, Value>, base: &str) -> Reply {
    let (id, client) = client(state, body)?;
    let start_url = text(state, body, "startUrl")?;
    if !client.may(DEVICE_GRANT) {
        return Err(failure(state, "unauthorized_client", "the client did not register for this grant"));
    }
    if !state.instances.iter().any(|instance| instance.start_url == start_url) {
        return Err(failure(state, "invalid_request", "startUrl is not known"));
    }
    let letters: String = state.random_bytes::<8>().iter().map(|byte| char::from(b'A' + byte % 26)).collect();
    let user_code = format!("{}-{}", &letters[..4], &letters[4..]);
    let code = state.random_token();
    let (lifetime, interval) = (state.oidc.device_lifetime, state.oidc.device_interval);
    let device = Device {
        user_code: user_code.clone(),
        client: id,
        start_url,
        expires: state.now() + lifetime,
        last_poll: None,
        interval,
        allowed: None,
    };
    state.oidc.devices.insert(code.clone(), device);
    Ok(Answer::json(
        200,
        &json!({
            "deviceCode": code,
            "userCode": user_code,
            "verificationUri": format!("{base}/device"),
            "verificationUriComplete": format!("{base}/device?user_code={user_code}"),
            "expiresIn": lifetime,
            "interval": interval,
        }),
    ))
}

/// A person opened the page with the code.
pub(super) fn page(state: &mut State, request: &Request) -> Reply {
    let user_code = request.query_value("user_code").unwrap_or_default();
    let decision = match state.oidc.consent {
        Consent::Allow => Some(true),
        Consent::Deny => Some(false),
        Consent::Ignore => None,
    };
    if !state.oidc.devices.values().any(|device| device.user_code == user_code) {
        return Err(Answer::html(404, "<!DOCTYPE html><title>No such code</title>").error("unknown user code"));
    }
    if let Some(allowed) = decision {
        decide(state, &user_code, allowed);
    }
    Ok(Answer::html(200, "<!DOCTYPE html><title>Request approved or not</title>"))
}

/// What the person says about the device that shows `user_code`; whether there is one.
pub(crate) fn decide(state: &mut State, user_code: &str, allowed: bool) -> bool {
    let device = state.oidc.devices.values_mut().find(|device| device.user_code == user_code);
    device.map(|device| device.allowed = Some(allowed)).is_some()
}
