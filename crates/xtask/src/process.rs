//! Other programs: found, run, and their output kept in the order in which it came.

use std::env;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::{Failure, Result};

/// What a program printed, both streams in order, and whether it ended with 0.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) ok: bool,
    pub(crate) output: String,
    pub(crate) line: String,
}

/// The command line as one would type it.
pub(crate) fn line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let mut line = program.display().to_string();
    for word in command.get_args() {
        line.push(' ');
        line.push_str(&word.to_string_lossy());
    }
    line
}

/// Runs a command without standard input; `echo` shows its output as it comes, too.
///
/// # Errors
/// It can't be started. A status that is not 0 is no error here: see [`Ran::ok`].
pub(crate) fn run(mut command: Command, echo: bool) -> Result<Ran> {
    let line = line(&command);
    let wrong = |error: std::io::Error| Failure::new(format!("{line}: {error}"));
    let (mut reader, writer) = std::io::pipe().map_err(wrong)?;
    let second = writer.try_clone().map_err(wrong)?;
    let mut child = command.stdin(Stdio::null()).stdout(writer).stderr(second).spawn().map_err(wrong)?;
    // The command holds the writing ends; the reader sees the end only when they are gone.
    drop(command);
    let mut bytes = Vec::new();
    let mut chunk = [0_u8; 8192];
    loop {
        let count = reader.read(&mut chunk).map_err(wrong)?;
        if count == 0 {
            break;
        }
        bytes.extend_from_slice(&chunk[..count]);
        if echo {
            let mut out = std::io::stdout().lock();
            out.write_all(&chunk[..count]).and_then(|()| out.flush()).map_err(wrong)?;
        }
    }
    let ok = child.wait().map_err(wrong)?.success();
    Ok(Ran { ok, output: String::from_utf8_lossy(&bytes).into_owned(), line })
}

/// Runs a command that has to succeed where a person sees what it prints, as it prints it.
///
/// # Errors
/// It can't be started, or its status is not 0.
pub(crate) fn shown(mut command: Command) -> Result<()> {
    let line = line(&command);
    let status = command.stdin(Stdio::null()).status();
    let status = status.map_err(|error| Failure::new(format!("{line}: {error}")))?;
    if status.success() { Ok(()) } else { Err(Failure::new(format!("{line} failed (output above)"))) }
}

/// Runs a command that has to succeed, and hands back what it printed on both streams.
///
/// # Errors
/// It can't be started, or its status is not 0; the error holds its output.
pub(crate) fn must(command: Command, echo: bool) -> Result<String> {
    let ran = run(command, echo)?;
    if ran.ok {
        return Ok(ran.output);
    }
    let shown = if echo { "(output above)" } else { ran.output.trim_end() };
    Err(Failure::new(format!("{} failed\n{shown}", ran.line)))
}

/// Runs a command that has to succeed, and hands back its standard output alone.
///
/// # Errors
/// It can't be started, or its status is not 0; the error holds its standard error.
pub(crate) fn stdout(mut command: Command) -> Result<String> {
    let line = line(&command);
    let output = command.stdin(Stdio::null()).output().map_err(|error| Failure::new(format!("{line}: {error}")))?;
    if !output.status.success() {
        return Err(Failure::new(format!("{line} failed\n{}", String::from_utf8_lossy(&output.stderr).trim_end())));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A command with its arguments.
pub(crate) fn command<'a>(program: impl AsRef<Path>, words: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new(program.as_ref());
    command.args(words);
    command
}

/// Where a program is on PATH.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|candidate| is_executable(candidate))
}

fn is_executable(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
    }
    #[cfg(not(unix))]
    path.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_both_streams_in_order_and_the_status() {
        let ran = run(command("sh", ["-c", "echo one; echo two >&2; echo three; exit 3"]), false).unwrap();
        assert_eq!((ran.ok, ran.output.as_str()), (false, "one\ntwo\nthree\n"));
    }

    #[test]
    fn a_failure_shows_what_the_program_said() {
        let failure = must(command("sh", ["-c", "echo the reason; exit 1"]), false).unwrap_err();
        assert!(failure.to_string().ends_with("failed\nthe reason"), "{failure}");
        assert!(must(command("awsenv-no-such-program", []), false).is_err());
    }
}
