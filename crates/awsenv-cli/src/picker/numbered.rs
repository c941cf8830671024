//! The picker on a terminal that can only print line after line: a numbered list, and a line for an answer.

use std::fmt::Write;
use std::io;

use awsenv_host::terminal::{Terminal, read_line};

use super::details::{Describer, Details};
use super::rank::Ranking;
use super::text::harmless;

/// How many names are listed at once.
const LISTED: usize = 20;

/// The name that is picked; `None`: cancelled.
pub(super) fn run(
    terminal: &mut Terminal,
    ranking: &Ranking<'_>,
    describer: &Describer<'_>,
) -> io::Result<Option<String>> {
    let names: Vec<&str> = ranking.names().collect();
    let mut choice: Vec<&str> = names.clone();
    let mut say = String::new();
    loop {
        choice.truncate(LISTED);
        terminal.write(&say)?;
        terminal.write(&list(&choice, |name| describer.describe(name)))?;
        let hidden = names.len() - choice.len();
        let more = if hidden > 0 { format!(" ({hidden} more are not shown)") } else { String::new() };
        terminal.write(&format!("A number, or a part of a name{more}; Ctrl-C leaves everything as it is: "))?;
        let Some(answer) = read_line(terminal)? else {
            terminal.write("\n")?;
            return Ok(None);
        };
        match meaning(&names, &choice, &answer) {
            Meaning::One(name) => {
                terminal.write(&format!("{}\n", harmless(name)))?;
                return Ok(Some(name.to_owned()));
            }
            Meaning::Several(several) => {
                say = format!("{} profiles have that in their names:\n", several.len());
                choice = several;
            }
            Meaning::NumberAndName => {
                say = "that is a number here and the name of another profile: type `awsenv use` with that name, or \
                       another number\n"
                    .to_owned();
            }
            Meaning::Nothing => {
                say = "no profile is called so:\n".to_owned();
                choice.clone_from(&names);
            }
            Meaning::Empty => say.clear(),
        }
    }
}

/// What an answer can mean.
#[derive(Debug, PartialEq, Eq)]
enum Meaning<'a> {
    One(&'a str),
    Several(Vec<&'a str>),
    NumberAndName,
    Nothing,
    Empty,
}

/// The number of a listed name, else a name exactly, else a part of one name, in either case. Never a guess.
fn meaning<'a>(names: &[&'a str], listed: &[&'a str], answer: &str) -> Meaning<'a> {
    let answer = answer.trim();
    if answer.is_empty() {
        return Meaning::Empty;
    }
    let digits = answer.bytes().all(|byte| byte.is_ascii_digit());
    let number: Option<usize> = answer.parse().ok().filter(|_| digits);
    let numbered = number.and_then(|number| listed.get(number.checked_sub(1)?)).copied();
    let exact = names.iter().find(|name| name.trim() == answer).copied();
    match (numbered, exact) {
        (Some(a), Some(b)) if a != b => return Meaning::NumberAndName,
        (Some(name), _) | (None, Some(name)) => return Meaning::One(name),
        (None, None) => {}
    }
    let part = answer.to_lowercase();
    let several: Vec<&str> = names.iter().filter(|name| name.to_lowercase().contains(&part)).copied().collect();
    match several[..] {
        [] => Meaning::Nothing,
        [name] => Meaning::One(name),
        _ => Meaning::Several(several),
    }
}

fn list(names: &[&str], describe: impl Fn(&str) -> Details) -> String {
    let mut text = String::new();
    for (index, name) in names.iter().enumerate() {
        // Writing to a String can't fail.
        let _ = write!(text, "{:3}  {}", index + 1, harmless(name));
        for cell in describe(name).cells.iter().filter(|cell| !cell.is_empty()) {
            let _ = write!(text, "  {}", harmless(cell));
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 7] = ["client1-dev", "client1-prod", "Other", "2", "prod", "é", " padded "];

    fn means(answer: &str) -> Meaning<'static> {
        meaning(&NAMES, &NAMES[..3], answer)
    }

    #[test]
    fn a_number_a_name_or_a_part_that_only_one_has() {
        for (answer, name) in [
            ("1\n", "client1-dev"),
            (" 3 ", "Other"),
            ("03", "Other"),
            ("client1-prod", "client1-prod"),
            // Exactly a name, though a part of another.
            ("prod", "prod"),
            ("oth", "Other"),
            ("1-D", "client1-dev"),
            ("É", "é"),
            ("padded", " padded "),
        ] {
            assert_eq!(means(answer), Meaning::One(name), "{answer:?}");
        }
    }

    #[test]
    fn never_a_guess() {
        assert_eq!(means("client"), Meaning::Several(vec!["client1-dev", "client1-prod"]));
        assert_eq!(means("2"), Meaning::NumberAndName);
        assert_eq!(means("4"), Meaning::Nothing);
        assert_eq!(means("0"), Meaning::Nothing);
        assert_eq!(means("-1"), Meaning::Nothing);
        assert_eq!(means("+1"), Meaning::Nothing);
        assert_eq!(means("99999999999999999999999"), Meaning::Nothing);
        assert_eq!(means("nobody"), Meaning::Nothing);
        assert_eq!(means(" \n"), Meaning::Empty);
    }
}
