//! Multi-factor authentication: how a role's wish for it is met.
//!
//! One session, made by GetSessionToken with a code, serves every role that wants the same device, until it ends. Where
//! a policy does not take such a session, the code goes with the AssumeRole itself. AWS takes each code once, so what
//! was learnt about a refusal is remembered, and the next code goes the right way at once.

mod codes;
mod kept;

use awsenv_core::chain::AssumeRole;
use awsenv_core::credentials::{Credentials, Secret};

use crate::broker::Broker;
use crate::error::{BrokerError, Result};
use crate::sources::sts::{self, MfaCode};
use crate::store;
use codes::{Code, MOST_QUESTIONS};
use kept::Refuser;

pub(crate) use codes::SpentCodes;

/// What meets a role's wish for MFA.
#[derive(Clone, Debug)]
pub(crate) enum Means {
    /// A session that was made with a code: it signs, and no code is needed.
    Session(Credentials),
    /// A code that goes with the call itself. AWS takes it once.
    Code(Secret),
}

/// A role that wants MFA.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wish<'a> {
    /// The profile that carries the role.
    pub(crate) profile: &'a str,
    /// The role.
    pub(crate) role: &'a AssumeRole,
    /// `mfa_serial` of the role: the device.
    pub(crate) serial: &'a str,
    /// The credentials of the step before.
    pub(crate) before: &'a Credentials,
}

/// Does `attempt`, which assumes the role ([`sts::assume_role`]), with what meets the wish, and again with something
/// better where AWS refuses that.
///
/// Asks a person, so no lock may be held by the caller; `attempt` asks nobody and may hold one. An attempt that found
/// the role in a cache meanwhile has not sent its code, which then is only not used.
pub(crate) fn with_means<T>(
    broker: &Broker<'_>,
    wish: &Wish<'_>,
    mut attempt: impl FnMut(&Means) -> Result<T>,
) -> Result<T> {
    let mut unsent = None;
    let mut why = None;
    // Temporary credentials can't ask for a session.
    if wish.before.session_token.is_none() && !kept::is_refused(broker, wish) {
        match by_session(broker, wish, &mut attempt)? {
            BySession::Done(done) => return Ok(done),
            BySession::SessionDenied { code } => unsent = code,
            BySession::RoleDenied(error) => {
                why = Some(format!(
                    "with the MFA session {}; perhaps the role wants the code with the call itself",
                    error.message
                ));
                if !can_give_another(broker) {
                    return Err(again_with_code(broker, wish, error));
                }
            }
        }
    }
    by_code(broker, wish, unsent, why, &mut attempt)
}

/// What came of a session.
enum BySession<T> {
    /// The role.
    Done(T),
    /// There is no session for these keys; the code may still be good.
    SessionDenied { code: Option<Code> },
    /// There is a session, and the role does not take it.
    RoleDenied(BrokerError),
}

fn by_session<T>(
    broker: &Broker<'_>,
    wish: &Wish<'_>,
    attempt: &mut impl FnMut(&Means) -> Result<T>,
) -> Result<BySession<T>> {
    if let Some(session) = kept::session(broker, wish) {
        match attempt(&Means::Session(session)) {
            Ok(done) => return Ok(BySession::Done(done)),
            // Revoked, or over by AWS's clock: a new one is due.
            Err(error) if is_stale(&error) => kept::forget_session(broker, wish),
            Err(error) => return role_denied(broker, wish, error),
        }
    }
    let session = match new_session(broker, wish)? {
        NewSession::Made(session) => session,
        NewSession::Denied { code } => return Ok(BySession::SessionDenied { code }),
    };
    match attempt(&Means::Session(session)) {
        Ok(done) => Ok(BySession::Done(done)),
        Err(error) => role_denied(broker, wish, error),
    }
}

fn is_stale(error: &BrokerError) -> bool {
    matches!(error.code, "aws-credentials-expired" | "aws-credentials-invalid")
}

fn role_denied<T>(broker: &Broker<'_>, wish: &Wish<'_>, error: BrokerError) -> Result<BySession<T>> {
    if error.code != "access-denied" {
        return Err(error);
    }
    kept::remember_refusal(broker, wish, Refuser::Role);
    Ok(BySession::RoleDenied(error))
}

enum NewSession {
    Made(Credentials),
    Denied { code: Option<Code> },
}

/// A session by GetSessionToken. Of many processes with a code at once one makes it, and the others take it over.
fn new_session(broker: &Broker<'_>, wish: &Wish<'_>) -> Result<NewSession> {
    let mut why: Option<String> = None;
    let mut questions = 0;
    loop {
        let code = next_code(broker, wish, why.as_deref(), &mut questions)?;
        let mut was_sent = false;
        let what = format!("an MFA session of {}", wish.serial);
        let made = store::locked(broker, &kept::session_key(broker, wish), &what, || {
            if let Some(session) = kept::session(broker, wish) {
                return Ok(session);
            }
            was_sent = true;
            broker.spent_codes.add(&code.code);
            let mfa = MfaCode { serial: wish.serial, code: &code.code };
            let session = sts::session_token_in(broker, wish.before, Some(mfa), None, wish.role.region.as_deref())?;
            kept::keep_session(broker, wish, &session);
            Ok(session)
        });
        match made {
            Ok(session) => return Ok(NewSession::Made(session)),
            Err(error) if error.code == "access-denied" && was_sent => {
                kept::remember_refusal(broker, wish, Refuser::Keys);
                // AWS looks at the policy and at the code; which of them first, and so whether the code is spent, it
                // doesn't say.
                return Ok(NewSession::Denied { code: Some(code) });
            }
            Err(error) => why = Some(ask_again(&code, error, questions)?),
        }
    }
}

/// The role with a code on the call itself; `unsent` is one that may still be good.
fn by_code<T>(
    broker: &Broker<'_>,
    wish: &Wish<'_>,
    mut unsent: Option<Code>,
    mut why: Option<String>,
    attempt: &mut impl FnMut(&Means) -> Result<T>,
) -> Result<T> {
    let mut questions = 0;
    loop {
        let second_use = unsent.is_some();
        let code = match unsent.take() {
            Some(code) => code,
            None => next_code(broker, wish, why.as_deref(), &mut questions)?,
        };
        broker.spent_codes.add(&code.code);
        match attempt(&Means::Code(code.code.clone())) {
            Ok(done) => {
                kept::confirm_refusals(broker, wish);
                return Ok(done);
            }
            Err(error) if error.code == "mfa-code-wrong" && second_use => {
                if !can_give_another(broker) {
                    return Err(again_with_code(broker, wish, error));
                }
                why =
                    Some("these keys may not have an MFA session, and the code is spent by asking for one".to_owned());
            }
            Err(error) if error.code == "access-denied" => {
                kept::forget_unproven_refusals(broker, wish);
                return Err(error);
            }
            Err(error) => why = Some(ask_again(&code, error, questions)?),
        }
    }
}

fn next_code(broker: &Broker<'_>, wish: &Wish<'_>, why: Option<&str>, questions: &mut u32) -> Result<Code> {
    let code = codes::next(broker, wish, why)?;
    *questions += u32::from(code.was_typed);
    Ok(code)
}

/// Why a person is asked again, where asking again may help.
fn ask_again(code: &Code, error: BrokerError, questions: u32) -> Result<String> {
    if error.code == "mfa-code-wrong" && code.was_typed && questions < MOST_QUESTIONS {
        Ok("AWS did not accept the code; each is accepted once, so wait for the next".to_owned())
    } else {
        Err(error)
    }
}

/// Whether there can be another code than the one of `--mfa`.
fn can_give_another(broker: &Broker<'_>) -> bool {
    broker.person().may_ask || broker.person().mfa_process.is_some()
}

/// The refusal, and that the next code goes another way.
fn again_with_code(broker: &Broker<'_>, wish: &Wish<'_>, error: BrokerError) -> BrokerError {
    error.hint(format!(
        "if the role takes MFA only on the call itself: `{} --mfa CODE` with the next code, which goes there directly \
         (this one is spent); else the role's policies do not allow it",
        codes::command(broker, wish)
    ))
}
