//! Candidates as text, in the form that each shell's script takes apart without evaluating anything.

use std::fmt::Write;

use awsenv_shell::Shell;

/// Between the columns of a line: no name has it, since names with control characters are not offered.
const SEPARATOR: char = '\u{1f}';

/// What a word can become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// The word, unquoted; no line break.
    pub(crate) value: String,
    /// What it is, in a few words; empty where nothing is known.
    pub(crate) description: String,
}

impl Candidate {
    /// Without a description.
    pub(crate) fn new(value: &str) -> Self {
        Self { value: value.to_owned(), description: String::new() }
    }

    /// With one: its first line, without characters that could steer a terminal.
    pub(crate) fn described(mut self, description: &str) -> Self {
        let line = description.lines().next().unwrap_or_default();
        self.description = line.chars().filter(|c| !c.is_control()).collect();
        self
    }
}

/// The text for `shell`'s script.
pub(super) fn render(shell: Shell, candidates: &[Candidate]) -> String {
    let mut text = String::with_capacity(candidates.len() * 24 + 16);
    match shell {
        Shell::Zsh | Shell::Yash => sections(candidates, &mut text),
        // fish ends a value at the first tab, and leaves a `~` at its beginning unquoted: these can't be said.
        Shell::Fish => {
            let said = |candidate: &&Candidate| !candidate.value.contains('\t') && !candidate.value.starts_with('~');
            for Candidate { value, description } in candidates.iter().filter(said) {
                let _ = writeln!(text, "{value}\t{description}");
            }
        }
        // tcsh cuts an element of a list at a `=`, as if it were a variable, and leaves a `~` at its beginning unquoted.
        Shell::Tcsh => {
            let said = |candidate: &&Candidate| !candidate.value.contains('=') && !candidate.value.starts_with('~');
            for candidate in candidates.iter().filter(said) {
                text.push_str(&candidate.value);
                text.push('\n');
            }
        }
        _ => {
            for Candidate { value, description } in candidates {
                if let Some(word) = quoted(shell, value) {
                    let _ = writeln!(text, "{word}{SEPARATOR}{value}{SEPARATOR}{description}");
                }
            }
        }
    }
    text
}

/// `plain` or `described`, then the values, then as many descriptions: a script takes whole columns, not line by line.
fn sections(candidates: &[Candidate], out: &mut String) {
    let described = candidates.iter().any(|candidate| !candidate.description.is_empty());
    out.push_str(if described { "described\n" } else { "plain\n" });
    for candidate in candidates {
        out.push_str(&candidate.value);
        out.push('\n');
    }
    if described {
        for Candidate { value, description } in candidates {
            let value: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            let separator = if description.is_empty() { "" } else { "  -- " };
            let _ = writeln!(out, "{value}{separator}{description}");
        }
    }
}

/// The word as it has to be inserted; where the shell quotes by itself, as it is. `None` where it can't be said.
fn quoted(shell: Shell, value: &str) -> Option<String> {
    let plain = |more: &str| {
        !value.is_empty() && value.chars().all(|c| c.is_ascii_alphanumeric() || "_-./".contains(c) || more.contains(c))
    };
    Some(match shell {
        Shell::Nu if !plain(":") || looks_like_a_value_of_nu(value) => {
            let mut text = String::from("\"");
            for character in value.chars() {
                match character {
                    '"' | '\\' => text.extend(['\\', character]),
                    '\t' => text.push_str("\\t"),
                    _ => text.push(character),
                }
            }
            text.push('"');
            text
        }
        Shell::Xonsh if !plain(":") || matches!(value, "and" | "or") => python_literal(value),
        Shell::Powershell if !plain(":") || value.starts_with(['-', '.']) => {
            let mut text = String::from("'");
            for character in value.chars() {
                text.push(character);
                // PowerShell takes typographic quotes for its own.
                if matches!(character, '\'' | '\u{2018}'..='\u{201b}') {
                    text.push(character);
                }
            }
            text.push('\'');
            text
        }
        _ => value.to_owned(),
    })
}

/// Whether nu would read the bare word as a number, a date, a range or another value and write it down differently.
fn looks_like_a_value_of_nu(value: &str) -> bool {
    value.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+'))
        || matches!(value, "true" | "false" | "null" | "nan" | "inf" | "infinity")
        || value.contains("..")
}

/// xonsh expands variables and `~` in strings, but not in raw ones; what no raw string can say is an expression.
fn python_literal(value: &str) -> String {
    let raw = !value.ends_with('\\') && !value.contains('\t');
    if let Some(quote) = ['\'', '"'].into_iter().find(|quote| raw && !value.contains(*quote)) {
        return format!("r{quote}{value}{quote}");
    }
    let mut text = String::from("@('");
    for character in value.chars() {
        match character {
            '\'' | '\\' => text.extend(['\\', character]),
            '\t' => text.push_str("\\t"),
            _ => text.push(character),
        }
    }
    text.push_str("')");
    text
}
