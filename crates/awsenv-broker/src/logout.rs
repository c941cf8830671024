//! The end of sessions of IAM Identity Center, at AWS and on disk.

use aws_sdk_sso::operation::logout::LogoutError;
use awsenv_core::broker::{LogoutSession, LogoutTask};
use awsenv_host::files::FileError;
use awsenv_host::sso_cache::{SsoToken, remove_role_credentials, remove_token};
use awsenv_host::timestamp::format_expiration;

use crate::aws_error::{self, Service};
use crate::broker::Broker;
use crate::client;
use crate::error::{BrokerError, Result};
use crate::sources::sso::{self, Session};

/// What a logout did.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LoggedOut {
    /// How many tokens were ended.
    pub(crate) tokens: u32,
    /// How many sets of role credentials were removed.
    pub(crate) role_credentials: u32,
}

/// Ends the sessions of `task`, each as far as it goes. The client's registration stays, as with the AWS CLI: it is no
/// login, gives nothing by itself, and the next login needs it.
///
/// # Errors
/// A file that can't be removed: it is still good for whoever finds it. All sessions were tried before.
pub(crate) fn logout(broker: &Broker<'_>, task: &LogoutTask) -> Result<LoggedOut> {
    let mut done = LoggedOut::default();
    let mut failed = None;
    for ended in &task.sessions {
        if let Err(error) = end(broker, ended, &mut done) {
            failed.get_or_insert(error);
        }
    }
    match failed {
        None => Ok(done),
        Some(error) => Err(BrokerError::new(error.code(), format!("a login could not be removed: {error}"))
            .hint("remove the file by hand: until then whoever can read it is logged in")),
    }
}

fn end(broker: &Broker<'_>, ended: &LogoutSession, done: &mut LoggedOut) -> std::result::Result<(), FileError> {
    let session = Session::new(&ended.sso, None);
    let folder = &broker.caches().sso;
    // Who renews the token now must not put a new one where the old one was.
    let (token, removed) = sso::locked(broker, &session, || {
        let token = sso::read(broker, &session);
        Ok((token, remove_token(folder, &session.key)))
    })
    .unwrap_or((None, Ok(false)));
    let removed = removed.map(|removed| done.tokens += u32::from(removed));
    let mut first_failure = removed.err();
    for name in &ended.role_entries {
        match remove_role_credentials(&broker.caches().cli, name) {
            Ok(removed) => done.role_credentials += u32::from(removed),
            Err(error) => drop(first_failure.get_or_insert(error)),
        }
    }
    if let Some(token) = token {
        end_at_aws(broker, &session, &token);
    }
    first_failure.map_or(Ok(()), Err)
}

fn end_at_aws(broker: &Broker<'_>, session: &Session<'_>, token: &SsoToken) {
    if let Err(error) = tell_aws(broker, session, token) {
        broker.warn(format!(
            "{} is logged out on this machine, but AWS could not be told: {error}; the token is over by itself at {}",
            session.name(),
            format_expiration(token.expires_at)
        ));
    }
}

/// Logout (<https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_Logout.html>). Role credentials that
/// were given before live on at AWS until their end.
fn tell_aws(broker: &Broker<'_>, session: &Session<'_>, token: &SsoToken) -> Result<()> {
    let is_over = token.expires_at <= broker.now();
    let access_token = match is_over.then(|| sso::traded(broker, session, token)).transpose()? {
        None => token.access_token.clone(),
        // Whoever has only the refresh token is still logged in; a logout takes a token that is accepted.
        Some(Some(new)) => new,
        Some(None) => return Ok(()),
    };
    // The region it was issued in, which the file may know better than the profile of today.
    let region = token.region.as_deref().unwrap_or(&session.sso.sso_region);
    let call = client::sso(broker, region)?.logout().access_token(access_token.expose());
    match broker.wait(call.send()) {
        Ok(_) => Ok(()),
        // It was over already.
        Err(error) if error.as_service_error().is_some_and(LogoutError::is_unauthorized_exception) => Ok(()),
        Err(error) => Err(aws_error::describe(broker, Service::Sso, "Logout", &error).without([&access_token])),
    }
}
