//! PowerShell and cmd, which run nowhere here: what is said to them, and PowerShell's by tree-sitter's grammar.

use std::io::Write as _;
use std::process::Stdio;

use awsenv_shell::{InitError, InitOptions, Shell, init_script};
use awsenv_testkit::tools;

use super::home;

const OPTIONS: InitOptions<'_> = InitOptions {
    binary: r"C:\Program Files\it's\awsenv.exe",
    prompt_binary: r"C:\Program Files\it's\awsenv-prompt.exe",
    command: "aws_env",
    prompt: false,
};

#[test]
fn the_grammar_reads_powershells() {
    let text = init_script(Shell::Powershell, &InitOptions { prompt: true, ..OPTIONS }).unwrap();
    assert!(text.starts_with("$global:__awsenv_binary = 'C:\\Program Files\\it''s\\awsenv.exe'\n"), "{text}");
    assert!(text.contains("\nfunction global:aws_env {\n"), "{text}");
    let Some(python) = tools::require("python", "PowerShell's hook parses") else { return };
    let home = home();
    let mut command = home.command(python);
    command.arg(tools::workspace_root().join("tests/shells/powershell.py"));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let texts = serde_json::json!([text, format!("{text}\nfunction {{")]);
    child.stdin.take().unwrap().write_all(texts.to_string().as_bytes()).unwrap();
    let said: serde_json::Value = serde_json::from_slice(&child.wait_with_output().unwrap().stdout).unwrap();
    assert_eq!((&said[0]["valid"], &said[1]["valid"]), (&true.into(), &false.into()));
}

#[test]
fn cmd_gets_a_macro() {
    let text = init_script(Shell::Cmd, &OPTIONS).unwrap();
    let switch = r#"(for /f "delims=" %i in ('""C:\Program Files\it's\awsenv.exe" $* --shell cmd"') do @%i)"#;
    let back = r#"("C:\Program Files\it's\awsenv.exe" $* --shell cmd)"#;
    let line = format!(
        "doskey aws_env=if /i \"$1\"==\"use\" {switch} else if /i \"$1\"==\"clear\" {switch} \
         else if /i \"$1\"==\"back\" {back} else \"{}\" $*\n",
        OPTIONS.binary
    );
    assert_eq!(text, line);
    let dollar = init_script(Shell::Cmd, &InitOptions { binary: r"C:\a$b\awsenv.exe", ..OPTIONS });
    assert!(matches!(dollar, Err(InitError::Render(_))), "{dollar:?}");
    let prompt = init_script(Shell::Cmd, &InitOptions { prompt: true, ..OPTIONS });
    assert_eq!(prompt, Err(InitError::NoPrompt { shell: Shell::Cmd }));
}

#[test]
fn cmd_is_told_that_it_has_no_back() {
    let output = home().command("awsenv").args(["back", "--shell", "cmd"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cmd can't remember"), "{output:?}");
}
