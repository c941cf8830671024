//! The literal reading of a config or credentials file: sections and properties, every one with its line.
//!
//! One pass, borrowed slices, no meaning yet. The dialect is the one of the AWS SDKs and tools reference guide
//! (<https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html>) with Python's `configparser` rule for
//! indentation, which the AWS CLI uses: a line continues a property when it is indented more than that property.
//! A bad line never costs more than its own section: it is reported and reading goes on.

use std::borrow::Cow;
use std::ops::Range;

use super::finding::{Finding, FindingKind, shown_key};
use super::line::{
    closing_bracket, has_stray_return, is_blank, is_identifier, is_space, is_split_at_colon, is_unopened_header,
    split_at_equals, strip_inline_comment, trim_blank_end, trim_blank_start, trim_space,
};
use super::text::ConfigText;
use crate::diagnostic::{Origin, Severity, SourceFile};

/// How many findings of one file are kept. A file of a million bad lines is told apart by the first ones as well.
const MOST_FINDINGS: usize = 1000;

/// A file as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFile<'a> {
    file: SourceFile,
    sections: Vec<Section<'a>>,
    properties: Vec<Property<'a>>,
    continuations: Vec<Continuation<'a>>,
    findings: Vec<Finding<'a>>,
    broken_headers: Vec<BrokenHeader<'a>>,
}

/// `[header]` and what stands below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section<'a> {
    /// What stands between the brackets, without the white space at its ends.
    pub header: &'a str,
    /// Where the header stands.
    pub origin: Origin,
    /// The first line below this header that could not be read, if there is one.
    pub broken: Option<Origin>,
    properties: Range<u32>,
}

/// `key = value`, with the lines that continue it. `Debug` shows no value: any could be a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Property<'a> {
    /// The key as written, trimmed. Keys are compared without regard to ASCII case.
    pub key: &'a str,
    /// The value in the key's own line, trimmed, without an inline comment.
    pub first_line: &'a str,
    /// Where the key stands.
    pub origin: Origin,
    continuations: Range<u32>,
}

/// A line that continues a property: trimmed. `Debug` shows no text: any could be a secret.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Continuation<'a> {
    /// The text, with a comment if there is one: AWS tools keep it here.
    pub text: &'a str,
    /// Where.
    pub origin: Origin,
}

impl std::fmt::Debug for Property<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Property")
            .field("key", &shown_key(self.key))
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Continuation<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Continuation").field("origin", &self.origin).finish_non_exhaustive()
    }
}

/// A header that could not be read. The properties below it belong to nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BrokenHeader<'a> {
    /// The line, trimmed, without the one bracket it may have.
    pub text: &'a str,
    /// Where.
    pub origin: Origin,
}

impl<'a> ConfigFile<'a> {
    /// A file without content, as one that does not exist.
    pub fn empty(file: SourceFile) -> Self {
        Self {
            file,
            sections: Vec::new(),
            properties: Vec::new(),
            continuations: Vec::new(),
            findings: Vec::new(),
            broken_headers: Vec::new(),
        }
    }

    /// Which file this is.
    pub fn file(&self) -> SourceFile {
        self.file
    }

    /// The sections in the order of the file; one that is written twice is here twice.
    pub fn sections(&self) -> &[Section<'a>] {
        &self.sections
    }

    /// The properties of `section` in the order of the file.
    pub fn properties(&self, section: &Section<'a>) -> &[Property<'a>] {
        &self.properties[section.properties.start as usize..section.properties.end as usize]
    }

    /// The lines that continue `property`.
    pub fn continuations(&self, property: &Property<'a>) -> &[Continuation<'a>] {
        &self.continuations[property.continuations.start as usize..property.continuations.end as usize]
    }

    /// The whole value of `property`: its lines joined by `\n`.
    pub fn value(&self, property: &Property<'a>) -> Cow<'a, str> {
        let lines = self.continuations(property);
        if lines.is_empty() {
            return Cow::Borrowed(property.first_line);
        }
        let mut value = property.first_line.to_owned();
        for line in lines {
            value.push('\n');
            value.push_str(line.text);
        }
        Cow::Owned(value)
    }

    /// What the scanner noticed, in the order of the file.
    pub fn findings(&self) -> &[Finding<'a>] {
        &self.findings
    }

    /// Headers that could not be read.
    pub fn broken_headers(&self) -> &[BrokenHeader<'a>] {
        &self.broken_headers
    }
}

/// Reads `text` as a config or credentials file.
pub fn parse_config(file: SourceFile, text: &ConfigText) -> ConfigFile<'_> {
    let mut scanner = Scanner {
        out: ConfigFile::empty(file),
        place: Place::Start,
        property_indent: None,
        nested: false,
        line: 0,
        lossy: text.is_lossy(),
        stray_returns: has_stray_return(text.as_str()),
        after_unread: false,
    };
    if text.had_byte_order_mark() {
        let origin = Origin::line(file, 1);
        scanner.out.findings.push(Finding { kind: FindingKind::ByteOrderMark, origin, section: None });
    }
    // A header and two or three properties of about 30 bytes each make a profile.
    let size = text.as_str().len();
    scanner.out.sections.reserve(size / 128);
    scanner.out.properties.reserve(size / 48);
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', text.as_str().as_bytes()).chain([size]) {
        let line = &text.as_str()[start..end];
        start = end + 1;
        scanner.line += 1;
        scanner.read_line(line.strip_suffix('\r').unwrap_or(line));
    }
    scanner.close_section();
    scanner.out
}

/// Where in the file the scanner is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Before the first header.
    Start,
    /// Before the first header, and that has been said.
    StartReported,
    /// Below a header that could not be read.
    Orphan,
    /// Below a good header.
    Section,
}

struct Scanner<'a> {
    out: ConfigFile<'a>,
    place: Place,
    /// The indentation of the property that the next line may continue.
    property_indent: Option<usize>,
    /// That property has an empty value in its own line, so its continuations are `name = value`.
    nested: bool,
    line: u32,
    lossy: bool,
    /// Somewhere a carriage return stands without a line feed behind it.
    stray_returns: bool,
    /// The last line could not be read: what is indented below it may be a part of it.
    after_unread: bool,
}

impl<'a> Scanner<'a> {
    fn read_line(&mut self, line: &'a str) {
        let content = trim_blank_start(line);
        let Some(&first) = content.as_bytes().first() else { return };
        let indent = line.len() - content.len();
        if self.stray_returns && line.contains('\r') {
            return self.read_unreadable(FindingKind::StrayReturn, content, indent);
        }
        if !first.is_ascii_graphic() && content.starts_with(is_space) {
            let rest = content.trim_matches(is_space);
            if !rest.is_empty() && !rest.starts_with(['#', ';']) {
                self.read_unreadable(FindingKind::OddIndentation, rest, indent);
            }
            return;
        }
        let continues = self.property_indent.is_some_and(|property| indent > property);
        if first == b'#' || first == b';' {
            if continues {
                self.find(FindingKind::IndentedComment, indent);
            }
            return;
        }
        let content = trim_blank_end(content);
        if self.lossy && content.contains('\u{fffd}') {
            self.read_unreadable(FindingKind::NotUtf8, content, indent);
        } else if continues {
            self.read_continuation(content, indent);
        } else if first == b'[' {
            self.read_header(content, indent);
        } else {
            self.read_property(content, indent);
        }
    }

    fn read_header(&mut self, content: &'a str, indent: usize) {
        let may_continue = indent > 0 && std::mem::take(&mut self.after_unread);
        let Some(end) = closing_bracket(content).filter(|_| !may_continue) else {
            self.break_header(content, indent);
            return;
        };
        self.close_section();
        let rest = trim_blank_start(&content[end + 1..]);
        if end == 1 {
            self.place = Place::Orphan;
            self.find(FindingKind::EmptyHeader, indent);
            return;
        }
        self.place = Place::Section;
        let header = trim_blank_end(trim_blank_start(&content[1..end]));
        let start = self.out.properties.len() as u32;
        self.out.sections.push(Section { header, origin: self.origin(indent), broken: None, properties: start..start });
        if indent > 0 {
            self.find(FindingKind::IndentedHeader, indent);
        }
        if header.len() + 1 != end {
            self.find(FindingKind::PaddedHeader, indent);
        }
        if rest.starts_with(['#', ';']) {
            if rest.contains(']') {
                self.find(FindingKind::BracketInComment, indent);
            }
        } else if !rest.is_empty() {
            self.find(FindingKind::TextAfterHeader, indent);
        }
    }

    /// A header without one of its brackets: what follows belongs to nobody, least of all to the profile above.
    fn break_header(&mut self, content: &'a str, indent: usize) {
        self.close_section();
        self.place = Place::Orphan;
        self.find(FindingKind::BrokenHeader, indent);
        if self.out.broken_headers.len() < MOST_FINDINGS {
            let text = content.trim_matches(|c: char| c == '[' || c == ']' || is_blank(c));
            let origin = self.origin(indent);
            self.out.broken_headers.push(BrokenHeader { text, origin });
        }
    }

    fn read_property(&mut self, content: &'a str, indent: usize) {
        let (line, commented) = strip_inline_comment(content);
        let split = split_at_equals(line).filter(|(key, _)| !is_split_at_colon(key));
        if split.is_none() && is_unopened_header(line) {
            if matches!(self.place, Place::Start | Place::StartReported) {
                self.find(FindingKind::OutsideSection, indent);
            }
            self.break_header(line, indent);
            return;
        }
        match self.place {
            Place::Start => {
                self.find(FindingKind::OutsideSection, indent);
                self.place = Place::StartReported;
                return;
            }
            Place::StartReported | Place::Orphan => return,
            Place::Section => {}
        }
        // Whatever this line is, the property above it has ended.
        self.property_indent = None;
        let Some((key, value)) = split else {
            let kind = if indent > 0 {
                FindingKind::ContinuationWithoutProperty
            } else {
                FindingKind::NoEquals { colon: line.contains(':') }
            };
            self.find(kind, indent);
            return;
        };
        let key = trim_space(key);
        if key.is_empty() {
            self.find(FindingKind::NoKey, indent);
            return;
        }
        let narrow = trim_blank_end(trim_blank_start(value));
        let value = trim_space(narrow);
        let start = self.out.continuations.len() as u32;
        let origin = self.origin(indent);
        self.out.properties.push(Property { key, first_line: value, origin, continuations: start..start });
        self.property_indent = Some(indent);
        self.after_unread = false;
        self.nested = value.is_empty();
        if indent > 0 {
            self.find(FindingKind::IndentedProperty(key), indent);
        }
        if commented {
            self.find(FindingKind::InlineComment(key), indent);
        }
        if narrow.len() != value.len() {
            self.find(FindingKind::OddWhitespace(key), indent);
        }
        if value.len() > 1 && value.starts_with('"') && value.ends_with('"') {
            self.find(FindingKind::QuotedValue(key), indent);
        }
        if !is_identifier(key) {
            self.find(FindingKind::InvalidKey, indent);
        } else if key.contains(':') {
            self.find(FindingKind::ColonInKey, indent);
        }
    }

    fn read_continuation(&mut self, content: &'a str, indent: usize) {
        if self.nested {
            // The AWS CLI and the SDKs check nested lines, comments stripped, and keep them with the comments.
            match split_at_equals(strip_inline_comment(content).0) {
                None => return self.find(FindingKind::NestedNoEquals, indent),
                Some((key, _)) if key.trim_matches(is_space).is_empty() => {
                    return self.find(FindingKind::NestedNoKey, indent);
                }
                Some(_) => {}
            }
        }
        let origin = self.origin(indent);
        self.out.continuations.push(Continuation { text: content.trim_matches(is_space), origin });
        let end = self.out.continuations.len() as u32;
        let nested = self.nested;
        let property = self.out.properties.last_mut().expect("a continuation follows a property");
        let first = property.continuations.start + 1 == end;
        property.continuations.end = end;
        if first && !nested {
            let key = property.key;
            self.find(FindingKind::Continued(key), indent);
        }
    }

    /// A line that tools would not even split in the same way.
    fn read_unreadable(&mut self, kind: FindingKind<'a>, content: &'a str, indent: usize) {
        if kind == FindingKind::OddIndentation {
            // Perhaps it continues the line above.
            self.find(kind, indent);
        }
        if content.starts_with('[') && indent == 0 {
            self.break_header(content, indent);
        }
        self.property_indent = None;
        if kind != FindingKind::OddIndentation {
            self.find(kind, indent);
        }
    }

    fn close_section(&mut self) {
        self.after_unread = false;
        self.property_indent = None;
        if let (Place::Section, Some(section)) = (self.place, self.out.sections.last_mut()) {
            section.properties.end = self.out.properties.len() as u32;
            self.place = Place::Orphan;
        }
    }

    fn origin(&self, indent: usize) -> Origin {
        Origin { file: self.out.file, line: self.line, column: indent as u32 + 1 }
    }

    #[cold]
    fn find(&mut self, kind: FindingKind<'a>, indent: usize) {
        let origin = self.origin(indent);
        let in_section = self.place == Place::Section;
        self.after_unread |= kind.severity() == Severity::Error;
        if kind.severity() == Severity::Error && in_section {
            let section = self.out.sections.last_mut().expect("in a section");
            section.broken.get_or_insert(origin);
        }
        let findings = &mut self.out.findings;
        if findings.len() < MOST_FINDINGS {
            let section = if in_section { Some(self.out.sections.len() as u32 - 1) } else { None };
            findings.push(Finding { kind, origin, section });
        } else if findings.len() == MOST_FINDINGS {
            findings.push(Finding { kind: FindingKind::TooMany, origin, section: None });
        }
    }
}

#[cfg(test)]
mod tests;
