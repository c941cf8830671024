//! The format of the prompt segment: `aws:{profile}{ (region)}{ left}`.
//!
//! A group in braces holds the name of one field and literal text around it, and vanishes whole when the field is
//! empty. `{{` and `}}` are braces. What is not understood is told, and left out of the segment.

use std::fmt;

/// The format where the settings have none.
pub const DEFAULT_PROMPT_FORMAT: &str = "aws:{profile}{ (region)}{ left}";

/// What a group can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The profile, or its alias.
    Profile,
    /// The region.
    Region,
    /// The time left.
    Left,
    /// The label of the profile's class.
    Class,
    /// The account.
    Account,
    /// The sign that something in the environment does not belong to the identity.
    Mark,
}

impl Field {
    /// Every field.
    pub const ALL: [Self; 6] = [Self::Profile, Self::Region, Self::Left, Self::Class, Self::Account, Self::Mark];

    /// How a group names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Region => "region",
            Self::Left => "left",
            Self::Class => "class",
            Self::Account => "account",
            Self::Mark => "mark",
        }
    }
}

/// A format, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptFormat {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Group { before: String, field: Field, after: String },
}

/// What is wrong with a format.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FormatProblem {
    /// A group (its text, without braces) that names no field, or more than one.
    NotOneField(String),
    /// A `{` that nothing closes.
    Unclosed,
    /// A `}` that nothing opens.
    Unopened,
}

impl fmt::Display for FormatProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOneField(group) => {
                write!(f, "`{{{}}}` must name one of ", group.escape_debug())?;
                let names: Vec<&str> = Field::ALL.into_iter().map(Field::name).collect();
                f.write_str(&names.join(", "))
            }
            Self::Unclosed => f.write_str("a `{` is not closed; a brace is written `{{`"),
            Self::Unopened => f.write_str("a `}` closes nothing; a brace is written `}}`"),
        }
    }
}

impl Default for PromptFormat {
    fn default() -> Self {
        Self::parse(DEFAULT_PROMPT_FORMAT).0
    }
}

impl PromptFormat {
    /// Takes a format apart, and says what it leaves out.
    pub fn parse(text: &str) -> (Self, Vec<FormatProblem>) {
        let (mut pieces, mut problems) = (Vec::new(), Vec::new());
        let mut literal = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            literal.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(behind) = rest.strip_prefix(brace) {
                literal.push_str(brace);
                rest = behind;
            } else if brace == "}" {
                problems.push(FormatProblem::Unopened);
            } else if let Some((group, behind)) = rest.split_once('}') {
                match one_field(group) {
                    Some(piece) => {
                        if !literal.is_empty() {
                            pieces.push(Piece::Text(std::mem::take(&mut literal)));
                        }
                        pieces.push(piece);
                    }
                    None => problems.push(FormatProblem::NotOneField(group.to_owned())),
                }
                rest = behind;
            } else {
                problems.push(FormatProblem::Unclosed);
                rest = "";
            }
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            pieces.push(Piece::Text(literal));
        }
        (Self { pieces }, problems)
    }

    /// Whether a group shows `field`.
    pub fn shows(&self, field: Field) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Group { field: shown, .. } if *shown == field))
    }

    /// The text, with each field's value from `value`; an empty one takes its group away.
    pub fn fill<'a>(&self, value: impl Fn(Field) -> &'a str) -> String {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(literal) => text.push_str(literal),
                Piece::Group { before, field, after } => {
                    let value = value(*field);
                    if !value.is_empty() {
                        text.extend([before, value, after]);
                    }
                }
            }
        }
        text
    }
}

/// A group whose words (runs of letters) hold the name of one field, once.
fn one_field(group: &str) -> Option<Piece> {
    let mut found = None;
    let mut start = 0;
    while let Some(offset) = group[start..].find(|c: char| c.is_ascii_alphabetic()) {
        let from = start + offset;
        let word = &group[from..];
        let word = &word[..word.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(word.len())];
        start = from + word.len();
        if let Some(field) = Field::ALL.into_iter().find(|field| field.name() == word) {
            let piece = Piece::Group { before: group[..from].to_owned(), field, after: group[start..].to_owned() };
            if found.replace(piece).is_some() {
                return None;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(format: &str) -> String {
        let (format, problems) = PromptFormat::parse(format);
        assert_eq!(problems, [], "{format:?}");
        format.fill(|field| match field {
            Field::Profile => "acme",
            Field::Region => "eu-west-1",
            Field::Class => "{mark}",
            Field::Left | Field::Account | Field::Mark => "",
        })
    }

    #[test]
    fn a_group_vanishes_with_its_field() {
        assert_eq!(filled(DEFAULT_PROMPT_FORMAT), "aws:acme (eu-west-1)");
        assert_eq!(filled("{left, }{in region, }{profile}"), "in eu-west-1, acme");
        assert_eq!(filled("é{é profile é}{ left}{ mark }é"), "éé acme éé");
        assert_eq!(filled(""), "");
        // A word that is longer than a field's name is another word.
        assert_eq!(filled("{regions region1}"), "regions eu-west-11");
    }

    #[test]
    fn braces_are_doubled_and_values_are_not_read_again() {
        assert_eq!(filled("{{{profile}}}{class}"), "{acme}{mark}");
        assert_eq!(filled("}}{{"), "}{");
    }

    #[test]
    fn what_is_not_understood_is_told_and_left_out() {
        let (format, problems) = PromptFormat::parse("a{nothing}b{}c{profile region}d{profile profile}}e{left");
        assert_eq!(format.fill(|_| "x"), "abcde");
        let group = |text: &str| FormatProblem::NotOneField(text.to_owned());
        assert_eq!(
            problems,
            [
                group("nothing"),
                group(""),
                group("profile region"),
                group("profile profile"),
                FormatProblem::Unopened,
                FormatProblem::Unclosed
            ]
        );
        let told = "`{nothing}` must name one of profile, region, left, class, account, mark";
        assert_eq!(problems[0].to_string(), told);
        assert_eq!(PromptFormat::parse("{").1, [FormatProblem::Unclosed]);
    }

    #[test]
    fn which_fields_are_shown() {
        let format = PromptFormat::default();
        assert!(format.shows(Field::Left) && !format.shows(Field::Mark));
    }

    proptest::proptest! {
        /// Whatever stands there is taken apart, and shows nothing that is not in it or in the values.
        #[test]
        fn every_text_is_a_format(text in "([{}]|profile|left| |\\PC){0,12}") {
            let (format, problems) = PromptFormat::parse(&text);
            let filled = format.fill(|_| "");
            proptest::prop_assert!(filled.chars().all(|c| text.contains(c)));
            let braces = text.contains(['{', '}']);
            proptest::prop_assert!(problems.is_empty() || braces);
        }
    }
}
