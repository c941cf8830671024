//! Roles and sessions of STS.

use aws_sdk_sts::types as sts_types;
use awsenv_core::chain::{AssumeRole, ChainStep, CredentialChain, CredentialSource, arn_account};
use awsenv_core::credentials::{Credentials, Secret};
use jiff::{SignedDuration, Timestamp};

use super::session_name;
use crate::aws_error::{Service, describe, in_words};
use crate::broker::Broker;
use crate::client;
use crate::error::{BrokerError, Result};
use crate::mfa::Means;

/// A session of a role, with what the AWS CLI's cache says about it.
#[derive(Clone, Debug)]
pub(crate) struct RoleSession {
    /// The credentials; their account is the ARN's.
    pub(crate) credentials: Credentials,
    /// `arn:aws:sts::123456789012:assumed-role/Admin/me`.
    pub(crate) arn: String,
    /// The role's unique id and the session's name: `AROA…:me`.
    pub(crate) role_id: String,
}

/// The most seconds that a session of a role may last which another role's session asks for
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining>).
const LONGEST_CHAINED: u32 = 3600;

/// How long a session of a role lasts when nobody says.
const DEFAULT_ROLE_SECONDS: u32 = 3600;

/// From this difference between the clocks on, a person should know.
const REMARKABLE_SKEW: SignedDuration = SignedDuration::from_mins(5);

/// Refuses, before any call is made, what STS would refuse at a chain's end: a session of more than an hour for a role
/// that is assumed with another role's session.
///
/// Roles of machines (EC2, ECS) and credentials of unknown making are left to STS, which knows.
pub(crate) fn check_durations(broker: &Broker<'_>, chain: &CredentialChain) -> Result<()> {
    for pair in chain.steps.windows(2) {
        let [before, step] = pair else { continue };
        let CredentialSource::AssumeRole(role) = &step.source else { continue };
        let seconds = role.duration_seconds.unwrap_or(0);
        if seconds > LONGEST_CHAINED && gives_role_session(&before.source) {
            return Err(too_long_for_chain(step, before, seconds).at(|| broker.place(step)));
        }
    }
    Ok(())
}

fn gives_role_session(source: &CredentialSource) -> bool {
    match source {
        CredentialSource::AssumeRole(_) | CredentialSource::WebIdentity { .. } | CredentialSource::Sso(_) => true,
        CredentialSource::LoginSession { login_session } => login_session.contains(":assumed-role/"),
        _ => false,
    }
}

fn too_long_for_chain(step: &ChainStep, before: &ChainStep, seconds: u32) -> BrokerError {
    BrokerError::new(
        "duration-too-long",
        format!(
            "profile `{}` wants its role for {seconds} s, but it is assumed with a role's session (of profile `{}`), \
             and for that AWS gives an hour at most",
            step.profile.escape_debug(),
            before.profile.escape_debug(),
        ),
    )
    .hint("set duration_seconds (or --duration) to 3600 s or less, or assume the role straight from a user's keys")
}

/// STS AssumeRole with the credentials of the step before
/// (<https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>).
///
/// With [`Means::Session`] that session signs in place of `before`; with [`Means::Code`] the code goes with the call.
/// Nobody is asked anything, so a lock may be held.
pub(crate) fn assume_role(
    broker: &Broker<'_>,
    role: &AssumeRole,
    before: &Credentials,
    mfa: Option<&Means>,
) -> Result<RoleSession> {
    let (signer, code) = match mfa {
        None => (before, None),
        Some(Means::Session(session)) => (session, None),
        Some(Means::Code(code)) => (before, Some(code)),
    };
    let name = session_name::choose(role.role_session_name.as_deref(), broker)?;
    let sts = client::sts(broker, role.region.as_deref(), Some(&role.role_arn), Some(signer))?;
    let mut call = sts
        .assume_role()
        .role_arn(&role.role_arn)
        .role_session_name(name)
        .set_external_id(role.external_id.clone())
        .set_duration_seconds(role.duration_seconds.map(seconds_of_call));
    if let Some(code) = code {
        call = call.set_serial_number(role.mfa_serial.clone()).token_code(code.expose());
    }
    let answer = broker.wait(call.send()).map_err(|error| {
        describe(broker, Service::Sts, "AssumeRole", &error).without(secrets_of(signer).chain(code))
    })?;
    let session = role_session(answer.credentials, answer.assumed_role_user)?;
    check_time(broker, &session.credentials, role.duration_seconds.unwrap_or(DEFAULT_ROLE_SECONDS))?;
    Ok(session)
}

/// STS AssumeRoleWithWebIdentity: the token is the proof, nothing is signed
/// (<https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>).
pub(super) fn assume_role_with_web_identity(
    broker: &Broker<'_>,
    role_arn: &str,
    role_session_name: &str,
    token: &Secret,
    duration_seconds: Option<u32>,
) -> Result<RoleSession> {
    let sts = client::sts(broker, None, Some(role_arn), None)?;
    let call = sts
        .assume_role_with_web_identity()
        .role_arn(role_arn)
        .role_session_name(role_session_name)
        .web_identity_token(token.expose())
        .set_duration_seconds(duration_seconds.map(seconds_of_call));
    let answer = broker
        .wait(call.send())
        .map_err(|error| describe(broker, Service::Sts, "AssumeRoleWithWebIdentity", &error).without([token]))?;
    let session = role_session(answer.credentials, answer.assumed_role_user)?;
    check_time(broker, &session.credentials, duration_seconds.unwrap_or(DEFAULT_ROLE_SECONDS))?;
    Ok(session)
}

/// The device's serial number and one of its codes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MfaCode<'a> {
    /// `mfa_serial`.
    pub(crate) serial: &'a str,
    /// Six digits.
    pub(crate) code: &'a Secret,
}

/// STS GetSessionToken with keys that don't expire
/// (<https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>). Without `seconds` AWS gives 12
/// hours, to the root user one.
pub(crate) fn session_token(
    broker: &Broker<'_>,
    keys: &Credentials,
    mfa: Option<MfaCode<'_>>,
    seconds: Option<u32>,
) -> Result<Credentials> {
    session_token_in(broker, keys, mfa, seconds, None)
}

/// As [`session_token`], at the STS of `region`.
pub(crate) fn session_token_in(
    broker: &Broker<'_>,
    keys: &Credentials,
    mfa: Option<MfaCode<'_>>,
    seconds: Option<u32>,
    region: Option<&str>,
) -> Result<Credentials> {
    let sts = client::sts(broker, region, mfa.map(|mfa| mfa.serial), Some(keys))?;
    let mut call = sts.get_session_token().set_duration_seconds(seconds.map(seconds_of_call));
    if let Some(mfa) = mfa {
        call = call.serial_number(mfa.serial).token_code(mfa.code.expose());
    }
    let answer = broker.wait(call.send()).map_err(|error| {
        describe(broker, Service::Sts, "GetSessionToken", &error)
            .without(secrets_of(keys).chain(mfa.map(|mfa| mfa.code)))
    })?;
    let mut session = credentials(answer.credentials)?;
    session.account_id = keys.account_id.clone();
    check_not_over(broker, &session)?;
    Ok(session)
}

/// What AWS takes is far below what a call can say.
fn seconds_of_call(seconds: u32) -> i32 {
    i32::try_from(seconds).unwrap_or(i32::MAX)
}

fn secrets_of(credentials: &Credentials) -> impl Iterator<Item = &Secret> {
    credentials.session_token.iter().chain([&credentials.secret_access_key])
}

fn role_session(
    given: Option<sts_types::Credentials>,
    user: Option<sts_types::AssumedRoleUser>,
) -> Result<RoleSession> {
    let mut credentials = credentials(given)?;
    let user = user.ok_or_else(|| bad_answer("STS did not say whose session it gave"))?;
    let account = arn_account(&user.arn).ok_or_else(|| bad_answer("STS gave a session without an account"))?;
    credentials.account_id = Some(account.to_owned());
    Ok(RoleSession { credentials, arn: user.arn, role_id: user.assumed_role_id })
}

/// All four parts, none of them empty: half a set would be a signature that nobody takes.
fn credentials(given: Option<sts_types::Credentials>) -> Result<Credentials> {
    let given = given.ok_or_else(|| bad_answer("STS answered without credentials"))?;
    let parts = [&given.access_key_id, &given.secret_access_key, &given.session_token];
    if parts.iter().any(|part| part.is_empty() || part.contains(char::is_control)) {
        return Err(bad_answer("STS answered with credentials that can't be used"));
    }
    let expiration = Timestamp::from_second(given.expiration.secs())
        .map_err(|_| bad_answer("STS gave credentials with an end that is no time"))?;
    Ok(Credentials {
        access_key_id: given.access_key_id,
        secret_access_key: Secret::new(given.secret_access_key),
        session_token: Some(Secret::new(given.session_token)),
        expiration: Some(expiration),
        account_id: None,
    })
}

fn bad_answer(why: &str) -> BrokerError {
    BrokerError::new("bad-answer", why)
        .hint("try again; if it stays, something between here and AWS (a proxy, an endpoint_url) changes answers")
}

/// A session says when it ends, and it was asked for so many seconds: the difference is that of the clocks.
fn check_time(broker: &Broker<'_>, credentials: &Credentials, seconds: u32) -> Result<()> {
    check_not_over(broker, credentials)?;
    let Some(end) = credentials.expiration else { return Ok(()) };
    let ahead = SignedDuration::from_secs(i64::from(seconds)) - end.duration_since(broker.now());
    if ahead.abs() > REMARKABLE_SKEW {
        let side = if ahead.is_positive() { "ahead of" } else { "behind" };
        broker.warn(format!(
            "this machine's clock is about {} {side} AWS's: credentials seem to end at another time than they do",
            in_words(ahead.abs())
        ));
    }
    Ok(())
}

fn check_not_over(broker: &Broker<'_>, credentials: &Credentials) -> Result<()> {
    match credentials.expiration {
        Some(end) if end <= broker.now() => Err(BrokerError::new(
            "clock-skew",
            format!("AWS gave credentials that are over by this machine's clock (they end at {end})"),
        )
        .hint("this machine's clock is ahead: set it (e.g. `timedatectl set-ntp true`)")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use awsenv_core::broker::Task;
    use awsenv_core::chain::{NamedSource, Sso};

    use super::*;
    use crate::testing::{request, step};

    fn role(duration_seconds: Option<u32>) -> CredentialSource {
        CredentialSource::AssumeRole(AssumeRole {
            role_arn: "arn:aws:iam::123456789012:role/x".to_owned(),
            role_session_name: None,
            external_id: None,
            mfa_serial: None,
            duration_seconds,
            region: None,
        })
    }

    fn check(base: CredentialSource, seconds: Option<u32>) -> Result<()> {
        let request = request(vec![step("base", 1, base), step("end", 5, role(seconds))]);
        let environment = awsenv_core::environment::Environment::default();
        let broker = Broker::new(&request, &environment)?;
        let Task::Credentials(task) = &request.task else { unreachable!("of this test's own making") };
        check_durations(&broker, &task.chain)
    }

    #[test]
    fn an_hour_is_the_most_for_a_role_by_a_role() {
        let sso = || {
            CredentialSource::Sso(Sso {
                sso_session: None,
                start_url: "https://x.awsapps.com/start".to_owned(),
                sso_region: "eu-west-1".to_owned(),
                account_id: Some("123456789012".to_owned()),
                role_name: Some("Admin".to_owned()),
                scopes: Vec::new(),
            })
        };
        let login = |arn: &str| CredentialSource::LoginSession { login_session: arn.to_owned() };
        let by_role = "arn:aws:sts::123456789012:assumed-role/Admin/me";
        let by_user = "arn:aws:iam::123456789012:user/me";
        for base in [role(None), sso(), login(by_role)] {
            let error = check(base.clone(), Some(3601)).unwrap_err();
            assert_eq!((error.code, error.place.as_deref()), ("duration-too-long", Some("/none/config:5")));
            assert_eq!(check(base.clone(), Some(3600)), Ok(()));
            assert_eq!(check(base, None), Ok(()));
        }
        // What STS alone knows.
        let machine = CredentialSource::Named(NamedSource::Ec2InstanceMetadata);
        for base in [machine, login(by_user)] {
            assert_eq!(check(base, Some(43_200)), Ok(()));
        }
    }
}
