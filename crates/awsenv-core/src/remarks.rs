//! Diagnostics about profiles: what tools read differently, and what hardly means what its writer wanted.

use std::collections::{HashMap, HashSet};

use crate::config::{Finding, Property, Section, shown_key};
use crate::diagnostic::{Diagnostic, Origin, Severity, SourceFile};
use crate::header::{Acceptance, OtherSection, SectionKind, read_header, shell_words};
use crate::profile::{Profile, ProfileSet};
use crate::resolve::{duration_seconds, quoted};

const FILES: [SourceFile; 2] = [SourceFile::Config, SourceFile::Credentials];

const PREFIX_LIKE: &str = "the AWS CLI alone reads it as [profile ...]; write it so, or remove it";

/// Whether the AWS CLI, for which every word that begins with `profile` is the prefix, reads `header` as the profile.
fn is_profile_to_cli(header: &str, name: &str) -> bool {
    header.starts_with("profile") && shell_words(header).is_some_and(|words| words.len() == 2 && words[1] == name)
}

const TWICE: &str = "the AWS CLI refuses the whole file; in the SDKs the last value of a key wins, and so it does here";

/// The lines of both files that could not be read.
pub fn errors(set: &ProfileSet<'_>) -> Vec<Diagnostic> {
    findings(set)
        .filter(|finding| finding.kind.severity() == Severity::Error)
        .map(|finding| finding.to_diagnostic())
        .collect()
}

/// What makes the AWS CLI read a whole file otherwise, or refuse it, though each profile is fine by itself: a mark at
/// the beginning, sections and keys that stand twice, a `[DEFAULT]`.
pub fn whole_files(set: &ProfileSet<'_>) -> Vec<Diagnostic> {
    let marks = findings(set).filter(|finding| finding.section.is_none() && finding.kind.severity() != Severity::Error);
    let mut all: Vec<Diagnostic> = marks.map(|finding| finding.to_diagnostic()).collect();
    for file in FILES.map(|file| set.file(file)) {
        let mut headers: HashMap<&str, u32> = HashMap::new();
        for section in file.sections() {
            if section.header == "DEFAULT" {
                all.push(warning(
                    "default-for-all",
                    section.origin,
                    "[DEFAULT] in capitals is not [default]".to_owned(),
                    "to the AWS CLI its values hold for every section of this file that has none of its own; to the SDKs it is nothing special",
                ));
            } else if let Some(first) = headers.insert(section.header, section.origin.line) {
                let message = format!("[{}] starts again here, after line {first}", section.header.escape_debug());
                all.push(warning("duplicate-section", section.origin, message, TWICE));
            }
            duplicate_keys(file.properties(section), &mut all);
        }
    }
    all
}

/// Everything there is to say about both files, in their order.
pub fn all(set: &ProfileSet<'_>) -> Vec<Diagnostic> {
    let mut all: Vec<Diagnostic> = findings(set).map(|finding| finding.to_diagnostic()).collect();
    all.extend(set.other_sections().filter_map(other_section));
    for profile in set.profiles() {
        all.extend(semantic(set, profile));
    }
    all.sort_by_key(|diagnostic| diagnostic.origin.map(|origin| (origin.file, origin.line)));
    all
}

/// What there is to say about one profile, its SSO session included: lines, names, sources.
pub fn about(set: &ProfileSet<'_>, profile: Profile<'_, '_>) -> Vec<Diagnostic> {
    let session = profile.get("sso_session").and_then(|name| set.sso_session(&name.text));
    let mut about = Vec::new();
    for part in std::iter::once(profile).chain(session) {
        for (file, section) in part.sections() {
            let sections = set.file(file).sections();
            let is_here = |finding: &&Finding<'_>| {
                finding.section.is_some_and(|index| std::ptr::eq(&raw const sections[index as usize], section))
            };
            let here = set.file(file).findings().iter().filter(is_here);
            about.extend(here.map(|finding| finding.to_diagnostic()));
        }
    }
    about.extend(semantic(set, profile));
    about
}

fn findings<'s, 'a>(set: &'s ProfileSet<'a>) -> impl Iterator<Item = &'s Finding<'a>> {
    FILES.into_iter().flat_map(|file| set.file(file).findings())
}

fn remark(severity: Severity, code: &'static str, origin: Origin, message: String, hint: &str) -> Diagnostic {
    Diagnostic { severity, code, message, hint: Some(hint.to_owned()), origin: Some(origin) }
}

fn warning(code: &'static str, origin: Origin, message: String, hint: &str) -> Diagnostic {
    remark(Severity::Warning, code, origin, message, hint)
}

fn other_section(section: &Section<'_>) -> Option<Diagnostic> {
    let SectionKind::Other(kind) = read_header(SourceFile::Config, section.header) else { return None };
    let header = section.header.escape_debug();
    Some(match kind {
        OtherSection::Unknown => return None,
        OtherSection::MissingPrefix => warning(
            "missing-prefix",
            section.origin,
            format!("[{header}] in the config file is no profile to any AWS tool"),
            "write [profile NAME]; only [default] goes without the prefix",
        ),
        OtherSection::PrefixLikeProfile => warning(
            "prefix-like-profile",
            section.origin,
            format!("[{header}] is not read as a profile"),
            "the AWS CLI takes any header that starts with `profile` for one and reads the second word as its name; the SDKs do not",
        ),
        OtherSection::NoName => {
            warning("no-name", section.origin, format!("[{header}] has no name"), "every AWS tool ignores it")
        }
    })
}

/// What the lines together mean, or fail to.
fn semantic(set: &ProfileSet<'_>, profile: Profile<'_, '_>) -> Vec<Diagnostic> {
    let mut remarks = Vec::new();
    remarks.extend(acceptance(profile));
    duplicates(profile, &mut remarks);
    let names_profile = |section: &&Section<'_>| match read_header(SourceFile::Config, section.header) {
        SectionKind::Profile(name) => name.text == profile.name(),
        _ => false,
    };
    remarks.extend(set.replaced_sections().filter(names_profile).map(|section| {
        warning(
            "replaced-section",
            section.origin,
            format!("another section replaces this one of {} whole", quoted(profile.name())),
            "as in the AWS CLI, to which the last that it can read is the profile; the SDKs take headers with quotes for other names, or for none; keep one of them",
        )
    }));
    remarks.extend(set.other_sections().filter(|section| is_profile_to_cli(section.header, profile.name())).map(
        |section| {
            let message = format!("[{}] is no section of {}", section.header.escape_debug(), quoted(profile.name()));
            warning("prefix-like-profile", section.origin, message, PREFIX_LIKE)
        },
    ));
    if profile.name() == "default" && set.bare_default_is_replaced() {
        remarks.push(warning(
            "two-defaults",
            profile.origin(),
            "[profile default] replaces [default] whole".to_owned(),
            "to the AWS CLI the later of the two is the default; the SDKs take [profile default]; keep one",
        ));
    }
    overridden(profile, &mut remarks);
    empty_values(profile, &mut remarks);
    keys(profile, &mut remarks);
    sources(profile, &mut remarks);
    if let Some(value) = profile.get("duration_seconds").filter(|_| duration_seconds(profile).is_none()) {
        remarks.push(warning(
            "not-a-number",
            value.origin,
            "duration_seconds is not a number of seconds and is left out".to_owned(),
            "the AWS CLI ignores it too; the SDKs refuse the profile",
        ));
    }
    remarks
}

fn acceptance(profile: Profile<'_, '_>) -> Option<Diagnostic> {
    let hint = match profile.acceptance() {
        Acceptance::All => return None,
        Acceptance::AwsCliQuoted => {
            "the AWS CLI and boto3 read this header as a shell would; the Go SDK keeps quotes and backslashes as part of the name; the Rust SDK ignores the profile"
        }
        Acceptance::GoOnly => {
            "the Go SDK alone reads a profile here; put the name in quotes for the AWS CLI and boto3; the Rust SDK ignores it either way"
        }
        Acceptance::AwsCliWholeHeader => {
            "the AWS CLI and boto3 take the whole header for the name; the Go and Rust SDKs ignore the profile; in the credentials file headers have no prefix"
        }
        Acceptance::NotRust => {
            "the Rust SDK ignores the profile, others do not; names made of letters, digits and - _ . / % @ : + work everywhere"
        }
    };
    let message = format!("not every AWS tool knows a profile called {}", quoted(profile.name()));
    Some(warning("name-not-everywhere", profile.origin(), message, hint))
}

fn duplicates(profile: Profile<'_, '_>, remarks: &mut Vec<Diagnostic>) {
    let mut seen: [Option<(Origin, &str)>; 2] = [None; 2];
    for (file, section) in profile.sections() {
        if let Some((first, header)) = seen[file as usize] {
            let message = format!("{} starts again here, after line {}", quoted(profile.name()), first.line);
            let hint = if header == section.header {
                TWICE
            } else {
                "to the AWS CLI the last of these sections is the whole profile; to the SDKs, and here, all of them are"
            };
            remarks.push(warning("duplicate-section", section.origin, message, hint));
        }
        seen[file as usize].get_or_insert((section.origin, section.header));
        duplicate_keys(profile.properties_of(section), remarks);
    }
}

fn duplicate_keys(properties: &[Property<'_>], remarks: &mut Vec<Diagnostic>) {
    let mut keys: HashSet<String> = HashSet::new();
    for property in properties {
        let key = property.key.to_ascii_lowercase();
        let message = format!("{} is given again", shown_key(&key));
        if !keys.insert(key) {
            remarks.push(warning("duplicate-key", property.origin, message, TWICE));
        }
    }
}

/// Empty values of what decides over credentials: nothing to awsenv, a value to the AWS CLI.
fn empty_values(profile: Profile<'_, '_>, remarks: &mut Vec<Diagnostic>) {
    const KEYS: [&str; 12] = [
        "aws_secret_access_key",
        "aws_session_token",
        "aws_security_token",
        "role_session_name",
        "external_id",
        "mfa_serial",
        "sso_session",
        "sso_start_url",
        "sso_region",
        "sso_account_id",
        "sso_role_name",
        "region",
    ];
    for key in KEYS {
        if let Some(value) = profile.get(key).filter(|value| value.text.is_empty()) {
            remarks.push(warning(
                "empty-value",
                value.origin,
                format!("{key} is empty and is left out"),
                "the AWS CLI takes the empty value, which mostly fails; remove the line",
            ));
        }
    }
}

/// Keys that both files give with different values. The AWS tools agree here, people forget.
fn overridden(profile: Profile<'_, '_>, remarks: &mut Vec<Diagnostic>) {
    if !FILES.into_iter().all(|file| profile.is_in(file)) {
        return;
    }
    for (file, section) in profile.sections() {
        for property in profile.properties_of(section) {
            if file == SourceFile::Credentials || property.key.to_ascii_lowercase().starts_with("aws_") {
                continue;
            }
            let other = profile.get_in(SourceFile::Credentials, property.key);
            if let Some(other) = other.filter(|other| other.text != property.first_line) {
                remarks.push(remark(
                    Severity::Info,
                    "overridden",
                    property.origin,
                    format!(
                        "{} is replaced by the credentials file (line {})",
                        shown_key(property.key),
                        other.origin.line
                    ),
                    "the credentials file wins key by key in every AWS tool",
                ));
            }
        }
    }
}

/// Static keys that are spread over both files, or come with two tokens.
fn keys(profile: Profile<'_, '_>, remarks: &mut Vec<Diagnostic>) {
    let get = |file, key| profile.get_in(file, key).filter(|value| !value.text.is_empty());
    let [config, credentials] = FILES.map(|file| get(file, "aws_access_key_id"));
    if let (Some(config), Some(credentials)) = (&config, &credentials)
        && config.text != credentials.text
    {
        remarks.push(warning(
            "two-key-pairs",
            config.origin,
            "both files have keys for this profile; those of the credentials file are used".to_owned(),
            "the AWS tools do the same; remove the keys that are not meant",
        ));
    }
    for file in FILES {
        let (token, old) = (get(file, "aws_session_token"), get(file, "aws_security_token"));
        if let (Some(token), Some(old)) = (&token, &old)
            && token.text != old.text
        {
            remarks.push(warning(
                "two-tokens",
                old.origin,
                "aws_security_token and aws_session_token differ; the former is used".to_owned(),
                "as in the AWS CLI and boto3; the other SDKs take aws_session_token; remove aws_security_token",
            ));
        }
        let other = if file == SourceFile::Config { &credentials } else { &config };
        let own = if file == SourceFile::Config { &config } else { &credentials };
        if let Some(token) = token.filter(|_| own.is_none() && other.is_some()) {
            remarks.push(warning(
                "token-without-keys",
                token.origin,
                "the aws_session_token stands in another file than the keys and is not used".to_owned(),
                "the AWS CLI ignores it too, the Rust SDK takes it; keep keys and token together",
            ));
        }
        let secret = get(file, "aws_secret_access_key");
        if let Some(secret) = secret.filter(|_| own.is_none() && other.is_some()) {
            remarks.push(warning(
                "secret-without-id",
                secret.origin,
                "the aws_secret_access_key stands in another file than the key id and is not used".to_owned(),
                "the AWS CLI does not mix files, the Rust SDK does; keep keys together",
            ));
        }
    }
}

/// More than one source of credentials in a profile: the first in the AWS CLI's order is used.
fn sources(profile: Profile<'_, '_>, remarks: &mut Vec<Diagnostic>) {
    let get = |file, key| profile.get_in(file, key).filter(|value| !value.text.is_empty());
    let any = |key| profile.get_nonempty(key);
    let role = any("role_arn").filter(|_| any("web_identity_token_file").is_none());
    let own_keys = any("source_profile").is_some_and(|source| source.text == profile.name());
    let sso = any("sso_account_id").or_else(|| any("sso_role_name"));
    let credentials = get(SourceFile::Credentials, "aws_access_key_id");
    let config = get(SourceFile::Config, "aws_access_key_id").filter(|_| credentials.is_none());
    let all = [
        ("role_arn", role),
        ("web_identity_token_file", any("web_identity_token_file")),
        ("sso_account_id", sso),
        ("keys in the credentials file", credentials.filter(|_| !own_keys)),
        ("login_session", any("login_session")),
        ("credential_process", any("credential_process")),
        ("keys in the config file", config.filter(|_| !own_keys)),
    ];
    let mut present = all.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let Some((first, _)) = present.next() else { return };
    for (name, value) in present {
        remarks.push(warning(
            "more-than-one-source",
            value.origin,
            format!("the profile also has {name}, which is not used: {first} comes first"),
            "this is the AWS CLI's order; SDKs have others; as the source_profile of another profile, keys come before role_arn",
        ));
    }
}

#[cfg(test)]
mod tests;
