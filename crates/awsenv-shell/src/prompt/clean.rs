//! What may reach a terminal: characters that a person sees, and that take the room they seem to take.

use std::borrow::Cow;

/// Stands for a character that may not be shown. ASCII, so that it is one column wide everywhere.
const REPLACEMENT: char = '?';

/// Stands for what was cut out.
const ELLIPSIS: &str = "...";

/// `text` with every character replaced that steers a terminal, is not seen, or makes its neighbors appear otherwise:
/// control characters (C0, DEL, C1), format characters (bidirectional marks and overrides, zero-width ones), separators
/// other than the space, fillers, variation selectors and whatever Unicode has not assigned.
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_visible) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if is_visible(c) { c } else { REPLACEMENT }).collect())
}

/// `text` in at most about `columns` columns: where it has more, its middle is left out, for the names of profiles
/// differ at their ends. Wide characters count twice, and those without a width of their own once, so that a long pile
/// of them is cut, too.
pub fn cut(text: &str, columns: usize) -> Cow<'_, str> {
    // A byte is never more than a column.
    if text.len() <= columns || text.chars().map(columns_of).sum::<usize>() <= columns {
        return Cow::Borrowed(text);
    }
    let room = columns.saturating_sub(ELLIPSIS.len());
    let start = prefix(text.chars(), room - room / 3);
    let end = text.len() - prefix(text.chars().rev(), room / 3);
    Cow::Owned([&text[..start], ELLIPSIS, &text[end..]].concat())
}

/// The length in bytes of the longest prefix that fits into `columns`.
fn prefix(characters: impl Iterator<Item = char>, mut columns: usize) -> usize {
    let mut length = 0;
    for character in characters {
        match columns.checked_sub(columns_of(character)) {
            None => break,
            Some(rest) => columns = rest,
        }
        length += character.len_utf8();
    }
    length
}

fn columns_of(character: char) -> usize {
    if is_wide(character) { 2 } else { 1 }
}

/// The blocks that are wide on every terminal (East Asian Width W and F, by blocks).
fn is_wide(character: char) -> bool {
    matches!(character,
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{303e}' | '\u{3041}'..='\u{a4cf}' | '\u{a960}'..='\u{a97f}'
        | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}')
}

fn is_visible(character: char) -> bool {
    match character {
        // ASCII, and the symbols of the fonts that people make for prompts.
        ' '..='~' | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{ffffd}' => true,
        // Default_Ignorable_Code_Point, as far as these are letters, marks or not assigned; and an empty Braille cell.
        '\u{34f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{2800}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{ffa0}'
        | '\u{e0000}'..='\u{e0fff}' => false,
        // What std does not print as it is: control, format, separator, private and unassigned characters. Behind a
        // letter it takes a combining mark for what it is.
        other => {
            let mut buffer = [b'a'; 5];
            let length = other.encode_utf8(&mut buffer[1..]).len() + 1;
            std::str::from_utf8(&buffer[..length]).is_ok_and(|text| text.escape_debug().nth(1) == Some(other))
        }
    }
}
