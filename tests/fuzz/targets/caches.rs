//! Entries of the AWS CLI's caches: role and SSO credentials, SSO tokens. What is taken can be exported and used.
#![no_main]

use awsenv_core::change::check_value;
use awsenv_host::cli_cache::parse_credentials;
use awsenv_host::sso_cache::{SsoTokenKey, parse_token};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let now = Timestamp::from_second(1_792_500_000).expect("a time");
    if let Ok(entry) = parse_credentials(data) {
        let token = entry.credentials.session_token.as_ref().expect("they are temporary");
        for text in [&entry.credentials.access_key_id[..], entry.credentials.secret_access_key.expose(), token.expose()]
        {
            assert!(!text.is_empty() && check_value("value", text).is_ok());
        }
        assert_eq!(entry.credentials.expiration, Some(entry.expiration));
        if let Some(account) = &entry.credentials.account_id {
            assert!(account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()));
        }
        entry.is_of_role("arn:aws:iam::123456789012:role/path/Admin");
        if let Some(arn) = &entry.assumed_role_arn {
            entry.is_of_role(arn);
        }
        entry.freshness(now);
    }
    let session = parse_token(data, &SsoTokenKey::SessionName("my-sso".into()));
    let legacy = parse_token(data, &SsoTokenKey::StartUrl("https://example.awsapps.com/start".into()));
    if let Ok(token) = &session {
        assert!(!token.access_token.expose().is_empty());
        token.state(now);
    }
    if let Ok(token) = legacy {
        // A legacy token is never refreshed; else both readings are the same.
        assert!(token.refresh.is_none());
        assert!(session.is_err() || session.is_ok_and(|other| other.expires_at == token.expires_at));
    }
});
