//! Splitting a command into words as botocore's `compat_shell_split` does. No shell, so nothing is expanded.

use thiserror::Error;

/// Why a command can't be split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SplitError {
    /// A quote is opened and not closed.
    #[error("a quote is not closed")]
    OpenQuote,
    /// A backslash at the very end escapes nothing.
    #[error("a backslash stands at the end")]
    TrailingBackslash,
    /// There is no word.
    #[error("the command is empty")]
    Empty,
}

/// Splits by the rules of this platform, into one word at least.
pub(super) fn split(command: &str) -> Result<Vec<String>, SplitError> {
    let words = if cfg!(windows) { split_windows_words(command) } else { split_words(command) }?;
    if words.first().is_none_or(String::is_empty) { Err(SplitError::Empty) } else { Ok(words) }
}

/// Splits as Python's `shlex.split` does: white space is space, tab, CR and LF; `'…'` is literal; in `"…"` a backslash
/// escapes `"` and itself; outside it escapes anything.
pub fn split_words(command: &str) -> Result<Vec<String>, SplitError> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut characters = command.chars();
    while let Some(character) = characters.next() {
        match character {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '\\' => word.get_or_insert_default().push(characters.next().ok_or(SplitError::TrailingBackslash)?),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match characters.next().ok_or(SplitError::OpenQuote)? {
                        '\'' => break,
                        other => word.push(other),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match characters.next().ok_or(SplitError::OpenQuote)? {
                        '"' => break,
                        '\\' => match characters.next().ok_or(SplitError::TrailingBackslash)? {
                            escaped @ ('"' | '\\') => word.push(escaped),
                            other => word.extend(['\\', other]),
                        },
                        other => word.push(other),
                    }
                }
            }
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    Ok(words)
}

/// Splits as the C runtime of Windows does, in botocore's rendering: white space is space and tab; only `"` quotes;
/// backslashes are literal but in a row before a `"`, where two make one and an odd one makes the `"` literal.
pub fn split_windows_words(command: &str) -> Result<Vec<String>, SplitError> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    let mut backslashes = 0;
    for character in command.chars() {
        match character {
            '\\' => {
                backslashes += 1;
                continue;
            }
            '"' => {
                let word = word.get_or_insert_default();
                word.extend(std::iter::repeat_n('\\', backslashes / 2));
                if backslashes % 2 == 1 {
                    word.push('"');
                } else {
                    quoted = !quoted;
                }
            }
            other => {
                if backslashes > 0 {
                    word.get_or_insert_default().extend(std::iter::repeat_n('\\', backslashes));
                }
                if matches!(other, ' ' | '\t') && !quoted {
                    words.extend(word.take());
                } else {
                    word.get_or_insert_default().push(other);
                }
            }
        }
        backslashes = 0;
    }
    if quoted {
        return Err(SplitError::OpenQuote);
    }
    if backslashes > 0 {
        word.get_or_insert_default().extend(std::iter::repeat_n('\\', backslashes));
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_shlex() {
        for (command, expected) in [
            ("", &[][..]),
            ("  \t\r\n ", &[]),
            ("a b\tc\nd", &["a", "b", "c", "d"]),
            ("'a b' \"c d\"", &["a b", "c d"]),
            ("a'b'\"c\"d", &["abcd"]),
            ("'' \"\"", &["", ""]),
            (r"a\ b \'x \\", &["a b", "'x", r"\"]),
            (r#""a\"b\\c\d\$""#, &[r#"a"b\c\d\$"#]),
            (r"'a\b'", &[r"a\b"]),
            ("~/x $HOME `id` #no; a&b|c>d *", &["~/x", "$HOME", "`id`", "#no;", "a&b|c>d", "*"]),
            ("ä\u{a0}b", &["ä\u{a0}b"]),
        ] {
            assert_eq!(split_words(command).unwrap(), expected, "{command:?}");
        }
        assert_eq!(split_words("a 'b"), Err(SplitError::OpenQuote));
        assert_eq!(split_words("a \"b"), Err(SplitError::OpenQuote));
        assert_eq!(split_words("a \\"), Err(SplitError::TrailingBackslash));
        assert_eq!(split_words("\"a\\"), Err(SplitError::TrailingBackslash));
    }

    #[test]
    fn as_windows() {
        for (command, expected) in [
            ("", &[][..]),
            ("spam \\", &["spam", "\\"]),
            (r#""spam eggs" "#, &["spam eggs"]),
            (r#"C:\x\y.exe "C:\a b\\" c"#, &[r"C:\x\y.exe", r"C:\a b\", "c"]),
            (r#"a\"b a\\"b c" 'x y'"#, &[r#"a"b"#, r"a\b c", "'x", "y'"]),
            (r#""" a"#, &["", "a"]),
            ("a\nb", &["a\nb"]),
        ] {
            assert_eq!(split_windows_words(command).unwrap(), expected, "{command:?}");
        }
        assert_eq!(split_windows_words("\"a"), Err(SplitError::OpenQuote));
    }

    #[test]
    fn no_program_is_an_error() {
        for command in ["", " ", "''", "\"\" a"] {
            if !command.contains('\'') || cfg!(unix) {
                assert_eq!(split(command), Err(SplitError::Empty), "{command:?}");
            }
        }
    }
}
