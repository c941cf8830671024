//! A role for a token that another identity provider signed: Kubernetes, a CI service.

use std::path::Path;

use awsenv_core::credentials::Secret;
use awsenv_host::files::{self, FileError};
use zeroize::Zeroizing;

use super::session_name;
use super::sts::{RoleSession, assume_role_with_web_identity};
use crate::broker::Broker;
use crate::error::{BrokerError, Result};

/// The most bytes that STS takes as a token.
const LARGEST_TOKEN: u64 = 20_000;

/// What a profile says about it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WebIdentity<'a> {
    /// `role_arn`.
    pub(crate) role_arn: &'a str,
    /// `role_session_name`.
    pub(crate) role_session_name: Option<&'a str>,
    /// `web_identity_token_file`.
    pub(crate) token_file: &'a str,
    /// `duration_seconds`.
    pub(crate) duration_seconds: Option<u32>,
}

/// Assumes the role. The file is read now, since whoever writes it replaces the token every few minutes.
pub(crate) fn role_session(broker: &Broker<'_>, settings: &WebIdentity<'_>) -> Result<RoleSession> {
    let configured = settings.role_session_name.or_else(|| broker.environment.get_nonempty("AWS_ROLE_SESSION_NAME"));
    let name = session_name::choose(configured, broker)?;
    let token = read_token(Path::new(settings.token_file))?;
    assume_role_with_web_identity(broker, settings.role_arn, &name, &token, settings.duration_seconds)
}

/// The token, without the white space around it, which is no part of any token.
fn read_token(path: &Path) -> Result<Secret> {
    let bad = |why: String| {
        BrokerError::new("web-identity-token-file", format!("the web identity token file {}: {why}", shown(path)))
            .hint("web_identity_token_file names a file that the platform or the CI job writes the token to")
    };
    let bytes = match files::read_up_to(path, LARGEST_TOKEN) {
        Ok(Some(bytes)) => Zeroizing::new(bytes),
        Ok(None) => return Err(bad("there is no such file".to_owned())),
        Err(FileError::TooLarge { .. }) => return Err(bad(format!("more than {LARGEST_TOKEN} bytes are no token"))),
        Err(error) => return Err(bad(error.to_string())),
    };
    let text = std::str::from_utf8(&bytes).map_err(|_| bad("what is in it is not text".to_owned()))?.trim();
    if text.is_empty() {
        return Err(bad("it is empty".to_owned()));
    }
    if text.contains(|character: char| character.is_control() || character.is_whitespace()) {
        return Err(bad("what is in it is not one token".to_owned()));
    }
    Ok(Secret::new(text))
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().escape_debug().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_without_what_surrounds_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        for text in ["abc.def-_=.ghi", "abc.def-_=.ghi\n", " \r\nabc.def-_=.ghi \t"] {
            std::fs::write(&path, text).unwrap();
            assert_eq!(read_token(&path).unwrap().expose(), "abc.def-_=.ghi");
        }
    }

    #[test]
    fn what_is_no_token_is_refused_and_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let long = "SECRET".repeat(4000);
        let cases: [&[u8]; 6] = [b"", b" \n", b"SECRET SECRET", b"SECRET\nSECRET", b"SECRET\xff", long.as_bytes()];
        for bytes in cases {
            std::fs::write(&path, bytes).unwrap();
            let error = read_token(&path).unwrap_err();
            assert_eq!(error.code, "web-identity-token-file");
            assert!(!format!("{error:?}").contains("SECRET"));
        }
        for missing in [folder.path().join("none"), folder.path().to_owned(), "/dev/full".into()] {
            assert_eq!(read_token(&missing).unwrap_err().code, "web-identity-token-file");
        }
    }
}
