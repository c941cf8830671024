//! Text from files on a terminal: harmless, and as wide as it is believed to be.

use unicode_width::UnicodeWidthStr;

/// What stands for what was cut out.
const CUT: &str = "…";

/// One character of a text, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// The character, or its name where it would steer the terminal.
    pub(super) text: String,
    /// In columns.
    pub(super) width: usize,
    /// Whether it is to stand out.
    pub(super) marked: bool,
}

/// `text` character by character; those at the places `marks` (ascending) are marked.
pub(super) fn pieces(text: &str, marks: &[u32]) -> Vec<Piece> {
    text.chars()
        .enumerate()
        .map(|(place, character)| {
            let text = shown(character);
            let marked = u32::try_from(place).is_ok_and(|place| marks.binary_search(&place).is_ok());
            Piece { width: text.width(), text, marked }
        })
        .collect()
}

/// As wide as all of them.
pub(super) fn width(pieces: &[Piece]) -> usize {
    pieces.iter().map(|piece| piece.width).sum()
}

/// At most `room` columns of them: both ends, with a mark between, since names differ at either.
pub(super) fn cut(pieces: Vec<Piece>, room: usize) -> Vec<Piece> {
    if width(&pieces) <= room {
        return pieces;
    }
    let left = room.saturating_sub(CUT.width());
    if left == 0 {
        return end(&pieces, room);
    }
    let tail = end(&pieces, left / 2);
    let mut all = start(&pieces, left - width(&tail));
    all.push(Piece { text: CUT.to_owned(), width: CUT.width(), marked: false });
    all.extend(tail);
    all
}

/// At most `room` columns from the beginning.
fn start(pieces: &[Piece], room: usize) -> Vec<Piece> {
    let mut taken = 0;
    let fits = |piece: &&Piece| {
        taken += piece.width;
        taken <= room
    };
    pieces.iter().take_while(fits).cloned().collect()
}

/// At most `room` columns from the end.
pub(super) fn end(pieces: &[Piece], room: usize) -> Vec<Piece> {
    let mut taken = 0;
    let mut from = pieces.len();
    while from > 0 && taken + pieces[from - 1].width <= room {
        from -= 1;
        taken += pieces[from].width;
    }
    // A mark that was put over a character which is gone.
    while from < pieces.len() && from > 0 && pieces[from].width == 0 {
        from += 1;
    }
    pieces[from..].to_vec()
}

/// A whole text as it may be shown.
pub(super) fn harmless(text: &str) -> String {
    text.chars().map(shown).collect()
}

/// Control characters steer the terminal, and invisible ones make one name look like another: both are spelled out.
fn shown(character: char) -> String {
    if character.is_control() {
        character.escape_debug().to_string()
    } else if is_invisible(character) {
        character.escape_unicode().to_string()
    } else {
        character.to_string()
    }
}

/// Characters that show nothing of their own, or turn the direction of others: Unicode's Default_Ignorable and
/// Bidi_Control, and the separators of lines. Variation selectors are left: emoji hold them.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut_text(text: &str, room: usize) -> String {
        cut(pieces(text, &[]), room).into_iter().map(|piece| piece.text).collect()
    }

    #[test]
    fn nothing_steers_the_terminal() {
        for (text, expected) in [
            ("plain é 日本 😀 e\u{301}", "plain é 日本 😀 e\u{301}"),
            ("\x1b[31mred", "\\u{1b}[31mred"),
            ("a\u{9b}2Jb\u{7f}\r\n\t", "a\\u{9b}2Jb\\u{7f}\\r\\n\\t"),
            ("a\u{202e}b\u{200b}\u{feff}", "a\\u{202e}b\\u{200b}\\u{feff}"),
        ] {
            assert_eq!(harmless(text), expected);
        }
    }

    #[test]
    fn cut_in_the_middle_and_never_wider_than_the_room() {
        assert_eq!(cut_text("client1-production", 18), "client1-production");
        assert_eq!(cut_text("client1-production", 9), "clie…tion");
        for text in ["client1-production", "日本語日本語日本語", "e\u{301}e\u{301}e\u{301}e\u{301}", "\x1b\x1b\x1b", ""]
        {
            for room in 0..20 {
                let shown = cut(pieces(text, &[]), room);
                assert!(width(&shown) <= room, "{text:?} in {room}: {shown:?}");
            }
        }
        assert_eq!(cut_text("日本語日本語", 6), "日…語");
    }

    #[test]
    fn marks_go_with_their_characters() {
        let marked: String =
            pieces("a\x1bbc", &[1, 3]).into_iter().filter(|piece| piece.marked).map(|piece| piece.text).collect();
        assert_eq!(marked, "\\u{1b}c");
    }
}
