//! What the scanner notices, as small values; turned into words only when somebody asks.

use crate::diagnostic::{Diagnostic, Origin, Severity};

/// A remark of the scanner, at a place, about a section (an index) or about lines outside of any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding<'a> {
    /// What was noticed.
    pub kind: FindingKind<'a>,
    /// Where.
    pub origin: Origin,
    /// The section it stands in, by its index in the file; `None` before the first header or below a broken one.
    pub section: Option<u32>,
}

/// What the scanner can notice in one line. Borrowed text is a key's name or a header, never a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FindingKind<'a> {
    /// A line of a property or a continuation before any section.
    OutsideSection,
    /// A header without its closing bracket, or (`default]`) without its opening one.
    BrokenHeader,
    /// A line that is neither header, comment nor `key = value`.
    NoEquals {
        /// There is a `:`, at which the AWS CLI would have split.
        colon: bool,
    },
    /// `= value`.
    NoKey,
    /// An indented line where there is nothing to continue.
    ContinuationWithoutProperty,
    /// A nested line without `=`.
    NestedNoEquals,
    /// A nested line `= value`.
    NestedNoKey,
    /// Bytes that are not UTF-8.
    NotUtf8,
    /// A carriage return in the middle of a line.
    StrayReturn,
    /// A line that begins with white space other than blank and tab.
    OddIndentation,
    /// `[]`.
    EmptyHeader,
    /// A byte order mark at the beginning of the file.
    ByteOrderMark,
    /// `[ header ]`.
    PaddedHeader,
    /// `[header] # comment with a ]`.
    BracketInComment,
    /// `key = value # comment`.
    InlineComment(&'a str),
    /// A comment line inside a value.
    IndentedComment,
    /// A property that is indented though it continues nothing.
    IndentedProperty(&'a str),
    /// A header that is indented though it continues nothing.
    IndentedHeader,
    /// Text behind the closing bracket that is no comment.
    TextAfterHeader,
    /// A key that holds a character no AWS SDK accepts.
    InvalidKey,
    /// `a:b = c`.
    ColonInKey,
    /// A value in double quotes.
    QuotedValue(&'a str),
    /// A value that goes on in the next line, though its key never has such a value.
    Continued(&'a str),
    /// White space other than blank and tab around a value.
    OddWhitespace(&'a str),
    /// More remarks than are kept.
    TooMany,
}

impl FindingKind<'_> {
    /// How bad it is.
    pub fn severity(self) -> Severity {
        match self {
            Self::OutsideSection
            | Self::BrokenHeader
            | Self::NoEquals { .. }
            | Self::NoKey
            | Self::ContinuationWithoutProperty
            | Self::NestedNoEquals
            | Self::NestedNoKey
            | Self::NotUtf8
            | Self::StrayReturn
            | Self::OddIndentation
            | Self::EmptyHeader => Severity::Error,
            Self::InvalidKey | Self::TooMany => Severity::Info,
            Self::InlineComment(_)
            | Self::IndentedComment
            | Self::IndentedProperty(_)
            | Self::IndentedHeader
            | Self::ByteOrderMark
            | Self::PaddedHeader
            | Self::BracketInComment
            | Self::TextAfterHeader
            | Self::ColonInKey
            | Self::QuotedValue(_)
            | Self::Continued(_)
            | Self::OddWhitespace(_) => Severity::Warning,
        }
    }

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::OutsideSection => "outside-section",
            Self::BrokenHeader => "broken-header",
            Self::NoEquals { .. } => "no-equals",
            Self::NoKey => "no-key",
            Self::ContinuationWithoutProperty => "continuation-without-property",
            Self::NestedNoEquals => "nested-no-equals",
            Self::NestedNoKey => "nested-no-key",
            Self::NotUtf8 => "not-utf-8",
            Self::StrayReturn => "stray-return",
            Self::OddIndentation => "odd-indentation",
            Self::EmptyHeader => "empty-header",
            Self::ByteOrderMark => "byte-order-mark",
            Self::PaddedHeader => "padded-header",
            Self::BracketInComment => "bracket-in-comment",
            Self::InlineComment(_) => "inline-comment",
            Self::IndentedComment => "indented-comment",
            Self::IndentedProperty(_) => "indented-property",
            Self::IndentedHeader => "indented-header",
            Self::TextAfterHeader => "text-after-header",
            Self::InvalidKey => "invalid-key",
            Self::ColonInKey => "colon-in-key",
            Self::QuotedValue(_) => "quoted-value",
            Self::Continued(_) => "continued-value",
            Self::OddWhitespace(_) => "odd-whitespace",
            Self::TooMany => "too-many",
        }
    }

    fn message(self) -> String {
        let text = match self {
            Self::OutsideSection => "expected a profile definition such as [profile name] before this line",
            Self::BrokenHeader => {
                "a profile definition must start with '[' and end with ']'; the lines below it are not read"
            }
            Self::NoEquals { .. } => "expected an '=' sign defining a property",
            Self::NoKey => "the property did not have a name before its '='",
            Self::ContinuationWithoutProperty => "expected a property definition, found continuation",
            Self::NestedNoEquals => "expected an '=' sign defining a sub-property",
            Self::NestedNoKey => "the sub-property did not have a name before its '='",
            Self::NotUtf8 => "the line is not UTF-8",
            Self::StrayReturn => "a carriage return in the middle of the line",
            Self::OddIndentation => "the line begins with white space that is neither blank nor tab",
            Self::EmptyHeader => "a profile definition without a name; the lines below it are not read",
            Self::ByteOrderMark => "the file begins with a byte order mark",
            Self::PaddedHeader => "blanks between the brackets and the name of a profile definition",
            Self::BracketInComment => "a ']' in the comment behind a profile definition",
            Self::IndentedComment => "a comment line inside a value",
            Self::IndentedHeader => "an indented profile definition",
            Self::TextAfterHeader => "text behind the ']' of a profile definition",
            Self::TooMany => "more remarks about this file than are kept",
            Self::InlineComment(key) => {
                return format!("the comment behind the value of {} is left out", shown_key(key));
            }
            Self::IndentedProperty(key) => {
                return format!("{} is indented, though it belongs to no other line", shown_key(key));
            }
            Self::InvalidKey => "this is not a key that any AWS tool knows",
            Self::ColonInKey => "this key holds a colon",
            Self::QuotedValue(key) => {
                return format!("the quotes around the value of {} are part of the value", shown_key(key));
            }
            Self::Continued(key) => return format!("the indented line below {} continues its value", shown_key(key)),
            Self::OddWhitespace(key) => {
                return format!(
                    "white space that is neither blank nor tab around the value of {} is left out",
                    shown_key(key)
                );
            }
        };
        text.to_owned()
    }

    fn hint(self) -> &'static str {
        match self {
            Self::OutsideSection => "the AWS CLI and the Rust SDK refuse the whole file; the Go SDK drops the line",
            Self::BrokenHeader => {
                "the AWS CLI and the Rust SDK refuse the whole file; the Go SDK gives the keys below to the profile above"
            }
            Self::NoEquals { colon: true } => {
                "write '=' in place of ':'; the AWS CLI splits at the colon, the Rust SDK refuses the file, the Go SDK ignores the line"
            }
            Self::NoEquals { colon: false } | Self::NoKey => {
                "the AWS CLI and the Rust SDK refuse the whole file; the Go SDK ignores the line"
            }
            Self::ContinuationWithoutProperty => {
                "remove the blanks at its beginning, or the line; the AWS CLI and the Rust SDK refuse the whole file"
            }
            Self::NestedNoEquals | Self::NestedNoKey => {
                "lines below an empty value are `name = value`; the AWS CLI and the Rust SDK refuse the whole file"
            }
            Self::StrayReturn => {
                "the AWS CLI begins a new line there, the SDKs do not; save the file with ordinary line ends"
            }
            Self::OddIndentation => {
                "to the AWS CLI it continues the line above, to the SDKs it does not; often a no-break space copied from a web page"
            }
            Self::EmptyHeader => "the AWS CLI refuses the whole file",
            Self::ByteOrderMark => {
                "the AWS CLI and the Rust SDK refuse the whole file; save it as UTF-8 without a mark"
            }
            Self::PaddedHeader => "the AWS CLI takes the blanks for a part of the name; the SDKs do not; remove them",
            Self::BracketInComment => {
                "the AWS CLI takes everything up to the last ']' for the name; the SDKs do not; remove it"
            }
            Self::NotUtf8 => "save the file as UTF-8; the AWS CLI and the Rust SDK refuse the whole file",
            Self::InlineComment(_) => {
                "the AWS CLI takes the comment as part of the value; the Go and Rust SDKs leave it out; put it on its own line"
            }
            Self::IndentedComment => {
                "the AWS CLI and the Go SDK skip it; the Rust SDK appends it to the value; move it to the first column"
            }
            Self::IndentedProperty(_) | Self::IndentedHeader => {
                "the AWS CLI accepts it; the Rust SDK refuses the whole file; remove the blanks"
            }
            Self::TextAfterHeader => "the AWS CLI ignores it; the Rust SDK refuses the whole file; remove it",
            Self::InvalidKey => "names of keys are letters, digits and - _ . / % @ : +",
            Self::ColonInKey => "the AWS CLI ends the key at the colon; the SDKs do not",
            Self::QuotedValue(_) => "the AWS CLI and the Rust SDK keep them, the Go SDK strips them; remove them",
            Self::Continued(_) => "all AWS tools read it so; remove the blanks if it is a property of its own",
            Self::OddWhitespace(_) => {
                "the AWS CLI leaves it out, the Rust SDK keeps it; often a no-break space copied from a web page"
            }
            Self::TooMany => "mend the first ones",
        }
    }
}

impl Finding<'_> {
    /// In words.
    pub fn to_diagnostic(self) -> Diagnostic {
        Diagnostic {
            severity: self.kind.severity(),
            code: self.kind.code(),
            message: self.kind.message(),
            hint: Some(self.kind.hint().to_owned()),
            origin: Some(self.origin),
        }
    }
}

/// A key as it may be shown. A secret that was broken over two lines looks like a key, too: what does not look like a
/// setting's name is not shown.
pub(crate) fn shown_key(key: &str) -> &str {
    let name = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'.');
    let known = key.eq_ignore_ascii_case("region") || key.eq_ignore_ascii_case("output");
    if known || (key.len() <= 40 && key.bytes().all(name)) { key } else { "a key" }
}
