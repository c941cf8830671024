//! `awsenv explain`: the chain of a profile, with the file and line of every value. No network, no secret.

use std::collections::HashSet;
use std::path::Path;

use awsenv_core::chain::{ChainStep, CredentialChain, CredentialSource};
use awsenv_core::diagnostic::{Diagnostic, Origin, Severity};
use awsenv_core::profile::{Profile, ProfileSet, Value as ProfileValue};
use awsenv_core::profile_settings::export_settings;
use awsenv_core::remarks;
use awsenv_core::resolve::{find_profile, resolve_profile};
use awsenv_core::variables::is_secret_key;
use serde_json::{Map, Value, json};

use crate::context::{Context, FileTexts};
use crate::error::{CliError, Status, printable};
use crate::outcome::Outcome;

/// What stands in place of a secret.
const MASK: &str = "***";

/// Runs it.
pub(crate) fn run(context: &Context, name: &str, as_json: bool) -> Result<Outcome, CliError> {
    let texts = match context.read_files() {
        Ok(texts) => texts,
        // With --json even a file that can't be read is an answer.
        Err(error) if as_json => return Ok(unreadable(name, &error)),
        Err(error) => return Err(error),
    };
    let set = texts.profiles();
    let chain = resolve_profile(&set, name);
    let profile = find_profile(&set, name).ok();
    let mut diagnostics = remarks::errors(&set);
    let involved = involved(&set, profile, chain.as_ref().ok());
    let about = involved.into_iter().flat_map(|profile| remarks::about(&set, profile));
    let mut known: HashSet<_> = diagnostics.iter().map(|known| (known.code, known.origin)).collect();
    diagnostics.extend(about.chain(remarks::whole_files(&set)).filter(|new| known.insert((new.code, new.origin))));
    if let Some(settings) = profile.filter(|_| chain.is_ok()).and_then(|profile| export_settings(&set, profile).ok()) {
        diagnostics.extend(settings.diagnostics);
    }
    diagnostics.extend(breaks_convention(context, profile));
    let error = chain.as_ref().err().map(|error| CliError::of_profile(error.clone(), &texts.files));
    let explained = Explained { name, profile, chain: chain.ok(), diagnostics, error };
    let mut outcome = Outcome::stdout(if as_json { explained.json(&texts) } else { explained.text(&texts) });
    if let Some(error) = &explained.error {
        outcome.status = Status::Refused as i32;
        if !as_json {
            outcome.stderr = error.to_text();
        }
    }
    Ok(outcome)
}

/// Where somebody chose a pattern for names, and this one does not follow it. Settings that can't be read are `use`'s
/// to tell.
fn breaks_convention(context: &Context, profile: Option<Profile<'_, '_>>) -> Option<Diagnostic> {
    let profile = profile?;
    let (settings, _) = context.read_settings().ok()?;
    let breaks = settings.naming_is_chosen && settings.naming.read(profile.name()).is_none();
    breaks.then(|| Diagnostic {
        severity: Severity::Info,
        code: "name-breaks-convention",
        message: format!("the name {:?} does not follow the pattern {}", profile.name(), settings.naming.as_str()),
        hint: Some("rename it, or change `naming` in awsenv's settings".to_owned()),
        origin: Some(profile.origin()),
    })
}

fn unreadable(name: &str, error: &CliError) -> Outcome {
    let origin = error.place.as_ref().map(|path| json!({"file": path, "line": null}));
    let value = json!({
        "profile": name,
        "chain": [],
        "region": null,
        "properties": {},
        "diagnostics": [],
        "error": {"code": error.code, "message": error.message, "hint": error.hint, "origin": origin},
    });
    let mut outcome = Outcome::stdout(format!("{value:#}\n"));
    outcome.status = Status::Refused as i32;
    outcome
}

/// The profiles that the chain passes, the selected one first; without a chain, those on the way to the error.
fn involved<'s, 'a>(
    set: &'s ProfileSet<'a>,
    profile: Option<Profile<'s, 'a>>,
    chain: Option<&CredentialChain>,
) -> Vec<Profile<'s, 'a>> {
    let (mut involved, mut seen) = (Vec::new(), HashSet::new());
    let mut is_new = |profile: &Profile<'s, 'a>| seen.insert(profile.name());
    if let Some(chain) = chain {
        let steps = chain.steps.iter().rev().filter_map(|step| set.get(&step.profile));
        involved.extend(profile.into_iter().chain(steps).filter(is_new));
        return involved;
    }
    let mut next = profile;
    while let Some(profile) = next.filter(&mut is_new) {
        involved.push(profile);
        next = profile.get("source_profile").and_then(|source| set.get(&source.text));
    }
    involved
}

struct Explained<'s, 'a> {
    name: &'s str,
    profile: Option<Profile<'s, 'a>>,
    chain: Option<CredentialChain>,
    diagnostics: Vec<Diagnostic>,
    error: Option<CliError>,
}

impl Explained<'_, '_> {
    fn json(&self, texts: &FileTexts) -> String {
        let place = |origin: Origin| place(texts, origin);
        let chain: Vec<Value> =
            self.chain.iter().flat_map(|chain| &chain.steps).map(|step| step_json(step, &place)).collect();
        let region = self.profile.and_then(|profile| profile.get_nonempty("region"));
        let mut properties = Map::new();
        for (key, value) in self.profile.map(|profile| profile.properties()).unwrap_or_default() {
            let text = shown(&key, &value);
            properties.insert(shown_key(key, value.origin), json!({"value": text, "origin": place(value.origin)}));
        }
        let diagnostics: Vec<Value> = self
            .diagnostics
            .iter()
            .map(|d| {
                json!({"severity": d.severity.to_string(), "code": d.code, "message": d.message, "hint": d.hint,
                       "origin": d.origin.map(place)})
            })
            .collect();
        let error = self.error.as_ref().map(|error| {
            json!({"code": error.code, "message": error.message, "hint": error.hint, "origin": error.origin.map(place)})
        });
        let value = json!({
            "profile": self.name,
            "chain": chain,
            "region": region.map(|region| json!({"value": region.text, "origin": place(region.origin)})),
            "properties": properties,
            "diagnostics": diagnostics,
            "error": error,
        });
        format!("{value:#}\n")
    }

    fn text(&self, texts: &FileTexts) -> String {
        let mut text = String::new();
        let place = |origin: Origin| printable(&texts.files.place(origin));
        for (index, step) in self.chain.iter().flat_map(|chain| &chain.steps).enumerate() {
            let origin = place(step.origin);
            text.push_str(&format!("{}. {}  ({origin})\n", index + 1, printable(&describe(step))));
        }
        if let Some(profile) = self.profile {
            text.push_str(&format!("[{}]\n", printable(profile.name())));
            for (key, value) in profile.properties() {
                let shown = printable(&shown(&key, &value));
                let key = printable(&shown_key(key, value.origin));
                text.push_str(&format!("  {key} = {shown}  ({})\n", place(value.origin)));
            }
        }
        for diagnostic in &self.diagnostics {
            text.push_str(&texts.diagnostic_line(diagnostic, false));
        }
        text
    }
}

fn place(texts: &FileTexts, origin: Origin) -> Value {
    let path: &Path = texts.files.path(origin.file);
    json!({"file": path.display().to_string(), "line": origin.line, "column": origin.column})
}

/// A value as it may be shown. What follows the program in a `credential_process` may hold a password, but it is the
/// user's own line, and the point of `explain`.
fn shown(key: &str, value: &ProfileValue<'_>) -> String {
    if is_secret_key(key) || !is_name(key) { MASK.to_owned() } else { value.text.to_string() }
}

/// A key as it may be shown: the rest of a secret that was broken over two lines looks like a key, if it ends in `=`.
fn shown_key(key: String, origin: Origin) -> String {
    if is_name(&key) { key } else { format!("{MASK} (line {})", origin.line) }
}

/// Whether `key` looks like the name of a setting, and not like base64.
fn is_name(key: &str) -> bool {
    /// Longer than any that an AWS tool reads.
    const LONGEST: usize = 48;
    key.len() <= LONGEST && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-:".contains(&b))
}

fn step_json(step: &ChainStep, place: &dyn Fn(Origin) -> Value) -> Value {
    let mut object = Map::new();
    let mut put = |name: &str, value: Value| object.insert(name.to_owned(), value);
    put("kind", json!(step.source.kind()));
    put("profile", json!(step.profile));
    match &step.source {
        CredentialSource::Static { access_key_id, session_token, account_id, .. } => {
            put("access_key_id", json!(access_key_id));
            put("secret_access_key", json!(MASK));
            put("session_token", json!(session_token.as_ref().map(|_| MASK)));
            put("account_id", json!(account_id));
        }
        CredentialSource::AssumeRole(role) => {
            put("role_arn", json!(role.role_arn));
            put("role_session_name", json!(role.role_session_name));
            put("external_id", json!(role.external_id));
            put("mfa_serial", json!(role.mfa_serial));
            put("duration_seconds", json!(role.duration_seconds));
        }
        CredentialSource::WebIdentity { role_arn, role_session_name, token_file, duration_seconds } => {
            put("role_arn", json!(role_arn));
            put("role_session_name", json!(role_session_name));
            put("token_file", json!(token_file));
            put("duration_seconds", json!(duration_seconds));
        }
        CredentialSource::Sso(sso) => {
            put("sso_session", json!(sso.sso_session));
            put("start_url", json!(sso.start_url));
            put("sso_region", json!(sso.sso_region));
            put("account_id", json!(sso.account_id));
            put("role_name", json!(sso.role_name));
        }
        CredentialSource::LoginSession { login_session } => {
            put("login_session", json!(login_session));
        }
        CredentialSource::CredentialProcess { command, account_id } => {
            put("command", json!(command));
            put("account_id", json!(account_id));
        }
        CredentialSource::Named(named) => {
            put("credential_source", json!(named.as_str()));
        }
        _ => {}
    }
    put("origin", place(step.origin));
    Value::Object(object)
}

/// A step in a few words.
fn describe(step: &ChainStep) -> String {
    let profile = &step.profile;
    match &step.source {
        CredentialSource::Static { access_key_id, session_token, .. } => {
            let token = if session_token.is_some() { " and a session token" } else { "" };
            format!("static keys of {profile}: {access_key_id}{token}")
        }
        CredentialSource::AssumeRole(role) => {
            let mut text = format!("assume the role of {profile}: {}", role.role_arn);
            for (label, value) in
                [("session", &role.role_session_name), ("external id", &role.external_id), ("MFA", &role.mfa_serial)]
            {
                if let Some(value) = value {
                    text.push_str(&format!(", {label} {value}"));
                }
            }
            if let Some(seconds) = role.duration_seconds {
                text.push_str(&format!(", for {seconds} seconds"));
            }
            text
        }
        CredentialSource::WebIdentity { role_arn, token_file, .. } => {
            format!("web identity of {profile}: {role_arn} with the token in {token_file}")
        }
        CredentialSource::Sso(sso) => {
            let session = sso.sso_session.as_deref().unwrap_or(&sso.start_url);
            match (&sso.account_id, &sso.role_name) {
                (Some(account), Some(role)) => {
                    format!("IAM Identity Center for {profile}: {role} in {account}, session {session}")
                }
                _ => format!("IAM Identity Center for {profile}: session {session}, a token alone"),
            }
        }
        CredentialSource::LoginSession { login_session } => format!("`aws login` of {profile}: {login_session}"),
        CredentialSource::CredentialProcess { command, .. } => format!("program of {profile}: {command}"),
        CredentialSource::Named(named) => format!("{} (credential_source of {profile})", named.as_str()),
        other => format!("{} of {profile}", other.kind()),
    }
}
