//! A profile → its [`CredentialChain`], by the AWS CLI's rules. Pure: no file, no network, no clock.
//!
//! The rules are botocore's (`botocore/credentials.py`: `AssumeRoleProvider`, `ProfileProviderBuilder`), which the AWS
//! CLI runs; where other SDKs choose otherwise, a diagnostic says so ([`crate::remarks`]).

mod sso;

use thiserror::Error;

pub use sso::resolve_sso_session;
use sso::{sso, sso_role_origin};

use crate::chain::{AssumeRole, ChainStep, CredentialChain, CredentialSource, NamedSource, Sso};
use crate::credentials::Secret;
use crate::diagnostic::{Origin, SourceFile};
use crate::profile::{Profile, ProfileSet, Value};

/// Why a profile gives no credentials: a stable code, words, a next step, a place. Never holds a value of a key that
/// may be secret.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct ResolveError {
    /// The stable code, kebab case.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// Where.
    pub origin: Option<Origin>,
}

impl ResolveError {
    fn new(code: &'static str, origin: Origin, message: String, hint: impl Into<String>) -> Self {
        Self { code, message, hint: hint.into(), origin: Some(origin) }
    }
}

/// Finds the profile of exactly this name. A near miss is an error that names the closest three.
pub fn find_profile<'s, 'a>(set: &'s ProfileSet<'a>, name: &str) -> Result<Profile<'s, 'a>, ResolveError> {
    set.get(name).ok_or_else(|| crate::suggest::profile_not_found(set, name))
}

/// Resolves the profile `name` into its chain.
pub fn resolve_profile(set: &ProfileSet<'_>, name: &str) -> Result<CredentialChain, ResolveError> {
    let mut resolver = Resolver { set, visited: Vec::new(), roles: Vec::new() };
    let base = resolver.resolve(find_profile(set, name)?)?;
    if let CredentialSource::Sso(Sso { role_name: None, .. }) = &base.source
        && !resolver.roles.is_empty()
    {
        return Err(ResolveError::new(
            "sso-token-only",
            base.origin,
            format!(
                "the source profile {} names an SSO session, which gives a token, no credentials",
                quoted(&base.profile)
            ),
            "add sso_account_id and sso_role_name to it (`aws configure sso`)",
        ));
    }
    let mut steps = vec![base];
    steps.extend(resolver.roles.into_iter().rev());
    Ok(CredentialChain { steps })
}

struct Resolver<'s, 'a> {
    set: &'s ProfileSet<'a>,
    /// The profiles on the way, the selected one first.
    visited: Vec<&'s str>,
    /// The roles on the way, the selected profile's first.
    roles: Vec<ChainStep>,
}

impl<'s, 'a> Resolver<'s, 'a> {
    /// Follows `source_profile` to the base.
    fn resolve(&mut self, selected: Profile<'s, 'a>) -> Result<ChainStep, ResolveError> {
        let mut profile = selected;
        loop {
            check_readable(profile)?;
            self.visited.push(profile.name());
            // Rule 4: from the second profile on, its own keys end the chain.
            let keys_win = self.visited.len() > 1 && has_static_key(profile);
            let Some(role_arn) = profile.get("role_arn").filter(|_| !keys_win) else { break };
            if profile.get("web_identity_token_file").is_some() {
                break;
            }
            let step = assume_role(profile, &role_arn)?;
            self.roles.push(step);
            match self.role_source(profile, role_arn.origin)? {
                RoleSource::Profile(next) => profile = next,
                RoleSource::OwnKeys => return base_source(self.set, profile),
                RoleSource::Named(step) => return Ok(step),
            }
        }
        base_source(self.set, profile)
    }

    /// Rules 2, 5 and 6: where the credentials for a role come from.
    fn role_source(&self, profile: Profile<'s, 'a>, role: Origin) -> Result<RoleSource<'s, 'a>, ResolveError> {
        let name = profile.name();
        let (source, named) = (profile.get("source_profile"), profile.get("credential_source"));
        match (source, named) {
            (None, None) => Err(ResolveError::new(
                "missing-source",
                role,
                format!("the profile {} has role_arn but nothing to assume the role with", quoted(name)),
                "add source_profile = NAME, or credential_source = Environment | EcsContainer | Ec2InstanceMetadata",
            )),
            (Some(source), Some(named)) => Err(ResolveError::new(
                "two-sources",
                source.origin.max(named.origin),
                format!("the profile {} has both source_profile and credential_source", quoted(name)),
                "keep the one that is meant; every AWS tool refuses both",
            )),
            (None, Some(named)) => named_source(profile, &named).map(RoleSource::Named),
            (Some(source), None) => self.source_profile(profile, &source),
        }
    }

    fn source_profile(&self, profile: Profile<'s, 'a>, source: &Value<'a>) -> Result<RoleSource<'s, 'a>, ResolveError> {
        let name = profile.name();
        let next = self.set.get(&source.text).ok_or_else(|| {
            let mut error = crate::suggest::profile_not_found(self.set, &source.text);
            error.code = "source-profile-not-found";
            error.message = format!("the source_profile {} of {} does not exist", quoted(&source.text), quoted(name));
            error.origin = Some(source.origin);
            error
        })?;
        if !self.visited.contains(&next.name()) {
            return Ok(RoleSource::Profile(next));
        }
        if next.name() == name && has_static_key(profile) {
            return Ok(RoleSource::OwnKeys);
        }
        let mut way: Vec<String> = self.visited.iter().map(|name| quoted(name)).collect();
        way.push(quoted(next.name()));
        Err(ResolveError::new(
            "source-profile-loop",
            source.origin,
            format!("source_profile leads in a circle: {}", way.join(" -> ")),
            if next.name() == name {
                "a profile that is its own source_profile needs keys of its own"
            } else {
                "one of these profiles must have credentials of its own and no role_arn"
            },
        ))
    }
}

enum RoleSource<'s, 'a> {
    Profile(Profile<'s, 'a>),
    OwnKeys,
    Named(ChainStep),
}

/// A profile with a line that can't be read is not used: that line may be the one that decides.
fn check_readable(profile: Profile<'_, '_>) -> Result<(), ResolveError> {
    match profile.broken() {
        None => Ok(()),
        Some(origin) => Err(ResolveError::new(
            "syntax",
            origin,
            format!("the profile {} has a line that can't be read", quoted(profile.name())),
            "mend the line; a profile is not used while a part of it is unknown",
        )),
    }
}

fn assume_role(profile: Profile<'_, '_>, role_arn: &Value<'_>) -> Result<ChainStep, ResolveError> {
    if role_arn.text.is_empty() {
        return Err(empty(profile, "role_arn", role_arn.origin));
    }
    let text = |key| profile.get_nonempty(key).map(|value| value.text.into_owned());
    Ok(ChainStep {
        profile: profile.name().to_owned(),
        origin: role_arn.origin,
        source: CredentialSource::AssumeRole(AssumeRole {
            role_arn: role_arn.text.to_string(),
            role_session_name: text("role_session_name"),
            external_id: text("external_id"),
            mfa_serial: text("mfa_serial"),
            duration_seconds: duration_seconds(profile),
            region: text("region"),
        }),
    })
}

/// `duration_seconds` of a profile as a number; anything else is left out, as the AWS CLI does.
pub fn duration_seconds(profile: Profile<'_, '_>) -> Option<u32> {
    profile.get("duration_seconds")?.text.parse().ok()
}

fn named_source(profile: Profile<'_, '_>, value: &Value<'_>) -> Result<ChainStep, ResolveError> {
    let source = NamedSource::from_name(&value.text).ok_or_else(|| {
        ResolveError::new(
            "unknown-credential-source",
            value.origin,
            format!("the profile {} has a credential_source that AWS does not know", quoted(profile.name())),
            "write Environment, EcsContainer or Ec2InstanceMetadata, exactly so",
        )
    })?;
    Ok(ChainStep { profile: profile.name().to_owned(), origin: value.origin, source: CredentialSource::Named(source) })
}

/// Rule 8: the base of a profile, in the AWS CLI's order.
fn base_source(set: &ProfileSet<'_>, profile: Profile<'_, '_>) -> Result<ChainStep, ResolveError> {
    let step = |origin, source| ChainStep { profile: profile.name().to_owned(), origin, source };
    if let Some(value) = profile.get("web_identity_token_file") {
        if value.text.is_empty() {
            // The AWS CLI goes on to the next source; beside a role_arn that would be another identity.
            return Err(empty(profile, "web_identity_token_file", value.origin));
        }
        return web_identity(profile, &value).map(|source| step(value.origin, source));
    }
    if let Some(origin) = sso_role_origin(profile) {
        return sso(set, profile, origin).map(|sso| step(origin, CredentialSource::Sso(sso)));
    }
    if let Some((origin, source)) = static_keys(profile, SourceFile::Credentials)? {
        return Ok(step(origin, source));
    }
    if let Some(value) = given(profile, "login_session")? {
        let login_session = value.text.into_owned();
        return Ok(step(value.origin, CredentialSource::LoginSession { login_session }));
    }
    if let Some(value) = given(profile, "credential_process")? {
        let command = value.text.into_owned();
        let account_id = own_account(profile.get("aws_account_id"));
        return Ok(step(value.origin, CredentialSource::CredentialProcess { command, account_id }));
    }
    if let Some((origin, source)) = static_keys(profile, SourceFile::Config)? {
        return Ok(step(origin, source));
    }
    if let Some(value) = profile.get_nonempty("sso_session") {
        // An account or a role that only the session names makes no role of the profile.
        let token = Sso { account_id: None, role_name: None, ..sso(set, profile, value.origin)? };
        return Ok(step(value.origin, CredentialSource::Sso(token)));
    }
    Err(no_credentials(profile))
}

/// A value that decides where credentials come from. To the AWS CLI an empty one is there, and fails; here it must not
/// open the way to another source.
fn given<'a>(profile: Profile<'_, 'a>, key: &str) -> Result<Option<Value<'a>>, ResolveError> {
    match profile.get(key) {
        Some(value) if value.text.is_empty() => Err(empty(profile, key, value.origin)),
        value => Ok(value),
    }
}

fn web_identity(profile: Profile<'_, '_>, file: &Value<'_>) -> Result<CredentialSource, ResolveError> {
    let role = profile.get_nonempty("role_arn").ok_or_else(|| {
        ResolveError::new(
            "web-identity-without-role",
            file.origin,
            format!("the profile {} has web_identity_token_file but no role_arn", quoted(profile.name())),
            "add the role_arn that the token is for",
        )
    })?;
    Ok(CredentialSource::WebIdentity {
        role_arn: role.text.into_owned(),
        role_session_name: profile.get_nonempty("role_session_name").map(|value| value.text.into_owned()),
        token_file: file.text.to_string(),
        duration_seconds: duration_seconds(profile),
    })
}

/// The keys of one file: the id, the secret and the token come together from there, or not at all.
fn static_keys(profile: Profile<'_, '_>, file: SourceFile) -> Result<Option<(Origin, CredentialSource)>, ResolveError> {
    let get = |key| profile.get_in(file, key).filter(|value| !value.text.is_empty());
    let Some(id) = profile.get_in(file, "aws_access_key_id") else { return Ok(None) };
    if id.text.is_empty() {
        return Err(empty(profile, "aws_access_key_id", id.origin));
    }
    let Some(secret) = get("aws_secret_access_key") else {
        return Err(partial(profile, id.origin, "aws_access_key_id", "aws_secret_access_key"));
    };
    let token = get("aws_security_token").or_else(|| get("aws_session_token"));
    Ok(Some((
        id.origin,
        CredentialSource::Static {
            access_key_id: id.text.into_owned(),
            secret_access_key: Secret::new(secret.text),
            session_token: token.map(|token| Secret::new(token.text)),
            account_id: own_account(get("aws_account_id")),
        },
    )))
}

/// `aws_account_id`, where it is one.
fn own_account(value: Option<Value<'_>>) -> Option<String> {
    value.map(|value| value.text.into_owned()).filter(|account| crate::chain::is_account_id(account))
}

fn has_static_key(profile: Profile<'_, '_>) -> bool {
    ["aws_access_key_id", "aws_secret_access_key"].into_iter().any(|key| profile.get(key).is_some())
}

fn partial(profile: Profile<'_, '_>, origin: Origin, has: &str, lacks: &str) -> ResolveError {
    let file = match origin.file {
        SourceFile::Config => "config",
        SourceFile::Credentials => "credentials",
    };
    ResolveError::new(
        "partial-credentials",
        origin,
        format!("the profile {} has {has} but no {lacks} in the {file} file", quoted(profile.name())),
        "put the key id and the secret into the same file, best into the credentials file",
    )
}

fn empty(profile: Profile<'_, '_>, key: &str, origin: Origin) -> ResolveError {
    ResolveError::new(
        "empty-value",
        origin,
        format!("the profile {} has an empty {key}", quoted(profile.name())),
        format!("give {key} a value, or remove the line"),
    )
}

/// Rule 7: nothing to get credentials with. Says what is there instead.
fn no_credentials(profile: Profile<'_, '_>) -> ResolveError {
    for file in [SourceFile::Credentials, SourceFile::Config] {
        if let Some(value) = profile.get_in(file, "aws_secret_access_key").filter(|value| !value.text.is_empty()) {
            return partial(profile, value.origin, "aws_secret_access_key", "aws_access_key_id");
        }
    }
    let has = |key| profile.get(key).is_some();
    let hint = if has("credential_source") || has("source_profile") {
        "source_profile and credential_source only count beside a role_arn"
    } else if has("sso_start_url") {
        "add sso_account_id and sso_role_name, or run `aws configure sso`"
    } else {
        "add keys, a role_arn, an sso_session or a credential_process (`aws configure`)"
    };
    ResolveError::new(
        "no-credentials",
        profile.origin(),
        format!("the profile {} has settings but no credentials", quoted(profile.name())),
        hint,
    )
}

/// A name as it may be shown: control characters and quotes can't do harm.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.escape_debug())
}

#[cfg(test)]
mod tests;
