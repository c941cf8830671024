//! `CreateToken`: three grants.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use ring::digest;
use serde_json::{Map, Value, json};

use crate::fake::state::State;
use crate::fake::wire::{Answer, Reply};

use super::{
    ACCOUNT_ACCESS, Access, CODE_GRANT, Client, DEVICE_GRANT, REFRESH_GRANT, Refresh, client, failure, text, texts,
};

/// Seconds that RFC 8628 adds to the interval of who polls too fast.
const SLOW_DOWN: i64 = 5;

/// What a grant gives a right to.
struct Right {
    client: String,
    start_url: String,
    scopes: Vec<String>,
    session: u64,
}

pub(super) fn answer(state: &mut State, body: &Map<String, Value>) -> Reply {
    let (id, client) = client(state, body)?;
    let grant = text(state, body, "grantType")?;
    if ![CODE_GRANT, DEVICE_GRANT, REFRESH_GRANT].contains(&grant.as_str()) {
        return Err(failure(state, "unsupported_grant_type", "the grant type is unknown"));
    }
    if !client.may(&grant) {
        return Err(failure(state, "unauthorized_client", "the client did not register for this grant"));
    }
    match grant.as_str() {
        CODE_GRANT => {
            let right = by_code(state, body, &id)?;
            Ok(tokens(state, &client, right, None))
        }
        DEVICE_GRANT => {
            let right = by_device(state, body, &id, &client)?;
            Ok(tokens(state, &client, right, None))
        }
        _ => {
            let old = text(state, body, "refreshToken")?;
            let right = by_refresh(state, body, &id, &old)?;
            Ok(tokens(state, &client, right, Some(old)))
        }
    }
}

fn by_code(state: &mut State, body: &Map<String, Value>, client: &str) -> Result<Right, Answer> {
    let code = text(state, body, "code")?;
    let redirect_uri = text(state, body, "redirectUri")?;
    let verifier = text(state, body, "codeVerifier")?;
    // Whatever comes of it, a code is good for one try.
    let given = state.oidc.codes.remove(&code);
    let given = given.ok_or_else(|| failure(state, "invalid_grant", "the code is unknown or used"))?;
    let is_verifier = |character: char| character.is_ascii_alphanumeric() || "-._~".contains(character);
    if !(43..=128).contains(&verifier.len()) || !verifier.chars().all(is_verifier) {
        return Err(failure(state, "invalid_request", "codeVerifier is malformed"));
    }
    let digest = digest::digest(&digest::SHA256, verifier.as_bytes());
    if Base64UrlUnpadded::encode_string(digest.as_ref()) != given.challenge {
        return Err(failure(state, "invalid_grant", "codeVerifier does not fit the challenge"));
    }
    if given.client != client || given.redirect_uri != redirect_uri {
        return Err(failure(state, "invalid_grant", "the code was given to another client or redirect URI"));
    }
    if given.expires <= state.now() {
        return Err(failure(state, "invalid_grant", "the code has expired"));
    }
    let session = state.next();
    Ok(Right { client: client.to_owned(), start_url: given.start_url, scopes: given.scopes, session })
}

fn by_device(state: &mut State, body: &Map<String, Value>, client: &str, registered: &Client) -> Result<Right, Answer> {
    let code = text(state, body, "deviceCode")?;
    let (now, millis) = (state.now(), state.now_millis());
    let device = state.oidc.devices.get_mut(&code).filter(|device| device.client == client);
    let Some(device) = device else {
        return Err(failure(state, "invalid_grant", "the device code is unknown or used"));
    };
    let too_fast = device.last_poll.is_some_and(|last| millis - last < device.interval * 1000);
    device.last_poll = Some(millis);
    if device.expires <= now {
        return Err(failure(state, "expired_token", "the device code has expired"));
    }
    if too_fast {
        device.interval += SLOW_DOWN;
        return Err(failure(state, "slow_down", "polled before the interval was over"));
    }
    match device.allowed {
        None => Err(failure(state, "authorization_pending", "the person has not decided yet")),
        Some(false) => Err(failure(state, "access_denied", "the person denied access")),
        Some(true) => {
            let start_url = device.start_url.clone();
            state.oidc.devices.remove(&code);
            let scopes =
                if registered.scopes.is_empty() { vec![ACCOUNT_ACCESS.to_owned()] } else { registered.scopes.clone() };
            let session = state.next();
            Ok(Right { client: client.to_owned(), start_url, scopes, session })
        }
    }
}

fn by_refresh(state: &mut State, body: &Map<String, Value>, client: &str, token: &str) -> Result<Right, Answer> {
    let given = state.oidc.refresh.get(token).filter(|given| given.client == client).cloned();
    let given = given.ok_or_else(|| failure(state, "invalid_grant", "the refresh token is unknown or used"))?;
    let wanted = texts(state, body, "scope")?.unwrap_or_default();
    if wanted.iter().any(|scope| !given.scopes.contains(scope)) {
        return Err(failure(state, "invalid_scope", "more scopes than the token was given for"));
    }
    let Refresh { client, start_url, scopes, session } = given;
    Ok(Right { client, start_url, scopes, session })
}

/// Access, and what may refresh it, where the client registered scopes (legacy logins don't, and get none).
fn tokens(state: &mut State, client: &Client, right: Right, old: Option<String>) -> Answer {
    let access_token = state.random_token();
    let lifetime = state.oidc.token_lifetime;
    let access = Access {
        start_url: right.start_url.clone(),
        scopes: right.scopes.clone(),
        expires: state.now() + lifetime,
        session: right.session,
    };
    state.oidc.access.insert(access_token.clone(), access);
    let mut answer = json!({"accessToken": access_token, "tokenType": "Bearer", "expiresIn": lifetime});
    if !client.scopes.is_empty() && client.may(REFRESH_GRANT) {
        let token = match old {
            Some(old) if !state.oidc.rotate => old,
            old => {
                old.map(|old| state.oidc.refresh.remove(&old));
                state.random_token()
            }
        };
        let Right { client, start_url, scopes, session } = right;
        state.oidc.refresh.insert(token.clone(), Refresh { client, start_url, scopes, session });
        answer["refreshToken"] = token.into();
    }
    Answer::json(200, &answer)
}
