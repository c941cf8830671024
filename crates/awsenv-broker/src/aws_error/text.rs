//! Text from outside, made fit for a terminal.

/// The most characters of a foreign message that are shown.
const LONGEST: usize = 600;

/// The longest run of characters of a token's alphabet that is shown; a token is longer, a name is not.
const LONGEST_WORD: usize = 100;

/// `text` without control characters and what changes the direction of writing, on one line, not longer than 600
/// characters, and without anything as long as a token.
pub(crate) fn clean(text: &str) -> String {
    let mut cleaned = String::new();
    for word in text.split(|character: char| character.is_whitespace() || character.is_control()) {
        let word: String = word.chars().filter(|character| !is_invisible(*character)).collect();
        if word.is_empty() {
            continue;
        }
        if !cleaned.is_empty() {
            cleaned.push(' ');
        }
        push_without_tokens(&mut cleaned, &word);
    }
    match cleaned.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &cleaned[..end]),
        None => cleaned,
    }
}

/// Puts `***` in the place of `secret` where it stands as a word of its own.
pub(super) fn take_out(text: &mut String, secret: &str) {
    let mut from = 0;
    while let Some(at) = text[from..].find(secret).map(|at| from + at) {
        let end = at + secret.len();
        let is_inside = text[..at].ends_with(char::is_alphanumeric) || text[end..].starts_with(char::is_alphanumeric);
        if is_inside {
            from = at + text[at..].chars().next().map_or(1, char::len_utf8);
        } else {
            text.replace_range(at..end, "***");
            from = at + "***".len();
        }
    }
}

/// Copies `word`, with `…` in the place of what may be a token.
fn push_without_tokens(out: &mut String, word: &str) {
    let is_of_token = |character: char| character.is_ascii_alphanumeric() || "+/=_.-%".contains(character);
    let mut rest = word;
    while let Some(first) = rest.chars().next() {
        let inside = is_of_token(first);
        let end = rest.find(|character| is_of_token(character) != inside).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        out.push_str(if inside && run.len() > LONGEST_WORD { "…" } else { run });
        rest = after;
    }
}

/// Characters that show nothing and turn or hide what stands beside them.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_moves_a_terminal_is_left() {
        assert_eq!(clean("a\u{1b}[31mb\r\nc\u{7}\u{9b}d \u{202e}e\u{200b}\u{2066}f\t "), "a [31mb c d ef");
        assert_eq!(clean(""), "");
        assert_eq!(clean("\n \u{0}"), "");
        assert_eq!(clean("Ärger mit 日本"), "Ärger mit 日本");
    }

    #[test]
    fn tokens_are_not_shown_and_names_are() {
        let token = "FwoGZXIvYXdzEB".repeat(20);
        assert_eq!(clean(&format!("x-amz-security-token:{token} end")), "x-amz-security-token:… end");
        let arn = format!("arn:aws:iam::123456789012:role/{}", "a".repeat(64));
        assert_eq!(clean(&arn), arn);
    }

    #[test]
    fn secrets_are_taken_out_and_numbers_that_hold_their_digits_are_not() {
        let mut text = "code 123456 of arn:aws:iam::123456789012:mfa/123456, '123456'".to_owned();
        take_out(&mut text, "123456");
        assert_eq!(text, "code *** of arn:aws:iam::123456789012:mfa/***, '***'");
        let mut text = "ababab äb+äb".to_owned();
        take_out(&mut text, "äb+äb");
        assert_eq!(text, "ababab ***");
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        let cut = clean(&"ä b ".repeat(1000));
        assert_eq!(cut.chars().count(), LONGEST + 1);
        assert!(cut.ends_with('…'));
    }
}
