//! The sessions of `aws login`: used while they are valid, renewed when they are about to end.
//!
//! The rules are botocore's (`LoginCredentialFetcher`): credentials live 15 minutes and are renewed in the last five, with
//! a proof of possession of the session's key. The refresh token is used up by that, so the new one must not be lost:
//! one process renews for all, it lives on when the one that wanted the
//! credentials is killed, and the place of the new one is ready before the server is asked.

mod dpop;
mod keeper;

use aws_sdk_signin::operation::create_o_auth2_token::CreateOAuth2TokenError;
use aws_sdk_signin::types::CreateOAuth2TokenRequestBody;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use awsenv_core::broker::LoginRenewalTask;
use awsenv_core::chain::arn_account;
use awsenv_core::change::check_value;
use awsenv_core::credentials::{Credentials, Secret};
use awsenv_host::cache::CacheRead;
use awsenv_host::interrupt::Interrupts;
use awsenv_host::login_cache::{LoginRenewal, LoginSession, file_name, read_login};
use jiff::{SignedDuration, Timestamp};

use self::dpop::Dpop;
use crate::aws_error::{self, Service};
use crate::broker::Broker;
use crate::client;
use crate::error::{BrokerError, Result};
use crate::store;

/// Credentials with less than this left are renewed.
const THRESHOLD: SignedDuration = SignedDuration::from_mins(5);

/// The credentials of the session that `login_session`, an ARN, names, for `profile`.
pub(crate) fn credentials(broker: &Broker<'_>, profile: &str, login_session: &str) -> Result<Credentials> {
    let session = Session { broker, profile, login_session, name: file_name(login_session) };
    let credentials = match session.read()? {
        kept if session.is_fresh(&kept) => kept.credentials,
        _ => session.locked("wanting", || session.unless_done(|kept| session.kept_or_renewed(kept)))?,
    };
    with_account(credentials, login_session)
}

/// New credentials in the place of those that are nearly over, by this very process:
/// [`awsenv_core::broker::Task::RenewLogin`].
pub(crate) fn renewed_here(broker: &Broker<'_>, task: &LoginRenewalTask) -> Result<Credentials> {
    let name = file_name(&task.login_session);
    let session = Session { broker, profile: &task.profile, login_session: &task.login_session, name };
    session.renewed_here()
}

/// Where both the session and its name say an account, they must say the same.
fn with_account(mut credentials: Credentials, login_session: &str) -> Result<Credentials> {
    match (credentials.account_id.as_deref(), arn_account(login_session)) {
        (Some(given), Some(meant)) if given != meant => Err(BrokerError::new(
            "account-mismatch",
            format!("the session of aws login is for account {given}, the profile's login_session for {meant}"),
        )
        .hint("log in again with aws login")),
        (None, Some(meant)) => {
            credentials.account_id = Some(meant.to_owned());
            Ok(credentials)
        }
        _ => Ok(credentials),
    }
}

struct Session<'s> {
    broker: &'s Broker<'s>,
    profile: &'s str,
    login_session: &'s str,
    name: String,
}

impl Session<'_> {
    fn read(&self) -> Result<LoginSession> {
        match read_login(&self.broker.caches().login, &self.name) {
            CacheRead::Found(session) => Ok(session),
            CacheRead::Absent => Err(self.login_needed("there is no session of aws login")),
            CacheRead::Unusable(why) => {
                Err(self.login_needed(&format!("the session of aws login can't be used: {why}")))
            }
        }
    }

    fn is_fresh(&self, session: &LoginSession) -> bool {
        self.left(session) > THRESHOLD
    }

    fn left(&self, session: &LoginSession) -> SignedDuration {
        let end = session.credentials.expiration.unwrap_or(Timestamp::MIN);
        end.duration_since(self.broker.now())
    }

    fn locked<T>(&self, what_for: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        store::locked(self.broker, &format!("login {what_for} {}", self.name), "a session of aws login", work)
    }

    /// Does `renew`, unless whoever held the lock before has done it.
    fn unless_done(&self, renew: impl FnOnce(LoginSession) -> Result<Credentials>) -> Result<Credentials> {
        let session = self.read()?;
        if self.is_fresh(&session) { Ok(session.credentials) } else { renew(session) }
    }

    /// By a process that outlives this one.
    fn kept_or_renewed(&self, session: LoginSession) -> Result<Credentials> {
        let lives = self.left(&session) > SignedDuration::ZERO;
        match keeper::renew(self.broker, self.profile, self.login_session, lives) {
            Some(renewed) => renewed,
            None if lives => Ok(session.credentials),
            None => self.renewed_here(),
        }
    }

    fn renewed_here(&self) -> Result<Credentials> {
        self.locked("writing", || self.unless_done(|session| self.renewed(&session)))
    }

    fn renewed(&self, session: &LoginSession) -> Result<Credentials> {
        match self.renew(session) {
            Err(error) if error.code == LOGIN_NEEDED => match self.somebody_elses(session) {
                Some(theirs) if self.is_fresh(&theirs) => Ok(theirs.credentials),
                Some(theirs) => self.renew(&theirs),
                None => Err(error),
            },
            // Trouble on the way is no reason to stop while the old ones still work.
            Err(error) if self.left(session) > SignedDuration::ZERO => {
                self.broker.warn(format!("the session of aws login could not be renewed: {}", error.message));
                Ok(session.credentials.clone())
            }
            renewed => renewed,
        }
    }

    /// What another tool, which knows nothing of the lock, has put in the place of `session`.
    fn somebody_elses(&self, session: &LoginSession) -> Option<LoginSession> {
        self.read().ok().filter(|kept| kept.refresh_token != session.refresh_token)
    }

    fn renew(&self, session: &LoginSession) -> Result<Credentials> {
        let proof = Dpop::new(&session.dpop_key)
            .ok_or_else(|| self.login_needed("the session of aws login has no key that can be used"))?;
        let place = match LoginRenewal::prepare(&self.broker.caches().login, &self.name) {
            Ok(place) => Some(place),
            // The refresh token is not spent for a few minutes more.
            Err(error) if self.left(session) > SignedDuration::ZERO => {
                self.broker
                    .warn(format!("the session of aws login is not renewed, since it could not be kept: {error}"));
                return Ok(session.credentials.clone());
            }
            Err(error) => {
                self.broker.warn(format!("the renewed session of aws login can't be kept, log in again soon: {error}"));
                None
            }
        };
        // From here to its place the new refresh token is nowhere but in this process.
        let interrupts = Interrupts::hold();
        let (credentials, refresh_token) = self.ask(session, proof)?;
        // A login meanwhile has another key, and a longer life before it.
        let place = place.filter(|_| self.somebody_elses(session).is_none());
        if let Some(Err(error)) = place.map(|place| place.put(&credentials, &refresh_token)) {
            self.broker.warn(format!("the renewed session of aws login can't be kept, log in again soon: {error}"));
        }
        if interrupts.is_ok_and(|interrupts| interrupts.asked()) {
            return Err(BrokerError::new("interrupted", "stopped").interrupted());
        }
        Ok(credentials)
    }

    /// CreateOAuth2Token
    /// (<https://docs.aws.amazon.com/signin/latest/APIReference/API_CreateOAuth2Token.html>).
    fn ask(&self, session: &LoginSession, proof: Dpop) -> Result<(Credentials, Secret)> {
        let signin = client::signin(self.broker, &self.region(session), proof)?;
        let body = CreateOAuth2TokenRequestBody::builder()
            .client_id(&session.client_id)
            .grant_type("refresh_token")
            .refresh_token(session.refresh_token.expose())
            .build()
            .map_err(|_| self.login_needed("the session of aws login is not whole"))?;
        let now = self.broker.now();
        let answer = self
            .broker
            .wait(signin.create_o_auth2_token().token_input(body).send())
            .map_err(|error| self.failed(&error).without([&session.refresh_token]))?;
        let bad = || BrokerError::new("bad-answer", "AWS Sign-In answered without credentials");
        let output = answer.token_output.ok_or_else(bad)?;
        let given = output.access_token.ok_or_else(bad)?;
        let refresh_token = Secret::new(output.refresh_token);
        let credentials = Credentials {
            access_key_id: given.access_key_id,
            secret_access_key: Secret::new(given.secret_access_key),
            session_token: Some(Secret::new(given.session_token)),
            expiration: now.checked_add(SignedDuration::from_secs(output.expires_in.into())).ok(),
            account_id: session.credentials.account_id.clone(),
        };
        let token = credentials.session_token.as_ref().map_or("", Secret::expose);
        for text in [&credentials.access_key_id, credentials.secret_access_key.expose(), token, refresh_token.expose()]
        {
            if text.is_empty() || check_value("", text).is_err() {
                return Err(bad());
            }
        }
        Ok((credentials, refresh_token))
    }

    /// The login's own region comes first; older logins wrote none down.
    fn region(&self, session: &LoginSession) -> String {
        let partition = client::partition([self.login_session], []);
        let home = || partition.map_or("us-east-1", |partition| partition.home_region).to_owned();
        session.sign_in_region.clone().or_else(|| self.broker.calls().region.clone()).unwrap_or_else(home)
    }

    fn failed(&self, error: &SdkError<CreateOAuth2TokenError, HttpResponse>) -> BrokerError {
        let told = aws_error::describe(self.broker, Service::Signin, "CreateOAuth2Token", error);
        let Some(CreateOAuth2TokenError::AccessDeniedException(denied)) = error.as_service_error() else {
            return told;
        };
        match denied.error.as_str() {
            "TOKEN_EXPIRED" => self.login_needed("the session of aws login is over"),
            "USER_CREDENTIALS_CHANGED" => self
                .login_needed("the session of aws login is over, since the password or the keys of its user changed"),
            "INSUFFICIENT_PERMISSIONS" => BrokerError::new(
                "access-denied",
                "AWS Sign-In refuses to renew the session of aws login: its user lacks a permission",
            )
            .hint("the user needs signin:CreateOAuth2Token, for example by the policy SignInLocalDevelopmentAccess"),
            _ => told,
        }
    }

    fn login_needed(&self, why: &str) -> BrokerError {
        let profile = aws_error::clean(self.profile);
        BrokerError::new(LOGIN_NEEDED, format!("{why} (profile {:?})", self.profile))
            .hint(format!("log in: aws login --profile {}", quoted(&profile)))
            .needs_person()
    }
}

const LOGIN_NEEDED: &str = "login-needed";

/// A word of a command line to copy.
fn quoted(word: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-.@/+=:".contains(&b);
    if !word.is_empty() && word.bytes().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_cli_s() {
        // printf %s arn:aws:iam::123456789012:user/me | sha256sum
        assert_eq!(
            file_name("arn:aws:iam::123456789012:user/me"),
            "286187707741fc2ccb93cf9e56dbd0ee0a16208feed5fbc8ae1baa86d44c283f.json"
        );
    }

    #[test]
    fn words_to_copy() {
        assert_eq!(quoted("dev-1"), "dev-1");
        assert_eq!(quoted("it's $(x)"), r"'it'\''s $(x)'");
        assert_eq!(quoted(""), "''");
    }
}
