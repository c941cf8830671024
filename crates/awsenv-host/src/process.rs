//! This process's parent, and becoming another program.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use awsenv_core::environment::Environment;
use zeroize::Zeroizing;

/// Becomes `program` with `args` and exactly `environment`; `program` is looked for on that environment's `PATH`.
///
/// On Unix this returns only when it fails: the new program has this process's id, terminal and signals. On Windows,
/// which can't, the program runs as a child and its exit status comes back.
///
/// The kind of the error tells a shell's 127 (`NotFound`) from its 126 (anything else).
pub fn exec(program: &OsStr, args: &[OsString], environment: &Environment) -> io::Result<i32> {
    let mut command = Command::new(program);
    command.args(args).env_clear().envs(environment.iter());
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        Err(command.exec())
    }
    #[cfg(not(unix))]
    {
        Ok(command.status()?.code().unwrap_or(1))
    }
}

/// Runs this very program once more, with exactly `environment` and `input` on its standard input, and returns what it
/// writes to standard output: for work that must come to its end even when this process is killed.
///
/// It is in a process group of its own, so that neither Ctrl-C nor the end of the terminal's foreground job reaches it.
/// `None`: it has not ended after `patience`; it goes on by itself. Its standard error goes nowhere.
///
/// # Errors
/// It can't be started: the program's file was replaced, the system has no room for a process.
pub fn run_again(
    environment: &Environment,
    input: Zeroizing<Vec<u8>>,
    patience: Duration,
) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let mut command = Command::new(std::env::current_exe()?);
    command.env_clear().envs(environment.iter());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        command.process_group(0);
    }
    let mut child = command.spawn()?;
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        // Room from the start, so that no half-grown copy of a secret stays behind.
        let mut output = Zeroizing::new(Vec::with_capacity(64 << 10));
        // Who has ended early has said what it has to say, and who is late is not waited for.
        let _ = child.stdin.take().map(|mut stdin| stdin.write_all(&input));
        let _ = child.stdout.take().map(|stdout| stdout.take(1 << 20).read_to_end(&mut output));
        let _ = child.wait();
        let _ = sender.send(output);
    });
    Ok(receiver.recv_timeout(patience).ok())
}

/// Makes this process leave no core dump and keeps other processes of the user from reading its memory: it holds
/// secrets. Where the system has no such switch (anything but Linux), its limits decide.
pub fn forbid_core_dumps() {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        // It can only fail on a kernel without the switch.
        let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
    }
}

/// Whether the process `pid` is there and does nothing until somebody continues it: stopped by Ctrl-Z or SIGSTOP, or
/// held by a debugger. False where it can't be told.
pub fn is_stopped(pid: u32) -> bool {
    state(pid).is_some_and(|state| matches!(state, 'T' | 't'))
}

/// The letter of a process's state.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn state(pid: u32) -> Option<char> {
    // `1234 (name) S …`, where the name may hold anything.
    let stat = std::fs::read(format!("/proc/{pid}/stat")).ok()?;
    let end = stat.iter().rposition(|byte| *byte == b')')?;
    stat[end + 1..].trim_ascii_start().first().map(|byte| char::from(*byte))
}

#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
fn state(pid: u32) -> Option<char> {
    let output = Command::new("/bin/ps")
        .args(["-o", "state=", "-p", &pid.to_string()])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    output.ok()?.stdout.trim_ascii().first().map(|byte| char::from(*byte))
}

#[cfg(not(unix))]
fn state(_: u32) -> Option<char> {
    None
}

/// Asks the system to send this process a SIGTERM when the one that started it ends, so that it does not go on asking on
/// its own. Where the system has no such switch (anything but Linux), it goes on to its end.
pub fn end_with_parent() {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        // It can only fail on a kernel without the switch.
        let _ = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::TERM));
    }
}

/// The names of the program that started this one (`bash`, `busybox`), without folder and a login shell's dash, the
/// surest first: the program's file, then what the process calls itself. A script run as `./deploy` is its interpreter
/// by the first and `deploy` by the second; xonsh is a Python by the first and `xonsh` by the second.
///
/// From `/proc` on Linux (no process is started), from `ps` on macOS and the BSDs. Empty where it can't be told, and on
/// Windows, where std has no way to ask: there the hook, or `--shell`, says which shell it is.
///
/// Each is looked up only when it is asked for.
pub fn parent_process_names() -> impl Iterator<Item = String> {
    #[cfg(unix)]
    {
        names_of(std::os::unix::process::parent_id())
    }
    #[cfg(not(unix))]
    {
        std::iter::empty()
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn names_of(pid: u32) -> impl Iterator<Item = String> {
    [name_of_file, name_of_process].into_iter().filter_map(move |name| name(pid))
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn name_of_file(pid: u32) -> Option<String> {
    use std::os::unix::ffi::OsStrExt;
    let path = std::fs::read_link(format!("/proc/{pid}/exe")).ok()?;
    let path = path.as_os_str().as_bytes();
    // A program that was updated while it ran.
    program_name(path.strip_suffix(b" (deleted)").unwrap_or(path))
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn name_of_process(pid: u32) -> Option<String> {
    let comm = std::fs::read(format!("/proc/{pid}/comm")).ok()?;
    program_name(comm.strip_suffix(b"\n").unwrap_or(&comm))
}

#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
fn names_of(pid: u32) -> impl Iterator<Item = String> {
    let output = Command::new("/bin/ps")
        .args(["-o", "comm=", "-p", &pid.to_string()])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    output.ok().and_then(|output| program_name(output.stdout.trim_ascii())).into_iter()
}

/// `-/bin/bash`, `/bin/bash` and `bash` are all `bash`.
#[cfg(unix)]
fn program_name(path: &[u8]) -> Option<String> {
    let name = path.rsplit(|byte| *byte == b'/').next()?;
    let name = std::str::from_utf8(name.strip_prefix(b"-").unwrap_or(name)).ok()?;
    Some(name.to_owned()).filter(|name| !name.is_empty())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn folder_and_dash_are_left_out() {
        for (path, expected) in
            [("bash", "bash"), ("-bash", "bash"), ("/bin/bash", "bash"), ("-/usr/bin/zsh", "zsh"), ("a b", "a b")]
        {
            assert_eq!(program_name(path.as_bytes()).as_deref(), Some(expected));
        }
        for path in [&b""[..], b"/bin/", b"-", b"\xff"] {
            assert_eq!(program_name(path), None);
        }
    }

    #[test]
    fn a_process_is_seen_to_be_stopped() {
        let mut child = Command::new("sleep").arg("600").spawn().unwrap();
        let pid = rustix::process::Pid::from_child(&child);
        let until = |expected| {
            for _ in 0..1000 {
                if is_stopped(child.id()) == expected {
                    return true;
                }
                std::thread::sleep(Duration::from_millis(10));
            }
            false
        };
        let mut seen = vec![until(false)];
        for (signal, expected) in [(rustix::process::Signal::STOP, true), (rustix::process::Signal::CONT, false)] {
            rustix::process::kill_process(pid, signal).unwrap();
            seen.push(until(expected));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(seen, [true, true, true]);
        assert!(!is_stopped(std::process::id()) && !is_stopped(u32::MAX));
    }

    #[test]
    fn no_such_process_has_no_name() {
        assert_eq!(names_of(0).count(), 0);
        assert_eq!(names_of(u32::MAX).count(), 0);
    }
}
