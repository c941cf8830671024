//! Where a one-time code comes from: `--mfa`, the setting `mfa_process`, or a person at the terminal.

use std::cell::RefCell;

use awsenv_core::credentials::Secret;
use awsenv_host::credential_process::BACKGROUND_LIMIT;
use awsenv_host::mfa_process::{self, is_code};

use super::Wish;
use crate::ask;
use crate::aws_error::clean;
use crate::broker::Broker;
use crate::error::{BrokerError, Result};

/// How often a person may mistype before it is an error.
pub(super) const MOST_QUESTIONS: u32 = 3;

/// Codes that AWS has been shown: it takes each once, so none is shown twice.
#[derive(Debug, Default)]
pub(crate) struct SpentCodes(RefCell<Vec<Secret>>);

impl SpentCodes {
    /// `code` has been sent.
    pub(super) fn add(&self, code: &Secret) {
        self.0.borrow_mut().push(code.clone());
    }

    fn contain(&self, code: &Secret) -> bool {
        self.0.borrow().contains(code)
    }
}

/// A code and who gave it.
pub(super) struct Code {
    pub(super) code: Secret,
    /// Somebody sits at the terminal and can be asked again.
    pub(super) was_typed: bool,
}

/// A code that AWS has not seen. `why` is said before a person is asked.
pub(super) fn next(broker: &Broker<'_>, wish: &Wish<'_>, why: Option<&str>) -> Result<Code> {
    let person = broker.person();
    if let Some(code) = &person.mfa_code {
        if !is_code(code.expose()) {
            return Err(BrokerError::new("mfa-code-format", "the code given with --mfa is not six digits"));
        }
        if !broker.spent_codes.contain(code) {
            return Ok(Code { code: code.clone(), was_typed: false });
        }
    }
    if let Some(command) = &person.mfa_process {
        let limit = (!person.may_ask).then_some(BACKGROUND_LIMIT);
        let code = mfa_process::run(command, &broker.environment, limit).map_err(|error| {
            BrokerError::new(error.code(), error.to_string())
                .hint("mfa_process is in awsenv's settings; `--mfa CODE` gives a code by hand")
        })?;
        if !broker.spent_codes.contain(&code) {
            return Ok(Code { code, was_typed: false });
        }
        return type_code(broker, wish, why)?.ok_or_else(|| {
            BrokerError::new("mfa-code-spent", "mfa_process gave a code that AWS has already taken")
                .hint("AWS takes each code once: run it again in half a minute")
        });
    }
    type_code(broker, wish, why)?.ok_or_else(|| nobody(broker, wish, why))
}

/// Asks on the terminal. `None`: nobody may be asked, or there is no terminal.
pub(super) fn type_code(broker: &Broker<'_>, wish: &Wish<'_>, why: Option<&str>) -> Result<Option<Code>> {
    if !broker.person().may_ask {
        return Ok(None);
    }
    let mut lines = vec![format!("awsenv: profile {} assumes {} with MFA", wish.profile, wish.role.role_arn)];
    lines.extend(why.map(|why| format!("awsenv: {why}")));
    let prompt = format!("code of {}", wish.serial);
    let answer = ask::hidden(&lines, &prompt, |text| {
        // Devices show `123 456`.
        let code: String = text.split_whitespace().collect();
        if is_code(&code) { Ok(code) } else { Err("a code is six digits") }
    })?;
    Ok(answer.map(|code| Code { code, was_typed: true }))
}

/// A person is needed, and none is there.
fn nobody(broker: &Broker<'_>, wish: &Wish<'_>, why: Option<&str>) -> BrokerError {
    let (profile, serial, run) = (clean(wish.profile), clean(wish.serial), command(broker, wish));
    let why = why.map(|why| format!("; {why}")).unwrap_or_default();
    BrokerError::new("mfa-needed", format!("profile `{profile}` needs an MFA code of {serial}{why}"))
        .hint(format!("run `{run}` in a terminal, or `{run} --mfa CODE`"))
        .needs_person()
}

/// What a person runs: the profile that was asked for, which may only lead to the one with the role.
pub(super) fn command(broker: &Broker<'_>, wish: &Wish<'_>) -> String {
    let profile = clean(broker.profile().unwrap_or(wish.profile));
    let is_plain = |character: char| character.is_alphanumeric() || "-_.@+/".contains(character);
    if !profile.is_empty() && profile.chars().all(is_plain) {
        format!("awsenv use {profile}")
    } else {
        format!("awsenv use '{}'", profile.replace('\'', "'\\''"))
    }
}
