//! The word being typed, as each shell's script hands it over, without its quotes.

use awsenv_shell::Shell;

/// What `raw` says, as far as it has been typed. Most scripts hand over what their shell made of the word; fish and nu hand over the characters.
pub(super) fn typed(shell: Shell, raw: &str) -> String {
    match shell {
        Shell::Fish => fish(raw),
        Shell::Nu => nu(raw),
        _ => raw.to_owned(),
    }
}

/// Quotes and backslashes as fish reads them.
fn fish(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut quote = None;
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            (None, '\\') => text.extend(chars.next()),
            (Some(open), '\\') => match chars.next() {
                Some(next) if next == '\\' || next == open || (open == '"' && next == '$') => text.push(next),
                Some(next) => text.extend(['\\', next]),
                None => {}
            },
            (_, c) => text.push(c),
        }
    }
    text
}

/// A word of nu's is quoted as a whole or not at all.
fn nu(raw: &str) -> String {
    let mut chars = raw.chars();
    match chars.next() {
        Some(open @ ('\'' | '`')) => chars.as_str().trim_end_matches(open).to_owned(),
        Some('"') => {
            let mut text = String::new();
            while let Some(c) = chars.next() {
                match c {
                    '"' => break,
                    '\\' => text.extend(chars.next().map(|next| if next == 't' { '\t' } else { next })),
                    c => text.push(c),
                }
            }
            text
        }
        _ => raw.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_taken_off() {
        for (raw, text) in [("a\\ b", "a b"), ("'a\\'b", "a'b"), ("\"a\\$\\x", "a$\\x"), ("a'b'c", "abc")] {
            assert_eq!(typed(Shell::Fish, raw), text, "{raw}");
        }
        for (raw, text) in [("'a b", "a b"), ("\"a\\\"b", "a\"b"), ("`a b`", "a b"), ("a'b", "a'b")] {
            assert_eq!(typed(Shell::Nu, raw), text, "{raw}");
        }
        assert_eq!(typed(Shell::Zsh, "a'b\\"), "a'b\\");
    }
}
