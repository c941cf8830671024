//! The parent's name, and becoming another program.
#![cfg(unix)]

mod again;

use std::path::Path;
use std::process::Command;

use again::{again, part, plain_environment};
use awsenv_host::process::{exec, parent_process_names};

/// What this binary says its parent is called when `shell` (a path, and arguments before the script) starts it.
fn seen_by_child_of(shell: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let child = again("the_parent_is_named", "child", folder.path());
    let mut command = Command::new(shell[0]);
    // What follows keeps the shell from replacing itself with its last command.
    command.args(&shell[1..]).args(["-c", "\"$@\"; status=$?; exit $status", "sh"]);
    command.arg(child.get_program()).args(child.get_args());
    command.envs(child.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.stdout(std::process::Stdio::null());
    assert!(command.status().unwrap().success());
    std::fs::read_to_string(folder.path().join("name")).unwrap()
}

/// The same for a script with a `#!` line.
fn seen_by_child_of_script(script: &Path) -> String {
    let folder = tempfile::tempdir().unwrap();
    let child = again("the_parent_is_named", "child", folder.path());
    let quoted = |word: &std::ffi::OsStr| format!("'{}'", word.to_str().unwrap());
    let words: Vec<String> = std::iter::once(child.get_program()).chain(child.get_args()).map(quoted).collect();
    let mut command = Command::new(script);
    command.args(["-c", &format!("{} ; exit $?", words.join(" "))]);
    command.envs(child.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.stdout(std::process::Stdio::null());
    assert!(command.status().unwrap().success());
    std::fs::read_to_string(folder.path().join("name")).unwrap()
}

#[test]
fn the_parent_is_named() {
    if let Some((_, folder)) = part() {
        return std::fs::write(folder.join("name"), parent_process_names().collect::<Vec<_>>().join(" ")).unwrap();
    }
    let shell = std::fs::canonicalize("/bin/sh").unwrap();
    let file = shell.file_name().unwrap().to_str().unwrap();
    assert_eq!(seen_by_child_of(&["/bin/sh"]), format!("{file} sh"));
    let folder = tempfile::tempdir().unwrap();
    for name in ["zsh", "fifteen-letters"] {
        let copy = folder.path().join(name);
        std::fs::copy(&shell, &copy).unwrap();
        assert_eq!(seen_by_child_of(&[copy.to_str().unwrap()]), format!("{name} {name}"));
    }
    // A script is called by its own name, and is its interpreter all the same.
    let script = folder.path().join("deploy");
    std::fs::write(&script, "#!/bin/sh\nshift; eval \"$1\"\n").unwrap();
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    assert!(seen_by_child_of_script(&script).starts_with(&format!("{file} deploy")));
    if Path::new("/bin/busybox").exists() {
        assert!(seen_by_child_of(&["/bin/busybox", "sh"]).starts_with("busybox "));
    }
}

#[test]
fn exec_becomes_the_program_with_exactly_the_environment() {
    if let Some((part, folder)) = part() {
        let mut environment: awsenv_core::environment::Environment = [("PATH", "/bin:/usr/bin")].into_iter().collect();
        environment.set("VALUE", " a'b\"$c ");
        let script = format!("env > {}/env; echo $$ > {0}/pid; exit 7", folder.display());
        let program = if part == "exec" { "sh" } else { "no-such-program" };
        let error = exec(program.as_ref(), &["-c".into(), script.into()], &environment).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let name = "exec_becomes_the_program_with_exactly_the_environment";
    let mut child = again(name, "exec", folder.path()).spawn().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(7));
    assert_eq!(std::fs::read_to_string(folder.path().join("pid")).unwrap().trim(), child.id().to_string());
    let written = std::fs::read_to_string(folder.path().join("env")).unwrap();
    let own = |line: &&str| !["PWD=", "SHLVL=", "_=", "OLDPWD="].iter().any(|shells| line.starts_with(shells));
    let mut lines = written.lines().filter(own).collect::<Vec<_>>();
    lines.sort_unstable();
    assert_eq!(lines, ["PATH=/bin:/usr/bin", "VALUE= a'b\"$c "]);
    assert!(again(name, "missing", folder.path()).status().unwrap().success());
}

#[test]
fn exec_tells_not_found_from_not_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let kind = |program: &Path| exec(program.as_os_str(), &[], &plain_environment()).unwrap_err().kind();
    assert_eq!(kind(&folder.path().join("missing")), std::io::ErrorKind::NotFound);
    assert_eq!(kind(&file), std::io::ErrorKind::PermissionDenied);
    assert_eq!(kind(folder.path()), std::io::ErrorKind::PermissionDenied);
}
