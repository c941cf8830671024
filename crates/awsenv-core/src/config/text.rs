//! Bytes of a file → text that the scanner can borrow from.

use thiserror::Error;

/// A file that is no text at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TextError {
    /// UTF-16, as PowerShell's `>` writes it. No AWS tool reads that.
    #[error("the file is UTF-16, which no AWS tool reads; save it as UTF-8")]
    Utf16,
}

/// The text of a config or credentials file, without byte order mark.
///
/// Bytes that are not UTF-8 do not cost the whole file (as they do in botocore): they become U+FFFD, and the scanner
/// reports each line that holds one.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ConfigText {
    text: String,
    lossy: bool,
    byte_order_mark: bool,
}

impl ConfigText {
    /// Decodes the bytes of a file.
    pub fn from_bytes(mut bytes: Vec<u8>) -> Result<Self, TextError> {
        if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            return Err(TextError::Utf16);
        }
        let byte_order_mark = bytes.starts_with(b"\xef\xbb\xbf");
        if byte_order_mark {
            bytes.drain(..3);
        }
        Ok(match String::from_utf8(bytes) {
            Ok(text) => Self { text, lossy: false, byte_order_mark },
            Err(error) => {
                Self { text: String::from_utf8_lossy(error.as_bytes()).into_owned(), lossy: true, byte_order_mark }
            }
        })
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether bytes that are not UTF-8 were replaced by U+FFFD.
    pub fn is_lossy(&self) -> bool {
        self.lossy
    }

    /// Whether the file began with a byte order mark.
    pub fn had_byte_order_mark(&self) -> bool {
        self.byte_order_mark
    }
}

impl From<&str> for ConfigText {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), lossy: false, byte_order_mark: false }
    }
}

impl std::fmt::Debug for ConfigText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ConfigText({} bytes)", self.text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_bad_bytes() {
        let text = ConfigText::from_bytes(b"\xef\xbb\xbf[default]".to_vec()).unwrap();
        assert_eq!((text.as_str(), text.had_byte_order_mark(), text.is_lossy()), ("[default]", true, false));
        let text = ConfigText::from_bytes(b"a = \xff\nb = 1".to_vec()).unwrap();
        assert_eq!((text.as_str(), text.is_lossy()), ("a = \u{fffd}\nb = 1", true));
        assert_eq!(ConfigText::from_bytes(b"\xff\xfe[\0".to_vec()), Err(TextError::Utf16));
    }

    #[test]
    fn debug_shows_no_text() {
        assert_eq!(format!("{:?}", ConfigText::from("canary")), "ConfigText(6 bytes)");
    }
}
