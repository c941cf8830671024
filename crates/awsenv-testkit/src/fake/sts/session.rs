//! `GetSessionToken`: a session for long-term keys, with or without MFA.

use crate::fake::state::{Principal, State};
use crate::fake::wire::Reply;

use super::{credentials_xml, denied, duration, mfa_on_call, success};

pub(super) fn answer(state: &mut State, caller: &Principal, form: &[(String, String)]) -> Reply {
    if caller.temporary {
        return Err(denied(state, "Cannot call GetSessionToken with session credentials"));
    }
    let seconds = duration(state, form, 43_200, 129_600)?;
    let mfa = mfa_on_call(state, caller, form)?;
    let issued = state.issue(Principal { mfa, temporary: true, ..caller.clone() }, seconds);
    Ok(success(state, "GetSessionToken", &credentials_xml(&issued)))
}
