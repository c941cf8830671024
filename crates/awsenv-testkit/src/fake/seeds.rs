//! What tests plant or take away while the fake runs: tokens and logins that no flow was run for, codes, counts.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use p256::SecretKey;
use serde_json::{Value, json};

use super::dpop;
use super::oidc::{ACCOUNT_ACCESS, Access, Client, Refresh};
use super::recorded::Recorded;
use super::signin::{LIFETIME, LoginGrant};
use super::state::{Principal, PrincipalKind, State, rfc3339};
use super::sts::WebToken;

/// An SSO token that stands in the AWS CLI's cache, with its registration.
#[derive(Clone, Debug)]
pub struct SsoToken {
    /// As configured.
    pub start_url: String,
    /// The bearer token.
    pub access_token: String,
    /// End of the bearer token, seconds since the epoch.
    pub expires: i64,
    /// What may refresh it.
    pub refresh_token: String,
    /// The registered client.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// End of the registration, seconds since the epoch.
    pub registration_expires: i64,
}

impl SsoToken {
    /// What the AWS CLI would have written to `~/.aws/sso/cache/<sha1>.json`.
    pub fn to_cache_json(&self, region: &str) -> Value {
        json!({
            "startUrl": self.start_url,
            "region": region,
            "accessToken": self.access_token,
            "expiresAt": rfc3339(self.expires),
            "clientId": self.client_id,
            "clientSecret": self.client_secret,
            "registrationExpiresAt": rfc3339(self.registration_expires),
            "refreshToken": self.refresh_token,
        })
    }
}

/// A login that `aws login` would have left behind.
#[derive(Clone, Debug)]
pub struct LoginSession {
    /// The ARN in `login_session`.
    pub identity: String,
    /// Of the credentials.
    pub access_key_id: String,
    /// Of the credentials.
    pub secret_access_key: String,
    /// Of the credentials.
    pub session_token: String,
    /// Of the identity.
    pub account_id: String,
    /// End of the credentials, seconds since the epoch.
    pub expires: i64,
    /// What may refresh them, together with the key.
    pub refresh_token: String,
    /// The private key, SEC1 PEM.
    pub dpop_key: String,
}

impl LoginSession {
    /// What `aws login` would have written to `~/.aws/login/cache/<sha256>.json`.
    pub fn to_cache_json(&self) -> Value {
        json!({
            "accessToken": {
                "accessKeyId": self.access_key_id,
                "secretAccessKey": self.secret_access_key,
                "sessionToken": self.session_token,
                "accountId": self.account_id,
                "expiresAt": rfc3339(self.expires),
            },
            "tokenType": "aws_sigv4",
            "refreshToken": self.refresh_token,
            "idToken": "e30.e30.",
            "clientId": "arn:aws:signin:::devtools/same-device",
            "dpopKey": self.dpop_key,
        })
    }
}

impl State {
    /// The requests since the last [`reset_calls`](Self::reset_calls).
    pub(crate) fn requests(&self) -> &[Recorded] {
        &self.records[self.forgotten..]
    }

    pub(crate) fn reset_calls(&mut self) {
        self.forgotten = self.records.len();
    }

    /// Counts requests of an operation, or of one grant of it: `CreateToken:refresh_token`.
    pub(crate) fn calls(&self, operation: &str) -> usize {
        let (operation, grant) = match operation.split_once(':') {
            Some((operation, grant)) => (operation, Some(grant)),
            None => (operation, None),
        };
        let is_meant = |request: &&Recorded| {
            request.operation == operation
                && grant.is_none_or(|grant| request.parameter("grantType").as_deref() == Some(grant))
        };
        self.requests().iter().filter(is_meant).count()
    }

    pub(crate) fn identity_of(&self, access_key_id: &str) -> Option<String> {
        self.keys.get(access_key_id).map(|key| key.principal.arn())
    }

    pub(crate) fn add_mfa_code(&mut self, serial: &str, code: &str) {
        self.used_codes.remove(&(serial.to_owned(), code.to_owned()));
        for user in self.users.iter_mut().filter(|user| user.mfa_serial.as_deref() == Some(serial)) {
            user.mfa_codes.push(code.to_owned());
        }
    }

    pub(crate) fn web_identity_token(&mut self, provider: &str, audience: &str, subject: &str, seconds: i64) -> String {
        let token = WebToken {
            provider: provider.to_owned(),
            audience: audience.to_owned(),
            subject: subject.to_owned(),
            expires: self.now() + seconds,
        };
        let part = |value: &Value| Base64UrlUnpadded::encode_string(value.to_string().as_bytes());
        let head = json!({"alg": "RS256", "kid": "test", "typ": "JWT"});
        let text = format!("{}.{}.{}", part(&head), part(&token.claims(self.now())), self.random_token());
        self.web_tokens.insert(text.clone(), token);
        text
    }

    pub(crate) fn sso_token(&mut self, start_url: &str, seconds: i64) -> Result<SsoToken, String> {
        if !self.instances.iter().any(|instance| instance.start_url == start_url) {
            return Err(format!("there is no Identity Center at {start_url}"));
        }
        let scopes = vec![ACCOUNT_ACCESS.to_owned()];
        let token = SsoToken {
            start_url: start_url.to_owned(),
            access_token: self.random_token(),
            expires: self.now() + seconds,
            refresh_token: self.random_token(),
            client_id: self.random_token(),
            client_secret: self.random_token(),
            registration_expires: self.now() + self.oidc.registration_lifetime,
        };
        let client = Client {
            secret: token.client_secret.clone(),
            expires: token.registration_expires,
            scopes: scopes.clone(),
            grant_types: None,
            redirect_uris: Vec::new(),
            issuer: None,
        };
        let session = self.next();
        let start_url = start_url.to_owned();
        let access = Access { start_url: start_url.clone(), scopes: scopes.clone(), expires: token.expires, session };
        let refresh = Refresh { client: token.client_id.clone(), start_url, scopes, session };
        self.oidc.clients.insert(token.client_id.clone(), client);
        self.oidc.access.insert(token.access_token.clone(), access);
        self.oidc.refresh.insert(token.refresh_token.clone(), refresh);
        Ok(token)
    }

    pub(crate) fn login_session(&mut self, identity: &str, seconds: i64) -> LoginSession {
        let key = loop {
            // All but one in 2^32 of 32 random bytes are a key.
            if let Ok(key) = SecretKey::from_slice(&self.random_bytes::<32>()) {
                break key;
            }
        };
        let account = identity.split(':').nth(4).unwrap_or_default().to_owned();
        let kind = match identity.split_once(":assumed-role/").and_then(|(_, rest)| rest.split_once('/')) {
            Some((role, session)) => PrincipalKind::Role {
                role_arn: format!("arn:aws:iam::{account}:role/{role}"),
                session: session.to_owned(),
            },
            None => PrincipalKind::User { arn: identity.to_owned() },
        };
        let principal = Principal { account, kind, mfa: false, temporary: true };
        let issued = self.issue(principal.clone(), seconds);
        let refresh_token = self.random_token();
        let grant = LoginGrant {
            client_id: "arn:aws:signin:::devtools/same-device".to_owned(),
            principal,
            key: dpop::key_name(&key.public_key()),
            expires: self.now() + 12 * 3600 + LIFETIME,
            revoked: None,
        };
        self.signin.sessions.insert(refresh_token.clone(), grant);
        LoginSession {
            identity: identity.to_owned(),
            access_key_id: issued.access_key_id,
            secret_access_key: issued.secret_access_key,
            session_token: issued.session_token,
            account_id: issued.account,
            expires: issued.expires,
            refresh_token,
            dpop_key: dpop::to_pem(&key),
        }
    }
}
