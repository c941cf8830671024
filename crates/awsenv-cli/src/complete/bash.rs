//! bash: what replaces the text before the cursor.
//!
//! bash inserts candidates raw, and what it replaces is only the part of the word behind the last of `COMP_WORDBREAKS`
//! or behind an open quote (its `$2`). So each candidate is rendered to stand at that place, in that quote: what is left
//! of the name is escaped, and an open quote is closed. Whatever beginning several candidates share, readline may
//! insert that alone; every such beginning is again one that [`super::lexer`] reads rightly.

use super::answer::Candidate;
use super::lexer::{self, Quote};

/// The command line before the cursor.
#[derive(Debug)]
pub(super) struct Line {
    words: Vec<String>,
    /// What stands before the replaced part of the last word, quotes taken off.
    head: String,
    quote: Quote,
    /// Whether `head` holds something that bash expands: then nothing can be said about the word.
    expands: bool,
}

impl Line {
    /// Reads `line`, of which bash is going to replace `tail`, its end.
    pub(super) fn read(line: &str, tail: &str) -> Option<Self> {
        let before = line.strip_suffix(tail)?;
        let words = lexer::words(line);
        let last = words.last()?;
        // The head of the same word, unless the tail is the whole of it.
        let head = lexer::words(before).pop().filter(|head| head.start <= last.start);
        let (head, quote, literal) = match head {
            Some(head) if head.start == last.start || head.text.is_empty() => (head.text, head.quote, head.literal),
            _ => (String::new(), Quote::None, true),
        };
        let words = words.into_iter().map(|word| word.text).collect();
        Some(Self { words, head, quote, expands: !literal })
    }

    /// Its words, quotes taken off; the last is the one to complete.
    pub(super) fn words(&self) -> &[String] {
        &self.words
    }

    /// What has been typed of the last word, quotes taken off.
    pub(super) fn typed(&self) -> &str {
        self.words.last().map_or("", String::as_str)
    }

    /// The lines for `COMPREPLY`: each of `candidates` behind `prefix`, as it has to replace the tail.
    pub(super) fn render(&self, prefix: &str, candidates: &[Candidate]) -> String {
        let mut text = String::new();
        if self.expands {
            return text;
        }
        for candidate in candidates {
            let skipped = self.head.len().saturating_sub(prefix.len());
            // A head that ends inside the prefix leaves some of the prefix to be written.
            let rest_of_prefix = prefix.get(self.head.len()..).unwrap_or_default();
            if let Some(rest) = candidate.value.get(skipped..) {
                insertion(rest_of_prefix, rest, self.quote, &mut text);
                text.push('\n');
            }
        }
        text
    }
}

fn insertion(prefix: &str, rest: &str, quote: Quote, out: &mut String) {
    let characters = || prefix.chars().chain(rest.chars());
    match quote {
        Quote::None => {
            for character in characters() {
                if needs_backslash(character) {
                    out.push('\\');
                }
                out.push(character);
            }
        }
        Quote::Single | Quote::Dollar => {
            // readline takes a candidate that begins with the open quote for one that brings it along.
            if characters().next().is_none_or(|first| first == '\'' && quote == Quote::Single) {
                out.push('\'');
            }
            for character in characters() {
                match (quote, character) {
                    (Quote::Single, '\'') => out.push_str("'\\''"),
                    (Quote::Dollar, '\'' | '\\') => out.extend(['\\', character]),
                    _ => out.push(character),
                }
            }
            out.push('\'');
        }
        Quote::Double => {
            if characters().next().is_none_or(|first| first == '!') {
                out.push('"');
            }
            for character in characters() {
                match character {
                    '$' | '`' | '"' | '\\' => out.extend(['\\', character]),
                    // History expansion works in double quotes, and a backslash before it stays.
                    '!' => out.push_str("\"'!'\""),
                    _ => out.push(character),
                }
            }
            out.push('"');
        }
    }
}

fn needs_backslash(character: char) -> bool {
    character.is_ascii()
        && !character.is_ascii_alphanumeric()
        && !matches!(character, '_' | '-' | '.' | '/' | ':' | '=' | '+' | '@' | '%' | ',')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line after TAB, for the one candidate `name`.
    fn completed(line: &str, tail: &str, name: &str) -> String {
        let candidates = [Candidate::new(name)];
        let text = Line::read(line, tail).unwrap().render("", &candidates);
        let insertion = text.lines().next().unwrap();
        let before = line.strip_suffix(tail).unwrap();
        // As readline does.
        match before.chars().last() {
            Some(open @ ('\'' | '"')) if insertion.starts_with(open) => {
                format!("{}{insertion}", &before[..before.len() - 1])
            }
            _ => format!("{before}{insertion}"),
        }
    }

    #[test]
    fn the_name_arrives_whatever_was_typed_before() {
        let cases = [
            ("awsenv use a", "a", "a b"),
            ("awsenv use ", "", "$(touch x)"),
            ("awsenv use ", "", "~x"),
            ("awsenv use e:c", "c", "e:c d:'e"),
            ("awsenv use e:", "", "e:~;"),
            ("awsenv use 'a", "a", "a'b !c"),
            ("awsenv use '", "", "'b"),
            ("awsenv use '", "", "''"),
            ("awsenv use 'a", "a", "a"),
            ("awsenv use 'a'", "", "ab c"),
            ("awsenv use \"a", "a", "a!b\"c$d`e\\"),
            ("awsenv use \"", "", "!a"),
            ("awsenv use \"", "", "\""),
            ("awsenv use \"a\"'b", "b", "ab'c"),
            ("awsenv use a\\ b", "a\\ b", "a b\tc"),
            ("awsenv use a\\", "a\\", "abc"),
            ("awsenv use a*", "a*", "a*b"),
            ("awsenv use $'", "", "'\\x"),
        ];
        for (line, tail, name) in cases {
            let completed = completed(line, tail, name);
            let words = lexer::words(&completed);
            let last = words.last().unwrap();
            assert_eq!(
                (last.text.as_str(), last.quote, last.literal),
                (name, Quote::None, true),
                "{line} → {completed}"
            );
            assert_eq!(words.len(), 3, "{line} → {completed}");
        }
    }

    #[test]
    fn every_shared_beginning_can_be_completed_again() {
        let name = "a b'c\\d!e\"f$(g)";
        for open in ["", "'", "\""] {
            let line = format!("awsenv use {open}a");
            let whole = completed(&line, "a", name);
            for (at, _) in whole.char_indices().filter(|(at, _)| *at >= line.len()) {
                let shared = &whole[..at];
                let word = lexer::words(shared).pop().unwrap();
                assert!(name.starts_with(&word.text) && word.literal, "{shared} → {}", word.text);
            }
        }
    }

    #[test]
    fn nothing_is_said_about_what_expands() {
        for (line, tail) in [("awsenv use a$(b", "b"), ("awsenv use *:c", "c"), ("awsenv use \"$x", "$x")] {
            let line = Line::read(line, tail).unwrap();
            let said = line.render("", &[Candidate::new("a$(b)"), Candidate::new("*:c"), Candidate::new("$x")]);
            assert!(line.expands == said.is_empty(), "{said}");
        }
    }

    #[test]
    fn a_prefix_stands_before_the_name() {
        let line = Line::read("export AWS_PROFILE=cl", "cl").unwrap();
        assert_eq!(line.render("AWS_PROFILE=", &[Candidate::new("cl 1")]), "cl\\ 1\n");
        let line = Line::read("export AWS_PROFILE=cl", "AWS_PROFILE=cl").unwrap();
        assert_eq!(line.render("AWS_PROFILE=", &[Candidate::new("cl 1")]), "AWS_PROFILE=cl\\ 1\n");
        let line = Line::read("export AWS_PROFILE=e:c", "c").unwrap();
        assert_eq!(line.render("AWS_PROFILE=", &[Candidate::new("e:cl")]), "cl\n");
    }
}
