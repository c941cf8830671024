//! What it takes to use a profile now: nothing, a renewal, or a person.

use awsenv_core::chain::{CredentialChain, CredentialSource, Sso};
use awsenv_core::profile::ProfileSet;
use awsenv_host::sessions::sso_token_key;
use awsenv_host::sso_cache::{SsoState, read_token};
use jiff::Timestamp;

use crate::context::Context;
use crate::obtain::cached;

/// The state of a profile's session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Can be used as it is.
    Ready,
    /// Is over, and nothing here renews it.
    Expired,
    /// AWS or a program must be asked; nobody has to do anything.
    Refreshable,
    /// A person must log in.
    LoginNeeded,
    /// A person must give a one-time code.
    MfaNeeded,
    /// The files say nothing that could work.
    Broken,
}

impl State {
    /// As in `list --json`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Expired => "expired",
            Self::Refreshable => "refreshable",
            Self::LoginNeeded => "login-needed",
            Self::MfaNeeded => "mfa-needed",
            Self::Broken => "broken",
        }
    }
}

/// The state of `chain` and, where a session is cached, when that ends. Reads caches; asks nobody.
pub(crate) fn state(context: &Context, set: &ProfileSet<'_>, chain: &CredentialChain) -> (State, Option<Timestamp>) {
    if let Some(entry) = cached(context, set, chain) {
        return (State::Ready, Some(entry.expiration));
    }
    (beyond(context, chain), None)
}

/// What it takes to get credentials anew, whatever session of the whole chain is cached.
pub(crate) fn beyond(context: &Context, chain: &CredentialChain) -> State {
    let base = match &chain.base().source {
        CredentialSource::Static { .. } => State::Ready,
        CredentialSource::Sso(sso) => sso_state(context, sso),
        CredentialSource::LoginSession { .. } => State::LoginNeeded,
        _ => State::Refreshable,
    };
    match base {
        State::LoginNeeded => State::LoginNeeded,
        _ if chain.roles().any(|role| role.mfa_serial.is_some()) => State::MfaNeeded,
        State::Ready if chain.steps.len() > 1 => State::Refreshable,
        state => state,
    }
}

/// A token that is valid or can be refreshed gives role credentials without a person.
pub(crate) fn sso_state(context: &Context, sso: &Sso) -> State {
    let folder = context.aws_folder().map(|folder| folder.join("sso").join("cache"));
    let token = folder.and_then(|folder| read_token(&folder, &sso_token_key(sso)).found());
    match token.map(|token| token.state(context.now)) {
        Some(SsoState::Valid | SsoState::Refreshable) => State::Refreshable,
        Some(SsoState::LoginNeeded) | None => State::LoginNeeded,
    }
}
