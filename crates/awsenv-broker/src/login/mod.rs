//! Logins at IAM Identity Center: in the browser on this machine (authorization code with PKCE), or with a code that is
//! typed into any browser (device flow). Everything is shown on the terminal device, else on standard error.

mod authorization_code;
mod claim;
mod consent;
mod device;
mod loopback;
mod pkce;
mod screen;

use std::future::Future;
use std::time::Duration;

use awsenv_core::broker::LoginTask;
use awsenv_core::credentials::Secret;
use awsenv_host::browser;
use awsenv_host::interrupt::Interrupts;
use awsenv_host::sso_cache::{SsoToken, write_token};
use jiff::Timestamp;
use tokio::time::timeout;

use crate::broker::Broker;
use crate::error::{BrokerError, Result};
use crate::sources::sso::{self, Got, Session};
use claim::Claim;
use screen::Screen;

/// How often is looked for Ctrl-C, and the countdown counts.
const TICK: Duration = Duration::from_millis(100);

/// How a person logs in.
#[derive(Clone, Copy, Debug, Default)]
struct How {
    /// With a code, in any browser.
    device_code: bool,
    /// Addresses are shown and not opened.
    only_show: bool,
    /// With a client that is registered anew.
    anew: bool,
}

/// A login that came to a good end.
#[derive(Debug)]
pub(crate) struct LoggedIn {
    /// Until when the token is accepted.
    pub(crate) expires_at: Timestamp,
    /// Whether it renews without a person for longer.
    pub(crate) renewable: bool,
    /// Whether there was a valid token already, and nobody was asked.
    pub(crate) was_valid: bool,
}

/// `awsenv login`: a token, from a person unless there is a good one.
pub(crate) fn login(broker: &Broker<'_>, task: &LoginTask) -> Result<LoggedIn> {
    let session = Session::new(&task.sso, task.profile.as_deref());
    let kept = sso::read(broker, &session);
    if !task.force
        && let Some(token) = kept.as_ref().and_then(|token| good_for_a_while(broker, &session, token))
    {
        return Ok(logged_in(broker, &token, true));
    }
    let how = How { device_code: task.device_code, only_show: !task.open_browser, anew: task.force };
    let unwanted = kept.filter(|_| task.force).map(|token| token.access_token);
    let token = log_in(broker, &session, how, unwanted.as_ref())?;
    Ok(logged_in(broker, &token, false))
}

/// A token from a person, who is asked first whether to log in now. `why` says what is the matter; `unwanted` is a token
/// that looks good and is not.
///
/// # Errors
/// `login-needed`, with the command to run, where nobody may or can be asked, or where the person doesn't want to now.
pub(crate) fn ask(
    broker: &Broker<'_>,
    session: &Session<'_>,
    why: String,
    unwanted: Option<&Secret>,
) -> Result<SsoToken> {
    if !broker.person().may_ask || !consent::asked(session, &why)? {
        return Err(session.login_needed(why));
    }
    log_in(broker, session, How::default(), unwanted)
}

/// A token that nobody needs to log in for: with more than a few minutes before it, or renewed.
fn good_for_a_while(broker: &Broker<'_>, session: &Session<'_>, kept: &SsoToken) -> Option<SsoToken> {
    if sso::is_fresh(broker, kept) {
        return Some(kept.clone());
    }
    // Whatever keeps it from being renewed, a login may get around it.
    match sso::renewed(broker, session) {
        Ok(Got::Token(token)) => Some(token).filter(|token| sso::is_fresh(broker, token)),
        _ => None,
    }
}

fn log_in(broker: &Broker<'_>, session: &Session<'_>, how: How, unwanted: Option<&Secret>) -> Result<SsoToken> {
    let interrupts = Interrupts::hold()
        .map_err(|reason| BrokerError::new("system", format!("the system lets no signal be caught: {reason}")))?;
    let mut screen = Screen::open();
    let before = sso::read(broker, session).map(|token| token.access_token);
    let arrived = || {
        let token = sso::read(broker, session)?;
        let is_new = broker.now() < token.expires_at && Some(&token.access_token) != before.as_ref();
        let is_good = is_new || sso::is_fresh(broker, &token);
        (is_good && Some(&token.access_token) != unwanted).then_some(token)
    };
    // Held until the token is in its place; nobody else opens a page meanwhile.
    let _claim = match claim::claim(broker, session, &interrupts, &mut screen, arrived)? {
        Claim::Ours(lock) => lock,
        Claim::Theirs(token) => return Ok(token),
    };
    let in_browser_here = session.sso.sso_session.is_some() && !how.device_code && browser::can_open(broker.captured);
    let token = if in_browser_here {
        authorization_code::token(broker, session, how, &interrupts, &mut screen)?
    } else {
        device::token(broker, session, how, &interrupts, &mut screen)?
    };
    screen.end(&format!("logged in to {}", session.name()));
    sso::locked(broker, session, || {
        if let Err(error) = write_token(&broker.caches().sso, &session.key, &token) {
            broker.warn(format!("the token for {} can't be stored: {error}", session.name()));
        }
        Ok(())
    })?;
    Ok(sso::as_read(token))
}

fn logged_in(broker: &Broker<'_>, token: &SsoToken, was_valid: bool) -> LoggedIn {
    LoggedIn { expires_at: token.expires_at, renewable: sso::can_be_renewed(broker, token), was_valid }
}

/// Waits for `call`, and no longer than the person does.
pub(crate) fn wait<T>(broker: &Broker<'_>, interrupts: &Interrupts, call: impl Future<Output = T>) -> Result<T> {
    let mut call = std::pin::pin!(call);
    loop {
        match broker.wait(async { timeout(TICK, call.as_mut()).await }) {
            Ok(answer) => return Ok(answer),
            Err(_) if interrupts.asked() => return Err(cancelled()),
            Err(_) => {}
        }
    }
}

/// The person has stopped it.
fn cancelled() -> BrokerError {
    BrokerError::new("interrupted", "the login was cancelled").interrupted()
}

/// Opens the page, where that is wanted and there is a browser. The address was checked before.
fn open_page(broker: &Broker<'_>, how: How, url: &str) -> bool {
    !how.only_show && browser::can_open(broker.captured) && browser::open(url, broker.captured)
}
