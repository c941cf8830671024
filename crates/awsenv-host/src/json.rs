//! JSON that other tools wrote, read strictly: a key that stands twice is an error, an integer is not a float, and
//! strings are wiped from memory when dropped, since some are secrets.
//!
//! Errors say what is wrong with which field, never what is in it.

use std::collections::HashSet;
use std::fmt;

use awsenv_core::credentials::Secret;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use zeroize::Zeroizing;

/// A JSON value.
pub(crate) enum Json {
    Null,
    Bool(bool),
    /// A number without fraction or exponent that fits.
    Integer(i64),
    /// Any other number.
    Number,
    String(Zeroizing<String>),
    Array(Vec<Json>),
    Object(Object),
}

/// A JSON object, in the order of the text.
#[derive(Default)]
pub(crate) struct Object(Vec<(String, Json)>);

/// What is wrong with JSON text or a field of it. No value of a field is in here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// No JSON, or more than one value, or half of one.
    #[error("not valid JSON (line {line}, column {column})")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// The column in bytes, from 1.
        column: usize,
    },
    /// A key stands twice in one object.
    #[error("a key of the JSON object stands there twice")]
    DuplicateKey,
    /// Valid JSON, but no object.
    #[error("not a JSON object")]
    NotAnObject,
    /// A field is missing.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A field is of another type than it should be.
    #[error("`{0}` is not {1}")]
    WrongType(&'static str, &'static str),
    /// A field that must hold something is empty.
    #[error("`{0}` is empty")]
    Empty(&'static str),
    /// A field holds something that no credential has, and that must never reach a shell or a terminal.
    #[error("`{0}` holds a control character")]
    ControlCharacter(&'static str),
}

/// Up to so many names are compared one by one.
const FEW: usize = 32;

const DUPLICATE: &str = "duplicate key";

/// Reads one object that is the whole of `bytes`, white space aside.
pub(crate) fn parse_object(bytes: &[u8]) -> Result<Object, JsonError> {
    match serde_json::from_slice(bytes) {
        Ok(Json::Object(object)) => Ok(object),
        Ok(_) => Err(JsonError::NotAnObject),
        // serde_json has no kinds of its own for what a visitor says; the text is ours.
        Err(error) if error.is_data() && error.to_string().starts_with(DUPLICATE) => Err(JsonError::DuplicateKey),
        Err(error) => Err(JsonError::Syntax { line: error.line(), column: error.column() }),
    }
}

impl Object {
    /// The field, where it is there and not null.
    pub(crate) fn get(&self, name: &str) -> Option<&Json> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value).filter(|value| !matches!(value, Json::Null))
    }

    /// A string without control characters; `None` when missing, null or empty, which the AWS tools take for the same.
    pub(crate) fn optional_text(&self, name: &'static str) -> Result<Option<&str>, JsonError> {
        match self.get(name) {
            None => Ok(None),
            Some(Json::String(text)) => match awsenv_core::change::check_value(name, text) {
                Ok(()) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
                Err(_) => Err(JsonError::ControlCharacter(name)),
            },
            Some(_) => Err(JsonError::WrongType(name, "a string")),
        }
    }

    /// A string without control characters that is not empty.
    pub(crate) fn text(&self, name: &'static str) -> Result<&str, JsonError> {
        match self.optional_text(name)? {
            Some(text) => Ok(text),
            None if self.get(name).is_some() => Err(JsonError::Empty(name)),
            None => Err(JsonError::Missing(name)),
        }
    }

    /// Text for a person, which may have several lines. Whoever shows it makes it harmless.
    pub(crate) fn optional_prose(&self, name: &'static str) -> Result<Option<&str>, JsonError> {
        match self.get(name) {
            None => Ok(None),
            Some(Json::String(text)) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
            Some(_) => Err(JsonError::WrongType(name, "a string")),
        }
    }

    /// As [`optional_prose`](Self::optional_prose), where there must be some.
    pub(crate) fn prose(&self, name: &'static str) -> Result<&str, JsonError> {
        self.optional_prose(name)?.ok_or(JsonError::Missing(name))
    }

    /// A string that is not empty, whose only control characters end lines, for what has lines: PEM.
    pub(crate) fn lines(&self, name: &'static str) -> Result<&str, JsonError> {
        match self.get(name) {
            Some(Json::String(text)) if text.is_empty() => Err(JsonError::Empty(name)),
            Some(Json::String(text)) if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r')) => {
                Err(JsonError::ControlCharacter(name))
            }
            Some(Json::String(text)) => Ok(text),
            Some(_) => Err(JsonError::WrongType(name, "a string")),
            None => Err(JsonError::Missing(name)),
        }
    }

    /// As [`text`](Self::text), for a secret.
    pub(crate) fn secret(&self, name: &'static str) -> Result<Secret, JsonError> {
        self.text(name).map(Secret::new)
    }

    /// As [`optional_text`](Self::optional_text), for a secret.
    pub(crate) fn optional_secret(&self, name: &'static str) -> Result<Option<Secret>, JsonError> {
        Ok(self.optional_text(name)?.map(Secret::new))
    }

    /// Every field that is a string without control characters.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|(name, value)| match value {
            Json::String(text) if awsenv_core::change::check_value(name, text).is_ok() => {
                Some((name.as_str(), text.as_str()))
            }
            _ => None,
        })
    }

    /// `true` or `false`.
    pub(crate) fn boolean(&self, name: &'static str) -> Result<bool, JsonError> {
        match self.get(name) {
            Some(Json::Bool(value)) => Ok(*value),
            Some(_) => Err(JsonError::WrongType(name, "true or false")),
            None => Err(JsonError::Missing(name)),
        }
    }

    /// A whole number from 0 that fits.
    pub(crate) fn count(&self, name: &'static str) -> Result<u32, JsonError> {
        match self.get(name) {
            Some(Json::Integer(number)) => u32::try_from(*number).map_err(|_| JsonError::WrongType(name, "a count")),
            Some(_) => Err(JsonError::WrongType(name, "a count")),
            None => Err(JsonError::Missing(name)),
        }
    }

    /// The strings of an array; none where it is missing. They may hold anything.
    pub(crate) fn strings(&self, name: &'static str) -> Result<Vec<&str>, JsonError> {
        let wrong = JsonError::WrongType(name, "an array of strings");
        match self.get(name) {
            None => Ok(Vec::new()),
            Some(Json::Array(items)) => items
                .iter()
                .map(|item| if let Json::String(text) = item { Ok(text.as_str()) } else { Err(wrong.clone()) })
                .collect(),
            Some(_) => Err(wrong),
        }
    }

    /// An object within.
    pub(crate) fn object(&self, name: &'static str) -> Result<&Self, JsonError> {
        match self.get(name) {
            Some(Json::Object(object)) => Ok(object),
            Some(_) => Err(JsonError::WrongType(name, "an object")),
            None => Err(JsonError::Missing(name)),
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(Json::Integer(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(i64::try_from(number).map_or(Json::Number, Json::Integer))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Json, E> {
        Ok(Json::Number)
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::String(Zeroizing::new(text.to_owned())))
    }

    fn visit_string<E>(self, text: String) -> Result<Json, E> {
        Ok(Json::String(Zeroizing::new(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element()? {
            array.push(item);
        }
        Ok(Json::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut object = Object::default();
        // A cache's entry has a handful of names; only a file that is none has many.
        let mut many = None::<HashSet<String>>;
        while let Some((name, value)) = entries.next_entry::<String, Json>()? {
            let is_known = match &mut many {
                Some(names) => !names.insert(name.clone()),
                None => object.0.iter().any(|(known, _)| *known == name),
            };
            if is_known {
                return Err(serde::de::Error::custom(DUPLICATE));
            }
            object.0.push((name, value));
            if many.is_none() && object.0.len() == FEW {
                many = Some(object.0.iter().map(|(name, _)| name.clone()).collect());
            }
        }
        Ok(Json::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> JsonError {
        parse_object(text.as_bytes()).err().unwrap_or_else(|| panic!("{text} was accepted"))
    }

    #[test]
    fn one_object_and_nothing_else() {
        assert!(parse_object(b"\r\n {\"a\": 1}\r\n").is_ok());
        for text in ["", " ", "{", "{\"a\": 1", "{} {}", "{}x", "{'a': 1}", "{\"a\": 1,}", "\u{feff}{}", "{}\0", "NaN"]
        {
            assert!(matches!(error(text), JsonError::Syntax { .. }), "{text:?}");
        }
        for text in ["[]", "1", "\"a\"", "null", "[{}]"] {
            assert_eq!(error(text), JsonError::NotAnObject, "{text}");
        }
        assert!(matches!(parse_object(b"{\"a\": \"\xff\"}"), Err(JsonError::Syntax { .. })));
    }

    #[test]
    fn deep_nesting_is_an_error_not_a_crash() {
        let text = format!("{}{}", "{\"a\":".repeat(100_000), "1");
        assert!(matches!(error(&text), JsonError::Syntax { .. }));
    }

    #[test]
    fn a_key_twice_is_an_error() {
        assert_eq!(error(r#"{"a": 1, "b": 2, "a": 1}"#), JsonError::DuplicateKey);
        assert_eq!(error(r#"{"x": [{"a": 1, "\u0061": 1}]}"#), JsonError::DuplicateKey);
    }

    #[test]
    fn a_key_twice_among_many_is_an_error() {
        for count in [1, FEW - 1, FEW, FEW + 1, 3 * FEW] {
            let object = (0..count).map(|number| format!("\"n{number}\": 1, ")).collect::<String>();
            assert!(parse_object(format!("{{{object}\"last\": 1}}").as_bytes()).is_ok(), "{count}");
            for twice in [0, count / 2, count - 1] {
                assert_eq!(error(&format!("{{{object}\"n{twice}\": 1}}")), JsonError::DuplicateKey, "{count}: {twice}");
            }
        }
    }

    #[test]
    fn types_are_not_mixed() {
        let object = parse_object(br#"{"i": 1, "f": 1.0, "e": 1e0, "big": 18446744073709551615, "t": true}"#).unwrap();
        assert!(matches!(object.get("i"), Some(Json::Integer(1))));
        for name in ["f", "e", "big"] {
            assert!(matches!(object.get(name), Some(Json::Number)), "{name}");
        }
        assert!(matches!(object.get("t"), Some(Json::Bool(true))));
        assert_eq!(object.text("i"), Err(JsonError::WrongType("i", "a string")));
    }

    #[test]
    fn missing_null_and_empty() {
        let object = parse_object(br#"{"null": null, "empty": "", "line": "a\nb", "ok": "x"}"#).unwrap();
        assert_eq!(object.optional_text("null"), Ok(None));
        assert_eq!(object.optional_text("empty"), Ok(None));
        assert_eq!(object.text("null"), Err(JsonError::Missing("null")));
        assert_eq!(object.text("empty"), Err(JsonError::Empty("empty")));
        assert_eq!(object.text("line"), Err(JsonError::ControlCharacter("line")));
        assert_eq!(object.text("ok"), Ok("x"));
    }
}
