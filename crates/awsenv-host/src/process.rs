//! This process's parent, and becoming another program.

use std::ffi::{OsStr, OsString};
use std::io;
use std::process::Command;

use awsenv_core::environment::Environment;

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

/// The name of the program that started this one (`bash`, `busybox`), without folder and a login shell's dash.
///
/// From `/proc` on Linux (no process is started), from `ps` on macOS and the BSDs. `None` where it can't be told, and
/// on Windows, where std has no way to ask: there the hook, or `--shell`, says which shell it is.
pub fn parent_process_name() -> Option<String> {
    #[cfg(unix)]
    {
        name_of(std::os::unix::process::parent_id())
    }
    #[cfg(not(unix))]
    {
        None
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn name_of(pid: u32) -> Option<String> {
    /// The kernel keeps this many bytes of a name.
    const LONGEST_COMM: usize = 15;
    let comm = std::fs::read(format!("/proc/{pid}/comm")).ok()?;
    let comm = comm.strip_suffix(b"\n").unwrap_or(&comm);
    if comm.len() >= LONGEST_COMM
        // A name that was cut is the start of the program's or of its first argument's, whichever was run.
        && let Some(whole) = std::fs::read(format!("/proc/{pid}/cmdline")).ok().and_then(|line| {
            line.split(|byte| *byte == 0).take(2).filter_map(program_name).find(|name| name.as_bytes().starts_with(comm))
        })
    {
        return Some(whole);
    }
    program_name(comm)
}

#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
fn name_of(pid: u32) -> Option<String> {
    let output = Command::new("/bin/ps")
        .args(["-o", "comm=", "-p", &pid.to_string()])
        .stdin(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .output()
        .ok()?;
    program_name(output.stdout.trim_ascii())
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
    fn no_such_process_has_no_name() {
        assert_eq!(name_of(0), None);
        assert_eq!(name_of(u32::MAX), None);
    }
}
