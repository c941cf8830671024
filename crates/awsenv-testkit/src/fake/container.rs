//! The credentials endpoint of ECS tasks and EKS pods.

use std::collections::HashMap;

use serde_json::json;

use super::state::{Principal, State, rfc3339};
use super::wire::{Answer, Reply, Request};

/// Seconds that a task's credentials live.
const LIFETIME: i64 = 6 * 3600;

/// By path.
#[derive(Debug, Default)]
pub(crate) struct ContainerState(pub(crate) HashMap<String, Container>);

/// What stands behind one path.
#[derive(Clone, Debug)]
pub(crate) struct Container {
    pub(crate) role_arn: String,
    /// What the `Authorization` header must be, to the byte.
    pub(crate) token: Option<String>,
}

/// Answers a GET of a path that is known.
pub(crate) fn answer(state: &mut State, request: &Request) -> Reply {
    let Some(container) = state.container.0.get(&request.path).cloned() else {
        return Err(failure(404, "InvalidIdInRequest", "no task has credentials here"));
    };
    if request.method != "GET" {
        return Err(failure(405, "InvalidMethod", "only GET"));
    }
    if container.token.is_some() && request.header("authorization") != container.token.as_deref() {
        return Err(failure(401, "AccessDeniedException", "the authorization token is not valid"));
    }
    let role_arn = state.perhaps_wrong(&container.role_arn);
    let issued = state.issue(Principal::role(&role_arn, "task"), LIFETIME);
    Ok(Answer::json(
        200,
        &json!({
            "RoleArn": role_arn,
            "AccessKeyId": issued.access_key_id,
            "SecretAccessKey": issued.secret_access_key,
            "Token": issued.session_token,
            "Expiration": rfc3339(issued.expires),
            "AccountId": issued.account,
        }),
    ))
}

/// The agent's error body.
pub(crate) fn failure(status: u16, code: &str, message: &str) -> Answer {
    Answer::json(status, &json!({"code": code, "message": message})).error(code)
}
