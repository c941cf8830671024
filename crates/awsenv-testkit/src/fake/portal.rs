//! IAM Identity Center's portal: role credentials for a bearer token, the assignments, logout.

use serde_json::json;

use super::oidc::{ACCOUNT_ACCESS, Access};
use super::state::{Principal, State};
use super::wire::{Answer, Reply, Request};
use super::world::SsoInstance;

/// Seconds that role credentials live.
const ROLE_LIFETIME: i64 = 3600;

/// Answers one call.
pub(crate) fn answer(state: &mut State, request: &Request, operation: &str) -> Reply {
    let access = access(state, request)?;
    let instance = state.instances.iter().find(|instance| instance.start_url == access.start_url).cloned();
    let instance = instance.ok_or_else(|| unauthorized(state))?;
    match operation {
        "GetRoleCredentials" => role_credentials(state, request, &instance),
        "ListAccounts" => Ok(accounts(&instance)),
        "ListAccountRoles" => roles(state, request, &instance),
        _ => {
            // A logout ends the sign-in: nothing that it gave works any more, refresh included.
            state.oidc.access.retain(|_, given| given.session != access.session);
            state.oidc.refresh.retain(|_, given| given.session != access.session);
            Ok(Answer::new(200, "application/json", ""))
        }
    }
}

fn access(state: &State, request: &Request) -> Result<Access, Answer> {
    let token = request.header("x-amz-sso_bearer_token").filter(|token| !token.is_empty());
    let access = token.and_then(|token| state.oidc.access.get(token)).filter(|access| access.expires > state.now());
    let access = access.ok_or_else(|| unauthorized(state))?;
    if !access.scopes.iter().any(|scope| scope == ACCOUNT_ACCESS) {
        return Err(forbidden(state));
    }
    Ok(access.clone())
}

fn role_credentials(state: &mut State, request: &Request, instance: &SsoInstance) -> Reply {
    let account = account_of(state, request)?;
    let role_name = request.query_value("role_name").filter(|name| !name.is_empty());
    let role_name = role_name.ok_or_else(|| failure(state, 400, "InvalidRequestException", "role_name is missing"))?;
    if !instance.assignments.iter().any(|assigned| *assigned == (account.clone(), role_name.clone())) {
        return Err(forbidden(state));
    }
    let role_arn = state.perhaps_wrong(&instance.role_arn(&account, &role_name));
    let issued = state.issue(Principal::role(&role_arn, &instance.user), ROLE_LIFETIME);
    let credentials = json!({
        "accessKeyId": issued.access_key_id,
        "secretAccessKey": issued.secret_access_key,
        "sessionToken": issued.session_token,
        "expiration": issued.expires * 1000,
    });
    Ok(Answer::json(200, &json!({"roleCredentials": credentials})))
}

fn accounts(instance: &SsoInstance) -> Answer {
    let mut ids: Vec<_> = instance.assignments.iter().map(|(account, _)| account).collect();
    ids.sort_unstable();
    ids.dedup();
    let list: Vec<_> = ids
        .iter()
        .map(|id| json!({"accountId": id, "accountName": format!("account {id}"), "emailAddress": "someone@example.com"}))
        .collect();
    Answer::json(200, &json!({"accountList": list, "nextToken": null}))
}

fn roles(state: &State, request: &Request, instance: &SsoInstance) -> Reply {
    let account = account_of(state, request)?;
    let mine = instance.assignments.iter().filter(|(assigned, _)| *assigned == account);
    let list: Vec<_> = mine.map(|(account, name)| json!({"accountId": account, "roleName": name})).collect();
    if list.is_empty() {
        return Err(forbidden(state));
    }
    Ok(Answer::json(200, &json!({"roleList": list, "nextToken": null})))
}

fn account_of(state: &State, request: &Request) -> Result<String, Answer> {
    let account = request.query_value("account_id").unwrap_or_default();
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    if is_account {
        Ok(account)
    } else {
        Err(failure(state, 400, "InvalidRequestException", "account_id is not valid"))
    }
}

fn unauthorized(state: &State) -> Answer {
    failure(state, 401, "UnauthorizedException", "Session token not found or invalid")
}

fn forbidden(state: &State) -> Answer {
    failure(state, 403, "ForbiddenException", "No access")
}

/// The portal's error body.
pub(crate) fn failure(state: &State, status: u16, code: &str, message: &str) -> Answer {
    let kind = format!("com.amazonaws.switchboard.portal#{code}");
    Answer::json(status, &json!({"message": message, "__type": kind}))
        .header("x-amzn-errortype", code)
        .header("x-amzn-requestid", state.request_id())
        .error(code)
}
