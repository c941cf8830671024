//! STS: the query protocol with XML answers, every call but `AssumeRoleWithWebIdentity` signed.

mod assume_role;
mod session;
mod web_identity;

pub(crate) use web_identity::WebToken;

use super::fault::WRONG_ACCOUNT;
use super::sigv4;
use super::state::{Issued, Principal, State, rfc3339};
use super::wire::{Answer, Reply, Request, value_of, xml_text};

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";
pub(crate) const VERSION: &str = "2011-06-15";

/// Answers one call.
pub(crate) fn answer(state: &mut State, request: &Request, operation: &str) -> Reply {
    let form = request.form();
    if value_of(&form, "Version").as_deref() != Some(VERSION) {
        let version = value_of(&form, "Version").unwrap_or_default();
        return Err(failure(
            state,
            400,
            "InvalidAction",
            &format!("Could not find operation {operation} for version {version}"),
        ));
    }
    match operation {
        "AssumeRoleWithWebIdentity" => web_identity::answer(state, &form),
        "AssumeRole" => {
            let caller = caller(state, request)?;
            assume_role::answer(state, &caller, &form)
        }
        "GetSessionToken" => {
            let caller = caller(state, request)?;
            session::answer(state, &caller, &form)
        }
        "GetCallerIdentity" => {
            let caller = caller(state, request)?;
            Ok(identity(state, &caller))
        }
        _ => Err(failure(
            state,
            400,
            "InvalidAction",
            &format!("Could not find operation {operation} for version {VERSION}"),
        )),
    }
}

fn caller(state: &State, request: &Request) -> Result<Principal, Answer> {
    sigv4::verify(state, request, "sts").map_err(|refusal| failure(state, 403, refusal.code, &refusal.message))
}

fn identity(state: &State, caller: &Principal) -> Answer {
    let (mut arn, mut account) = (caller.arn(), caller.account.clone());
    if state.wrong_account {
        arn = arn.replacen(&account, WRONG_ACCOUNT, 1);
        WRONG_ACCOUNT.clone_into(&mut account);
    }
    let result = format!(
        "<Arn>{}</Arn><UserId>{}</UserId><Account>{account}</Account>",
        xml_text(&arn),
        xml_text(&caller.user_id())
    );
    success(state, "GetCallerIdentity", &result)
}

/// STS's envelope around a result.
fn success(state: &State, operation: &str, result: &str) -> Answer {
    let id = state.request_id();
    let body = format!(
        "<{operation}Response xmlns=\"{NAMESPACE}\"><{operation}Result>{result}</{operation}Result>\
         <ResponseMetadata><RequestId>{id}</RequestId></ResponseMetadata></{operation}Response>"
    );
    Answer::new(200, "text/xml", body).header("x-amzn-requestid", id)
}

/// STS's error body.
pub(crate) fn failure(state: &State, status: u16, code: &str, message: &str) -> Answer {
    let id = state.request_id();
    let kind = if status < 500 { "Sender" } else { "Receiver" };
    let body = format!(
        "<ErrorResponse xmlns=\"{NAMESPACE}\">\n  <Error>\n    <Type>{kind}</Type>\n    <Code>{code}</Code>\n    \
         <Message>{}</Message>\n  </Error>\n  <RequestId>{id}</RequestId>\n</ErrorResponse>\n",
        xml_text(message)
    );
    Answer::new(status, "text/xml", body).header("x-amzn-requestid", id).error(code)
}

fn denied(state: &State, message: &str) -> Answer {
    failure(state, 403, "AccessDenied", message)
}

fn invalid(state: &State, message: &str) -> Answer {
    failure(state, 400, "ValidationError", message)
}

fn credentials_xml(issued: &Issued) -> String {
    format!(
        "<Credentials><AccessKeyId>{}</AccessKeyId><SecretAccessKey>{}</SecretAccessKey>\
         <SessionToken>{}</SessionToken><Expiration>{}</Expiration></Credentials>",
        issued.access_key_id,
        issued.secret_access_key,
        issued.session_token,
        rfc3339(issued.expires)
    )
}

/// `DurationSeconds` of the call, within the API's own bounds.
fn duration(state: &State, form: &[(String, String)], default: i64, most: i64) -> Result<i64, Answer> {
    let Some(text) = value_of(form, "DurationSeconds") else { return Ok(default) };
    let constraint = |words: &str| {
        invalid(
            state,
            &format!(
                "1 validation error detected: Value '{text}' at 'durationSeconds' failed to satisfy constraint: {words}"
            ),
        )
    };
    match text.parse::<i64>() {
        Err(_) => Err(failure(state, 400, "MalformedInput", "Invalid Argument")),
        Ok(seconds) if seconds < 900 => Err(constraint("Member must have value greater than or equal to 900")),
        Ok(seconds) if seconds > most => {
            Err(constraint(&format!("Member must have value less than or equal to {most}")))
        }
        Ok(seconds) => Ok(seconds),
    }
}

/// A required parameter whose characters and length are STS's.
fn checked(
    state: &State,
    form: &[(String, String)],
    name: &str,
    pattern: &str,
    length: (usize, usize),
) -> Result<String, Answer> {
    let member = format!("{}{}", name[..1].to_lowercase(), &name[1..]);
    let Some(value) = value_of(form, name) else {
        return Err(invalid(
            state,
            &format!(
                "1 validation error detected: Value null at '{member}' failed to satisfy constraint: \
                 Member must not be null"
            ),
        ));
    };
    let is_good =
        |character: char| character.is_ascii_alphanumeric() || character == '_' || pattern.contains(character);
    let words = if !value.chars().all(is_good) {
        format!("Member must satisfy regular expression pattern: [\\w{pattern}]*")
    } else if value.len() < length.0 {
        format!("Member must have length greater than or equal to {}", length.0)
    } else if value.len() > length.1 {
        format!("Member must have length less than or equal to {}", length.1)
    } else {
        return Ok(value);
    };
    Err(invalid(
        state,
        &format!("1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {words}"),
    ))
}

/// Whether the call brings a good code of the caller's device. No code: `false`; a wrong or used one: refused.
fn mfa_on_call(state: &mut State, caller: &Principal, form: &[(String, String)]) -> Result<bool, Answer> {
    let (serial, code) = (value_of(form, "SerialNumber"), value_of(form, "TokenCode"));
    let (serial, code) = match (serial, code) {
        (None, None) => return Ok(false),
        (Some(serial), Some(code)) => (serial, code),
        (Some(_), None) => {
            return Err(denied(
                state,
                "MultiFactorAuthentication failed, must provide MFA code when serial number is provided.",
            ));
        }
        (None, Some(_)) => {
            return Err(denied(
                state,
                "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
            ));
        }
    };
    if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(invalid(
            state,
            &format!(
                "1 validation error detected: Value '{code}' at 'tokenCode' failed to satisfy constraint: \
                 Member must satisfy regular expression pattern: [\\d]*"
            ),
        ));
    }
    let owner = caller.arn();
    let has_device = state.users.iter().any(|user| user.arn() == owner && user.mfa_serial.as_ref() == Some(&serial));
    if !has_device {
        return Err(denied(
            state,
            "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is \
             valid and associated with this user.",
        ));
    }
    if !state.use_code(&owner, &serial, &code) {
        return Err(denied(state, "MultiFactorAuthentication failed with invalid MFA one time pass code. "));
    }
    Ok(true)
}
