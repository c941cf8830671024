//! A chain is executed base first; each step signs with what the step before gave. A step whose session is cached needs
//! nothing of what comes before it.

use awsenv_core::broker::CredentialsTask;
use awsenv_core::chain::{AssumeRole, ChainStep, CredentialSource, NamedSource};
use awsenv_core::credentials::Credentials;
use awsenv_core::session_key::session_key;
use awsenv_host::cli_cache::{CachedCredentials, RoleUser, is_session_of};
use awsenv_host::freshness::Freshness;
use awsenv_host::own_cache::OwnCache;
use awsenv_host::sessions::{Sessions, Slot, gives_session};
use jiff::Timestamp;

use crate::broker::Broker;
use crate::error::{BrokerError, Result};
use crate::mfa::{self, Means, Wish};
use crate::sources::{self, sts::RoleSession};
use crate::{long_term, store};

/// Credentials at the end of the chain.
pub(crate) fn credentials(broker: &Broker<'_>, task: &CredentialsTask) -> Result<Credentials> {
    sources::sts::check_durations(broker, &task.chain)?;
    let last = task.chain.steps.len().checked_sub(1);
    let last = last.ok_or_else(|| BrokerError::new("broker-protocol", "the request holds no step of a chain"))?;
    let run = Run::new(broker, task);
    let since = if task.refresh { broker.now() } else { Timestamp::MIN };
    let credentials = run.at(last, since)?.credentials;
    if task.session_for_long_term_keys && long_term::are_long_term(&credentials) {
        let session = long_term::session(broker, &credentials, task.duration_seconds, since);
        return session.map_err(|error| error.at(|| broker.place(&task.chain.steps[last])));
    }
    Ok(credentials)
}

/// Whether the account of the chain's credentials is said by an ARN or by IAM Identity Center.
pub(crate) fn proves_account(task: &CredentialsTask) -> bool {
    match task.chain.steps.last().map(|step| &step.source) {
        Some(CredentialSource::Static { .. } | CredentialSource::CredentialProcess { .. }) | None => false,
        Some(source) => source.account_id().is_some(),
    }
}

/// One execution of a chain.
struct Run<'a> {
    broker: &'a Broker<'a>,
    task: &'a CredentialsTask,
    own: OwnCache,
    /// For each step the key of its session.
    keys: Vec<String>,
}

/// What a step gave.
struct Got {
    credentials: Credentials,
    /// It may be that AWS has taken it back since.
    was_cached: bool,
}

/// Whose affair it is when a call fails.
#[derive(Clone, Copy)]
enum Failure {
    /// Everybody's who wants the same thing.
    OfAll,
    /// This process's alone: it was its own code, or its own token, that was refused.
    OfThisOne,
}

/// A session that AWS has just given.
struct New {
    credentials: Credentials,
    /// The ARN and the id, where it is one of a role.
    user: Option<(String, String)>,
}

impl<'a> Run<'a> {
    fn new(broker: &'a Broker<'a>, task: &'a CredentialsTask) -> Self {
        let steps = &task.chain.steps;
        let key = |end| session_key(&steps[..=end], broker.captured, broker.calls().endpoints());
        let keys = (0..steps.len()).map(key).collect();
        Self { broker, task, own: store::own_cache(broker), keys }
    }

    /// The credentials of the step, of which cached ones serve when they were made `since` then.
    fn at(&self, index: usize, since: Timestamp) -> Result<Got> {
        let step = &self.task.chain.steps[index];
        let got = if gives_session(&step.source) {
            match self.find(index, since) {
                Some(kept) if kept.freshness(self.broker.now()) == Freshness::Fresh => {
                    Ok(Got { credentials: kept.credentials, was_cached: true })
                }
                Some(kept) => self.renewed(index, kept),
                None => self.session(index, since).map(|credentials| Got { credentials, was_cached: false }),
            }
        } else {
            base(self.broker, step).map(|credentials| Got { credentials, was_cached: false })
        };
        got.map_err(|error| error.at(|| self.broker.place(step)))
    }

    /// A new session in place of one that is nearly over, if it can be had without a person.
    fn renewed(&self, index: usize, kept: CachedCredentials) -> Result<Got> {
        let what = what(&self.task.chain.steps[index]);
        renew(self.broker, &self.keys[index], &what, kept, || self.session(index, Timestamp::MIN))
            .map(|(credentials, was_cached)| Got { credentials, was_cached })
    }

    /// A new session of the step, unless another process got one meanwhile.
    fn session(&self, index: usize, since: Timestamp) -> Result<Credentials> {
        match &self.task.chain.steps[index].source {
            CredentialSource::AssumeRole(role) if index > 0 => {
                let before = self.at(index - 1, since)?;
                match self.assume(index, role, &before.credentials, since) {
                    // Revoked, or of a role that was made anew: what the cache says is out of date.
                    Err(error) if before.was_cached && is_stale(&error) => {
                        let before = self.at(index - 1, self.broker.now())?;
                        self.assume(index, role, &before.credentials, since)
                    }
                    result => result,
                }
            }
            CredentialSource::WebIdentity { role_arn, role_session_name, token_file, duration_seconds } => {
                let settings = sources::web_identity::WebIdentity {
                    role_arn,
                    role_session_name: role_session_name.as_deref(),
                    token_file,
                    duration_seconds: *duration_seconds,
                };
                self.once(index, since, Failure::OfAll, || {
                    let session = sources::web_identity::role_session(self.broker, &settings)?;
                    of_role(session, role_arn)
                })
            }
            CredentialSource::Sso(sso) => {
                let profile = &self.task.chain.steps[index].profile;
                sources::sso::with_token(self.broker, sso, profile, |token| {
                    self.once(index, since, Failure::OfThisOne, || {
                        let credentials = sources::sso::role_credentials(self.broker, sso, profile, token)?;
                        Ok(New { credentials, user: None })
                    })
                })
            }
            _ => Err(in_disorder()),
        }
    }

    fn assume(&self, index: usize, role: &AssumeRole, before: &Credentials, since: Timestamp) -> Result<Credentials> {
        let attempt = |means: Option<&Means>| {
            let failure = if matches!(means, Some(Means::Code(_))) { Failure::OfThisOne } else { Failure::OfAll };
            self.once(index, since, failure, || {
                let session = sources::sts::assume_role(self.broker, role, before, means)?;
                of_role(session, &role.role_arn)
            })
        };
        match &role.mfa_serial {
            None => attempt(None),
            Some(serial) => {
                let wish = Wish { profile: &self.task.chain.steps[index].profile, role, serial, before };
                mfa::with_means(self.broker, &wish, |means| attempt(Some(means)))
            }
        }
    }

    /// The `call` for a step's session, made by one of all the processes that want it.
    fn once(
        &self,
        index: usize,
        since: Timestamp,
        failure: Failure,
        call: impl FnOnce() -> Result<New>,
    ) -> Result<Credentials> {
        let step = &self.task.chain.steps[index];
        let kept = || {
            let kept = self.find(index, since).filter(|kept| kept.freshness(self.broker.now()) == Freshness::Fresh);
            kept.map(|kept| kept.credentials)
        };
        let keep = |new: New| {
            let user = new.user.as_ref().map(|(arn, role_id)| RoleUser { arn, role_id });
            let kept = self.caches().keep(self.slot(index), &new.credentials, user, self.broker.now());
            store::tell_if_not_kept(self.broker, kept);
            new.credentials
        };
        let (key, what) = (&self.keys[index], what(step));
        match failure {
            Failure::OfAll => store::one_call(self.broker, key, &what, kept, || call().map(keep)),
            Failure::OfThisOne => {
                store::locked(self.broker, key, &what, || kept().map_or_else(|| call().map(keep), Ok))
            }
        }
    }

    fn find(&self, index: usize, since: Timestamp) -> Option<CachedCredentials> {
        // Where the AWS CLI's entry may not be shared, the request names none.
        let found = self.caches().find(self.slot(index), self.broker.now(), || true)?;
        Some(found).filter(|kept| since == Timestamp::MIN || kept.written.is_some_and(|written| written >= since))
    }

    fn caches(&self) -> Sessions<'_> {
        Sessions { cli: &self.broker.caches().cli, own: &self.own, files: self.broker.files() }
    }

    fn slot(&self, index: usize) -> Slot<'_> {
        let shared = self.task.shared.get(index).and_then(Option::as_deref);
        Slot { step: &self.task.chain.steps[index], key: &self.keys[index], shared }
    }
}

/// A new session by `call` ([`store::one_call`] for `key`), where nobody has to be asked; else `kept`, which still lives,
/// with a warning if it was not a person that was missing. The second is whether it is the kept one.
pub(crate) fn renew(
    broker: &Broker<'_>,
    key: &str,
    what: &str,
    kept: CachedCredentials,
    call: impl FnOnce() -> Result<Credentials>,
) -> Result<(Credentials, bool)> {
    use awsenv_core::broker::FailureKind::{Interrupted, NeedsPerson};
    let renewed = store::failed_lately(broker, key).map_or_else(|| broker.quietly(call), Err);
    match renewed {
        Ok(credentials) => Ok((credentials, false)),
        Err(error) if error.kind == Interrupted => Err(error),
        Err(error) => {
            if error.kind != NeedsPerson {
                broker.warn(format!("{what} ends at {} and can't be renewed now: {error}", kept.expiration));
            }
            Ok((kept.credentials, true))
        }
    }
}

/// The sources whose credentials awsenv does not keep: they have a place of their own.
fn base(broker: &Broker<'_>, step: &ChainStep) -> Result<Credentials> {
    match &step.source {
        CredentialSource::Static { access_key_id, secret_access_key, session_token, account_id } => Ok(Credentials {
            access_key_id: access_key_id.clone(),
            secret_access_key: secret_access_key.clone(),
            session_token: session_token.clone(),
            expiration: None,
            account_id: account_id.clone(),
        }),
        CredentialSource::LoginSession { login_session } => {
            sources::login_session::credentials(broker, &step.profile, login_session)
        }
        CredentialSource::CredentialProcess { command, account_id } => {
            sources::process::credentials(broker, &step.profile, command, account_id.as_deref())
        }
        CredentialSource::Named(NamedSource::Environment) => sources::environment::credentials(broker),
        CredentialSource::Named(NamedSource::EcsContainer) => sources::container::credentials(broker),
        CredentialSource::Named(NamedSource::Ec2InstanceMetadata) => sources::metadata::credentials(broker),
        _ => Err(in_disorder()),
    }
}

/// A role without anything before it, or a source that this version does not know.
fn in_disorder() -> BrokerError {
    BrokerError::new("broker-protocol", "the request's chain is in disorder")
}

/// STS says whose session it gave; of another role it is not the one that was asked for.
fn of_role(session: RoleSession, role_arn: &str) -> Result<New> {
    if !is_session_of(&session.arn, role_arn) {
        return Err(BrokerError::new(
            "bad-answer",
            format!("STS was asked for the role {role_arn} and gave a session of {}", session.arn.escape_debug()),
        )
        .hint("nothing was changed; something between here and AWS (a proxy, an endpoint_url) changes answers"));
    }
    Ok(New { credentials: session.credentials, user: Some((session.arn, session.role_id)) })
}

/// What is waited for, and what a warning is about.
fn what(step: &ChainStep) -> String {
    match &step.source {
        CredentialSource::AssumeRole(AssumeRole { role_arn, .. }) | CredentialSource::WebIdentity { role_arn, .. } => {
            format!("the session of {}", role_arn.escape_debug())
        }
        _ => format!("the session of profile {}", step.profile.escape_debug()),
    }
}

/// AWS does not take the credentials that signed.
fn is_stale(error: &BrokerError) -> bool {
    matches!(error.code, "aws-credentials-expired" | "aws-credentials-invalid")
}
