//! The answer of a `credential_process`: JSON with a contract.

use awsenv_core::credentials::Credentials;
use jiff::Timestamp;

use super::AnswerError;
use crate::cache::is_account_id;
use crate::json::{self, Json, JsonError, Object};
use crate::timestamp;

/// Reads the answer: one JSON object with `Version` 1, `AccessKeyId`, `SecretAccessKey` and, where not null or (as in
/// botocore) empty, `SessionToken`, `Expiration` and `AccountId`. Other fields are ignored. Credentials that are over
/// at `now` are an error.
pub fn parse_answer(bytes: &[u8], now: Timestamp) -> Result<Credentials, AnswerError> {
    interpret_answer(&json::parse_object(bytes)?, now)
}

/// As [`parse_answer`], of an object that was read already.
pub(crate) fn interpret_answer(answer: &Object, now: Timestamp) -> Result<Credentials, AnswerError> {
    match answer.get("Version") {
        Some(Json::Integer(1)) => {}
        Some(_) => return Err(AnswerError::Version),
        None => return Err(JsonError::Missing("Version").into()),
    }
    let expiration = match answer.get("Expiration") {
        None => None,
        Some(_) => {
            let expiration = timestamp::parse_expiration(answer.text("Expiration")?).ok_or(AnswerError::Expiration)?;
            if expiration <= now {
                return Err(AnswerError::Expired(expiration));
            }
            Some(expiration)
        }
    };
    let account_id = answer.optional_text("AccountId")?;
    if account_id.is_some_and(|id| !is_account_id(id)) {
        return Err(AnswerError::AccountId);
    }
    Ok(Credentials {
        access_key_id: answer.text("AccessKeyId")?.to_owned(),
        secret_access_key: answer.secret("SecretAccessKey")?,
        session_token: answer.optional_secret("SessionToken")?,
        expiration,
        account_id: account_id.map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use awsenv_core::credentials::Secret;

    const WHOLE: &str = r#"{"Version": 1, "AccessKeyId": "ASIAX", "SecretAccessKey": "canary-s",
        "SessionToken": "canary-t", "Expiration": "2026-10-20T12:40:00Z", "AccountId": "123456789012", "More": [1.5]}"#;

    fn now() -> Timestamp {
        "2026-10-20T12:00:00Z".parse().unwrap()
    }

    fn error(text: &str) -> AnswerError {
        let error = parse_answer(text.as_bytes(), now()).expect_err(text);
        assert!(!error.to_string().contains("canary") && !format!("{error:?}").contains("canary"), "{error:?}");
        error
    }

    #[test]
    fn a_whole_answer() {
        let credentials = parse_answer(WHOLE.as_bytes(), now()).unwrap();
        assert_eq!(credentials.access_key_id, "ASIAX");
        assert_eq!(credentials.secret_access_key, Secret::new("canary-s"));
        assert_eq!(credentials.session_token, Some(Secret::new("canary-t")));
        assert_eq!(credentials.expiration, Some("2026-10-20T12:40:00Z".parse().unwrap()));
        assert_eq!(credentials.account_id.as_deref(), Some("123456789012"));
        assert!(!format!("{credentials:?}").contains("canary"));
    }

    #[test]
    fn what_is_optional_may_be_missing_or_null() {
        let null = r#"{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "s",
            "SessionToken": null, "Expiration": null, "AccountId": null}"#;
        let empty =
            r#"{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "s", "SessionToken": "", "AccountId": ""}"#;
        let missing = "{\"Version\": 1,\r\n\"AccessKeyId\": \"A\", \"SecretAccessKey\": \"s\"}\r\n";
        for text in [null, empty, missing] {
            let credentials = parse_answer(text.as_bytes(), now()).unwrap();
            assert_eq!((credentials.session_token, credentials.expiration, credentials.account_id), (None, None, None));
        }
    }

    #[test]
    fn version_is_the_integer_1() {
        for version in ["1.0", "1e0", "\"1\"", "true", "2", "0", "-1", "[1]", "{}", "18446744073709551617"] {
            assert_eq!(error(&WHOLE.replacen("1,", &format!("{version},"), 1)), AnswerError::Version, "{version}");
        }
        assert_eq!(error(&WHOLE.replacen("1,", "null,", 1)), JsonError::Missing("Version").into());
        assert_eq!(error("{}"), JsonError::Missing("Version").into());
    }

    #[test]
    fn what_breaks_the_contract_is_named() {
        for (from, to, expected) in [
            ("AccessKeyId", "accessKeyId", JsonError::Missing("AccessKeyId").into()),
            ("\"ASIAX\"", "\"\"", JsonError::Empty("AccessKeyId").into()),
            ("\"ASIAX\"", "17", JsonError::WrongType("AccessKeyId", "a string").into()),
            ("\"canary-s\"", "null", JsonError::Missing("SecretAccessKey").into()),
            ("canary-s", "canary\\n", JsonError::ControlCharacter("SecretAccessKey").into()),
            ("canary-s", "canary\\u0000", JsonError::ControlCharacter("SecretAccessKey").into()),
            ("canary-t", "canary\\u001b[2J", JsonError::ControlCharacter("SessionToken").into()),
            ("\"canary-t\"", "[\"canary\"]", JsonError::WrongType("SessionToken", "a string").into()),
            ("2026-10-20T12:40:00Z", "soon", AnswerError::Expiration),
            ("2026-10-20T12:40:00Z", "2026-10-20T12:40:00", AnswerError::Expiration),
            ("2026-10-20T12:40:00Z", "", JsonError::Empty("Expiration").into()),
            ("\"2026-10-20T12:40:00Z\"", "1792500000", JsonError::WrongType("Expiration", "a string").into()),
            ("2026-10-20T12:40:00Z", "2026-10-20T12:00:00Z", AnswerError::Expired(now())),
            ("123456789012", "12345678901", AnswerError::AccountId),
            ("123456789012", "1234-5678-9012", AnswerError::AccountId),
            ("\"123456789012\"", "123456789012", JsonError::WrongType("AccountId", "a string").into()),
            ("\"More\"", "\"AccessKeyId\"", JsonError::DuplicateKey.into()),
        ] {
            assert!(WHOLE.contains(from));
            assert_eq!(error(&WHOLE.replacen(from, to, 1)), expected, "{from} {to}");
        }
    }

    #[test]
    fn garbage() {
        for text in
            ["", "canary", "\u{feff}{}", "[]", &format!("{WHOLE}{WHOLE}"), &format!("{WHOLE} canary"), &WHOLE[..99]]
        {
            assert!(matches!(error(text), AnswerError::Json(_)), "{text}");
        }
        assert!(parse_answer(b"\xff\xfe{\0}\0", now()).is_err());
    }
}
