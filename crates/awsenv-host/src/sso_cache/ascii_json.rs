//! JSON as Python writes it by default: `", "` and `": "` between, and nothing but ASCII, since the AWS CLI reads these
//! files in the encoding of the locale.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CharEscape, Formatter, Serializer};
use zeroize::Zeroizing;

/// More than any token has, so that no half-grown copy of a secret stays behind.
const ROOM: usize = 64 << 10;

/// Writes `value`, whose maps have text for keys.
pub(crate) fn write(value: &impl Serialize) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(ROOM));
    // A vector takes every byte, and such values are always written.
    let _ = value.serialize(&mut Serializer::with_formatter(&mut *bytes, Ascii));
    bytes
}

struct Ascii;

impl Formatter for Ascii {
    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.begin_array_value(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        for character in fragment.chars() {
            match character {
                ' '..='~' => writer.write_all(&[character as u8])?,
                _ => {
                    for unit in character.encode_utf16(&mut [0; 2]) {
                        write!(writer, "\\u{unit:04x}")?;
                    }
                }
            }
        }
        Ok(())
    }

    fn write_char_escape<W: ?Sized + Write>(&mut self, writer: &mut W, escape: CharEscape) -> io::Result<()> {
        let letter = match escape {
            CharEscape::Quote => b'"',
            CharEscape::ReverseSolidus => b'\\',
            CharEscape::Solidus => b'/',
            CharEscape::Backspace => b'b',
            CharEscape::FormFeed => b'f',
            CharEscape::LineFeed => b'n',
            CharEscape::CarriageReturn => b'r',
            CharEscape::Tab => b't',
            CharEscape::AsciiControl(byte) => return write!(writer, "\\u{byte:04x}"),
        };
        writer.write_all(&[b'\\', letter])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_python_does() {
        let value = serde_json::json!({"a": ["ä€😀\u{7f}\u{2028}", "\"\\/\n\u{1}"], "b": {}, "c": null});
        let expected = r#"{"a": ["\u00e4\u20ac\ud83d\ude00\u007f\u2028", "\"\\/\n\u0001"], "b": {}, "c": null}"#;
        assert_eq!(std::str::from_utf8(&write(&value)).unwrap(), expected);
    }
}
