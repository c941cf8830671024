//! The paths under `/_fake/`, for users outside this process, and worlds in JSON.

use serde_json::{Map, Value, json};

use super::container::Container;
use super::fault::Fault;
use super::oidc;
use super::state::State;
use super::wire::{Answer, Request, parse_form, value_of};
use super::world::{Consent, MfaRule, Role, SsoInstance, User};

/// Answers a control request.
pub(crate) fn answer(state: &mut State, request: &Request) -> Answer {
    match act(state, request) {
        Ok(value) => Answer::json(200, &value),
        Err(why) => Answer::json(400, &json!({"error": why})),
    }
}

fn act(state: &mut State, request: &Request) -> Result<Value, String> {
    let query = parse_form(&request.query);
    let value = |name: &str| value_of(&query, name).ok_or_else(|| format!("the parameter {name} is missing"));
    let number = |name: &str| value(name)?.parse::<i64>().map_err(|_| format!("{name} is not a number"));
    let done = Ok(json!({"done": true}));
    match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/_fake/requests") => {
            let all = state.requests().iter().map(super::Recorded::to_json);
            Ok(all.collect())
        }
        ("GET", "/_fake/calls") => Ok(json!({"calls": state.calls(&value("operation")?)})),
        ("GET", "/_fake/devices") => Ok(json!(pending_user_codes(state))),
        ("GET", "/_fake/identity") => Ok(json!({"arn": state.identity_of(&value("access_key_id")?)})),
        ("POST", "/_fake/world") => {
            let world = serde_json::from_slice(&request.body).map_err(|e| e.to_string())?;
            add_world(state, &world)?;
            done
        }
        ("POST", "/_fake/fault") => {
            let name = value("fault")?;
            let fault = Fault::parse(&name).ok_or_else(|| format!("no fault is called {name}"))?;
            let times = value("times").map_or(Ok(1), |text| text.parse().map_err(|_| "times is not a number"))?;
            state.faults.push(&value("operation")?, fault, times);
            done
        }
        ("POST", "/_fake/clear-faults") => {
            state.faults.clear();
            done
        }
        ("POST", "/_fake/reset-calls") => {
            state.reset_calls();
            done
        }
        ("POST", "/_fake/clock") => {
            state.clock_offset = number("offset")?;
            done
        }
        ("POST", "/_fake/consent") => {
            state.oidc.consent = consent(&value("choice")?)?;
            done
        }
        ("POST", "/_fake/approve") => decide(state, &value("user_code")?, true),
        ("POST", "/_fake/deny") => decide(state, &value("user_code")?, false),
        ("POST", "/_fake/mfa-code") => {
            state.add_mfa_code(&value("serial")?, &value("code")?);
            done
        }
        ("POST", "/_fake/web-identity") => {
            let token = state.web_identity_token(
                &value("provider")?,
                &value("audience")?,
                &value("subject")?,
                number("lifetime")?,
            );
            Ok(json!({"token": token}))
        }
        ("POST", "/_fake/login-session") => {
            let session = state.login_session(&value("identity")?, number("valid_for")?);
            Ok(session.to_cache_json())
        }
        ("POST", "/_fake/sso-token") => {
            let token = state.sso_token(&value("start_url")?, number("valid_for")?)?;
            Ok(token.to_cache_json(&value("region")?))
        }
        (_, path) => Err(format!("there is no {} {path}", request.method)),
    }
}

fn decide(state: &mut State, user_code: &str, allowed: bool) -> Result<Value, String> {
    let found = oidc::decide(state, user_code, allowed);
    if found { Ok(json!({"done": true})) } else { Err(format!("no device shows {user_code}")) }
}

/// The user codes that nobody has decided about.
pub(crate) fn pending_user_codes(state: &State) -> Vec<String> {
    let open = state.oidc.devices.values().filter(|device| device.allowed.is_none());
    open.map(|device| device.user_code.clone()).collect()
}

fn consent(name: &str) -> Result<Consent, String> {
    match name {
        "allow" => Ok(Consent::Allow),
        "deny" => Ok(Consent::Deny),
        "ignore" => Ok(Consent::Ignore),
        other => Err(format!("{other} is none of allow, deny, ignore")),
    }
}

/// Adds everything of a world in JSON.
pub(crate) fn add_world(state: &mut State, world: &Value) -> Result<(), String> {
    let members = object(world, "the world")?;
    for (name, value) in members {
        match name.as_str() {
            "users" => each(value, name, |item| user(item).map(|user| state.add_user(user)))?,
            "roles" => each(value, name, |item| role(item).map(|role| state.add_role(role)))?,
            "sso" => each(value, name, |item| instance(item).map(|instance| state.instances.push(instance)))?,
            "container" => each(value, name, |item| {
                let item = Members::new(item, "container", &["path", "role_arn", "token"])?;
                let container = Container { role_arn: item.text("role_arn")?, token: item.maybe("token")? };
                state.container.0.insert(item.text("path")?, container);
                Ok(())
            })?,
            "imds" => imds(state, value)?,
            "settings" => settings(state, value)?,
            other => return Err(format!("the world has no member {other}")),
        }
    }
    Ok(())
}

fn user(value: &Value) -> Result<User, String> {
    let known = ["account", "name", "access_key_id", "secret_access_key", "mfa_serial", "mfa_codes", "partition"];
    let item = Members::new(value, "a user", &known)?;
    let mut user = User::new(&item.text("account")?, &item.text("name")?);
    if let Some(id) = item.maybe("access_key_id")? {
        user = user.keys(&id, &item.text("secret_access_key")?);
    }
    if let Some(serial) = item.maybe("mfa_serial")? {
        let codes = item.texts("mfa_codes")?;
        user = user.mfa(&serial, &codes.iter().map(String::as_str).collect::<Vec<_>>());
    }
    if let Some(partition) = item.maybe("partition")? {
        user = user.partition(&partition);
    }
    Ok(user)
}

fn role(value: &Value) -> Result<Role, String> {
    let known = ["arn", "trusts", "external_id", "mfa", "max_duration", "session_name", "web_identity"];
    let item = Members::new(value, "a role", &known)?;
    let mut role = Role::new(&item.text("arn")?);
    role.trusts = item.texts("trusts")?;
    role.external_id = item.maybe("external_id")?;
    role.session_name = item.maybe("session_name")?;
    role.mfa = match item.maybe("mfa")?.as_deref() {
        None | Some("not-needed") => MfaRule::NotNeeded,
        Some("needed") => MfaRule::Needed,
        Some("needed-on-the-call") => MfaRule::NeededOnTheCall,
        Some(other) => return Err(format!("{other} is none of not-needed, needed, needed-on-the-call")),
    };
    if let Some(seconds) = item.number("max_duration")? {
        role = role.max_duration(seconds.unsigned_abs());
    }
    if let Some(list) = item.get("web_identity") {
        let mut trusts = Vec::new();
        each(list, "web_identity", |one| {
            let one = Members::new(one, "web_identity", &["provider", "audience", "subject"])?;
            trusts.push((one.text("provider")?, one.text("audience")?, one.text("subject")?));
            Ok(())
        })?;
        for (provider, audience, subject) in trusts {
            role = role.trusts_web_identity(&provider, &audience, &subject);
        }
    }
    Ok(role)
}

fn instance(value: &Value) -> Result<SsoInstance, String> {
    let item = Members::new(value, "sso", &["start_url", "user", "assignments", "partition"])?;
    let mut instance = SsoInstance::new(&item.text("start_url")?);
    if let Some(user) = item.maybe("user")? {
        instance = instance.user(&user);
    }
    if let Some(partition) = item.maybe("partition")? {
        instance = instance.partition(&partition);
    }
    if let Some(list) = item.get("assignments") {
        let mut pairs = Vec::new();
        each(list, "assignments", |pair| {
            let words = pair.as_array().and_then(|pair| Some((pair.first()?.as_str()?, pair.get(1)?.as_str()?)));
            let (account, role) = words.ok_or("an assignment is [account, role]")?;
            pairs.push((account.to_owned(), role.to_owned()));
            Ok(())
        })?;
        instance.assignments = pairs;
    }
    Ok(instance)
}

fn imds(state: &mut State, value: &Value) -> Result<(), String> {
    let known = ["role_arn", "version_1", "extended", "enabled", "region", "failure"];
    let item = Members::new(value, "imds", &known)?;
    let imds = &mut state.imds;
    imds.role_arn = item.maybe("role_arn")?.or(imds.role_arn.take());
    imds.version_1 = item.flag("version_1", imds.version_1)?;
    imds.extended = item.flag("extended", imds.extended)?;
    imds.enabled = item.flag("enabled", imds.enabled)?;
    imds.failure = item.maybe("failure")?;
    if let Some(region) = item.maybe("region")? {
        imds.region = region;
    }
    Ok(())
}

fn settings(state: &mut State, value: &Value) -> Result<(), String> {
    let known = [
        "region",
        "token_lifetime",
        "registration_lifetime",
        "device_lifetime",
        "device_interval",
        "rotate_refresh_tokens",
        "consent",
        "clock_offset",
    ];
    let item = Members::new(value, "settings", &known)?;
    state.region = item.maybe("region")?.or(state.region.take());
    let oidc = &mut state.oidc;
    oidc.token_lifetime = item.number("token_lifetime")?.unwrap_or(oidc.token_lifetime);
    oidc.registration_lifetime = item.number("registration_lifetime")?.unwrap_or(oidc.registration_lifetime);
    oidc.device_lifetime = item.number("device_lifetime")?.unwrap_or(oidc.device_lifetime);
    oidc.device_interval = item.number("device_interval")?.unwrap_or(oidc.device_interval);
    oidc.rotate = item.flag("rotate_refresh_tokens", oidc.rotate)?;
    if let Some(choice) = item.maybe("consent")? {
        oidc.consent = consent(&choice)?;
    }
    state.clock_offset = item.number("clock_offset")?.unwrap_or(state.clock_offset);
    Ok(())
}

fn object<'a>(value: &'a Value, what: &str) -> Result<&'a Map<String, Value>, String> {
    value.as_object().ok_or_else(|| format!("{what} is not an object"))
}

fn each(value: &Value, what: &str, mut act: impl FnMut(&Value) -> Result<(), String>) -> Result<(), String> {
    value.as_array().ok_or_else(|| format!("{what} is not a list"))?.iter().try_for_each(&mut act)
}

/// An object whose members are all known.
struct Members<'a> {
    members: &'a Map<String, Value>,
    what: &'a str,
}

impl<'a> Members<'a> {
    fn new(value: &'a Value, what: &'a str, known: &[&str]) -> Result<Self, String> {
        let members = object(value, what)?;
        match members.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(format!("{what} has no member {name}")),
            None => Ok(Self { members, what }),
        }
    }

    fn get(&self, name: &str) -> Option<&'a Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    fn maybe(&self, name: &str) -> Result<Option<String>, String> {
        let Some(value) = self.get(name) else { return Ok(None) };
        value.as_str().map(|text| Some(text.to_owned())).ok_or_else(|| format!("{}: {name} is not a text", self.what))
    }

    fn text(&self, name: &str) -> Result<String, String> {
        self.maybe(name)?.ok_or_else(|| format!("{}: {name} is missing", self.what))
    }

    fn texts(&self, name: &str) -> Result<Vec<String>, String> {
        let mut texts = Vec::new();
        if let Some(list) = self.get(name) {
            each(list, name, |item| {
                texts.push(item.as_str().ok_or_else(|| format!("{name} is not a list of texts"))?.to_owned());
                Ok(())
            })?;
        }
        Ok(texts)
    }

    fn number(&self, name: &str) -> Result<Option<i64>, String> {
        let Some(value) = self.get(name) else { return Ok(None) };
        value.as_i64().map(Some).ok_or_else(|| format!("{}: {name} is not a number", self.what))
    }

    fn flag(&self, name: &str, default: bool) -> Result<bool, String> {
        let Some(value) = self.get(name) else { return Ok(default) };
        value.as_bool().ok_or_else(|| format!("{}: {name} is not true or false", self.what))
    }
}
