//! The instance metadata service: version 2 with its session tokens, version 1 only where allowed.
//!
//! Source: "Use the Instance Metadata Service" in the EC2 User Guide.

use std::collections::HashMap;

use serde_json::json;

use super::state::{Principal, State, rfc3339};
use super::wire::{Answer, Reply, Request};

/// Seconds that an instance role's credentials live.
const LIFETIME: i64 = 6 * 3600;

const CREDENTIALS: &str = "/latest/meta-data/iam/security-credentials";
const EXTENDED: &str = "/latest/meta-data/iam/security-credentials-extended";

/// The instance.
#[derive(Debug)]
pub(crate) struct ImdsState {
    /// The instance's role; the paths of credentials answer 404 where there is none.
    pub(crate) role_arn: Option<String>,
    /// Whether requests without a session token are answered.
    pub(crate) version_1: bool,
    /// Whether the extended paths, which also say the account, are there.
    pub(crate) extended: bool,
    /// Whether the service is on at all: 403 where not.
    pub(crate) enabled: bool,
    pub(crate) region: String,
    /// `Code` of a credentials answer that has none, such as `AssumeRoleUnauthorizedAccess`.
    pub(crate) failure: Option<String>,
    /// Session tokens and their ends.
    tokens: HashMap<String, i64>,
}

impl Default for ImdsState {
    fn default() -> Self {
        Self {
            role_arn: None,
            version_1: false,
            extended: false,
            enabled: true,
            region: "eu-west-1".to_owned(),
            failure: None,
            tokens: HashMap::new(),
        }
    }
}

/// AWS has no name for these calls; these are the fake's.
pub(crate) fn operation(request: &Request) -> &'static str {
    match (request.method.as_str(), request.path.as_str()) {
        ("PUT", "/latest/api/token") => "ImdsToken",
        (_, path) if path.strip_prefix(EXTENDED).is_some() => "ImdsExtended",
        (_, path) => match path.strip_prefix(CREDENTIALS) {
            Some("" | "/") => "ImdsRole",
            Some(_) => "ImdsCredentials",
            None => "ImdsOther",
        },
    }
}

/// Answers one request.
pub(crate) fn answer(state: &mut State, request: &Request) -> Reply {
    if !state.imds.enabled || request.header("x-forwarded-for").is_some() {
        return Err(page(403, "Forbidden"));
    }
    if request.path == "/latest/api/token" {
        return token(state, request);
    }
    if request.method != "GET" {
        return Err(page(405, "Method Not Allowed"));
    }
    match request.header("x-aws-ec2-metadata-token") {
        None if state.imds.version_1 => {}
        Some(token) if state.imds.tokens.get(token).is_some_and(|end| *end > state.now()) => {}
        _ => return Err(page(401, "Unauthorized")),
    }
    let path = request.path.clone();
    if let Some(rest) = path.strip_prefix(EXTENDED) {
        return if state.imds.extended { credentials(state, rest, true) } else { Err(page(404, "Not Found")) };
    }
    if let Some(rest) = path.strip_prefix(CREDENTIALS) {
        return credentials(state, rest, false);
    }
    match path.as_str() {
        "/latest/meta-data/placement/region" => Ok(Answer::text(200, state.imds.region.clone())),
        "/latest/meta-data/instance-id" | "/latest/meta-data/instance-id/" => {
            Ok(Answer::text(200, "i-0123456789abcdef0"))
        }
        _ => Err(page(404, "Not Found")),
    }
}

fn token(state: &mut State, request: &Request) -> Reply {
    if request.method != "PUT" {
        return Err(page(405, "Method Not Allowed"));
    }
    let seconds = request.header("x-aws-ec2-metadata-token-ttl-seconds").and_then(|text| text.parse::<i64>().ok());
    let Some(seconds) = seconds.filter(|seconds| (1..=21_600).contains(seconds)) else {
        return Err(page(400, "Bad Request"));
    };
    let token = format!("{}==", state.random_token());
    let end = state.now() + seconds;
    state.imds.tokens.insert(token.clone(), end);
    Ok(Answer::text(200, token).header("x-aws-ec2-metadata-token-ttl-seconds", seconds.to_string()))
}

fn credentials(state: &mut State, rest: &str, extended: bool) -> Reply {
    let role_arn = state.imds.role_arn.clone().ok_or_else(|| page(404, "Not Found"))?;
    let name = role_arn.rsplit('/').next().unwrap_or_default();
    if matches!(rest, "" | "/") {
        return Ok(Answer::text(200, name));
    }
    if rest.strip_prefix('/') != Some(name) {
        return Err(page(404, "Not Found"));
    }
    let now = rfc3339(state.now());
    if let Some(code) = &state.imds.failure {
        let body = json!({"Code": code, "Message": "EC2 cannot assume the role", "LastUpdated": now});
        return Ok(Answer::new(200, "text/plain", format!("{body:#}")).error(code.clone()));
    }
    let role_arn = state.perhaps_wrong(&role_arn);
    let issued = state.issue(Principal::role(&role_arn, "i-0123456789abcdef0"), LIFETIME);
    let mut body = json!({
        "Code": "Success",
        "LastUpdated": now,
        "Type": "AWS-HMAC",
        "AccessKeyId": issued.access_key_id,
        "SecretAccessKey": issued.secret_access_key,
        "Token": issued.session_token,
        "Expiration": rfc3339(issued.expires),
    });
    if extended {
        body["AccountId"] = issued.account.into();
    }
    Ok(Answer::new(200, "text/plain", format!("{body:#}")))
}

/// The service's error pages.
pub(crate) fn page(status: u16, title: &str) -> Answer {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n<html><head><title>{status} - {title}</title></head>\
         <body><h1>{status} - {title}</h1></body></html>\n"
    );
    Answer::new(status, "text/html", body).error(status.to_string())
}
