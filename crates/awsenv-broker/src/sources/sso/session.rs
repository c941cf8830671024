//! A session of IAM Identity Center: what its token is kept under, and how it is called.

use awsenv_core::chain::Sso;
use awsenv_host::sso_cache::SsoTokenKey;

use crate::aws_error::clean;
use crate::error::BrokerError;

/// The session that a profile's settings lead to.
pub(crate) struct Session<'a> {
    /// The settings.
    pub(crate) sso: &'a Sso,
    /// Whose settings they are; `None` where a session was named and no profile.
    profile: Option<&'a str>,
    /// What its token is kept under.
    pub(crate) key: SsoTokenKey,
}

impl<'a> Session<'a> {
    /// The session of a profile, or one that was named alone.
    pub(crate) fn new(sso: &'a Sso, profile: Option<&'a str>) -> Self {
        let key = match &sso.sso_session {
            Some(name) => SsoTokenKey::SessionName(name.clone()),
            None => SsoTokenKey::StartUrl(sso.start_url.clone()),
        };
        Self { sso, profile, key }
    }

    /// Its name, or its start URL; fit for a terminal.
    pub(crate) fn name(&self) -> String {
        clean(self.sso.sso_session.as_ref().unwrap_or(&self.sso.start_url))
    }

    /// What the lock is named by that who writes the token holds.
    pub(crate) fn writing(&self) -> String {
        format!("sso token {}", self.key.file_name())
    }

    /// What the lock is named by that who wants the token renewed holds.
    pub(crate) fn wanting(&self) -> String {
        format!("sso renewal {}", self.key.file_name())
    }

    /// The command that logs in.
    pub(crate) fn login_command(&self) -> String {
        match (&self.sso.sso_session, self.profile) {
            (Some(session), _) => format!("awsenv login --sso-session {}", shell_word(session)),
            (None, Some(profile)) => format!("awsenv login {}", shell_word(profile)),
            (None, None) => "awsenv login PROFILE".to_owned(),
        }
    }

    /// Only a person can go on from here.
    pub(crate) fn login_needed(&self, why: impl Into<String>) -> BrokerError {
        BrokerError::new(super::LOGIN_NEEDED, why).hint(format!("run: {}", self.login_command())).needs_person()
    }
}

/// `text` as one word of a POSIX shell, fit for a terminal.
fn shell_word(text: &str) -> String {
    let text = clean(text);
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_./:@%+=,-".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) {
        return text;
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sso(session: Option<&str>) -> Sso {
        Sso {
            sso_session: session.map(str::to_owned),
            start_url: "https://x.awsapps.com/start".into(),
            sso_region: "eu-central-1".into(),
            account_id: None,
            role_name: None,
            scopes: Vec::new(),
        }
    }

    #[test]
    fn the_command_names_the_session_or_else_the_profile() {
        assert_eq!(
            Session::new(&sso(Some("my-sso")), Some("dev")).login_command(),
            "awsenv login --sso-session my-sso"
        );
        assert_eq!(Session::new(&sso(None), Some("dev")).login_command(), "awsenv login dev");
        assert_eq!(Session::new(&sso(None), Some("a $(id) 'b'")).login_command(), r"awsenv login 'a $(id) '\''b'\'''");
        assert_eq!(Session::new(&sso(None), Some("a\u{1b}[2Jb")).login_command(), "awsenv login 'a [2Jb'");
    }

    #[test]
    fn the_key_is_the_name_or_else_the_start_url() {
        assert_eq!(
            Session::new(&sso(Some("my-sso")), None).key.file_name(),
            "0ad374308c5a4e22f723adf10145eafad7c4031c.json"
        );
        assert_eq!(Session::new(&sso(None), None).key.file_name(), "3947de8b16688092197fa616c34e01335f21d256.json");
    }
}
