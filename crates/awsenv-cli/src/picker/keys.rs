//! The bytes that a terminal sends for keys.

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// A character for the filter.
    Text(char),
    /// One row up.
    Up,
    /// One row down.
    Down,
    /// A screen up.
    PageUp,
    /// A screen down.
    PageDown,
    /// To the first row.
    Home,
    /// To the last row.
    End,
    /// The last character of the filter goes.
    Backspace,
    /// The last word of the filter goes.
    DeleteWord,
    /// The whole filter goes.
    DeleteAll,
    /// The highlighted row is meant.
    Enter,
    /// Nothing is meant.
    Cancel,
}

const ESCAPE: u8 = 0x1b;

/// The longest sequence that is waited for the end of.
const LONGEST: usize = 32;

/// Makes keys of bytes, which may come in any pieces.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    pending: Vec<u8>,
}

impl Decoder {
    /// Takes bytes; returns the keys that are complete.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Vec<Key> {
        let mut keys = Vec::new();
        for &byte in bytes {
            self.pending.push(byte);
            match decode(&self.pending) {
                Decoded::Incomplete if self.pending.len() < LONGEST => {}
                Decoded::Incomplete | Decoded::Nothing => self.pending.clear(),
                Decoded::Key(key) => {
                    self.pending.clear();
                    keys.push(key);
                }
                Decoded::Again => {
                    self.pending.clear();
                    keys.extend(self.feed(&[byte]));
                }
            }
        }
        keys
    }

    /// Nothing more came for a while: an escape character that is alone was the key itself.
    pub(super) fn pause(&mut self) -> Option<Key> {
        let pending = std::mem::take(&mut self.pending);
        (pending == [ESCAPE]).then_some(Key::Cancel)
    }
}

enum Decoded {
    Key(Key),
    /// A sequence that means nothing here.
    Nothing,
    Incomplete,
    /// The last byte begins something new.
    Again,
}

fn decode(bytes: &[u8]) -> Decoded {
    let key = Decoded::Key;
    match bytes {
        [b'\r' | b'\n'] => key(Key::Enter),
        // Twice Escape, or Escape and then Ctrl-C: meant as it was hit.
        [0x03] | [ESCAPE, ESCAPE | 0x03] => key(Key::Cancel),
        [0x08 | 0x7f] => key(Key::Backspace),
        [0x0e] => key(Key::Down),
        [0x10] => key(Key::Up),
        [0x15] => key(Key::DeleteAll),
        [0x17] => key(Key::DeleteWord),
        [ESCAPE] | [ESCAPE, b'[' | b'O'] => Decoded::Incomplete,
        [ESCAPE, b'O', last] => named(&[], *last),
        [ESCAPE, b'[', parameters @ .., last] => match last {
            0x40..=0x7e => named(parameters, *last),
            0x20..=0x3f => Decoded::Incomplete,
            _ => Decoded::Again,
        },
        // Alt with a key, and control keys without a meaning here.
        [ESCAPE, _] | [0..=0x1f] => Decoded::Nothing,
        _ => character(bytes),
    }
}

/// The keys with names, of xterm and its like; modifiers don't matter.
fn named(parameters: &[u8], last: u8) -> Decoded {
    let number = parameters.split(|byte| *byte == b';').next().unwrap_or_default();
    Decoded::Key(match (last, number) {
        (b'A', _) => Key::Up,
        (b'B', _) => Key::Down,
        (b'H', _) | (b'~', b"1" | b"7") => Key::Home,
        (b'F', _) | (b'~', b"4" | b"8") => Key::End,
        (b'~', b"5") => Key::PageUp,
        (b'~', b"6") => Key::PageDown,
        // The number pad.
        (b'M', b"") => Key::Enter,
        _ => return Decoded::Nothing,
    })
}

fn character(bytes: &[u8]) -> Decoded {
    match std::str::from_utf8(bytes) {
        Ok(text) => match text.chars().next() {
            Some(character) if !character.is_control() => Decoded::Key(Key::Text(character)),
            _ => Decoded::Nothing,
        },
        Err(error) if error.error_len().is_none() => Decoded::Incomplete,
        Err(_) if bytes.len() > 1 => Decoded::Again,
        Err(_) => Decoded::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(bytes: &[u8]) -> Vec<Key> {
        let whole = Decoder::default().feed(bytes);
        let mut decoder = Decoder::default();
        let pieces: Vec<Key> = bytes.iter().flat_map(|byte| decoder.feed(&[*byte])).collect();
        assert_eq!(whole, pieces);
        whole
    }

    #[test]
    fn every_key_there_is() {
        let table: [(&str, Key); 26] = [
            ("a", Key::Text('a')),
            ("é", Key::Text('é')),
            ("😀", Key::Text('😀')),
            (" ", Key::Text(' ')),
            ("\x1b[A", Key::Up),
            ("\x1bOA", Key::Up),
            ("\x10", Key::Up),
            ("\x1b[B", Key::Down),
            ("\x1bOB", Key::Down),
            ("\x1b[1;5B", Key::Down),
            ("\x0e", Key::Down),
            ("\x1b[5~", Key::PageUp),
            ("\x1b[6~", Key::PageDown),
            ("\x1b[H", Key::Home),
            ("\x1bOH", Key::Home),
            ("\x1b[1~", Key::Home),
            ("\x1b[F", Key::End),
            ("\x1b[4~", Key::End),
            ("\x7f", Key::Backspace),
            ("\x08", Key::Backspace),
            ("\x15", Key::DeleteAll),
            ("\x17", Key::DeleteWord),
            ("\r", Key::Enter),
            ("\n", Key::Enter),
            ("\x1bOM", Key::Enter),
            ("\x03", Key::Cancel),
        ];
        for (bytes, key) in table {
            assert_eq!(keys(bytes.as_bytes()), [key], "{bytes:?}");
            assert_eq!(keys(format!("{bytes}x").as_bytes()), [key, Key::Text('x')], "{bytes:?}");
        }
    }

    #[test]
    fn what_means_nothing_is_swallowed_whole() {
        for bytes in
            ["\x1b[200~", "\x1b[C", "\x1b[3~", "\x1b[I", "\x1bx", "\t", "\0", "\x1b[<0;1;2M", "\u{85}", "\x1b[38;5;1m"]
        {
            assert_eq!(keys(bytes.as_bytes()), [], "{bytes:?}");
        }
        assert_eq!(keys(b"\xffa\xc3b"), [Key::Text('a'), Key::Text('b')]);
        assert_eq!(keys(b"\x1b[1\x03"), [Key::Cancel]);
    }

    #[test]
    fn escape_alone_cancels_after_a_pause() {
        let mut decoder = Decoder::default();
        assert_eq!(decoder.feed(b"\x1b"), []);
        assert_eq!(decoder.pause(), Some(Key::Cancel));
        assert_eq!(decoder.pause(), None);
        assert_eq!(decoder.feed(b"\x1b["), []);
        assert_eq!(decoder.pause(), None);
        assert_eq!(keys(b"\x1b\x1b"), [Key::Cancel]);
    }
}
