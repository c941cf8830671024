//! JSON as Python's `json.dumps(…, sort_keys=True)` writes it: the names of the AWS CLI's cache files are its hashes.

use std::fmt::Write;

use serde_json::Value;

/// The separators of `json.dumps`, which differ between the AWS CLI's caches.
#[derive(Clone, Copy)]
pub(crate) enum Style {
    /// `", "` and `": "`, Python's default.
    Spaced,
    /// `","` and `":"`.
    Compact,
}

/// A value to write.
pub(crate) enum Part<'a> {
    Text(&'a str),
    Integer(u64),
    Value(&'a Value),
}

/// Writes an object; the entries have to come in the order of their names.
///
/// `None` for what Python writes in a way of its own (numbers with a fraction or an exponent).
pub(crate) fn write_object(style: Style, entries: &[(&str, Part<'_>)]) -> Option<String> {
    let mut text = String::new();
    object(&mut text, style, entries.iter().map(|(name, part)| (*name, part)), |text, part| {
        match part {
            Part::Text(value) => string(text, value),
            Part::Integer(value) => write!(text, "{value}").ok()?,
            Part::Value(value) => write_value(text, style, value)?,
        }
        Some(())
    })?;
    Some(text)
}

fn write_value(text: &mut String, style: Style, value: &Value) -> Option<()> {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) if number.is_i64() || number.is_u64() => write!(text, "{number}").ok()?,
        Value::Number(_) => return None,
        Value::String(value) => string(text, value),
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push_str(style.comma());
                }
                write_value(text, style, item)?;
            }
            text.push(']');
        }
        Value::Object(map) => {
            // UTF-8 sorts as Python's strings do, by code points.
            let mut entries = map.iter().map(|(name, value)| (name.as_str(), value)).collect::<Vec<_>>();
            entries.sort_by_key(|(name, _)| *name);
            object(text, style, entries.into_iter(), |text, value| write_value(text, style, value))?;
        }
    }
    Some(())
}

fn object<'a, T>(
    text: &mut String,
    style: Style,
    entries: impl Iterator<Item = (&'a str, T)>,
    write: impl Fn(&mut String, T) -> Option<()>,
) -> Option<()> {
    text.push('{');
    for (index, (name, value)) in entries.enumerate() {
        if index > 0 {
            text.push_str(style.comma());
        }
        string(text, name);
        text.push_str(style.colon());
        write(text, value)?;
    }
    text.push('}');
    Some(())
}

/// A string with `ensure_ascii`: what is not printable ASCII becomes UTF-16 escapes.
fn string(text: &mut String, value: &str) {
    text.push('"');
    for character in value.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            ' '..='~' => text.push(character),
            _ => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    let _ = write!(text, "\\u{unit:04x}");
                }
            }
        }
    }
    text.push('"');
}

impl Style {
    fn comma(self) -> &'static str {
        match self {
            Self::Spaced => ", ",
            Self::Compact => ",",
        }
    }

    fn colon(self) -> &'static str {
        match self {
            Self::Spaced => ": ",
            Self::Compact => ":",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_escapes() {
        let written =
            write_object(Style::Compact, &[("k", Part::Text("a\"\\\u{7f}\u{1}\u{8}\u{c}\n\r\t/ä€😀\u{2028}"))]);
        assert_eq!(written.unwrap(), r#"{"k":"a\"\\\u007f\u0001\b\f\n\r\t/\u00e4\u20ac\ud83d\ude00\u2028"}"#);
    }

    #[test]
    fn nested_and_sorted() {
        let value =
            serde_json::from_str(r#"{"b": [1, {"z": null, "a": true}], "B": {}, "a": [], "é": -5, "z": false}"#)
                .unwrap();
        assert_eq!(
            write_object(Style::Spaced, &[("P", Part::Value(&value))]).unwrap(),
            r#"{"P": {"B": {}, "a": [], "b": [1, {"a": true, "z": null}], "z": false, "\u00e9": -5}}"#
        );
        assert_eq!(write_object(Style::Spaced, &[("P", Part::Value(&serde_json::json!(1.5)))]), None);
    }
}
