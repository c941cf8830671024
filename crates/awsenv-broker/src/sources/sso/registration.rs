//! The client that a login is made by: registered once and kept for as long as AWS keeps it, shared with the AWS CLI.

use awsenv_core::chain::Sso;
use awsenv_core::credentials::Secret;
use awsenv_host::freshness::LONGEST_RENEW_WINDOW;
use awsenv_host::interrupt::Interrupts;
use awsenv_host::sso_cache::{SsoClient, SsoRegistration, SsoRegistrationKey, read_registration, write_registration};
use jiff::Timestamp;

use super::session::Session;
use crate::aws_error::{self, Service};
use crate::broker::Broker;
use crate::client;
use crate::error::{BrokerError, Result};
use crate::login;

/// How AWS calls the client where it asks a person for consent.
const CLIENT_NAME: &str = "awsenv";

/// What a client may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grant<'a> {
    /// The authorization-code flow; the browser is sent back to this address, whose port is of no account (RFC 8252).
    Code { redirect_uri: &'a str },
    /// The device flow.
    Device,
}

const CODE_GRANTS: [&str; 2] = ["authorization_code", "refresh_token"];

/// A registered client for `grant`: the one that is kept, or, where there is none or `anew`, a new one.
pub(crate) fn registration(
    broker: &Broker<'_>,
    session: &Session<'_>,
    grant: Grant<'_>,
    anew: bool,
    interrupts: &Interrupts,
) -> Result<SsoRegistration> {
    let sso = session.sso;
    let key = SsoRegistrationKey {
        start_url: &sso.start_url,
        region: &sso.sso_region,
        scopes: &sso.scopes,
        session_name: sso.sso_session.as_deref(),
    };
    let folder = &broker.caches().sso;
    let scopes = scopes(sso);
    if !anew {
        let kept = read_registration(folder, &key).found();
        if let Some(kept) = kept.filter(|kept| serves(broker, kept, grant, &scopes)) {
            return Ok(kept);
        }
    }
    let registration = register(broker, session, grant, scopes, interrupts)?;
    if let Err(error) = write_registration(folder, &key, &registration) {
        broker.warn(format!("the registration for {} can't be stored: {error}", session.name()));
    }
    Ok(registration)
}

/// What is asked for. The legacy form asks for nothing in particular, and gets no refresh token.
fn scopes(sso: &Sso) -> Vec<String> {
    if sso.sso_session.is_some() && sso.scopes.is_empty() {
        vec![Sso::DEFAULT_SCOPE.to_owned()]
    } else {
        sso.scopes.clone()
    }
}

/// As the AWS CLI decides, which keeps one client a session for both flows; and it must have the scopes.
fn serves(broker: &Broker<'_>, kept: &SsoRegistration, grant: Grant<'_>, scopes: &[String]) -> bool {
    let is_for_code = kept.grant_types.iter().any(|kind| kind == CODE_GRANTS[0]);
    kept.client.expires_at.duration_since(broker.now()) >= LONGEST_RENEW_WINDOW
        && is_for_code == matches!(grant, Grant::Code { .. })
        && scopes.iter().all(|scope| kept.scopes.contains(scope))
}

/// RegisterClient (<https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_RegisterClient.html>).
fn register(
    broker: &Broker<'_>,
    session: &Session<'_>,
    grant: Grant<'_>,
    scopes: Vec<String>,
    interrupts: &Interrupts,
) -> Result<SsoRegistration> {
    let sso = session.sso;
    let mut call = client::oidc(broker, &sso.sso_region)?
        .register_client()
        .client_name(CLIENT_NAME)
        .client_type("public")
        .set_scopes(Some(scopes.clone()).filter(|scopes| !scopes.is_empty()));
    let mut grant_types = Vec::new();
    if let Grant::Code { redirect_uri } = grant {
        grant_types = CODE_GRANTS.map(str::to_owned).to_vec();
        call = call.set_grant_types(Some(grant_types.clone())).redirect_uris(redirect_uri).issuer_url(&sso.start_url);
    }
    let answer = login::wait(broker, interrupts, call.send())?.map_err(|error| {
        wrong_settings(session, aws_error::describe(broker, Service::SsoOidc, "RegisterClient", &error))
    })?;
    let bad = || BrokerError::new("bad-answer", "IAM Identity Center's login service registered no client");
    let (Some(client_id), Some(client_secret)) = (answer.client_id, answer.client_secret) else { return Err(bad()) };
    let expires_at = Timestamp::from_second(answer.client_secret_expires_at).map_err(|_| bad())?;
    let client = SsoClient { client_id, client_secret: Secret::new(client_secret), expires_at };
    Ok(SsoRegistration { client, scopes, grant_types })
}

/// What AWS says no to before anybody has logged in is what stands in the file.
pub(crate) fn wrong_settings(session: &Session<'_>, error: BrokerError) -> BrokerError {
    if !matches!(error.code, "request-invalid" | "aws-refused" | "access-denied" | "aws-not-found") {
        return error;
    }
    let (url, region) = (aws_error::clean(&session.sso.start_url), aws_error::clean(&session.sso.sso_region));
    error.hint(format!(
        "sso_start_url ({url}) and sso_region ({region}) must be as the access portal's settings show them; \
         sso_registration_scopes what it knows"
    ))
}
