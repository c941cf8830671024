//! What the parts of a profile's name mean: `{client}-{env}-{purpose?}`.
//!
//! A field in braces takes at least one character; with `?` it may be missing, together with the text right before it.
//! Every field but the last takes as little as it can. `{{` and `}}` are braces.

use std::fmt;

/// The pattern where the settings have none.
pub const DEFAULT_NAMING: &str = "{client}-{env}-{purpose?}";

/// The most fields that a pattern has.
const MOST_FIELDS: usize = 16;

/// A pattern, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Naming {
    parts: Vec<Part>,
    /// What stands behind the last field.
    end: String,
    /// As it was written.
    text: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    before: String,
    field: String,
    optional: bool,
}

/// Why a pattern can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NamingProblem {
    /// A brace without its other half.
    Brace,
    /// What stands in braces (here without them) is no field's name: letters, digits and `_`.
    NotAField(String),
    /// A field stands there twice.
    Twice(String),
    /// Two fields touch, so nothing says where the first one ends.
    Touching(String, String),
    /// No field at all, or more than 16.
    Count,
}

impl fmt::Display for NamingProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Brace => f.write_str("a brace has no other half; a brace itself is written `{{` or `}}`"),
            Self::NotAField(text) => {
                write!(f, "`{{{}}}` is no field: letters, digits and _, and ? behind it", text.escape_debug())
            }
            Self::Twice(field) => write!(f, "the field `{field}` stands there twice"),
            Self::Touching(a, b) => write!(f, "nothing stands between the fields `{a}` and `{b}`"),
            Self::Count => write!(f, "a pattern has 1 to {MOST_FIELDS} fields"),
        }
    }
}

impl Default for Naming {
    fn default() -> Self {
        Self::parse(DEFAULT_NAMING).unwrap_or(Self { parts: Vec::new(), end: String::new(), text: String::new() })
    }
}

impl Naming {
    /// Takes a pattern apart.
    ///
    /// # Errors
    /// What is wrong with it; a pattern is used whole or not at all.
    pub fn parse(text: &str) -> Result<Self, NamingProblem> {
        let mut parts: Vec<Part> = Vec::new();
        let mut before = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            before.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(behind) = rest.strip_prefix(brace) {
                before.push_str(brace);
                rest = behind;
                continue;
            }
            if brace == "}" {
                return Err(NamingProblem::Brace);
            }
            let (written, behind) = rest.split_once('}').ok_or(NamingProblem::Brace)?;
            let (field, optional) = written.strip_suffix('?').map_or((written, false), |field| (field, true));
            if field.is_empty() || !field.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
                return Err(NamingProblem::NotAField(written.to_owned()));
            }
            if parts.iter().any(|part| part.field == field) {
                return Err(NamingProblem::Twice(field.to_owned()));
            }
            if let Some(last) = parts.last().filter(|_| before.is_empty()) {
                return Err(NamingProblem::Touching(last.field.clone(), field.to_owned()));
            }
            parts.push(Part { before: std::mem::take(&mut before), field: field.to_owned(), optional });
            rest = behind;
        }
        before.push_str(rest);
        if parts.is_empty() || parts.len() > MOST_FIELDS {
            return Err(NamingProblem::Count);
        }
        Ok(Self { parts, end: before, text: text.to_owned() })
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The names of the fields, in order.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().map(|part| part.field.as_str())
    }

    /// The fields of a profile's name, in order, those that are missing left out; `None` where the name does not follow
    /// the pattern.
    pub fn read<'a>(&self, name: &'a str) -> Option<Vec<(&str, &'a str)>> {
        let mut found = Vec::with_capacity(self.parts.len());
        let mut dead = vec![false; self.parts.len() * (name.len() + 1)];
        self.read_from(0, 0, name, &mut found, &mut dead).then_some(found)
    }

    /// Reads `name` from `at` with the parts from `part` on. `dead` keeps what failed, so that a name is read in a time
    /// that grows with its length times the parts.
    fn read_from<'s, 'a>(
        &'s self,
        part: usize,
        at: usize,
        name: &'a str,
        found: &mut Vec<(&'s str, &'a str)>,
        dead: &mut [bool],
    ) -> bool {
        let Some(here) = self.parts.get(part) else { return name[at..] == self.end };
        let key = part * (name.len() + 1) + at;
        if dead[key] {
            return false;
        }
        if let Some(rest) = name[at..].strip_prefix(&here.before) {
            let start = name.len() - rest.len();
            let is_last = part + 1 == self.parts.len();
            let ends = rest.char_indices().skip(1).map(|(index, _)| start + index).chain([name.len()]);
            for end in ends.filter(|end| *end > start) {
                // The last field takes all that is left before the end.
                if is_last && name[end..] != self.end {
                    continue;
                }
                found.push((&here.field, &name[start..end]));
                if self.read_from(part + 1, end, name, found, dead) {
                    return true;
                }
                found.pop();
            }
        }
        if here.optional && self.read_from(part + 1, at, name, found, dead) {
            return true;
        }
        dead[key] = true;
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pattern: &str, name: &str) -> String {
        let naming = Naming::parse(pattern).unwrap();
        let fields = naming.read(name);
        fields.map_or_else(
            || "-".to_owned(),
            |fields| fields.iter().map(|(field, value)| format!("{field}={value}")).collect::<Vec<_>>().join(" "),
        )
    }

    #[test]
    fn the_parts_of_a_name() {
        for (pattern, name, expected) in [
            (DEFAULT_NAMING, "acme-prod", "client=acme env=prod"),
            (DEFAULT_NAMING, "acme-prod-admin", "client=acme env=prod purpose=admin"),
            (DEFAULT_NAMING, "acme-prod-eu-west", "client=acme env=prod purpose=eu-west"),
            (DEFAULT_NAMING, "acme", "-"),
            (DEFAULT_NAMING, "acme-", "-"),
            (DEFAULT_NAMING, "-prod", "-"),
            (DEFAULT_NAMING, "", "-"),
            (DEFAULT_NAMING, "größe-prod", "client=größe env=prod"),
            // Nothing is left for the purpose, so the environment is all there is.
            (DEFAULT_NAMING, "acme-prod-", "client=acme env=prod-"),
            ("{client}/{env}", "a/b/c", "client=a env=b/c"),
            ("{client?}:{env}", ":x", "env=x"),
            ("{a?}-{b?}-{c}", "x-y-z", "a=x b=y c=z"),
            ("{a?}-{b?}-{c}", "-x", "c=x"),
            ("corp-{env}.aws", "corp-dev.aws", "env=dev"),
            ("corp-{env}.aws", "corp-dev", "-"),
            ("{{{a}}}", "{x}", "a=x"),
            ("{a}--{b}", "x-y--z", "a=x-y b=z"),
        ] {
            assert_eq!(read(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn a_long_name_takes_no_long_time() {
        let name = "-".repeat(600);
        assert_eq!(Naming::parse("{a}-{b}-{c}-{d}-{e}-{f}!").unwrap().read(&name), None);
    }

    #[test]
    fn what_is_no_pattern() {
        for (pattern, problem) in [
            ("", NamingProblem::Count),
            ("plain", NamingProblem::Count),
            ("{a", NamingProblem::Brace),
            ("a}", NamingProblem::Brace),
            ("{}", NamingProblem::NotAField(String::new())),
            ("{a b}", NamingProblem::NotAField("a b".to_owned())),
            ("{a}{b}", NamingProblem::Touching("a".to_owned(), "b".to_owned())),
            ("{a}-{a}", NamingProblem::Twice("a".to_owned())),
        ] {
            assert_eq!(Naming::parse(pattern), Err(problem), "{pattern}");
        }
    }
}
