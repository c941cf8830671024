//! `RegisterClient`.

use serde_json::{Map, Value, json};

use crate::fake::state::State;
use crate::fake::wire::{Answer, Reply};

use super::{CODE_GRANT, Client, DEVICE_GRANT, REFRESH_GRANT, failure, text, texts};

pub(super) fn answer(state: &mut State, body: &Map<String, Value>) -> Reply {
    text(state, body, "clientName")?;
    if text(state, body, "clientType")? != "public" {
        return Err(failure(state, "invalid_client_metadata", "clientType must be public"));
    }
    let scopes = texts(state, body, "scopes")?.unwrap_or_default();
    if scopes.iter().any(|scope| scope.is_empty() || scope.contains(' ')) {
        return Err(failure(state, "invalid_scope", "a scope is a word"));
    }
    let grant_types = texts(state, body, "grantTypes")?;
    let known = [CODE_GRANT, REFRESH_GRANT, DEVICE_GRANT];
    if grant_types.iter().flatten().any(|grant| !known.contains(&grant.as_str())) {
        return Err(failure(state, "unsupported_grant_type", "a grant type is unknown"));
    }
    let redirect_uris = texts(state, body, "redirectUris")?.unwrap_or_default();
    if redirect_uris.iter().any(|uri| loopback_parts(uri).is_none()) {
        return Err(failure(state, "invalid_redirect_uri", "a redirect URI must be http and a loopback address"));
    }
    let issuer = body.get("issuerUrl").and_then(Value::as_str).map(str::to_owned);
    if grant_types.iter().flatten().any(|grant| grant == CODE_GRANT) {
        if redirect_uris.is_empty() {
            return Err(failure(state, "invalid_redirect_uri", "redirectUris is missing"));
        }
        let is_known = |url: &String| state.instances.iter().any(|instance| instance.start_url == *url);
        if !issuer.as_ref().is_some_and(is_known) {
            return Err(failure(state, "invalid_request", "issuerUrl is not a known start URL"));
        }
    }
    let now = state.now();
    let client = Client {
        // The real ones are long JSON Web Tokens.
        secret: (0..12).map(|_| state.random_token()).collect(),
        expires: now + state.oidc.registration_lifetime,
        scopes,
        grant_types,
        redirect_uris,
        issuer,
    };
    let id = state.random_token();
    let answer = json!({
        "clientId": id,
        "clientSecret": client.secret,
        "clientIdIssuedAt": now,
        "clientSecretExpiresAt": client.expires,
        "authorizationEndpoint": null,
        "tokenEndpoint": null,
    });
    state.oidc.clients.insert(id, client);
    Ok(Answer::json(200, &answer))
}

/// Host and path of an `http` URL on a loopback address, without its port; `None` for any other.
pub(crate) fn loopback_parts(uri: &str) -> Option<(&str, &str)> {
    let rest = uri.strip_prefix("http://")?;
    let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if !authority.ends_with(']') => {
            port.parse::<u16>().ok()?;
            host
        }
        _ => authority,
    };
    let is_clean = !path.contains(['?', '#', '\\']) && !path.contains("..");
    (matches!(host, "127.0.0.1" | "[::1]") && is_clean).then_some((host, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_urls_are_loopback() {
        assert_eq!(loopback_parts("http://127.0.0.1:8080/oauth/callback"), Some(("127.0.0.1", "/oauth/callback")));
        assert_eq!(loopback_parts("http://[::1]:1/x"), Some(("[::1]", "/x")));
        assert_eq!(loopback_parts("http://[::1]/x"), Some(("[::1]", "/x")));
        for bad in [
            "https://127.0.0.1/x",
            "http://127.0.0.1.example.com/x",
            "http://user@127.0.0.1/x",
            "http://127.0.0.1:80:90/x",
            "http://127.0.0.1:x/",
            "http://127.0.0.1/../x",
            "http://127.0.0.1/x?y",
        ] {
            assert_eq!(loopback_parts(bad), None, "{bad}");
        }
    }
}
