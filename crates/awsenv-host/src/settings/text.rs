//! From the bytes of a settings file to its sections, with lines.
//!
//! rust-ini parses; but it knows no lines afterwards, joins lines at a trailing `\`, takes a line without `=` for the
//! start of a longer key and swallows what follows it. So every line is looked at first, and what rust-ini would
//! misread is an error.

use std::path::Path;
use std::sync::Arc;

use ini::{Ini, ParseOption};

use super::error::{Place, SettingsError};

/// A header and what stands under it. The entries before the first header are a section without a name.
pub(super) struct Section {
    pub(super) name: Option<String>,
    pub(super) line: u32,
    pub(super) entries: Vec<Entry>,
}

/// `key = value`.
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) value: String,
    pub(super) line: u32,
}

/// Splits a settings file into sections, in file order.
pub(super) fn parse(path: &Arc<Path>, bytes: &[u8]) -> Result<Vec<Section>, SettingsError> {
    let failed = |line, problem| SettingsError::Line { place: Place { path: path.clone(), line }, problem };
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        failed(number(before.iter().filter(|byte| **byte == b'\n').count()), "the line is not UTF-8")
    })?;

    let mut clean = String::with_capacity(text.len() + 1);
    let (mut headers, mut entries) = (Vec::new(), Vec::new());
    for (index, line) in text.split('\n').enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        match kind_of(line.trim()).map_err(|problem| failed(number(index), problem))? {
            Kind::Nothing => continue,
            Kind::Header => headers.push(number(index)),
            Kind::Entry => entries.push(number(index)),
        }
        clean.push_str(line.trim());
        clean.push('\n');
    }

    let option = ParseOption { enabled_quote: false, enabled_escape: false, ..ParseOption::default() };
    let ini = Ini::load_from_str_opt(&clean, option).map_err(|_| failed(1, "the file can't be understood"))?;
    let (mut headers, mut lines) = (headers.into_iter(), entries.into_iter());
    let mut sections = Vec::with_capacity(headers.len() + 1);
    for (name, properties) in &ini {
        let line = if name.is_some() { headers.next() } else { Some(1) };
        let entries = properties
            .iter()
            .map(|(key, value)| Some(Entry { key: key.to_owned(), value: value.to_owned(), line: lines.next()? }))
            .collect::<Option<_>>();
        let (Some(line), Some(entries)) = (line, entries) else {
            return Err(failed(1, "the file can't be understood"));
        };
        sections.push(Section { name: name.map(str::to_owned), line, entries });
    }
    match (headers.next(), lines.next()) {
        (None, None) => Ok(sections),
        (Some(line), _) | (_, Some(line)) => Err(failed(line, "the line can't be understood")),
    }
}

/// The number of the line with this index.
fn number(index: usize) -> u32 {
    u32::try_from(index + 1).unwrap_or(u32::MAX)
}

enum Kind {
    Nothing,
    Header,
    Entry,
}

/// What a line is, or what is wrong with it.
fn kind_of(line: &str) -> Result<Kind, &'static str> {
    if line.is_empty() || line.starts_with([';', '#']) {
        return Ok(Kind::Nothing);
    }
    if line.chars().any(|character| character.is_control() && character != '\t') {
        return Err("a control character stands in the line");
    }
    if let Some(inside) = line.strip_prefix('[') {
        let name =
            inside.strip_suffix(']').ok_or("a section's header ends with `]`, and comments have their own line")?;
        return if name.contains(['[', ']']) || name.ends_with('\\') {
            Err("a section's name has no `[`, no `]` and no `\\` at its end")
        } else {
            Ok(Kind::Header)
        };
    }
    let (key, _) = line.split_once(['=', ':']).ok_or("the line is no comment, no `[section]` and no `key = value`")?;
    if key.trim().is_empty() || key.contains('\\') {
        Err("the line has no key")
    } else if line.ends_with('\\') {
        Err("a line can't end with `\\`")
    } else {
        Ok(Kind::Entry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sections(text: &str) -> Result<Vec<Section>, String> {
        parse(&Path::new("f").into(), text.as_bytes()).map_err(|error| error.to_string())
    }

    fn shape(text: &str) -> Vec<String> {
        let one = |section: Section| {
            let entries =
                section.entries.iter().map(|e| format!(" {}={}@{}", e.key, e.value, e.line)).collect::<String>();
            format!("{}@{}{entries}", section.name.unwrap_or_default(), section.line)
        };
        sections(text).unwrap().into_iter().filter(|s| s.name.is_some() || !s.entries.is_empty()).map(one).collect()
    }

    #[test]
    fn everything_has_its_line() {
        let text = "\u{feff}; c\r\ninclude = x\r\n\r\n  # c\r\n[a]\r\nk = 1\r\n[b]\r\n; c\r\n  k=2 # no comment\r\n[a]\r\nk:3\r\nk=";
        assert_eq!(shape(text), ["@1 include=x@2", "a@5 k=1@6", "b@7 k=2 # no comment@9", "a@10 k=3@11 k=@12"]);
        assert!(shape("").is_empty());
    }

    #[test]
    fn nothing_is_quoted_or_escaped() {
        assert_eq!(
            shape("[directory C:\\x y]\nk = \"a\" 'b' \\n C:\\x\\y = [z]"),
            ["directory C:\\x y@1 k=\"a\" 'b' \\n C:\\x\\y = [z]@2"]
        );
    }

    #[test]
    fn what_rust_ini_would_misread_is_an_error_with_its_line() {
        for (text, line) in [
            ("[a]\njunk\n[b]\nk = 1", 2),
            ("[a]\nk = 1\\\n[b]", 2),
            ("\n[a\nk = 1]", 2),
            ("[a] ; c", 1),
            ("[a]b]", 1),
            ("[a\\]\nk = 1", 1),
            ("= 1", 1),
            ("k\\= 1", 1),
            ("[a]\nk = \u{1b}[31m", 2),
            ("k = a\rb", 1),
            ("k = \0", 1),
        ] {
            let error = sections(text).err().unwrap_or_else(|| panic!("{text:?} was accepted"));
            assert!(error.starts_with(&format!("f:{line}: ")), "{text:?}: {error}");
        }
        let error = parse(&Path::new("f").into(), b"[a]\n\nk = \xff\n").err().unwrap();
        assert_eq!(error.to_string(), "f:3: the line is not UTF-8");
    }

    proptest::proptest! {
        /// Whatever the file is like, it is an error, or every entry stands in the line that it is said to stand in,
        /// under the header that it is said to stand under.
        #[test]
        fn no_line_is_lost_or_moved(
            lines in proptest::collection::vec("(\\[(a|b|a b|c\\\\|x]y)\\]?|[ak ]{0,2}[=:]?[ =:#;\\[\\]x\"'\\\\]{0,4}|[;#].{0,3}|\\PC{0,6}| {0,2})(\r)?", 0..12)
        ) {
            let text = lines.join("\n");
            if let Ok(sections) = sections(&text) {
                let lines = text.split('\n').map(str::trim).collect::<Vec<_>>();
                let at = |line: u32| lines[line as usize - 1];
                let mut seen = 0;
                for section in &sections {
                    if let Some(name) = &section.name {
                        let inside = at(section.line).trim_start_matches('[').trim_end_matches(']').trim();
                        proptest::prop_assert_eq!(inside, name.as_str());
                        seen += 1;
                    }
                    for entry in &section.entries {
                        let (key, value) = at(entry.line).split_once(['=', ':']).unwrap();
                        proptest::prop_assert_eq!((key.trim(), value.trim()), (entry.key.as_str(), entry.value.as_str()));
                        let header = lines[..entry.line as usize].iter().rposition(|line| line.starts_with('['));
                        proptest::prop_assert_eq!(header.map_or(1, number), section.line);
                        seen += 1;
                    }
                }
                let meant = lines.iter().filter(|line| !line.is_empty() && !line.starts_with([';', '#'])).count();
                proptest::prop_assert_eq!(seen, meant);
            }
        }
    }
}
