//! The answer of a `credential_process`, and of awsenv-broker. What is taken keeps the contract.
#![no_main]

use awsenv_core::broker::PROTOCOL;
use awsenv_core::change::check_value;
use awsenv_host::broker::{BrokerError, read_answer};
use awsenv_host::credential_process::parse_answer;
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let now = Timestamp::from_second(1_792_500_000).expect("a time");
    match parse_answer(data, now) {
        Ok(credentials) => {
            let json: serde_json::Value = serde_json::from_slice(data).expect("only JSON is taken");
            assert_eq!(json["Version"], 1);
            assert_eq!(json["AccessKeyId"], credentials.access_key_id.as_str());
            assert_eq!(json["SecretAccessKey"], credentials.secret_access_key.expose());
            let token = credentials.session_token.as_ref().map(|token| token.expose());
            assert_eq!(json["SessionToken"].as_str().filter(|token| !token.is_empty()), token);
            for text in [Some(credentials.access_key_id.as_str()), token].into_iter().flatten() {
                assert!(!text.is_empty() && check_value("value", text).is_ok());
            }
            assert!(credentials.expiration.is_none_or(|expiration| expiration > now));
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    match read_answer(data, now) {
        Ok(answer) => {
            let json: serde_json::Value = serde_json::from_slice(data).expect("only JSON is taken");
            assert_eq!(json["awsenv"]["protocol"], PROTOCOL);
            assert!(json["error"].is_null(), "a failure is none");
            if let Ok(credentials) = answer.credentials() {
                assert_eq!(json["SecretAccessKey"], credentials.secret_access_key.expose());
            }
            if let Ok(identity) = answer.identity() {
                assert_eq!(json["account_id"], identity.account_id.as_str());
            }
            let _ = (answer.login(), answer.logout());
        }
        Err(BrokerError::Failed { failure, .. }) => assert!(!failure.code.is_empty() && !failure.message.is_empty()),
        Err(error) => assert!(!error.to_string().is_empty() && error.hint().is_some()),
    }
});
