//! The page that a browser opens in the authorization-code flow, and the person in front of it.

use crate::fake::state::State;
use crate::fake::wire::{Answer, Reply, Request, parse_form, percent_encode, value_of};
use crate::fake::world::Consent;

use super::{AuthorizationCode, CODE_GRANT, loopback_parts};

/// Seconds that a code is good for.
const CODE_LIFETIME: i64 = 600;

pub(super) fn answer(state: &mut State, request: &Request) -> Reply {
    let query = parse_form(&request.query);
    let value = |name: &str| value_of(&query, name).unwrap_or_default();
    // Nothing is sent to an address that no client has registered.
    let page = |code: &str| Answer::html(400, "<!DOCTYPE html><title>Bad request</title>").error(code);
    let id = value("client_id");
    let Some(client) = state.oidc.clients.get(&id).filter(|client| client.expires > state.now()).cloned() else {
        return Err(page("invalid_client"));
    };
    let redirect_uri = value("redirect_uri");
    let parts = loopback_parts(&redirect_uri);
    if parts.is_none() || !client.redirect_uris.iter().any(|known| loopback_parts(known) == parts) {
        return Err(page("invalid_redirect_uri"));
    }
    let back = |rest: String| {
        let state = query.iter().find(|(name, _)| name == "state");
        let state = state.map(|(_, state)| format!("&state={}", percent_encode(state))).unwrap_or_default();
        Answer::redirect(format!("{redirect_uri}?{rest}{state}"))
    };
    let refuse = |error: &str, why: &str| {
        Err(back(format!("error={error}&error_description={}", percent_encode(why))).error(error))
    };
    if value("response_type") != "code" {
        return refuse("unsupported_response_type", "response_type must be code");
    }
    if !client.may(CODE_GRANT) {
        return refuse("unauthorized_client", "the client did not register for this grant");
    }
    if value("state").is_empty() {
        return refuse("invalid_request", "state is missing");
    }
    let challenge = value("code_challenge");
    if value("code_challenge_method") != "S256" || challenge.len() != 43 {
        return refuse("invalid_request", "an S256 code challenge is needed");
    }
    let scopes: Vec<_> = value("scopes").split_whitespace().map(str::to_owned).collect();
    if scopes.is_empty() || scopes.iter().any(|scope| !client.scopes.contains(scope)) {
        return refuse("invalid_scope", "the client did not register these scopes");
    }
    match state.oidc.consent {
        Consent::Ignore => Ok(Answer::html(200, "<!DOCTYPE html><title>Allow access?</title>")),
        Consent::Deny => refuse("access_denied", "the user denied access"),
        Consent::Allow => {
            let code = state.random_token();
            let given = AuthorizationCode {
                client: id,
                redirect_uri: redirect_uri.clone(),
                challenge,
                scopes,
                expires: state.now() + CODE_LIFETIME,
                start_url: client.issuer.unwrap_or_default(),
            };
            state.oidc.codes.insert(code.clone(), given);
            Ok(back(format!("code={code}")))
        }
    }
}
