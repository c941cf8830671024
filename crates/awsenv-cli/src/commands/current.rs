//! `awsenv current`: who the environment says you are.

mod verify;

use awsenv_core::account::{KeyType, account_from_key_id};
use awsenv_core::chain::is_account_id;
use awsenv_core::config::ConfigFile;
use awsenv_core::diagnostic::SourceFile;
use awsenv_core::duration::format_duration;
use awsenv_core::identity::{Active, Conflict, Identity};
use awsenv_core::profile::ProfileSet;
use awsenv_core::resolve::resolve_profile;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::context::{Context, FileTexts};
use crate::error::printable;
use crate::outcome::Outcome;
use crate::state::{State, state};

/// An identity, with what files and caches add to it.
pub(super) struct Current {
    pub(super) identity: Identity,
    pub(super) account: Option<(String, AccountFrom)>,
    /// Who STS says it is.
    pub(super) arn: Option<String>,
    region: Option<String>,
    expiration: Option<Timestamp>,
    state: Option<State>,
}

/// How the account is known.
#[derive(Clone, Copy)]
pub(super) enum AccountFrom {
    /// STS says so, just now.
    Verified,
    /// From an ARN, the SSO profile or an answer of AWS.
    Cache,
    /// Decoded from the key id: a hint, not a proof.
    KeyId,
}

/// Runs it.
pub(crate) fn run(context: &Context, as_json: bool, verify: bool) -> Outcome {
    // The environment speaks for itself even where the files can't be read.
    let (texts, trouble) = match context.read_files() {
        Ok(texts) => (Some(texts), String::new()),
        Err(error) => (None, error.to_text()),
    };
    let set = texts.as_ref().map_or_else(
        || ProfileSet::normalize(ConfigFile::empty(SourceFile::Config), ConfigFile::empty(SourceFile::Credentials)),
        FileTexts::profiles,
    );
    let mut current = find(context, &set);
    let verified = if verify { verify::verify(context, &set, &mut current) } else { Ok(String::new()) };
    let text = if as_json { to_json(&current) } else { to_text(&current, context.now) };
    let mut outcome = Outcome::stdout(text);
    match verified {
        Ok(warnings) => outcome.stderr = warnings,
        Err(error) => {
            outcome.stderr = error.to_text();
            outcome.status = error.status as i32;
        }
    }
    outcome.prepend_stderr(&trouble)
}

fn find(context: &Context, set: &ProfileSet<'_>) -> Current {
    let default_resolves = resolve_profile(set, "default").is_ok();
    let mut identity = Identity::from_environment(&context.environment, default_resolves);
    let get = |name: &str| context.environment.get_nonempty(name).map(str::to_owned);
    let mut current = Current {
        account: None,
        arn: None,
        region: identity.region.clone(),
        expiration: identity.expiration,
        state: None,
        identity: identity.clone(),
    };
    match identity.active {
        Active::Keys => {
            let told = get("AWSENV_ACCOUNT").filter(|_| identity.owned).or_else(|| get("AWS_ACCOUNT_ID"));
            current.account =
                told.filter(|account| is_account_id(account)).map(|account| (account, AccountFrom::Cache));
            if current.account.is_none() {
                let id = identity.access_key_id.as_deref().unwrap_or_default();
                current.account = account_from_key_id(id).map(|account| (account, AccountFrom::KeyId));
            }
            let over = identity.expiration.is_some_and(|end| end <= context.now);
            current.state = Some(if over { State::Expired } else { State::Ready });
        }
        Active::Profile | Active::Default => {
            let name = identity.profile.clone().unwrap_or_default();
            match resolve_profile(set, &name) {
                Ok(chain) => {
                    let account = chain.last().source.account_id();
                    current.account = account.map(|account| (account.to_owned(), AccountFrom::Cache));
                    let (found, expiration) = state(context, set, &chain);
                    current.state = Some(found);
                    current.expiration = current.expiration.or(expiration);
                }
                Err(error) => {
                    current.state = Some(State::Broken);
                    let variable = identity.wins.unwrap_or("AWS_PROFILE").to_owned();
                    identity.conflicts.push(Conflict { variable, why: error.message });
                }
            }
            if current.region.is_none() {
                let region = set.get(&name).and_then(|profile| profile.get_nonempty("region"));
                current.region = region.map(|region| region.text.into_owned());
            }
            current.identity = identity;
        }
        Active::Ambient | Active::Locked | Active::None => {}
    }
    current
}

fn to_json(current: &Current) -> String {
    let identity = &current.identity;
    let key_type = identity.key_type.and_then(|kind| match kind {
        KeyType::LongTerm => Some("long-term"),
        KeyType::Temporary => Some("temporary"),
        KeyType::ServiceSpecific | KeyType::Unknown => None,
    });
    let conflicts: Vec<Value> =
        identity.conflicts.iter().map(|c| json!({"variable": c.variable, "why": c.why})).collect();
    let account_from = current.account.as_ref().map(|(_, from)| match from {
        AccountFrom::Verified => "verified",
        AccountFrom::Cache => "cache",
        AccountFrom::KeyId => "key-id",
    });
    let mut value = json!({
        "active": identity.active.as_str(),
        "profile": identity.profile,
        "access_key_id": identity.access_key_id,
        "key_type": key_type,
        "account_id": current.account.as_ref().map(|(account, _)| account),
        "account_from": account_from,
        "region": current.region,
        "expiration": current.expiration.map(awsenv_host::timestamp::format_expiration),
        "state": current.state.map(State::as_str),
        "wins": identity.wins,
        "conflicts": conflicts,
    });
    if let Some(arn) = &current.arn {
        value["arn"] = json!(arn);
    }
    format!("{value:#}\n")
}

fn to_text(current: &Current, now: Timestamp) -> String {
    let identity = &current.identity;
    let name = || identity.profile.as_deref().map(printable);
    let mut text = match identity.active {
        Active::Keys => match name() {
            Some(profile) => format!("{profile}\n"),
            None => "keys in the environment, not of awsenv's making\n".to_owned(),
        },
        Active::Profile => format!("{}\n", name().unwrap_or_default()),
        Active::Default => "default (no variable says otherwise)\n".to_owned(),
        Active::Ambient => "the machine's own identity\n".to_owned(),
        Active::Locked => "locked: no AWS tool finds an identity\n".to_owned(),
        Active::None => "no identity\n".to_owned(),
    };
    let mut line = |label: &str, value: String| text.push_str(&format!("  {label:<8} {}\n", printable(&value)));
    if let Some(wins) = identity.wins {
        line("because", format!("{wins} is set"));
    }
    if let Some(id) = &identity.access_key_id {
        let kind = match identity.key_type {
            Some(KeyType::LongTerm) => " (long-term)",
            Some(KeyType::Temporary) => " (temporary)",
            _ => "",
        };
        line("key", format!("{id}{kind}"));
    }
    if let Some((account, from)) = &current.account {
        let note = match from {
            AccountFrom::Verified => " (AWS says so)",
            AccountFrom::Cache => "",
            AccountFrom::KeyId => " (as the key id has it, not proven)",
        };
        line("account", format!("{account}{note}"));
    }
    if let Some(arn) = &current.arn {
        line("arn", arn.clone());
    }
    if let Some(region) = &current.region {
        line("region", region.clone());
    }
    match current.expiration.map(|end| (end, end.duration_since(now))) {
        Some((_, left)) if left.is_positive() => {
            line("ends", format!("in {}", format_duration(left.unsigned_abs())));
        }
        Some((_, ago)) => line("ended", format!("{} ago", format_duration(ago.unsigned_abs()))),
        None => {}
    }
    if let Some(state) = current.state.filter(|state| *state != State::Ready) {
        line("state", state.as_str().to_owned());
    }
    for conflict in &identity.conflicts {
        line("but", format!("{} {}", conflict.variable, conflict.why));
    }
    text
}
