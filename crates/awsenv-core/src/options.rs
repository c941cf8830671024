//! The options of a `use` that outlive it: for a renewal and for `use -`.

use std::time::Duration;

use crate::duration::{format_duration, parse_duration};

/// How an identity is handed to the tools.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Credentials in the environment.
    #[default]
    Keys,
    /// `AWS_PROFILE` alone; SDKs get, and renew, the credentials.
    Profile,
}

impl Mode {
    /// As it is written: `keys`, `profile`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keys => "keys",
            Self::Profile => "profile",
        }
    }

    /// Reads the name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Keys, Self::Profile].into_iter().find(|mode| mode.as_str() == name)
    }
}

/// What `use` was told besides the profile, as kept in `AWSENV_OPTIONS`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UseOptions {
    /// `--region`.
    pub region: Option<String>,
    /// `--as`.
    pub mode: Option<Mode>,
    /// `--duration`: of the role session.
    pub duration: Option<Duration>,
    /// `--for`: how long the shell keeps it.
    pub keep_for: Option<Duration>,
    /// `--role-session-name`.
    pub role_session_name: Option<String>,
}

impl UseOptions {
    /// One line, options only, in a fixed order: `--region=eu-west-1 --as=profile`. Values hold no blanks (they are
    /// checked when they come in), so blanks separate them.
    pub fn to_text(&self) -> String {
        let mut parts = Vec::new();
        let mut add = |name: &str, value: Option<String>| parts.extend(value.map(|value| format!("--{name}={value}")));
        add("region", self.region.clone());
        add("as", self.mode.map(|mode| mode.as_str().to_owned()));
        add("duration", self.duration.map(format_duration));
        add("for", self.keep_for.map(format_duration));
        add("role-session-name", self.role_session_name.clone());
        parts.join(" ")
    }

    /// Reads what [`to_text`](Self::to_text) wrote. The environment is not ours alone: anything else gives `None`.
    pub fn from_text(text: &str) -> Option<Self> {
        let mut options = Self::default();
        for part in text.split_ascii_whitespace() {
            let (name, value) = part.strip_prefix("--")?.split_once('=')?;
            match name {
                "region" => options.region = Some(value.to_owned()).filter(|region| is_region(region)),
                "as" => options.mode = Some(Mode::from_name(value)?),
                "duration" => options.duration = Some(parse_duration(value).ok()?),
                "for" => options.keep_for = Some(parse_duration(value).ok()?),
                "role-session-name" => {
                    options.role_session_name = Some(value.to_owned()).filter(|name| is_role_session_name(name));
                }
                _ => return None,
            }
        }
        Some(options)
    }
}

/// Profile and options in one variable (`AWSENV_PREVIOUS`): `OPTIONS -- NAME`, as on a command line.
pub fn format_previous(profile: &str, options: &str) -> String {
    if options.is_empty() { format!("-- {profile}") } else { format!("{options} -- {profile}") }
}

/// Reads what [`format_previous`] wrote.
pub fn parse_previous(text: &str) -> Option<(&str, UseOptions)> {
    let (options, profile) = match text.strip_prefix("-- ") {
        Some(profile) => ("", profile),
        None => text.split_once(" -- ")?,
    };
    Some((profile, UseOptions::from_text(options)?)).filter(|_| !profile.is_empty())
}

/// Whether `text` can be a region's name: letters, digits and hyphens, as botocore checks it (it becomes part of host
/// names).
pub fn is_region(text: &str) -> bool {
    let ok = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    !text.is_empty() && text.len() <= 63 && text.bytes().all(ok) && !text.starts_with('-') && !text.ends_with('-')
}

/// Whether STS takes `text` as a role session name: `[\w+=,.@-]{2,64}`
/// (<https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>).
pub fn is_role_session_name(text: &str) -> bool {
    let ok = |b: u8| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b);
    (2..=64).contains(&text.len()) && text.bytes().all(ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let options = UseOptions {
            region: Some("eu-west-1".into()),
            mode: Some(Mode::Profile),
            duration: Some(Duration::from_secs(900)),
            keep_for: Some(Duration::from_secs(5400)),
            role_session_name: Some("me@example".into()),
        };
        assert_eq!(UseOptions::from_text(&options.to_text()), Some(options.clone()));
        assert_eq!(UseOptions::from_text(""), Some(UseOptions::default()));
        for name in ["client1", "two words", "a -- b", "-- x", "--as=profile"] {
            for options in [&options, &UseOptions::default()] {
                let text = format_previous(name, &options.to_text());
                assert_eq!(parse_previous(&text), Some((name, options.clone())), "{text}");
            }
        }
    }

    #[test]
    fn foreign_text_is_nothing() {
        for text in ["x", "--as=both", "--shell=x", "--duration=1"] {
            assert_eq!(UseOptions::from_text(text), None, "{text}");
        }
        for text in ["", "--", "-- ", "client1", "--as=x -- y"] {
            assert_eq!(parse_previous(text), None, "{text}");
        }
    }
}
