//! PowerShell, which runs nowhere here: its snippets by tree-sitter's grammar of the language.

use std::io::Write as _;
use std::process::Stdio;

use awsenv_core::change::EnvChange;
use awsenv_shell::{Shell, render_change, render_failure};
use awsenv_testkit::home::Home;
use awsenv_testkit::{corpus, tools};
use serde_json::{Value, json};

use crate::common;

/// What tests/shells/powershell.py says about each text; `None` where Python is missing.
fn described(texts: &[String], test: &str) -> Option<Vec<Value>> {
    let python = tools::require("python", test)?;
    let home = Home::new();
    let mut command = home.command(python);
    command.arg(tools::workspace_root().join("tests/shells/powershell.py"));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(json!(texts).to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "tests/shells/powershell.py failed");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn values_are_what_the_grammar_reads() {
    let values: Vec<String> = corpus::values().into_iter().filter(|value| !value.is_empty()).collect();
    let mut change = EnvChange::new();
    for (number, value) in values.iter().enumerate() {
        change.set(&format!("AWS_VALUE_{number}"), value).unwrap();
    }
    change.unset("AWS_PROFILE").unwrap();
    let snippet = render_change(Shell::Powershell, &change).unwrap().expose().to_owned();
    assert!(snippet.is_ascii());
    let Some(described) = described(&[snippet], "PowerShell values") else { return };
    // One command: the script block that is called.
    assert_eq!((&described[0]["valid"], &described[0]["commands"]), (&json!(true), &json!(1)));
    let seen = described[0]["values"].as_object().unwrap();
    assert_eq!(seen.len(), change.len());
    assert_eq!(seen["AWS_PROFILE"], Value::Null);
    for (number, value) in values.iter().enumerate() {
        assert_eq!(seen[&format!("AWS_VALUE_{number}")], json!(value));
    }
}

#[test]
fn a_text_that_is_cut_off_is_no_powershell() {
    let snippet = render_change(Shell::Powershell, &common::change()).unwrap().expose().to_owned();
    let cuts: Vec<String> = (1..snippet.len()).map(|length| snippet[..length].to_owned()).collect();
    let Some(described) = described(&cuts, "PowerShell cuts") else { return };
    for (cut, described) in cuts.iter().zip(described) {
        assert_eq!(described["valid"], json!(false), "{cut}");
    }
}

#[test]
fn a_failure_is_a_throw() {
    let texts = [render_failure(Shell::Powershell, "'; Remove-Item x #")];
    let Some(described) = described(&texts, "PowerShell failure") else { return };
    assert_eq!(described[0], json!({"valid": true, "commands": 0, "values": {}}));
}
