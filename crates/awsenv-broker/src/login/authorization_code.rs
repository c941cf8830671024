//! The authorization-code flow with PKCE: a page in the browser on this machine, which sends the browser back to a
//! listener here with a code, which is traded for the token. As botocore's `SSOTokenFetcherAuth`.

use std::fmt::Write;
use std::time::Duration;

use aws_sdk_ssooidc::operation::create_token::CreateTokenError;
use awsenv_core::credentials::Secret;
use awsenv_host::browser;
use awsenv_host::clock;
use awsenv_host::interrupt::Interrupts;
use awsenv_host::sso_cache::{NewSsoToken, SsoRegistration};

use super::loopback::{Loopback, PATH, Redirect, Visit};
use super::pkce::{Pkce, random_text};
use super::screen::Screen;
use super::{How, TICK, cancelled, open_page, wait};
use crate::aws_error::{self, Service};
use crate::broker::Broker;
use crate::client;
use crate::error::{BrokerError, Result};
use crate::sources::sso::{self, Grant, Session};

/// How long the person has, as with the AWS CLI.
const PATIENCE: Duration = Duration::from_secs(600);

/// A token for whoever logs in in the browser.
pub(super) fn token(
    broker: &Broker<'_>,
    session: &Session<'_>,
    how: How,
    interrupts: &Interrupts,
    screen: &mut Screen,
) -> Result<NewSsoToken> {
    // As the AWS CLI registers it: for a loopback address the port is of no account (RFC 8252, section 7.3).
    let grant = Grant::Code { redirect_uri: &format!("http://127.0.0.1{PATH}") };
    let registration = sso::registration(broker, session, grant, how.anew, interrupts)?;
    let endpoint = sso::authorize_endpoint(broker, &session.sso.sso_region)?;
    let (pkce, state) = (Pkce::new()?, random_text()?);
    let no_listener = |reason| {
        BrokerError::new("system", format!("no page of this machine can be served to the browser: {reason}"))
            .hint(format!("run: {} --device-code", session.login_command()))
    };
    let loopback = broker.wait(Loopback::listen(state.clone())).map_err(no_listener)?;
    let redirect_uri = loopback.redirect_uri();
    let url = authorize_url(&endpoint, &registration, &redirect_uri, &state, &pkce.challenge);
    if let Err(why) = browser::check_url(&url) {
        return Err(BrokerError::new("endpoint", format!("the address of the login page can't be used: {why}")));
    }
    let opened = open_page(broker, how, &url);
    let begin = if opened { "A page to log in to" } else { "To log in to" };
    let middle = if opened { "has been opened in the browser. If it has not, open" } else { ", open" };
    let space = if opened { " " } else { "" };
    screen.show(&format!(
        "{begin} {}{space}{middle} this address in a browser on this machine:\n\n  {url}\n\n",
        session.name()
    ));
    let visit = wait_for_browser(broker, session, &loopback, interrupts, screen)?;
    drop(loopback);
    let ended = match &visit.redirect {
        Redirect::Code(code) => {
            trade(broker, session, &registration, (code, &redirect_uri, &pkce.verifier), interrupts)
        }
        Redirect::Error(error) => Err(refused(session, error)),
    };
    let text = match &ended {
        Ok(_) => {
            format!("You are logged in to {}. You can close this page and go back to the terminal.", session.name())
        }
        Err(_) => format!("The login to {} did not work. The terminal says why.", session.name()),
    };
    broker.wait(visit.answer(ended.is_ok(), &text));
    ended
}

fn wait_for_browser(
    broker: &Broker<'_>,
    session: &Session<'_>,
    loopback: &Loopback,
    interrupts: &Interrupts,
    screen: &mut Screen,
) -> Result<Visit> {
    let start = clock::monotonic();
    loop {
        let Some(left) = PATIENCE.checked_sub(start.elapsed()) else {
            return Err(session.login_needed(format!(
                "nobody has logged in to {} in the browser in {} minutes",
                session.name(),
                PATIENCE.as_secs() / 60
            )));
        };
        screen.wait("waiting for the browser", Some(left));
        if let Some(visit) = broker.wait(loopback.listen_for(TICK)) {
            return Ok(visit);
        }
        if interrupts.asked() {
            return Err(cancelled());
        }
    }
}

/// The address of the page, by RFC 6749, section 4.1.1, with AWS's name for the scopes.
fn authorize_url(
    endpoint: &str,
    registration: &SsoRegistration,
    redirect_uri: &str,
    state: &Secret,
    challenge: &str,
) -> String {
    let scopes = registration.scopes.join(" ");
    let parameters = [
        ("response_type", "code"),
        ("client_id", &registration.client.client_id),
        ("redirect_uri", redirect_uri),
        ("state", state.expose()),
        ("code_challenge_method", "S256"),
        ("scopes", &scopes),
        ("code_challenge", challenge),
    ];
    let mut url = endpoint.to_owned();
    for (index, (name, value)) in parameters.into_iter().enumerate() {
        url.push(if index == 0 { '?' } else { '&' });
        url.push_str(name);
        url.push('=');
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                url.push(char::from(byte));
            } else {
                let _ = write!(url, "%{byte:02X}");
            }
        }
    }
    url
}

/// What the login page said no with.
fn refused(session: &Session<'_>, error: &str) -> BrokerError {
    if error.starts_with("access_denied") {
        return BrokerError::new(
            "login-denied",
            format!("the login to {} was denied in the browser: {error}", session.name()),
        );
    }
    BrokerError::new("login-refused", format!("AWS refused the login to {}: {error}", session.name()))
        .hint(format!("to try with a client that is registered anew, run: {} --force", session.login_command()))
}

/// CreateToken with the grant `authorization_code`
/// (<https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html>).
fn trade(
    broker: &Broker<'_>,
    session: &Session<'_>,
    registration: &SsoRegistration,
    (code, redirect_uri, verifier): (&Secret, &str, &Secret),
    interrupts: &Interrupts,
) -> Result<NewSsoToken> {
    let client = &registration.client;
    let call = client::oidc(broker, &session.sso.sso_region)?
        .create_token()
        .grant_type("authorization_code")
        .client_id(&client.client_id)
        .client_secret(client.client_secret.expose())
        .code(code.expose())
        .redirect_uri(redirect_uri)
        .code_verifier(verifier.expose());
    let answer = wait(broker, interrupts, call.send())?.map_err(|error| {
        let described = aws_error::describe(broker, Service::SsoOidc, "CreateToken", &error).without([
            code,
            verifier,
            &client.client_secret,
        ]);
        match error.as_service_error() {
            Some(CreateTokenError::InvalidGrantException(_) | CreateTokenError::ExpiredTokenException(_)) => {
                BrokerError::new("login-refused", format!("AWS does not take the browser's answer: {described}"))
                    .hint(format!("run again: {}", session.login_command()))
            }
            Some(CreateTokenError::InvalidClientException(_)) => {
                described.hint(format!("to register a new client, run: {} --force", session.login_command()))
            }
            _ => described,
        }
    })?;
    sso::new_token(broker, session, answer, client.clone(), None)
}
