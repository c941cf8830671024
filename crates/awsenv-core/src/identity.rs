//! Who the environment says is active, and what speaks against it.
//!
//! The order is the AWS CLI's: keys in the environment, then `AWS_PROFILE`, then `AWS_DEFAULT_PROFILE`, then what
//! `[default]` and the machine give.

use jiff::Timestamp;

use crate::account::KeyType;
use crate::environment::Environment;
use crate::variables::open_variables;

/// `AWS_PROFILE` while nothing may act: no profile of this name exists.
pub const LOCKED_PROFILE: &str = "awsenv-locked";
/// The same after an identity came to its end.
pub const EXPIRED_PROFILE: &str = "awsenv-expired";

/// What decides which identity AWS tools take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Active {
    /// Keys in the environment.
    Keys,
    /// `AWS_PROFILE` or `AWS_DEFAULT_PROFILE`.
    Profile,
    /// No variable: the `[default]` profile.
    Default,
    /// What the machine gives: web identity, container.
    Ambient,
    /// Locked by awsenv: every tool stops.
    Locked,
    /// Nothing: tools find no credentials, unless an instance's metadata service gives some.
    None,
}

impl Active {
    /// As in `current --json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keys => "keys",
            Self::Profile => "profile",
            Self::Default => "default",
            Self::Ambient => "ambient",
            Self::Locked => "locked",
            Self::None => "none",
        }
    }
}

/// Something in the environment that does not belong to the identity that wins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The variable.
    pub variable: String,
    /// What it does, and to whom.
    pub why: String,
}

/// The identity that an environment makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// What decides.
    pub active: Active,
    /// The variable that decides, where there is one.
    pub wins: Option<&'static str>,
    /// The profile: the one awsenv exported keys of, or the one that a variable names, or `default`.
    pub profile: Option<String>,
    /// Whether awsenv made it, and nobody changed it since.
    pub owned: bool,
    /// The access key id in the environment, where keys win.
    pub access_key_id: Option<String>,
    /// What kind of key that is.
    pub key_type: Option<KeyType>,
    /// The region as the AWS CLI takes it from variables.
    pub region: Option<String>,
    /// When it ends, where awsenv or another tool wrote it down.
    pub expiration: Option<Timestamp>,
    /// What does not belong to it.
    pub conflicts: Vec<Conflict>,
}

/// Whether `profile` is the name that stands for a lock.
pub fn is_lock(profile: &str) -> bool {
    profile.starts_with(LOCKED_PROFILE) || profile.starts_with(EXPIRED_PROFILE)
}

/// The profile that awsenv made active, if the environment is still what awsenv made of it.
pub fn owned_profile(environment: &Environment) -> Option<&str> {
    let profile = environment.get_nonempty("AWSENV_PROFILE")?;
    let id = environment.get_nonempty("AWS_ACCESS_KEY_ID");
    let owned = match environment.get_nonempty("AWSENV_KEY_ID") {
        Some(own) => id == Some(own),
        None => id.is_none() && environment.get("AWS_PROFILE") == Some(profile),
    };
    owned.then_some(profile)
}

impl Identity {
    /// Reads the environment. `default_has_credentials` says whether the files' `[default]` gives any.
    pub fn from_environment(environment: &Environment, default_has_credentials: bool) -> Self {
        let get = |name| environment.get_nonempty(name);
        let owned = owned_profile(environment);
        let (active, wins) = decide(environment, default_has_credentials);
        let profile = match active {
            Active::Keys => owned,
            Active::Profile | Active::Locked => wins.and_then(get),
            Active::Default => Some("default"),
            Active::Ambient | Active::None => None,
        };
        let access_key_id = get("AWS_ACCESS_KEY_ID").filter(|_| active == Active::Keys);
        let mut identity = Self {
            active,
            wins,
            profile: profile.map(str::to_owned),
            owned: owned.is_some(),
            access_key_id: access_key_id.map(str::to_owned),
            key_type: access_key_id.map(KeyType::of),
            region: get("AWS_REGION").or_else(|| get("AWS_DEFAULT_REGION")).map(str::to_owned),
            expiration: expiration(environment, owned.is_some(), active),
            conflicts: Vec::new(),
        };
        identity.find_conflicts(environment);
        identity
    }

    fn find_conflicts(&mut self, environment: &Environment) {
        let get = |name| environment.get_nonempty(name);
        let mut add =
            |variable: &str, why: String| self.conflicts.push(Conflict { variable: variable.to_owned(), why });
        let keys = self.active == Active::Keys;
        if keys {
            if get("AWS_SECRET_ACCESS_KEY").is_none() {
                add(
                    "AWS_SECRET_ACCESS_KEY",
                    "is missing beside AWS_ACCESS_KEY_ID: tools stop or go on to another source".into(),
                );
            }
            if self.key_type == Some(KeyType::Temporary) && get("AWS_SESSION_TOKEN").is_none() {
                add("AWS_SESSION_TOKEN", "is missing: a temporary key (ASIA…) is refused without it".into());
            }
            if self.key_type == Some(KeyType::LongTerm) && get("AWS_SESSION_TOKEN").is_some() {
                add("AWS_SESSION_TOKEN", "does not belong to a long-term key (AKIA…): calls are refused".into());
            }
            for name in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"] {
                if let Some(profile) = get(name) {
                    let profile = profile.escape_debug();
                    add(
                        name,
                        format!(
                            "names {profile}, but the keys win in the AWS CLI and most SDKs; the JavaScript SDK takes AWS_PROFILE"
                        ),
                    );
                }
            }
            if let Some(own) = get("AWSENV_KEY_ID").filter(|own| get("AWS_ACCESS_KEY_ID") != Some(own)) {
                add(
                    "AWS_ACCESS_KEY_ID",
                    format!("is not the key that awsenv exported ({}): somebody changed it", own.escape_debug()),
                );
            }
        } else {
            if get("AWS_SECRET_ACCESS_KEY").is_some() {
                add("AWS_SECRET_ACCESS_KEY", "is set without AWS_ACCESS_KEY_ID".into());
            }
            if get("AWSENV_KEY_ID").is_some() {
                add("AWS_ACCESS_KEY_ID", "is gone: awsenv had exported keys, somebody unset them".into());
            }
            if let (Some(profile), Some(other)) = (get("AWS_PROFILE"), get("AWS_DEFAULT_PROFILE"))
                && profile != other
            {
                add(
                    "AWS_DEFAULT_PROFILE",
                    format!(
                        "names {}: boto3 takes that, the AWS CLI and the SDKs take AWS_PROFILE",
                        other.escape_debug()
                    ),
                );
            }
            if let Some(own) = get("AWSENV_PROFILE").filter(|own| !self.owned && self.profile.as_deref() != Some(own)) {
                add(
                    "AWS_PROFILE",
                    format!("is not what awsenv made active ({}): somebody changed it", own.escape_debug()),
                );
            }
        }
        for (name, why) in [
            ("AWS_SECURITY_TOKEN", "an old name for the session token: boto3 takes it before AWS_SESSION_TOKEN"),
            ("AWS_ACCESS_KEY", "an old name for the key id: the Go SDK reads it"),
            ("AWS_SECRET_KEY", "an old name for the secret: the Go SDK reads it"),
        ] {
            if environment.is_set(name) {
                add(name, why.into());
            }
        }
        if self.active != Active::Ambient {
            for name in [
                "AWS_WEB_IDENTITY_TOKEN_FILE",
                "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            ] {
                if environment.is_set(name) {
                    add(name, "gives the machine's identity to tools that find no other, or ask it first".into());
                }
            }
        }
        for name in open_variables(environment) {
            if name.starts_with(crate::variables::BEARER_TOKEN_PREFIX) {
                add(name, "beats every signature for its service".into());
            }
        }
        if let (Some(region), Some(other)) = (get("AWS_REGION"), get("AWS_DEFAULT_REGION"))
            && region != other
        {
            add(
                "AWS_DEFAULT_REGION",
                format!("is {}: boto3 takes that, the AWS CLI and most SDKs take AWS_REGION", other.escape_debug()),
            );
        }
    }
}

fn decide(environment: &Environment, default_has_credentials: bool) -> (Active, Option<&'static str>) {
    let find = |names: &[&'static str]| names.iter().copied().find(|name| environment.get_nonempty(name).is_some());
    if let Some(name) = find(&["AWS_ACCESS_KEY_ID"]) {
        return (Active::Keys, Some(name));
    }
    if let Some(name) = find(&["AWS_PROFILE", "AWS_DEFAULT_PROFILE"]) {
        let locked = environment.get(name).is_some_and(is_lock);
        return (if locked { Active::Locked } else { Active::Profile }, Some(name));
    }
    if let Some(name) = find(&["AWS_WEB_IDENTITY_TOKEN_FILE"]) {
        return (Active::Ambient, Some(name));
    }
    if default_has_credentials {
        return (Active::Default, None);
    }
    match find(&["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"]) {
        Some(name) => (Active::Ambient, Some(name)),
        None => (Active::None, None),
    }
}

/// A time as awsenv writes it into the environment, which is not ours alone: digits only, anything else is not ours.
pub fn epoch_seconds(text: &str) -> Option<Timestamp> {
    let digits = text.len() <= 11 && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten().and_then(|seconds| Timestamp::from_second(seconds).ok())
}

/// The end that awsenv wrote down for its own identity, else the one that another tool wrote beside its keys.
fn expiration(environment: &Environment, owned: bool, active: Active) -> Option<Timestamp> {
    if owned {
        return environment.get_nonempty("AWSENV_EXPIRATION").and_then(epoch_seconds);
    }
    let names = ["AWS_CREDENTIAL_EXPIRATION", "AWS_SESSION_EXPIRATION"];
    let text = names.into_iter().find_map(|name| environment.get_nonempty(name)).filter(|_| active == Active::Keys)?;
    text.parse().ok()
}

#[cfg(test)]
mod tests;
