//! What each shell's quoter wrote is read by that shell's rules, written down here a second time and from the other
//! side, and gives the value.
#![no_main]

use awsenv_core::change::{EnvChange, check_value};
use awsenv_shell::{RenderError, Shell, quote, render_change};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|value: &str| {
    let is_clean = check_value("value", value).is_ok();
    let mut change = EnvChange::new();
    assert_eq!(change.set("AWS_VALUE", value).is_ok(), is_clean);
    change.unset("AWS_OTHER").expect("that is a name");
    for shell in Shell::ALL {
        match quote(shell, value) {
            Ok(quoted) => {
                assert!(is_clean, "{shell}: a control character");
                assert!(!quoted.chars().any(char::is_control), "{shell}: {quoted:?}");
                assert_eq!(unquoted(shell, &quoted).as_deref(), Some(value), "{shell}: {quoted:?}");
            }
            Err(RenderError::Value(_)) => assert!(!is_clean, "{shell}: refuses a clean value"),
            Err(_) => assert!(is_clean && shell == Shell::Cmd, "{shell} can say anything"),
        }
        if !is_clean {
            continue;
        }
        match render_change(shell, &change) {
            Ok(snippet) => rendered(shell, snippet.expose(), value),
            Err(_) => assert!(matches!(shell, Shell::Cmd | Shell::Powershell), "{shell} can say anything"),
        }
    }
});

/// What `word` means in `shell`; `None` where it is not one word, or anything in it would be expanded.
fn unquoted(shell: Shell, word: &str) -> Option<String> {
    match shell {
        Shell::Fish => escaped_quotes(word),
        Shell::Elvish => doubled_quotes(word),
        Shell::Powershell => sum(word),
        Shell::Nu => serde_json::from_str(word).ok(),
        Shell::Xonsh => match word.strip_prefix("@(").and_then(|rest| rest.strip_suffix(')')) {
            Some(expression) => python_string(expression),
            // xonsh expands these in a word, however they are written.
            None => python_string(word).filter(|text| !text.contains(['~', '$'])),
        },
        Shell::Cmd => {
            let inside = word.strip_prefix('"')?.strip_suffix('"')?;
            (inside.is_ascii() && !inside.contains(['"', '%'])).then(|| inside.to_owned())
        }
        Shell::Tcsh => single_quotes(word, &['\'', '\\', '!'], &['!', '\\']),
        _ => single_quotes(word, &['\''], &[]),
    }
}

/// `'…'` parts, between them a backslash and one of `escapable`; `forbidden` may not stand in quotes.
fn single_quotes(word: &str, escapable: &[char], forbidden: &[char]) -> Option<String> {
    let (mut text, mut quoted) = (String::new(), false);
    let mut characters = word.chars();
    while let Some(character) = characters.next() {
        match character {
            '\'' => quoted = !quoted,
            '\\' if !quoted => text.push(characters.next().filter(|c| escapable.contains(c))?),
            c if quoted && !forbidden.contains(&c) => text.push(c),
            _ => return None,
        }
    }
    (!quoted && !word.is_empty()).then_some(text)
}

/// fish: `\\` and `\'` inside of `'…'`.
fn escaped_quotes(word: &str) -> Option<String> {
    let mut characters = word.strip_prefix('\'')?.strip_suffix('\'')?.chars();
    let mut text = String::new();
    while let Some(character) = characters.next() {
        match character {
            '\'' => return None,
            '\\' => text.push(characters.next().filter(|c| matches!(c, '\\' | '\''))?),
            c => text.push(c),
        }
    }
    Some(text)
}

/// `''` inside of `'…'`.
fn doubled_quotes(word: &str) -> Option<String> {
    let inside = word.strip_prefix('\'')?.strip_suffix('\'')?;
    let text = inside.replace("''", "\u{0}");
    (!text.contains('\'')).then(|| text.replace('\u{0}', "'"))
}

/// PowerShell: `'…'`, or `('…'+[char]0xNNNN+'…')`.
fn sum(word: &str) -> Option<String> {
    if !word.is_ascii() {
        return None;
    }
    let Some(terms) = word.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) else {
        return doubled_quotes(word);
    };
    let (mut units, mut rest): (Vec<u16>, &str) = (Vec::new(), terms);
    loop {
        if let Some(code) = rest.strip_prefix("[char]0x") {
            let (digits, after) = code.split_at_checked(4)?;
            units.push(u16::from_str_radix(digits, 16).ok()?);
            rest = after;
        } else {
            let end = end_of_doubled(rest)?;
            units.extend(doubled_quotes(&rest[..end])?.encode_utf16());
            rest = &rest[end..];
        }
        if rest.is_empty() {
            return String::from_utf16(&units).ok();
        }
        rest = rest.strip_prefix('+')?;
    }
}

/// Where the `'…'` at the start of `text` ends.
fn end_of_doubled(text: &str) -> Option<usize> {
    let bytes = text.strip_prefix('\'')?.as_bytes();
    let mut at = 0;
    loop {
        match (*bytes.get(at)?, bytes.get(at + 1)) {
            (b'\'', Some(b'\'')) => at += 2,
            (b'\'', _) => return Some(at + 2),
            _ => at += 1,
        }
    }
}

/// A Python string literal with `\x`, `\u` and `\U`.
fn python_string(word: &str) -> Option<String> {
    let mut rest = word.strip_prefix('\'')?.strip_suffix('\'')?;
    let mut text = String::new();
    while let Some(character) = rest.chars().next() {
        rest = &rest[character.len_utf8()..];
        match character {
            '\\' => {
                let length = match rest.chars().next()? {
                    'x' => 2,
                    'u' => 4,
                    'U' => 8,
                    _ => return None,
                };
                let (digits, after) = rest[1..].split_at_checked(length)?;
                text.push(char::from_u32(u32::from_str_radix(digits, 16).ok()?)?);
                rest = after;
            }
            c if c.is_ascii_alphanumeric() || "_-./:=+,".contains(c) => text.push(c),
            _ => return None,
        }
    }
    Some(text)
}

/// What holds for the whole snippet.
fn rendered(shell: Shell, snippet: &str, value: &str) {
    assert!(!snippet.ends_with('\n'), "{shell}: {snippet:?}");
    match shell {
        Shell::Nu => {
            let json: serde_json::Value = serde_json::from_str(snippet).expect("nu gets JSON");
            assert_eq!(json["set"]["AWS_VALUE"], value);
            assert_eq!(json["unset"][0], "AWS_OTHER");
        }
        Shell::Tcsh => {
            // One quote from the start to the end, and nothing in it that ends it or is expanded too early.
            let inside = snippet.strip_prefix("eval '").and_then(|rest| rest.strip_suffix('\''));
            let inside = inside.expect("tcsh gets one word");
            assert!(!inside.contains(['\'', '!', '\\', '\n']), "{snippet:?}");
        }
        Shell::Cmd => {
            let lines: Vec<&str> = snippet.lines().collect();
            assert!(lines.contains(&format!("set \"AWS_VALUE={value}\"").as_str()), "{snippet:?}");
            assert!(lines.iter().all(|line| line.starts_with("set \"") && line.ends_with('"')), "{snippet:?}");
            assert_eq!(lines.len(), 2, "{snippet:?}");
        }
        Shell::Powershell => {
            assert!(snippet.is_ascii() && snippet.starts_with("& {\n") && snippet.ends_with("\n}"));
            let line = snippet.lines().find_map(|line| line.strip_prefix("$env:AWS_VALUE = "));
            let word = line.expect("it is set");
            assert!(word == "$null" && value.is_empty() || sum(word).as_deref() == Some(value), "{snippet:?}");
        }
        Shell::Xonsh => {
            let (_, rest) = snippet.split_once("'AWS_VALUE': ").expect("it is set");
            let word = rest.strip_suffix(", })]").expect("it is the last one");
            assert_eq!(python_string(word).as_deref(), Some(value), "{snippet:?}");
        }
        _ => {
            let word = quote(shell, value).expect("the value is clean");
            assert!(snippet.contains(&word), "{shell}: {snippet:?}");
            let others = snippet.replacen(&word, "", 1);
            assert!(!others.chars().any(|c| c.is_control() && c != '\n') && others.is_ascii(), "{shell}: {snippet:?}");
        }
    }
}
