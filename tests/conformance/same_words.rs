//! What awsenv and botocore say of a profile, in the same words.

use std::collections::BTreeMap;

use serde_json::Value;

/// Without the blank lines of a value that goes on, which Python keeps. No setting of AWS has such values.
pub(crate) fn squeeze(value: &str) -> String {
    let lines = value.split('\n').enumerate().filter(|(index, line)| *index == 0 || !line.is_empty());
    lines.map(|(_, line)| line).collect::<Vec<_>>().join("\n")
}

/// Whether `explain` shows the key; one that no setting has may be the rest of a secret.
pub(crate) fn is_shown(key: &str) -> bool {
    key.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

/// Nested values as `s3.key`.
pub(crate) fn flat(properties: &Value) -> BTreeMap<String, &str> {
    let mut flat = BTreeMap::new();
    for (key, value) in properties.as_object().into_iter().flatten() {
        match value {
            Value::Object(nested) => {
                flat.extend(nested.iter().map(|(name, value)| {
                    (format!("{key}.{}", name.to_ascii_lowercase()), value.as_str().expect("a text"))
                }));
            }
            _ => {
                flat.insert(key.clone(), value.as_str().expect("a text"));
            }
        }
    }
    flat
}

/// A step of `explain --json` in one line.
pub(crate) fn our_step(step: &Value) -> String {
    let text = |key: &str| step[key].as_str().unwrap_or("-");
    match text("kind") {
        "static" => {
            let file = if text_of(&step["origin"]["file"]).ends_with("credentials") { "credentials" } else { "config" };
            format!("static {} {file}", text("access_key_id"))
        }
        "credential-process" => {
            let command = text("command");
            let id = command.split('"').find(|part| part.starts_with("AKIA") || part.starts_with("ASIA"));
            format!("process {}", id.unwrap_or(command).trim_end_matches('\\'))
        }
        "assume-role" => format!(
            "role {} {} {} {} {}",
            text("role_arn"),
            text("role_session_name"),
            text("external_id"),
            text("mfa_serial"),
            step["duration_seconds"]
        ),
        "web-identity" => format!("web {} {}", text("role_arn"), text("role_session_name")),
        "sso" => format!(
            "sso {} {} {} {} {}",
            text("account_id"),
            text("role_name"),
            text("start_url"),
            text("sso_region"),
            text("sso_session")
        ),
        "login-session" => format!("login {}", text("login_session")),
        "credential-source" => format!("source {}", text("credential_source")),
        other => panic!("{other}"),
    }
}

pub(crate) fn text_of(value: &Value) -> &str {
    value.as_str().unwrap_or("-")
}

/// botocore's calls in the same words.
pub(crate) fn their_steps(profile: &Value) -> Vec<String> {
    let calls = profile["calls"].as_array().expect("an array");
    let static_step = |id: &str, method: &str| match method {
        "custom-process" => format!("process {id}"),
        "shared-credentials-file" => format!("static {id} credentials"),
        "config-file" => format!("static {id} config"),
        _ => format!("keys {id} {method}"),
    };
    let mut steps = Vec::new();
    let base = calls.first();
    if base.is_none_or(|call| call["kind"] == "assume-role") {
        let credentials = &profile["credentials"];
        let id = base.map_or(&credentials["id"], |call| &call["key_id"]);
        let method = base.map_or(&credentials["method"], |call| &call["method"]);
        steps.push(static_step(text_of(id), text_of(method)));
    }
    for call in calls {
        let text = |key: &str| call[key].as_str().unwrap_or("-");
        let name = Some(text("RoleSessionName")).filter(|name| !name.starts_with("botocore-session-")).unwrap_or("-");
        steps.push(match text("kind") {
            "assume-role" => format!(
                "role {} {name} {} {} {}",
                text("RoleArn"),
                text("ExternalId"),
                text("SerialNumber"),
                call["DurationSeconds"]
            ),
            "web-identity" => format!("web {} {name}", text("RoleArn")),
            "sso" => format!(
                "sso {} {} {} {} {}",
                text("account_id"),
                text("role_name"),
                text("start_url"),
                text("sso_region"),
                text("sso_session")
            ),
            "login-session" => format!("login {}", text("login_session")),
            "credential-source" => format!("source {}", text("credential_source")),
            other => panic!("{other}"),
        });
    }
    steps
}
