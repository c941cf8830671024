//! What it takes to use a profile now: nothing, a renewal, or a person.

use awsenv_core::chain::{ChainStep, CredentialChain, CredentialSource, Sso};
use awsenv_core::profile::ProfileSet;
use awsenv_host::login_cache::{file_name, read_login};
use awsenv_host::sessions::sso_token_key;
use awsenv_host::sso_cache::{SsoState, read_token};
use jiff::Timestamp;

use crate::context::Context;
use crate::request::folders;
use crate::sessions::Kept;

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
    if let [ChainStep { source: CredentialSource::LoginSession { login_session }, .. }] = chain.steps.as_slice() {
        return login_state(context, login_session);
    }
    let kept = Kept::of(context, set, chain);
    match kept.as_ref().and_then(|kept| kept.session(&chain.steps)) {
        Some(session) => (State::Ready, Some(session.expiration)),
        None => (without_the_last(context, chain, kept.as_ref()), None),
    }
}

/// What it takes to get credentials anew, by the files and the logins alone, whatever sessions are cached.
pub(crate) fn beyond(context: &Context, chain: &CredentialChain) -> State {
    without_the_last(context, chain, None)
}

fn without_the_last(context: &Context, chain: &CredentialChain, kept: Option<&Kept<'_>>) -> State {
    let mut needs_code = false;
    // From the end: what comes before a step whose session is cached is not needed.
    for end in (1..=chain.steps.len()).rev() {
        let steps = &chain.steps[..end];
        if end < chain.steps.len() && kept.is_some_and(|kept| kept.session(steps).is_some()) {
            return if needs_code { State::MfaNeeded } else { State::Refreshable };
        }
        let asks =
            matches!(&chain.steps[end - 1].source, CredentialSource::AssumeRole(role) if role.mfa_serial.is_some());
        needs_code |= asks && !kept.is_some_and(|kept| kept.has_mfa_session(steps));
    }
    let base = match &chain.base().source {
        CredentialSource::Static { .. } => State::Ready,
        CredentialSource::Sso(sso) => sso_state(context, sso),
        CredentialSource::LoginSession { login_session } => match login_state(context, login_session).0 {
            State::LoginNeeded => State::LoginNeeded,
            _ => State::Refreshable,
        },
        _ => State::Refreshable,
    };
    match base {
        State::LoginNeeded => State::LoginNeeded,
        _ if needs_code => State::MfaNeeded,
        State::Ready if chain.steps.len() > 1 => State::Refreshable,
        state => state,
    }
}

/// A session of `aws login` renews itself without a person, until AWS says no.
fn login_state(context: &Context, login_session: &str) -> (State, Option<Timestamp>) {
    let session =
        folders(context).ok().and_then(|folders| read_login(&folders.login, &file_name(login_session)).found());
    let Some(session) = session else { return (State::LoginNeeded, None) };
    match session.credentials.expiration.filter(|end| *end > context.now) {
        Some(end) => (State::Ready, Some(end)),
        None => (State::Refreshable, None),
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
