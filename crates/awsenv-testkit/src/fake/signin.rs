//! AWS Sign-In's token service, which `aws login` refreshes at: `CreateOAuth2Token` with a DPoP proof (RFC 9449).
//!
//! Shapes: the service model of `signin`, botocore's `LoginCredentialFetcher`.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::dpop;
use super::fault::WRONG_ACCOUNT;
use super::state::{Issued, Principal, PrincipalKind, State};
use super::wire::{Answer, Reply, Request};

/// Seconds that credentials of a login live; the service's own most.
pub(crate) const LIFETIME: i64 = 900;

/// All that the service gave out.
#[derive(Debug, Default)]
pub(crate) struct SigninState {
    /// By refresh token.
    pub(crate) sessions: HashMap<String, LoginGrant>,
    /// Proofs that were used.
    pub(crate) proofs: HashSet<String>,
}

/// A login that can be refreshed.
#[derive(Clone, Debug)]
pub(crate) struct LoginGrant {
    pub(crate) client_id: String,
    pub(crate) principal: Principal,
    /// `x.y` of the key that the login was bound to.
    pub(crate) key: String,
    /// Seconds since the epoch.
    pub(crate) expires: i64,
    /// The service's code for a login that no longer stands, such as `USER_CREDENTIALS_CHANGED`.
    pub(crate) revoked: Option<String>,
}

/// Answers `CreateOAuth2Token`.
pub(crate) fn answer(state: &mut State, request: &Request) -> Reply {
    let is_json = request.header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    if !is_json || !body.is_object() {
        return Err(invalid(state, "the body is not a JSON object"));
    }
    let client_id = text("clientId");
    if !["arn:aws:signin:::devtools/same-device", "arn:aws:signin:::devtools/cross-device"]
        .contains(&client_id.as_str())
    {
        return Err(invalid(state, "clientId is not valid"));
    }
    if text("grantType") != "refresh_token" {
        return Err(failure(state, 400, "ValidationException", "unsupported_grant_type", "the grant is not supported"));
    }
    let key = proof(state, request)?;
    let token = text("refreshToken");
    let Some(grant) = state.signin.sessions.get(&token).cloned() else {
        return Err(denied(state, "TOKEN_EXPIRED", "the refresh token is unknown or used"));
    };
    if grant.key != key || grant.client_id != client_id {
        return Err(denied(state, "TOKEN_EXPIRED", "the refresh token is bound to another key or client"));
    }
    if let Some(code) = &grant.revoked {
        return Err(denied(state, code, "the login no longer stands"));
    }
    if grant.expires <= state.now() {
        return Err(denied(state, "TOKEN_EXPIRED", "the login has expired"));
    }
    state.signin.sessions.remove(&token);
    let principal = if state.wrong_account { in_wrong_account(&grant.principal) } else { grant.principal.clone() };
    let issued = state.issue(principal, LIFETIME);
    let refresh_token = state.random_token();
    state.signin.sessions.insert(refresh_token.clone(), grant);
    Ok(Answer::json(200, &output(&issued, &refresh_token)))
}

fn output(issued: &Issued, refresh_token: &str) -> Value {
    json!({
        "accessToken": {
            "accessKeyId": issued.access_key_id,
            "secretAccessKey": issued.secret_access_key,
            "sessionToken": issued.session_token,
        },
        "tokenType": "aws_sigv4",
        "expiresIn": LIFETIME,
        "refreshToken": refresh_token,
    })
}

/// The key that the request's proof was made with, each proof once.
fn proof(state: &mut State, request: &Request) -> Result<String, Answer> {
    let header = request.header("dpop").ok_or_else(|| invalid(state, "the DPoP header is missing"))?;
    let url = format!("{}/v1/token", request.base_url());
    let proof = dpop::verify(header, "POST", &url, state.now()).map_err(|why| invalid(state, why))?;
    if !state.signin.proofs.insert(proof.id) {
        return Err(invalid(state, "the DPoP proof was used before"));
    }
    Ok(proof.key)
}

fn in_wrong_account(principal: &Principal) -> Principal {
    let wrong = |arn: &str| arn.replacen(&principal.account, WRONG_ACCOUNT, 1);
    let kind = match &principal.kind {
        PrincipalKind::User { arn } => PrincipalKind::User { arn: wrong(arn) },
        PrincipalKind::Role { role_arn, session } => {
            PrincipalKind::Role { role_arn: wrong(role_arn), session: session.clone() }
        }
    };
    Principal { account: WRONG_ACCOUNT.to_owned(), kind, ..*principal }
}

fn denied(state: &State, code: &str, message: &str) -> Answer {
    failure(state, 400, "AccessDeniedException", code, message)
}

fn invalid(state: &State, message: &str) -> Answer {
    failure(state, 400, "ValidationException", "INVALID_REQUEST", message)
}

/// The service's error body.
pub(crate) fn failure(state: &State, status: u16, exception: &str, code: &str, message: &str) -> Answer {
    Answer::json(status, &json!({"error": code, "message": message}))
        .header("x-amzn-errortype", exception)
        .header("x-amzn-requestid", state.request_id())
        .error(exception)
}
