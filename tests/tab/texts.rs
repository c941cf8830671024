//! The scripts and the answers as texts: what no shell here can run, and what only a list can hold.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::Stdio;

use awsenv_shell::{Shell, completion};
use awsenv_testkit::home::Home;
use awsenv_testkit::{corpus, tools};
use serde_json::{Value, json};

/// The words between `PATTERN@(` and `)@` in tcsh's script.
fn listed(pattern: &str) -> BTreeSet<String> {
    let script = completion::text(Shell::Tcsh).expect("tcsh completes");
    let (_, rest) = script.split_once(&format!("'{pattern}@(")).unwrap_or_else(|| panic!("no {pattern}"));
    let (list, _) = rest.split_once(")@").expect("the list ends");
    list.split(' ').map(str::to_owned).collect()
}

/// tcsh can't ask for words with what awsenv answers, so its script has them.
#[test]
fn what_tcsh_lists_is_what_there_is() {
    let command = awsenv_cli::command();
    let shown = || command.get_subcommands().filter(|command| !command.is_hide_set());
    let commands: BTreeSet<String> = shown().map(|command| command.get_name().to_owned()).collect();
    assert_eq!(listed("p@1"), commands);
    let arguments = || shown().flat_map(clap::Command::get_arguments).filter(|argument| !argument.is_hide_set());
    let mut options: BTreeSet<String> = arguments().filter_map(|a| a.get_long()).map(str::to_owned).collect();
    options.extend(["help", "version"].map(str::to_owned));
    assert_eq!(listed("c@--"), options);
    let values = |option: &str| -> BTreeSet<String> {
        let argument = arguments().find(|argument| argument.get_long() == Some(option)).expect("there is that option");
        argument.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect()
    };
    for option in ["as", "embed", "format"] {
        assert_eq!(listed(&format!("n@--{option}")), values(option), "{option}");
    }
    assert_eq!(listed("n@{--shell,completions,init}"), values("shell"));
}

/// What tests/shells/powershell.py says about each text; `None` where Python is missing.
fn described(texts: &[String]) -> Option<Vec<Value>> {
    let python = tools::require("python", "PowerShell's completion")?;
    let home = Home::new();
    let mut command = home.command(python);
    command.arg(tools::workspace_root().join("tests/shells/powershell.py"));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("python starts");
    child.stdin.take().expect("a pipe").write_all(json!(texts).to_string().as_bytes()).expect("python reads");
    let output = child.wait_with_output().expect("python ends");
    assert!(output.status.success(), "tests/shells/powershell.py failed");
    Some(serde_json::from_slice(&output.stdout).expect("JSON"))
}

/// PowerShell is not run: its grammar reads the script, and each word as the name that it stands for.
#[test]
fn powershell_reads_the_names() {
    // The grammar does not know that typographic quotes are doubled, too.
    let names: Vec<String> = corpus::sample()
        .into_iter()
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty() && !name.contains(['‘', '’', '‚', '‛']))
        .collect();
    let credentials: String = names.iter().map(|name| format!("[{name}]\n")).collect();
    let home = Home::new().credentials(credentials);
    let mut command = home.command(env!("CARGO_BIN_EXE_awsenv"));
    let answer = command.args(["__complete", "powershell", "assigned"]).output().expect("awsenv starts").stdout;
    let answer = String::from_utf8(answer).expect("text");
    let answer: Vec<Vec<&str>> = answer.lines().map(|line| line.split('\u{1f}').collect()).collect();
    assert!(answer.len() > 40, "{}", answer.len());
    let mut texts = vec![completion::script(Shell::Powershell, "/a b/it's", "sw").unwrap().unwrap()];
    let quoted = || answer.iter().filter(|columns| columns[0].starts_with('\''));
    texts.extend(quoted().map(|columns| format!("$env:NAME = {}", columns[0])));
    let Some(described) = described(&texts) else { return };
    assert_eq!(described[0]["valid"], json!(true));
    for (columns, described) in quoted().zip(&described[1..]) {
        assert_eq!(*described, json!({"valid": true, "commands": 0, "values": {"NAME": columns[1]}}));
    }
    // What is not quoted is a plain word.
    for columns in answer.iter().filter(|columns| !columns[0].starts_with('\'')) {
        let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:".contains(c);
        assert!(columns[0].chars().all(plain) && columns[0] == columns[1], "{columns:?}");
    }
}

/// The shells' own linters read the scripts.
#[test]
fn the_scripts_are_read_without_complaint() {
    let folder = tools::workspace_root().join("completions");
    for (shell, arguments, file) in [
        ("bash", vec!["-n"], "awsenv.bash"),
        ("zsh", vec!["-n"], "awsenv.zsh"),
        ("fish", vec!["--no-execute"], "awsenv.fish"),
        ("yash", vec!["-n"], "awsenv.yash"),
        ("tcsh", vec!["-n"], "awsenv.tcsh"),
    ] {
        let Some(program) = tools::require(shell, module_path!()) else { continue };
        let output = Home::new().command(program).args(arguments).arg(folder.join(file)).output().expect("it starts");
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && complaint.is_empty(), "{shell}: {complaint}");
    }
}
