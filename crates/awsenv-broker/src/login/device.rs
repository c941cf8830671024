//! The device flow (RFC 8628): a code to type into any browser, and asking whether that has been done.

use std::time::Duration;

use aws_sdk_ssooidc::operation::create_token::CreateTokenError;
use aws_sdk_ssooidc::operation::start_device_authorization::{
    StartDeviceAuthorizationError, StartDeviceAuthorizationOutput,
};
use awsenv_core::credentials::Secret;
use awsenv_host::browser::check_url;
use awsenv_host::clock;
use awsenv_host::interrupt::Interrupts;
use awsenv_host::sso_cache::{NewSsoToken, SsoRegistration};

use super::screen::Screen;
use super::{How, TICK, cancelled, open_page, wait};
use crate::aws_error::{self, Service, clean};
use crate::broker::Broker;
use crate::client;
use crate::error::{BrokerError, Result};
use crate::sources::sso::{self, Grant, Session, wrong_settings};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// How often is asked, where the server doesn't say, and by how much more seldom after `slow_down`, both in seconds
/// (RFC 8628, sections 3.2 and 3.5).
const INTERVAL: u64 = 5;
const SLOWER_BY: u64 = 5;

/// The bounds of what a server may say, in seconds.
const LONGEST_INTERVAL: u64 = 60;
const LONGEST_LIFE: u64 = 3600;

/// How often in a row a poll may fail on the way: a network that is gone for a moment ends no login.
const MOST_FAILURES: u32 = 5;

/// A token for whoever types the code.
pub(super) fn token(
    broker: &Broker<'_>,
    session: &Session<'_>,
    how: How,
    interrupts: &Interrupts,
    screen: &mut Screen,
) -> Result<NewSsoToken> {
    let (registration, begun) = begin(broker, session, how, interrupts)?;
    let bad = |what: &str| BrokerError::new("bad-answer", format!("IAM Identity Center's login service {what}"));
    let address = begun.verification_uri.as_deref().ok_or_else(|| bad("named no page to log in at"))?;
    let user_code = clean(begun.user_code.as_deref().unwrap_or_default());
    let device_code = begun.device_code.filter(|code| !code.is_empty()).map(Secret::new);
    let device_code = device_code.ok_or_else(|| bad("gave no code"))?;
    let complete = begun.verification_uri_complete.as_deref().filter(|url| check_url(url).is_ok());
    if let Err(why) = check_url(address) {
        return Err(bad(&format!("named a page that can't be used: {why}")));
    }
    let opened = complete.is_some_and(|url| open_page(broker, how, url));
    screen.show(&what_to_do(session, address, complete, &user_code, opened));

    let seconds = |given: i32, otherwise: u64, most: u64| match u64::try_from(given) {
        Ok(0) | Err(_) => otherwise,
        Ok(given) => given.min(most),
    };
    let life = Duration::from_secs(seconds(begun.expires_in, 600, LONGEST_LIFE));
    let mut interval = seconds(begun.interval, INTERVAL, LONGEST_INTERVAL);
    let mut failures = 0;
    let start = clock::monotonic();
    let expired = || {
        session.login_needed(format!("nobody has logged in to {} in {} minutes", session.name(), life.as_secs() / 60))
    };
    loop {
        let pause = clock::monotonic();
        while pause.elapsed().as_secs() < interval {
            let left = life.checked_sub(start.elapsed()).ok_or_else(expired)?;
            screen.wait("waiting for the login in the browser", Some(left));
            if interrupts.asked() {
                return Err(cancelled());
            }
            std::thread::sleep(TICK);
        }
        let polled = poll(broker, session, &registration, &device_code, interrupts)?;
        failures = if matches!(polled, Poll::Failed(_)) { failures + 1 } else { 0 };
        match polled {
            Poll::Done(token) => return Ok(*token),
            Poll::Failed(error) if failures >= MOST_FAILURES => return Err(error),
            Poll::Failed(_) | Poll::Pending => {}
            Poll::SlowDown => interval = (interval + SLOWER_BY).min(LONGEST_INTERVAL),
            Poll::Expired => return Err(expired()),
        }
    }
}

fn what_to_do(session: &Session<'_>, address: &str, complete: Option<&str>, code: &str, opened: bool) -> String {
    let name = session.name();
    match (opened, complete) {
        (true, Some(complete)) => format!(
            "A page to log in to {name} has been opened in the browser. If it has not, open\n\n  {complete}\n\n\
             The page must show this code:\n\n  {code}\n\n"
        ),
        (_, Some(complete)) => format!(
            "To log in to {name}, open this address in any browser\n\n  {address}\n\nand type this code:\n\n  \
             {code}\n\nor open this one, which must show the same code:\n\n  {complete}\n\n"
        ),
        (_, None) => format!(
            "To log in to {name}, open this address in any browser\n\n  {address}\n\nand type this code:\n\n  {code}\n\n"
        ),
    }
}

/// StartDeviceAuthorization, once more with a new client where AWS has forgotten the one that is kept
/// (<https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_StartDeviceAuthorization.html>).
fn begin(
    broker: &Broker<'_>,
    session: &Session<'_>,
    how: How,
    interrupts: &Interrupts,
) -> Result<(SsoRegistration, StartDeviceAuthorizationOutput)> {
    let mut anew = how.anew;
    loop {
        let registration = sso::registration(broker, session, Grant::Device, anew, interrupts)?;
        let call = client::oidc(broker, &session.sso.sso_region)?
            .start_device_authorization()
            .client_id(&registration.client.client_id)
            .client_secret(registration.client.client_secret.expose())
            .start_url(&session.sso.start_url);
        match wait(broker, interrupts, call.send())? {
            Ok(begun) => return Ok((registration, begun)),
            Err(error) => {
                let is_forgotten = matches!(
                    error.as_service_error(),
                    Some(
                        StartDeviceAuthorizationError::InvalidClientException(_)
                            | StartDeviceAuthorizationError::UnauthorizedClientException(_)
                    )
                );
                if !is_forgotten || anew {
                    let described = aws_error::describe(broker, Service::SsoOidc, "StartDeviceAuthorization", &error)
                        .without([&registration.client.client_secret]);
                    return Err(wrong_settings(session, described));
                }
                anew = true;
            }
        }
    }
}

/// What the server says to "has somebody logged in?".
enum Poll {
    Done(Box<NewSsoToken>),
    Pending,
    SlowDown,
    Expired,
    /// It did not come to an answer.
    Failed(BrokerError),
}

fn poll(
    broker: &Broker<'_>,
    session: &Session<'_>,
    registration: &SsoRegistration,
    device_code: &Secret,
    interrupts: &Interrupts,
) -> Result<Poll> {
    let client = &registration.client;
    let call = client::oidc(broker, &session.sso.sso_region)?
        .create_token()
        .grant_type(GRANT)
        .client_id(&client.client_id)
        .client_secret(client.client_secret.expose())
        .device_code(device_code.expose());
    let error = match wait(broker, interrupts, call.send())? {
        Ok(answer) => {
            let token = sso::new_token(broker, session, answer, client.clone(), None)?;
            return Ok(Poll::Done(Box::new(token)));
        }
        Err(error) => error,
    };
    match error.as_service_error() {
        Some(CreateTokenError::AuthorizationPendingException(_)) => Ok(Poll::Pending),
        Some(CreateTokenError::SlowDownException(_)) => Ok(Poll::SlowDown),
        Some(CreateTokenError::ExpiredTokenException(_)) => Ok(Poll::Expired),
        Some(CreateTokenError::AccessDeniedException(_)) => {
            Err(BrokerError::new("login-denied", format!("the login to {} was denied in the browser", session.name())))
        }
        refusal => {
            let described = aws_error::describe(broker, Service::SsoOidc, "CreateToken", &error)
                .without([device_code, &client.client_secret]);
            match refusal {
                None | Some(CreateTokenError::InternalServerException(_)) => Ok(Poll::Failed(described)),
                Some(_) => Err(described),
            }
        }
    }
}
