//! What a section's header makes it: a profile, an SSO session, service endpoints, or nothing AWS knows.

use std::borrow::Cow;

use crate::config::is_identifier;
use crate::diagnostic::SourceFile;

/// What a section is, by its header and the file it stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SectionKind<'a> {
    /// A profile.
    Profile(SectionName<'a>),
    /// `[sso-session NAME]`.
    SsoSession(SectionName<'a>),
    /// `[services NAME]`.
    Services(SectionName<'a>),
    /// Nothing that any AWS tool reads as one of the above.
    Other(OtherSection),
}

/// The name in a header, and who accepts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectionName<'a> {
    /// The name.
    pub text: Cow<'a, str>,
    /// Who reads the section under this name.
    pub acceptance: Acceptance,
    /// `[profile default]` in config, which replaces `[default]` whole.
    pub prefixed_default: bool,
}

/// Which tools accept a section under its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acceptance {
    /// Every AWS tool: the strict view.
    All,
    /// The AWS CLI and boto3, which read the header as a shell would: `[profile "two words"]`.
    AwsCliQuoted,
    /// The Go SDK only: `[profile two words]`.
    GoOnly,
    /// The AWS CLI and boto3 only: `[profile a]` or `[team a]` in the credentials file, under its whole header.
    AwsCliWholeHeader,
    /// The AWS CLI, boto3 and the Go SDK: a character that the Rust SDK does not allow, e.g. `[profile a!b]`.
    NotRust,
}

/// Why a section is none of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtherSection {
    /// `[name]` in config: a profile there needs `[profile name]`.
    MissingPrefix,
    /// `[profilefoo bar]` in config: the AWS CLI reads it as the profile `bar`.
    PrefixLikeProfile,
    /// A section that belongs to something else (`[plugins]`, `[preview]`, …).
    Unknown,
    /// `[]`, `[profile]`: no name.
    NoName,
}

/// Reads `header` (the text between the brackets, trimmed) as AWS tools would in `file`.
pub fn read_header(file: SourceFile, header: &str) -> SectionKind<'_> {
    match file {
        SourceFile::Config => read_config_header(header),
        SourceFile::Credentials => read_credentials_header(header),
    }
}

fn read_credentials_header(header: &str) -> SectionKind<'_> {
    if header.is_empty() {
        return SectionKind::Other(OtherSection::NoName);
    }
    let acceptance = if is_identifier(header) {
        Acceptance::All
    } else if header.contains([' ', '\t']) {
        Acceptance::AwsCliWholeHeader
    } else {
        Acceptance::NotRust
    };
    SectionKind::Profile(SectionName { text: Cow::Borrowed(header), acceptance, prefixed_default: false })
}

fn read_config_header<'a>(header: &'a str) -> SectionKind<'a> {
    if header == "default" {
        let text = Cow::Borrowed(header);
        return SectionKind::Profile(SectionName { text, acceptance: Acceptance::All, prefixed_default: false });
    }
    let Some((prefix, rest)) =
        memchr::memchr2(b' ', b'\t', header.as_bytes()).map(|at| (&header[..at], &header[at + 1..]))
    else {
        return SectionKind::Other(match header {
            "" | "profile" | "sso-session" | "services" => OtherSection::NoName,
            "plugins" | "preview" => OtherSection::Unknown,
            _ => OtherSection::MissingPrefix,
        });
    };
    let kind: fn(SectionName<'a>) -> SectionKind<'a> = match prefix {
        "profile" => SectionKind::Profile,
        "sso-session" => SectionKind::SsoSession,
        "services" => SectionKind::Services,
        _ if prefix.starts_with("profile") => return SectionKind::Other(OtherSection::PrefixLikeProfile),
        _ => return SectionKind::Other(OtherSection::Unknown),
    };
    match read_name(rest.trim_matches([' ', '\t'])) {
        None => SectionKind::Other(OtherSection::NoName),
        Some((text, acceptance)) => {
            let prefixed_default = prefix == "profile" && text == "default";
            kind(SectionName { text, acceptance, prefixed_default })
        }
    }
}

/// The name behind a prefix. Where the AWS CLI accepts the header, its reading counts; else the Go SDK's.
fn read_name(rest: &str) -> Option<(Cow<'_, str>, Acceptance)> {
    if is_identifier(rest) {
        return Some((Cow::Borrowed(rest), Acceptance::All));
    }
    match shell_words(rest).as_deref() {
        Some([name]) if name == rest => Some((Cow::Borrowed(rest), Acceptance::NotRust)),
        Some([name]) if !name.is_empty() => Some((Cow::Owned(name.clone()), Acceptance::AwsCliQuoted)),
        Some([_]) => None,
        _ => Some((Cow::Borrowed(rest), Acceptance::GoOnly)),
    }
}

/// Python's `shlex.split`, with which botocore reads headers: `None` where a quote or an escape is not finished.
pub(crate) fn shell_words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '\'' => break,
                        c => word.push(c),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '"' => break,
                        '\\' => match chars.next()? {
                            c @ ('"' | '\\') => word.push(c),
                            c => word.extend(['\\', c]),
                        },
                        c => word.push(c),
                    }
                }
            }
            '\\' => word.get_or_insert_default().push(chars.next()?),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(header: &str) -> SectionKind<'_> {
        read_header(SourceFile::Config, header)
    }

    fn profile(kind: SectionKind<'_>) -> (String, Acceptance) {
        match kind {
            SectionKind::Profile(name) => (name.text.into_owned(), name.acceptance),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn names_as_the_tools_read_them() {
        assert_eq!(profile(config("profile \tfoo")), ("foo".into(), Acceptance::All));
        assert_eq!(profile(config("profile \"two words\"")), ("two words".into(), Acceptance::AwsCliQuoted));
        assert_eq!(profile(config("profile two words")), ("two words".into(), Acceptance::GoOnly));
        assert_eq!(profile(config("profile it's")), ("it's".into(), Acceptance::GoOnly));
        assert_eq!(profile(config("profile a!b")), ("a!b".into(), Acceptance::NotRust));
        assert_eq!(profile(config(r"profile A\b")), ("Ab".into(), Acceptance::AwsCliQuoted));
        let credentials = |header| profile(read_header(SourceFile::Credentials, header));
        assert_eq!(credentials("profile a"), ("profile a".into(), Acceptance::AwsCliWholeHeader));
        assert_eq!(credentials("cmd-$(x)"), ("cmd-$(x)".into(), Acceptance::NotRust));
    }

    #[test]
    fn what_is_no_profile() {
        assert_eq!(config("foo"), SectionKind::Other(OtherSection::MissingPrefix));
        assert_eq!(config("profilefoo bar"), SectionKind::Other(OtherSection::PrefixLikeProfile));
        assert_eq!(config("sso-sesion foo"), SectionKind::Other(OtherSection::Unknown));
        assert_eq!(config("profile ''"), SectionKind::Other(OtherSection::NoName));
        assert!(matches!(config("sso-session my"), SectionKind::SsoSession(_)));
    }

    #[test]
    fn words_as_python_splits_them() {
        let split = |text| shell_words(text).unwrap();
        assert_eq!(split(r#"a "b c" d'e f'g \h"#), ["a", "b c", "de fg", "h"]);
        assert_eq!(split(r#""a\"b\c\\" '' "#), [r#"a"b\c\"#, ""]);
        assert_eq!(shell_words("it's"), None);
        assert_eq!(shell_words("a\\"), None);
    }
}
