//! Python with botocore.

use std::io::Write;
use std::process::Stdio;

use awsenv_testkit::home::Home;
use awsenv_testkit::tools;
use serde_json::Value;

/// What the program `script` of this folder answers to `input`; `None` where there is no Python with botocore, which a
/// test in CI does not get away with.
pub(crate) fn ask(test: &str, script: &str, input: &Value) -> Option<Value> {
    ask_in(&Home::new(), test, script, input)
}

/// The same in a home with its environment.
pub(crate) fn ask_in(home: &Home, test: &str, script: &str, input: &Value) -> Option<Value> {
    let python = tools::require("python", test)?;
    let path = tools::workspace_root().join("tests/network/machine").join(script);
    let mut child = home
        .command(python)
        .arg(path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let text = input.to_string();
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}
