//! Real programs as `credential_process`: good ones, and every bad habit there is.
#![cfg(unix)]

mod again;

use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;

use again::{Guarded, again, part, plain_environment, until};
use awsenv_core::credentials::Credentials;
use awsenv_core::environment::Environment;
use awsenv_host::credential_process::{CredentialProcessError, GUARD_VARIABLE, Request, run};
use awsenv_host::environment::capture;

const ANSWER: &str =
    r#"{"Version": 1, "AccessKeyId": "ASIAX", "SecretAccessKey": "canary-s", "SessionToken": "canary-t"}"#;

fn run_with(
    command: &str,
    environment: &Environment,
    limit: Option<u64>,
) -> Result<Credentials, CredentialProcessError> {
    let result = run(&Request { command, profile: "a", environment, limit: limit.map(Duration::from_millis) });
    if let Err(error) = &result {
        assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
    }
    result
}

/// Runs a shell script. Its text stands in the command, so a canary in it must not be in an error either.
fn script(text: &str, limit: Option<u64>) -> Result<Credentials, CredentialProcessError> {
    run_with(&format!("sh -c '{text}'"), &plain_environment(), limit)
}

fn code(text: &str, limit: Option<u64>) -> &'static str {
    script(text, limit).expect_err(text).code()
}

/// The number that a script wrote into a file.
fn pid(path: &Path) -> i32 {
    until("a process id", || std::fs::read_to_string(path).ok()?.strip_suffix('\n')?.parse().ok())
}

fn process(pid: i32) -> rustix::process::Pid {
    rustix::process::Pid::from_raw(pid).unwrap()
}

/// Whether the process is there; one that is dead and not yet reaped by its parent isn't.
fn lives(pid: i32) -> bool {
    match std::fs::read_to_string(format!("/proc/{pid}/stat")) {
        Ok(stat) => !stat.rsplit(") ").next().unwrap_or_default().starts_with('Z'),
        // Linux has a /proc; elsewhere nobody hides the dead.
        Err(_) => !cfg!(target_os = "linux") && rustix::process::test_kill_process(process(pid)).is_ok(),
    }
}

#[test]
fn a_good_program() {
    for limit in [None, Some(60_000)] {
        let command = format!("printf '\\n%s\\r\\n' '{ANSWER}'");
        let credentials = run_with(&command, &plain_environment(), limit).unwrap();
        assert_eq!(credentials.access_key_id, "ASIAX");
        assert_eq!(credentials.secret_access_key.expose(), "canary-s");
    }
}

#[test]
fn words_reach_the_program_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("a program");
    let out = folder.path().join("out");
    std::fs::write(&program, format!("#!/bin/sh\nprintf '%s\\n' \"$@\" > '{}'\necho '{ANSWER}'\n", out.display()))
        .unwrap();
    std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let command = format!("'{}' ~ $HOME \"a  b\" 'c\"d' e\\ f '' `id` ; * &", program.display());
    run_with(&command, &plain_environment(), None).unwrap();
    let words = std::fs::read_to_string(out).unwrap();
    assert_eq!(words.lines().collect::<Vec<_>>(), ["~", "$HOME", "a  b", "c\"d", "e f", "", "`id`", ";", "*", "&"]);
}

#[test]
fn the_environment_is_the_one_given_and_the_guard() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("env");
    let environment = [("PATH", "/bin:/usr/bin"), ("X", "1")].into_iter().collect();
    run_with(&format!("sh -c 'env > {}; echo \"$1\"' sh '{ANSWER}'", out.display()), &environment, None).unwrap();
    let written = std::fs::read_to_string(out).unwrap();
    let names = written.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name);
    let mut names = names.filter(|name| !["PWD", "SHLVL", "_", "OLDPWD"].contains(name)).collect::<Vec<_>>();
    names.sort_unstable();
    assert_eq!(names, ["PATH", "X", GUARD_VARIABLE]);
}

#[test]
fn a_failure_names_the_program_and_its_status_only() {
    let error = script("echo canary; exit 3", None).unwrap_err();
    assert_eq!(error.to_string(), "credential_process `sh` failed (exit status: 3)");
    assert_eq!(error.code(), "credential-process-failed");
    assert_eq!(code("kill -9 $$", None), "credential-process-failed");
    // A good answer of a program that failed is no good answer.
    assert!(script(&format!("echo {}; exit 1", ANSWER.replace('"', "\\\"")), None).is_err());
}

#[test]
fn garbage_is_refused() {
    for text in ["", "echo canary", "echo {}", "printf \"\\\\0\"", "echo \"[1]\"", "head -c 100000 /dev/urandom"] {
        assert_eq!(code(text, None), "credential-process-output", "{text}");
    }
}

#[test]
fn a_program_that_cannot_be_started() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let environment = plain_environment();
    for (command, code, hinted) in [
        ("no-such-program-anywhere --key canary", "credential-process-not-found", false),
        ("/no/such/program canary", "credential-process-not-found", false),
        ("~/bin/program", "credential-process-not-found", true),
        ("TOKEN=canary program", "credential-process-not-found", true),
        (file.to_str().unwrap(), "credential-process-failed", false),
        (folder.path().to_str().unwrap(), "credential-process-failed", false),
        ("'unbalanced canary", "credential-process-syntax", false),
        ("", "credential-process-syntax", false),
    ] {
        let error = run_with(command, &environment, None).unwrap_err();
        assert_eq!((error.code(), error.hint().is_some()), (code, hinted), "{command}: {error}");
    }
}

#[test]
fn what_hangs_is_ended_with_all_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pid");
    for text in [
        format!("sleep 600 & echo $! > {}; wait", file.display()),
        // Its output is closed, and still it doesn't end.
        format!("echo $$ > {}; exec >&-; sleep 600; :", file.display()),
        format!("trap \"\" TERM INT HUP; echo $$ > {}; while :; do sleep 600; done", file.display()),
    ] {
        assert_eq!(code(&text, Some(300)), "credential-process-timeout", "{text}");
        let pid = pid(&file);
        until("its end", || (!lives(pid)).then_some(()));
        std::fs::remove_file(&file).unwrap();
    }
}

#[test]
fn a_flood_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pid");
    for limit in [None, Some(60_000)] {
        let text = format!("echo $$ > {}; while :; do echo canary canary canary canary; done", file.display());
        assert_eq!(code(&text, limit), "credential-process-output");
        let pid = pid(&file);
        until("its end", || (!lives(pid)).then_some(()));
        std::fs::remove_file(&file).unwrap();
    }
    // One that never ends its line, faster than anything could be printed.
    let error = run_with("cat /dev/zero", &plain_environment(), None).unwrap_err();
    assert_eq!(error.to_string(), "credential_process `cat` answered more than 1048576 bytes");
}

#[test]
fn an_agent_that_it_leaves_behind_holds_nothing_up() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pid");
    for limit in [None, Some(60_000)] {
        let command = format!("sh -c 'sleep 600 & echo $! > {}; echo \"$1\"' sh '{ANSWER}'", file.display());
        run_with(&command, &plain_environment(), limit).unwrap();
        let pid = pid(&file);
        assert!(lives(pid), "an agent may stay");
        rustix::process::kill_process(process(pid), rustix::process::Signal::KILL).unwrap();
        std::fs::remove_file(&file).unwrap();
    }
}

/// What is piped into awsenv is not the program's to read.
#[test]
fn standard_input_that_is_no_terminal_is_not_handed_on() {
    let name = "standard_input_that_is_no_terminal_is_not_handed_on";
    if let Some((limit, folder)) = part() {
        let command = format!("sh -c 'cat > {}/read; echo \"$1\"' sh '{ANSWER}'", folder.display());
        run_with(&command, &plain_environment(), limit.parse().ok()).unwrap();
        return;
    }
    for limit in ["none", "60000"] {
        let folder = tempfile::tempdir().unwrap();
        let mut command = again(name, limit, folder.path());
        command.stdin(std::process::Stdio::piped());
        let mut child = Guarded::spawn(command);
        let mut input = child.0.stdin.take().unwrap();
        input.write_all(b"canary\n").unwrap();
        let status = until("an end while the pipe stays open", || child.0.try_wait().unwrap());
        assert!(status.success());
        assert_eq!(std::fs::read(folder.path().join("read")).unwrap(), b"");
    }
}

#[test]
fn a_program_that_asks_for_its_own_profile_is_stopped() {
    let name = "a_program_that_asks_for_its_own_profile_is_stopped";
    if let Some((profile, folder)) = part() {
        // This is the program, and asks for a profile whose program asks for `a` again.
        let command = command_line(&again(name, "a", &folder));
        let request = Request { command: &command, profile: &profile, environment: &capture(), limit: None };
        let line = format!("{profile} {}\n", run(&request).unwrap_err().code());
        let log = std::fs::OpenOptions::new().append(true).create(true).open(folder.join("log"));
        return log.unwrap().write_all(line.as_bytes()).unwrap();
    }
    for (asked_for, expected) in
        [("a", "a credential-process-loop\n"), ("b", "a credential-process-loop\nb credential-process-output\n")]
    {
        let folder = tempfile::tempdir().unwrap();
        let command = command_line(&again(name, asked_for, folder.path()));
        // A test's report is no JSON.
        assert_eq!(run_with(&command, &plain_environment(), None).unwrap_err().code(), "credential-process-output");
        assert_eq!(std::fs::read_to_string(folder.path().join("log")).unwrap(), expected);
    }
}

/// A command as a `credential_process`.
fn command_line(command: &std::process::Command) -> String {
    let variables = command.get_envs().filter_map(|(name, value)| Some((name.to_str()?, value?.to_str()?)));
    let mut words = vec!["env".to_owned()];
    words.extend(variables.map(|(name, value)| format!("{name}={value}")));
    let program = std::iter::once(command.get_program()).chain(command.get_args());
    words.extend(program.map(|word| word.to_str().unwrap().to_owned()));
    words.iter().map(|word| format!("'{word}' ")).collect()
}

/// At a terminal, a person can answer the program and can end it.
#[test]
fn at_a_terminal() {
    if let Some((part, folder)) = part() {
        let command = match part.as_str() {
            "answer" => {
                format!("sh -c 'read line; echo \"$line\" > {}/line; echo \"$1\"' sh '{ANSWER}'", folder.display())
            }
            _ => format!("sh -c 'echo $$ > {}/pid; sleep 600; :'", folder.display()),
        };
        run_with(&command, &plain_environment(), None).unwrap();
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (mut child, mut keys) = on_terminal("answer", folder.path());
    keys.write_all(b"typed\r").unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(std::fs::read_to_string(folder.path().join("line")).unwrap(), "typed\n");

    let (mut child, mut keys) = on_terminal("hang", folder.path());
    let pid = pid(&folder.path().join("pid"));
    assert!(lives(pid));
    keys.write_all(b"\x03").unwrap();
    assert!(!child.wait().unwrap().success());
    until("the program's end", || (!lives(pid)).then_some(()));
}

type Keyboard = Box<dyn Write + Send>;

fn on_terminal(part: &str, folder: &Path) -> (Box<dyn portable_pty::Child + Send + Sync>, Keyboard) {
    let pair = portable_pty::native_pty_system().openpty(portable_pty::PtySize::default()).unwrap();
    let again = again("at_a_terminal", part, folder);
    let mut command = portable_pty::CommandBuilder::new(again.get_program());
    command.args(again.get_args());
    for (name, value) in again.get_envs() {
        command.env(name, value.unwrap());
    }
    let child = pair.slave.spawn_command(command).unwrap();
    let keyboard = pair.master.take_writer().unwrap();
    // Somebody has to read what it shows, or it waits for that.
    let mut screen = pair.master.try_clone_reader().unwrap();
    std::thread::spawn(move || {
        let _master = pair.master;
        let mut buffer = [0; 4096];
        while screen.read(&mut buffer).is_ok_and(|length| length > 0) {}
    });
    (child, keyboard)
}
