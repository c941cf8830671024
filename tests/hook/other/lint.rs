//! The texts read by the shells that they are for, without running them.

use std::path::Path;
use std::process::Command;

use awsenv_testkit::home::Home;
use awsenv_testkit::shells::RealShell;
use awsenv_testkit::tools;

use super::home;

/// Reads `file` as the shell does before it runs anything.
fn reader(shell: RealShell, program: &Path, home: &Home, file: &str) -> Command {
    let mut command = home.command(program);
    match shell {
        RealShell::Fish => command.args(["--no-execute", file]),
        RealShell::Elvish => command.args(["-compileonly", file]),
        RealShell::Tcsh => command.args(["-f", "-n", file]),
        RealShell::Nu => command.args(["-n", "--ide-check", "100", file]),
        other => panic!("{} has its own linter", other.label()),
    };
    command
}

/// A start-up text whose last line does not end fails in every one of these shells; the whole does not.
fn check(shell: RealShell, program: &Path) {
    let home = home();
    let init = home.command("awsenv").args(["init", shell.name(), "--prompt"]).output().unwrap();
    let mut text = String::from_utf8(init.stdout).unwrap();
    // What these ask for later. What the others do is whole, or is read as what it is below.
    let later: &[&[&str]] = match shell {
        RealShell::Fish | RealShell::Tcsh => &[&["core"], &["script", "awsenv"]],
        _ => &[],
    };
    for request in later {
        let rest = home.command("awsenv").args(["__complete", shell.name()]).args(*request).output().unwrap();
        text.push_str(&String::from_utf8(rest.stdout).unwrap());
    }
    for (name, text, whole) in [("whole", text.as_str(), true), ("broken", &format!("{text}\n(\n{{ '"), false)] {
        std::fs::write(home.join(name), text).unwrap();
        let output = reader(shell, program, &home, name).output().unwrap();
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let complains = !output.status.success() || said.contains("\"severity\":\"Error\"");
        assert_eq!(complains, !whole, "{}: {said}", shell.label());
    }
}

mod reads {
    awsenv_testkit::in_every_shell!(super::check, fish = Fish, elvish = Elvish, nu = Nu, tcsh = Tcsh);
}

/// elvish's texts are in quotes above; here they are read as what they are.
#[test]
fn elvish_compiles_what_is_quoted() {
    let Some(elvish) = tools::require("elvish", "the hook's files compile") else { return };
    let folder = tools::workspace_root().join("shell/elvish");
    let read = |file: &str| std::fs::read_to_string(folder.join(file)).unwrap();
    let options = "var __awsenv_binary = a\nvar __awsenv_prompt_binary = a\nvar __awsenv_in_prompt = yes\n";
    // Without an editor there is no `edit:`.
    let editor = "var prompt = { }\nvar before-readline = []\nfn add-var {|name value| }\n";
    let home = home().file(".local/share/elvish/lib/edit.elv", editor);
    for (file, text) in [
        ("hook.elv", format!("{options}{}", read("hook.elv"))),
        ("interactive.elv", format!("use edit\nvar hook = [&]\nvar command = x\n{}", read("interactive.elv"))),
    ] {
        std::fs::write(home.join(file), text).unwrap();
        let output = home.command(&elvish).args(["-compileonly", file]).output().unwrap();
        assert!(output.status.success(), "{file}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// xonsh's is Python alone, which Python's own parser reads.
#[test]
fn python_reads_xonshs() {
    let Some(python) = tools::require("python", "xonsh's hook is Python") else { return };
    let home = home();
    let init = home.command("awsenv").args(["init", "xonsh", "--prompt"]).output().unwrap();
    std::fs::write(home.join("hook.py"), init.stdout).unwrap();
    let output = home.command(python).args(["-W", "error", "-m", "py_compile", "hook.py"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
