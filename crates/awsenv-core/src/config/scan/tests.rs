use proptest::prelude::*;

use super::*;
use crate::testing::with_profiles;

/// Codes and lines of what is noticed.
fn noticed(text: &str) -> Vec<String> {
    let text = ConfigText::from(text);
    let file = parse_config(SourceFile::Config, &text);
    file.findings().iter().map(|finding| format!("{}:{}", finding.kind.code(), finding.origin.line)).collect()
}

fn region(config: &str, name: &str) -> Option<String> {
    with_profiles(config, "", |set| set.get(name)?.get("region").map(|value| value.text.into_owned()))
}

/// Go gives the keys below a broken header to the profile above: the worst of all readings.
#[test]
fn keys_below_a_broken_header_belong_to_nobody() {
    for header in ["[profile b", "profile b]", "default]", "prod]"] {
        let config = format!("[profile a]\nregion = a\n{header}\nregion = b\n[profile c]\nregion = c");
        assert_eq!(noticed(&config), ["broken-header:3"], "{header}");
        assert_eq!(region(&config, "a").as_deref(), Some("a"), "{header}");
        assert_eq!(region(&config, "c").as_deref(), Some("c"), "{header}");
    }
}

/// A line that merely ends in a bracket is a bad line of its own profile, which is then not used.
#[test]
fn a_bad_line_with_a_bracket_is_no_header() {
    let config = "[profile a]\nkey : [x]\nrole_arn = R";
    assert_eq!(noticed(config), ["no-equals:2"]);
    with_profiles(config, "", |set| assert_eq!(set.get("a").unwrap().broken().unwrap().line, 2));
}

/// The AWS CLI takes a line as continuing the one above only if it is indented more.
#[test]
fn a_section_may_be_indented_whole() {
    let config = "[profile a]\n  region = r\n  output = json\n    more\n[profile b]\n";
    assert_eq!(region(config, "a").as_deref(), Some("r"));
    assert_eq!(noticed(config), ["indented-property:2", "indented-property:3", "continued-value:4"]);
}

#[test]
fn comments() {
    assert_eq!(region("[profile a]\nregion = r # c", "a").as_deref(), Some("r"));
    assert_eq!(region("[profile a]\nregion = r#c", "a").as_deref(), Some("r#c"));
    assert_eq!(region("[profile a]\nregion = r\n  # c\n", "a").as_deref(), Some("r"));
    assert_eq!(noticed("[profile a]\nregion = r\n  # c\n"), ["indented-comment:3"]);
    assert_eq!(region("[profile a] # c\nregion = r\r\n", "a").as_deref(), Some("r"));
}

#[test]
fn headers_with_text_behind_them() {
    assert_eq!(noticed("[profile a] x\nregion = r"), ["text-after-header:1"]);
    assert_eq!(region("[profile a] x\nregion = r", "a").as_deref(), Some("r"));
    assert_eq!(region("[profile a#b]\nregion = r", "a#b").as_deref(), Some("r"));
}

#[test]
fn a_line_that_is_not_utf8_costs_its_own_profile_only() {
    let text = ConfigText::from_bytes(b"[profile a]\nregion = \xff\n[profile b]\nregion = b\n".to_vec()).unwrap();
    let file = parse_config(SourceFile::Config, &text);
    let broken: Vec<_> = file.sections().iter().map(|section| section.broken.map(|origin| origin.line)).collect();
    assert_eq!(broken, [Some(2), None]);
}

#[test]
fn a_million_bad_lines_are_not_a_million_findings() {
    let text = ConfigText::from(format!("[profile a]\n{}", "x\n".repeat(1_000_000)).as_str());
    let file = parse_config(SourceFile::Config, &text);
    assert_eq!(file.findings().len(), MOST_FINDINGS + 1);
    assert_eq!(file.findings()[MOST_FINDINGS].kind, FindingKind::TooMany);
}

#[test]
fn a_no_break_space_is_trimmed_and_told() {
    let config = "[profile a]\nregion = r\u{a0}\n";
    assert_eq!(region(config, "a").as_deref(), Some("r"));
    assert_eq!(noticed(config), ["odd-whitespace:2"]);
}

proptest! {
    /// Whatever a file holds: no panic, every line counted, and what is read reads the same again.
    #[test]
    fn parsing_never_panics(pieces in prop::collection::vec(prop::sample::select(&[
        "[", "]", "=", "#", ";", " ", "\t", "\n", "\r\n", "profile ", "default", "sso-session ", "a", "b", "region", "\"", "'", "\\", ":",
        "\u{a0}", "\u{fffd}", "ä", "\0", "[profile a]\n", "aws_access_key_id = x\n", "  x = y\n",
    ][..]), 0..60)) {
        let text = ConfigText::from(pieces.concat().as_str());
        let file = parse_config(SourceFile::Config, &text);
        let lines = text.as_str().split('\n').count() as u32;
        prop_assert!(file.findings().iter().all(|f| f.origin.line >= 1 && f.origin.line <= lines && f.origin.column >= 1));
        for section in file.sections() {
            for property in file.properties(section) {
                prop_assert!(property.origin.line > section.origin.line);
                file.value(property);
            }
        }
        for finding in file.findings() {
            prop_assert!(!finding.to_diagnostic().message.is_empty());
        }
        let set = crate::profile::ProfileSet::normalize(file, ConfigFile::empty(SourceFile::Credentials));
        for profile in set.profiles() {
            profile.properties();
            let _ = crate::resolve::resolve_profile(&set, profile.name());
        }
        crate::remarks::all(&set);
    }

    /// Bytes of any kind.
    #[test]
    fn decoding_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(text) = ConfigText::from_bytes(bytes) {
            parse_config(SourceFile::Credentials, &text);
        }
    }
}

/// Each of these is a line to one AWS tool and a part of another line to the next.
#[test]
fn lines_that_tools_split_differently() {
    for (line, code) in [
        ("# c\raws_access_key_id = I", "stray-return"),
        ("region = x\routput = json", "stray-return"),
        ("\u{a0}region = x", "odd-indentation"),
        ("role_arn: arn:aws:iam::123456789012:role/a=b", "no-equals"),
        ("aws_session_token: canary==", "no-equals"),
        ("Region :a=b", "no-equals"),
    ] {
        let config = format!("[profile a]\noutput = text\n{line}\nregion = r\n[profile c]\nregion = c\n");
        assert_eq!(noticed(&config), [format!("{code}:3")], "{line:?}");
        with_profiles(&config, "", |set| assert!(set.get("a").unwrap().broken().is_some(), "{line:?}"));
        assert_eq!(region(&config, "c").as_deref(), Some("c"), "{line:?}");
    }
    for harmless in ["\u{a0}", "\u{a0}# a comment", "a:b = c # the SDKs read it"] {
        let config = format!("[profile a]\n{harmless}\nregion = r\r\n");
        with_profiles(&config, "", |set| assert_eq!(set.get("a").unwrap().broken(), None, "{harmless:?}"));
        assert_eq!(region(&config, "a").as_deref(), Some("r"), "{harmless:?}");
    }
}

#[test]
fn a_header_that_may_be_none_costs_both_profiles() {
    let config = "[profile a]\noutput = text\n\u{2003}[profile b]\nregion = r\n";
    assert_eq!(noticed(config), ["odd-indentation:3", "broken-header:3"]);
    with_profiles(config, "", |set| {
        assert!(set.get("a").unwrap().broken().is_some());
        assert!(set.get("b").is_none());
    });
}

/// To the AWS CLI, which splits at the colon, the header is a part of the value.
#[test]
fn an_indented_header_below_an_unread_line_is_none() {
    let config = "[profile a]\nregion: r\n  [profile b]\noutput = text\n  [profile c]\n";
    assert_eq!(noticed(config), ["no-equals:2", "broken-header:3", "broken-header:5"]);
    with_profiles(config, "", |set| assert!(set.get("b").is_none()));
    assert_eq!(noticed("[profile a]\nregion: r\n[profile b]\n  [profile c]\n"), ["no-equals:2", "indented-header:4"]);
}

#[test]
fn a_file_of_old_mac_line_ends_is_no_profile() {
    let config = "[profile a]\rregion = r\r[profile b]\rregion = r\r";
    assert_eq!(noticed(config), ["broken-header:1", "stray-return:1"]);
    with_profiles(config, "", |set| assert_eq!(set.profiles().len(), 0));
}

#[test]
fn headers_that_the_cli_reads_its_own_way() {
    assert_eq!(noticed("[ profile a ]\nregion = r"), ["padded-header:1"]);
    assert_eq!(noticed("[profile a] # not [b]\nregion = r"), ["bracket-in-comment:1"]);
    assert_eq!(noticed("[profile a]\nregion = a\n[]\nregion = r"), ["empty-header:3"]);
    assert_eq!(region("[profile a]\nregion = a\n[]\nregion = r", "a").as_deref(), Some("a"));
    let text = ConfigText::from_bytes(b"\xef\xbb\xbf[default]\nregion = r".to_vec()).unwrap();
    let file = parse_config(SourceFile::Config, &text);
    assert_eq!(file.findings()[0].kind, FindingKind::ByteOrderMark);
    assert_eq!(file.sections()[0].header, "default");
}
