//! The program's life: started without a shell, read with limits, and ended where it doesn't end itself.

use std::io::{self, IsTerminal, Read};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::{CredentialProcessError as Error, GUARD_VARIABLE, LARGEST_ANSWER, Request};
use crate::wiped::WipedBytes;

/// The shortest and the longest pause between two looks at the program.
const PAUSES: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(50));

/// How long is read on after the program's end while something it left behind (an agent) keeps its output open.
const AFTER_THE_END: Duration = Duration::from_millis(500);

/// Runs `words` and returns what it wrote to its standard output.
pub(super) fn capture(
    words: &[String],
    program: &str,
    request: &Request<'_>,
    guard: &str,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let system = |reason| Error::System { program: program.to_owned(), reason };
    let deadline = Deadline { start: Instant::now(), limit: request.limit };
    let mut child =
        start(words, request, guard).map_err(|reason| Error::Start { program: program.to_owned(), reason })?;
    let output = child.output().ok_or_else(|| system(io::ErrorKind::BrokenPipe.into()))?;
    let pieces = read_aside(output).map_err(system)?;

    let mut answer = WipedBytes::default();
    let mut ended: Option<Instant> = None;
    let mut pause = PAUSES.0;
    loop {
        match pieces.recv_timeout(pause) {
            Ok(Ok(piece)) => answer.push(&piece),
            Ok(Err(reason)) => return Err(system(reason)),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => pause = (pause * 2).min(PAUSES.1),
        }
        if answer.len() > LARGEST_ANSWER {
            return Err(Error::TooLong { program: program.to_owned() });
        }
        if ended.is_none() && child.try_wait().map_err(system)?.is_some() {
            ended = Some(Instant::now());
        }
        if ended.is_some_and(|ended| ended.elapsed() > AFTER_THE_END) {
            break;
        }
        deadline.check(program)?;
    }
    let status = wait(&mut child, &deadline, program)?;
    if status.success() { Ok(answer.into_bytes()) } else { Err(Error::Failed { program: program.to_owned(), status }) }
}

fn start(words: &[String], request: &Request<'_>, guard: &str) -> io::Result<Running> {
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).env_clear().envs(request.environment.iter()).env(GUARD_VARIABLE, guard);
    let attended = request.limit.is_none();
    command.stdin(if attended && io::stdin().is_terminal() { Stdio::inherit() } else { Stdio::null() });
    command.stdout(Stdio::piped()).stderr(Stdio::inherit());
    #[cfg(unix)]
    if !attended {
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
    }
    Ok(Running { child: command.spawn()?, own_group: !attended, status: None })
}

/// A thread reads, since the one who waits must be able to stop waiting.
///
/// It ends with the output, or with the first piece that nobody takes any more.
fn read_aside(mut output: ChildStdout) -> io::Result<mpsc::Receiver<io::Result<Zeroizing<Vec<u8>>>>> {
    let (sender, receiver) = mpsc::sync_channel(16);
    std::thread::Builder::new().name("credential_process".into()).spawn(move || {
        let mut buffer = Zeroizing::new([0; 16 * 1024]);
        loop {
            let piece = match output.read(&mut buffer[..]) {
                Ok(0) => break,
                Ok(length) => Ok(Zeroizing::new(buffer[..length].to_vec())),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(error),
            };
            if sender.send(piece).is_err() {
                break;
            }
        }
    })?;
    Ok(receiver)
}

/// Waits for the end of a program that has closed its output.
fn wait(child: &mut Running, deadline: &Deadline, program: &str) -> Result<ExitStatus, Error> {
    let system = |reason| Error::System { program: program.to_owned(), reason };
    if deadline.limit.is_none() {
        return child.wait().map_err(system);
    }
    let mut pause = PAUSES.0;
    loop {
        if let Some(status) = child.try_wait().map_err(system)? {
            return Ok(status);
        }
        deadline.check(program)?;
        std::thread::sleep(pause);
        pause = (pause * 2).min(PAUSES.1);
    }
}

struct Deadline {
    start: Instant,
    limit: Option<Duration>,
}

impl Deadline {
    fn check(&self, program: &str) -> Result<(), Error> {
        match self.limit {
            Some(limit) if self.start.elapsed() >= limit => Err(Error::TimedOut { program: program.to_owned(), limit }),
            _ => Ok(()),
        }
    }
}

/// A program that was started here, and that is ended when it is no longer waited for.
struct Running {
    child: Child,
    #[cfg_attr(not(unix), expect(dead_code, reason = "process groups are Unix's"))]
    own_group: bool,
    status: Option<ExitStatus>,
}

impl Running {
    fn output(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    fn try_wait(&mut self) -> io::Result<Option<ExitStatus>> {
        if self.status.is_none() {
            self.status = self.child.try_wait()?;
        }
        Ok(self.status)
    }

    fn wait(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait()?;
        self.status = Some(status);
        Ok(status)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.status.is_some() {
            return;
        }
        // In the group that is ours, too, only the program itself is ended; what it started notices its closed pipe.
        #[cfg(unix)]
        if self.own_group {
            let group = rustix::process::Pid::from_child(&self.child);
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
