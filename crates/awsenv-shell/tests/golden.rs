//! The exact text for every shell, beside the hostile corpus, in files that a reader can look at and a diff shows.
//!
//! `AWSENV_BLESS=1 cargo test -p awsenv-shell --test golden` writes them anew.
#![allow(clippy::disallowed_methods, reason = "AWSENV_BLESS is for this test alone")]

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use awsenv_core::change::EnvChange;
use awsenv_shell::{Shell, evaluation_form, quote, render_change, render_failure};
use awsenv_testkit::corpus;

fn text(shell: Shell) -> String {
    let mut text = format!("evaluate: {}\n", evaluation_form(shell, "awsenv use client1"));
    let _ = writeln!(text, "failure: {}", render_failure(shell, "no profile `a\"b\\`\u{1b}"));
    for value in corpus::sample() {
        let quoted = quote(shell, &value).unwrap_or_else(|error| format!("({error})"));
        let mut change = EnvChange::new();
        change.set("A", &value).unwrap();
        change.unset("B").unwrap();
        let snippet = match render_change(shell, &change) {
            Ok(snippet) => snippet.expose().to_owned(),
            Err(error) => format!("({error})"),
        };
        let _ = writeln!(text, "\nvalue: {value}\nquote: {quoted}\n{}", snippet.escape_unprintable());
    }
    text
}

/// Shows the one control character that a snippet may hold (tcsh's delimiter).
trait EscapeUnprintable {
    fn escape_unprintable(&self) -> String;
}

impl EscapeUnprintable for String {
    fn escape_unprintable(&self) -> String {
        self.replace('\u{1}', "<U+0001>")
    }
}

#[test]
fn every_shell_is_as_in_its_golden_file() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut differ = Vec::new();
    for shell in Shell::ALL {
        let file = folder.join(format!("{shell}.txt"));
        let text = text(shell);
        if env::var_os("AWSENV_BLESS").is_some() {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&file, text).unwrap();
        } else if fs::read_to_string(&file).unwrap_or_default() != text {
            differ.push(file);
        }
    }
    assert!(differ.is_empty(), "set AWSENV_BLESS=1, run again and look at the difference: {differ:?}");
}
