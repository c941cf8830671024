//! `AssumeRole`: the trust policy, MFA, durations, the cap on chained roles.

use crate::fake::state::{Principal, PrincipalKind, State, unique_id};
use crate::fake::wire::{Reply, value_of, xml_text};
use crate::fake::world::{MfaRule, Role, assumed_role_arn};

use super::{checked, credentials_xml, denied, duration, invalid, mfa_on_call, success};

/// The longest session of a role that was assumed by a role, in seconds.
const CHAINED_LIMIT: i64 = 3600;

/// What the API knows as default, in seconds.
const DEFAULT_DURATION: i64 = 3600;

pub(super) fn answer(state: &mut State, caller: &Principal, form: &[(String, String)]) -> Reply {
    let arn = checked(state, form, "RoleArn", "+=,.@:/-", (20, 2048))?;
    let session = checked(state, form, "RoleSessionName", "+=,.@-", (2, 64))?;
    let seconds = duration(state, form, DEFAULT_DURATION, 43_200)?;
    let external_id = match value_of(form, "ExternalId") {
        Some(_) => Some(checked(state, form, "ExternalId", "+=,.@:/-", (2, 1224))?),
        None => None,
    };
    let with_code = mfa_on_call(state, caller, form)?;
    let refused = denied(
        state,
        &format!("User: {} is not authorized to perform: sts:AssumeRole on resource: {arn}", caller.arn()),
    );
    let Some(role) = state.roles.iter().find(|role| role.arn == arn).cloned() else { return Err(refused) };
    if !lets_in(&role, caller, external_id.as_deref(), &session, with_code) {
        return Err(refused);
    }
    let is_chained = matches!(caller.kind, PrincipalKind::Role { .. });
    if is_chained && seconds > CHAINED_LIMIT {
        return Err(invalid(
            state,
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
        ));
    }
    if seconds > role.max_duration as i64 {
        return Err(invalid(state, "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."));
    }
    let arn = state.perhaps_wrong(&arn);
    let issued = state.issue(Principal::role(&arn, &session), seconds);
    let result = format!(
        "<AssumedRoleUser><AssumedRoleId>{}:{session}</AssumedRoleId><Arn>{}</Arn></AssumedRoleUser>{}",
        unique_id("AROA", &arn),
        xml_text(&assumed_role_arn(&arn, &session)),
        credentials_xml(&issued)
    );
    Ok(success(state, "AssumeRole", &result))
}

/// The trust policy.
fn lets_in(role: &Role, caller: &Principal, external_id: Option<&str>, session: &str, with_code: bool) -> bool {
    let mfa = match role.mfa {
        MfaRule::NotNeeded => true,
        MfaRule::Needed => with_code || caller.mfa,
        MfaRule::NeededOnTheCall => with_code,
    };
    let id_fits = role.external_id.is_none() || role.external_id.as_deref() == external_id;
    let name_fits = role.session_name.as_deref().is_none_or(|name| name == session);
    mfa && id_fits && name_fits && role.trusts.iter().any(|trusted| caller.is_trusted_as(trusted))
}
