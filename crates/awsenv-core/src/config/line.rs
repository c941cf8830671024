//! One line of a file: where it ends for whom, and what it is made of. Functions of text alone.

/// Whether Python, which ends a line at a carriage return as well, would see more lines than the SDKs do.
pub(super) fn has_stray_return(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'\r', bytes).any(|at| bytes.get(at + 1).is_some_and(|next| *next != b'\n'))
}

/// Whether what stands before the `=` is a setting of AWS, a colon and a piece of its value: `role_arn: arn:…/a=b`.
/// The AWS CLI ends the key at the colon, the SDKs at the `=`.
pub(super) fn is_split_at_colon(key: &str) -> bool {
    const PREFIXES: [&str; 4] = ["aws_", "sso_", "role_", "credential_"];
    const NAMES: [&str; 9] = [
        "region",
        "source_profile",
        "web_identity_token_file",
        "external_id",
        "mfa_serial",
        "duration_seconds",
        "login_session",
        "services",
        "endpoint_url",
    ];
    let Some((name, _)) = key.split_once(':') else { return false };
    let name = name.trim_matches(is_space).to_ascii_lowercase();
    PREFIXES.iter().any(|prefix| name.starts_with(prefix)) || NAMES.contains(&name.as_str())
}

/// The index of the `]` that ends a header: the first one with nothing but a comment behind it, else (text behind it
/// that no tool but the AWS CLI forgives) the last one.
pub(super) fn closing_bracket(content: &str) -> Option<usize> {
    let mut last = None;
    for index in memchr::memchr_iter(b']', content.as_bytes()) {
        let rest = trim_blank_start(&content[index + 1..]);
        if rest.is_empty() || rest.starts_with(['#', ';']) {
            return Some(index);
        }
        last = Some(index);
    }
    last
}

/// `default]` or `profile name]`: a header that lost its first bracket. Anything else that ends in `]` is just a bad
/// line of the section it stands in.
pub(super) fn is_unopened_header(line: &str) -> bool {
    let Some(text) = line.strip_suffix(']') else { return false };
    let name = text.split_once(is_blank).map_or(text, |(prefix, name)| match prefix {
        "profile" | "sso-session" | "services" => name.trim_matches(is_blank),
        _ => "",
    });
    is_identifier(name)
}

/// `key = value # comment` → `key = value`: a comment starts at a `#` or `;` behind white space.
pub(super) fn strip_inline_comment(line: &str) -> (&str, bool) {
    let bytes = line.as_bytes();
    let mut marks = memchr::memchr2_iter(b'#', b';', bytes);
    match marks.find(|&at| at > 0 && matches!(bytes[at - 1], b' ' | b'\t')) {
        Some(at) => (trim_blank_end(&line[..at]), true),
        None => (line, false),
    }
}

pub(super) fn split_at_equals(line: &str) -> Option<(&str, &str)> {
    let at = memchr::memchr(b'=', line.as_bytes())?;
    Some((&line[..at], &line[at + 1..]))
}

pub(super) fn trim_blank_start(text: &str) -> &str {
    let blanks = text.bytes().take_while(|b| matches!(b, b' ' | b'\t')).count();
    &text[blanks..]
}

pub(super) fn trim_blank_end(text: &str) -> &str {
    let blanks = text.bytes().rev().take_while(|b| matches!(b, b' ' | b'\t')).count();
    &text[..text.len() - blanks]
}

/// `trim` as the AWS CLI does it; most text has nothing to trim, and that is seen from two bytes.
pub(super) fn trim_space(text: &str) -> &str {
    match text.as_bytes() {
        [] => text,
        [one] if one.is_ascii_graphic() => text,
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim_matches(is_space),
    }
}

/// White space by the specification of the format.
pub(super) fn is_blank(c: char) -> bool {
    c == ' ' || c == '\t'
}

/// White space that the AWS CLI trims from keys and values (Python's `str.strip`).
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// Whether `name` is one that every AWS SDK accepts for a profile, a session or a key:
/// `[A-Za-z0-9_\-/.%@:+]+`.
pub fn is_identifier(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'/' | b'.' | b'%' | b'@' | b':' | b'+'))
}
