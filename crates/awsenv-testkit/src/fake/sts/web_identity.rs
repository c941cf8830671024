//! `AssumeRoleWithWebIdentity`: unsigned; the token is the proof.

use crate::fake::state::{Principal, State, rfc3339, unique_id};
use crate::fake::wire::{Reply, value_of, xml_text};
use crate::fake::world::assumed_role_arn;

use super::{checked, credentials_xml, duration, failure, invalid, success};

/// A token of an identity provider that the fake believes.
#[derive(Clone, Debug)]
pub(crate) struct WebToken {
    pub(crate) provider: String,
    pub(crate) audience: String,
    pub(crate) subject: String,
    /// Seconds since the epoch.
    pub(crate) expires: i64,
}

pub(super) fn answer(state: &mut State, form: &[(String, String)]) -> Reply {
    let arn = checked(state, form, "RoleArn", "+=,.@:/-", (20, 2048))?;
    let session = checked(state, form, "RoleSessionName", "+=,.@-", (2, 64))?;
    let seconds = duration(state, form, 3600, 43_200)?;
    let text = value_of(form, "WebIdentityToken").unwrap_or_default();
    if text.len() < 4 {
        return Err(invalid(
            state,
            "1 validation error detected: Value at 'webIdentityToken' failed to satisfy constraint: \
             Member must have length greater than or equal to 4",
        ));
    }
    let Some(token) = state.web_tokens.get(&text).cloned() else {
        return Err(failure(
            state,
            400,
            "InvalidIdentityToken",
            "Couldn't retrieve verification key from your identity provider,  please reference \
             AssumeRoleWithWebIdentity documentation for requirements",
        ));
    };
    let now = state.now();
    if token.expires <= now {
        let message =
            format!("Token expired: current date/time {now} must be before the expiration date/time {}", token.expires);
        return Err(failure(state, 400, "ExpiredTokenException", &message));
    }
    let trusted = state.roles.iter().find(|role| {
        role.arn == arn
            && role.web_identity.iter().any(|trust| {
                trust.provider == token.provider && trust.audience == token.audience && trust.subject == token.subject
            })
    });
    let Some(role) = trusted else {
        return Err(failure(state, 403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity"));
    };
    if seconds > role.max_duration as i64 {
        return Err(invalid(state, "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."));
    }
    let arn = state.perhaps_wrong(&arn);
    let issued = state.issue(Principal::role(&arn, &session), seconds);
    let result = format!(
        "<SubjectFromWebIdentityToken>{}</SubjectFromWebIdentityToken><Audience>{}</Audience>\
         <AssumedRoleUser><AssumedRoleId>{}:{session}</AssumedRoleId><Arn>{}</Arn></AssumedRoleUser>{}\
         <Provider>{}</Provider>",
        xml_text(&token.subject),
        xml_text(&token.audience),
        unique_id("AROA", &arn),
        xml_text(&assumed_role_arn(&arn, &session)),
        credentials_xml(&issued),
        xml_text(&token.provider)
    );
    Ok(success(state, "AssumeRoleWithWebIdentity", &result))
}

impl WebToken {
    /// The claims, as a token of this provider would have them.
    pub(crate) fn claims(&self, issued: i64) -> serde_json::Value {
        serde_json::json!({
            "iss": format!("https://{}", self.provider),
            "aud": self.audience,
            "sub": self.subject,
            "iat": issued,
            "exp": self.expires,
            "jti": rfc3339(issued),
        })
    }
}
