//! A line as bash will read it, up to the cursor.

/// What the cursor is inside of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quote {
    /// Nothing.
    None,
    /// `'…`
    Single,
    /// `"…`
    Double,
    /// `$'…`
    Dollar,
}

/// A word, perhaps not finished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// Where it begins in the line, in bytes.
    pub(super) start: usize,
    /// What it says, quotes taken off.
    pub(super) text: String,
    /// The quote that is open at its end.
    pub(super) quote: Quote,
    /// Whether it is just that: nothing in it is expanded, nor matched with file names.
    pub(super) literal: bool,
}

/// Characters that bash expands or takes for a pattern where they stand unquoted. `~` counts only where it is expanded.
const SPECIAL: &[char] = &['$', '`', '*', '?', '[', '{', '!', '('];

/// The words of the last command on `line`; the last of them is the one at the end of `line`, empty behind a blank.
pub(super) fn words(line: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut word: Option<Word> = None;
    let mut chars = line.char_indices().peekable();
    let new = |start| Word { start, text: String::new(), quote: Quote::None, literal: true };
    while let Some((at, c)) = chars.next() {
        match word.as_ref().map_or(Quote::None, |word| word.quote) {
            Quote::None => match c {
                ' ' | '\t' => words.extend(word.take()),
                '\n' | ';' | '|' | '&' | '<' | '>' => {
                    word = None;
                    words.clear();
                }
                _ => {
                    let word = word.get_or_insert_with(|| new(at));
                    match c {
                        '\'' => word.quote = Quote::Single,
                        '"' => word.quote = Quote::Double,
                        '$' if chars.next_if(|(_, next)| *next == '\'').is_some() => word.quote = Quote::Dollar,
                        // A backslash at the very end quotes nothing yet.
                        '\\' => word.text.extend(chars.next().map(|(_, next)| next)),
                        '~' if word.text.is_empty() || word.text.ends_with([':', '=']) => {
                            word.literal = false;
                            word.text.push(c);
                        }
                        c => {
                            word.literal &= !SPECIAL.contains(&c);
                            word.text.push(c);
                        }
                    }
                }
            },
            quote => {
                let Some(word) = word.as_mut() else { continue };
                match (quote, c) {
                    (Quote::Single | Quote::Dollar, '\'') | (Quote::Double, '"') => word.quote = Quote::None,
                    (Quote::Double, '\\') => match chars.next() {
                        Some((_, next @ ('$' | '`' | '"' | '\\'))) => word.text.push(next),
                        Some((_, next)) => word.text.extend(['\\', next]),
                        None => {}
                    },
                    (Quote::Double, '$' | '`' | '!') => {
                        word.literal = false;
                        word.text.push(c);
                    }
                    (Quote::Dollar, '\\') => match chars.next() {
                        Some((_, next @ ('\\' | '\'' | '"' | '?'))) => word.text.push(next),
                        Some(_) => word.literal = false,
                        None => {}
                    },
                    (_, c) => word.text.push(c),
                }
            }
        }
    }
    words.push(word.unwrap_or_else(|| new(line.len())));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last(line: &str) -> (String, Quote, bool) {
        let word = words(line).pop().unwrap();
        (word.text, word.quote, word.literal)
    }

    #[test]
    fn words_are_what_bash_would_pass() {
        let texts: Vec<String> = words(r#"awsenv 'a b' c\ d "e\"f"g x"#).into_iter().map(|word| word.text).collect();
        assert_eq!(texts, ["awsenv", "a b", "c d", "e\"fg", "x"]);
        assert_eq!(words("awsenv use ").len(), 3);
        assert_eq!(words("true; awsenv use a").len(), 3);
    }

    #[test]
    fn the_end_of_the_line_is_inside_of_what_is_open() {
        assert_eq!(last("a 'b c"), ("b c".into(), Quote::Single, true));
        assert_eq!(last("a \"b \\\" c"), ("b \" c".into(), Quote::Double, true));
        assert_eq!(last(r"a $'b\'c"), ("b'c".into(), Quote::Dollar, true));
        assert_eq!(last("a 'b'c"), ("bc".into(), Quote::None, true));
        assert_eq!(last("a b\\"), ("b".into(), Quote::None, true));
    }

    #[test]
    fn what_bash_would_expand_is_no_literal() {
        for line in ["a $(b", "a \"$b", "a b*", "a `b", "a {b", "a ~b", "a X=~b", "a $'\\x41", "a \"b!c"] {
            assert!(!last(line).2, "{line}");
        }
        for line in ["a '$(b", "a b\\*", "a b~c", "a '!"] {
            assert!(last(line).2, "{line}");
        }
    }
}
