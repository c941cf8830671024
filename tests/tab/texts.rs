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

/// The exact texts, in a file that a reader can look at and a diff shows: the script as the hook has it, and the answers
/// for the hostile corpus. `AWSENV_BLESS=1` writes it anew.
#[test]
fn powershells_is_as_in_its_golden_file() {
    let mut names: Vec<String> = corpus::sample().into_iter().map(|name| name.trim().to_owned()).collect();
    names.retain(|name| !name.is_empty());
    let home = Home::new().credentials(names.iter().map(|name| format!("[{name}]\n")).collect::<String>());
    let mut text = completion::script(Shell::Powershell, "/a b/it's", "sw").unwrap().unwrap();
    for request in [&["words", "1", "--", "awsenv", "e"][..], &["profiles"], &["assigned"]] {
        let mut command = home.command(env!("CARGO_BIN_EXE_awsenv"));
        let answer = command.args(["__complete", "powershell"]).args(request).output().expect("awsenv starts").stdout;
        text.push_str(&format!("\n## {}\n{}", request.join(" "), String::from_utf8(answer).expect("text")));
    }
    let text = text.replace('\u{1f}', " | ");
    let file = tools::workspace_root().join("tests/tab/golden/powershell.txt");
    if std::env::var_os("AWSENV_BLESS").is_some() {
        std::fs::create_dir_all(file.parent().expect("it is in a folder")).expect("a folder in the workspace");
        std::fs::write(&file, &text).expect("a file in the workspace");
    }
    let golden = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(text, golden, "set AWSENV_BLESS=1, run again and look at the difference");
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
