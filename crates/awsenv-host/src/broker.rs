//! `awsenv-broker`, run: one request on its standard input, one answer on its standard output
//! ([`awsenv_core::broker`]).
//!
//! The program is handed long-term keys. So it is looked for beside awsenv itself or at the absolute path of the
//! settings, never on `PATH`, and not started where somebody else could have put another in its place.

mod answer;
mod error;
mod place;

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use awsenv_core::broker::Request;
use zeroize::Zeroizing;

use crate::interrupt::Interrupts;
use crate::wiped::WipedBytes;

pub use answer::{Answer, read_answer};
pub use error::BrokerError;
pub use place::find;

/// The most that the broker may answer, in bytes. Real answers have about two thousand.
pub const LARGEST_ANSWER: u64 = 1 << 20;

/// Runs the broker at `program` ([`find`]) and returns its answer. What it warns of is in the answer, and with an error
/// beside it.
///
/// Its standard error and its environment are this process's. It is waited for as long as it takes: its own calls have
/// limits, and a person may be asked. Ctrl-C is the broker's to obey, since it may have to put the terminal back; this
/// process goes on when the broker has ended.
///
/// # Errors
/// [`BrokerError::Failed`] is the broker's own failure in words; anything else means that there was no answer.
pub fn run(program: &Path, request: &Request) -> Result<Answer, BrokerError> {
    let mut text = WipedBytes::default();
    // A request is plain structs, and a buffer takes every byte; paths that are not UTF-8 are what can't be written.
    serde_json::to_writer(&mut text, request)
        .map_err(|_| BrokerError::System { reason: io::Error::other("a path or name is not UTF-8") })?;
    let interrupts = Interrupts::hold_keys().map_err(|reason| BrokerError::System { reason })?;
    let talked = talk(program, &text.into_bytes());
    if interrupts.asked() {
        return Err(BrokerError::Interrupted);
    }
    let (bytes, status) = talked?;
    if bytes.len() as u64 > LARGEST_ANSWER {
        return Err(BrokerError::TooLong);
    }
    if bytes.is_empty() {
        return Err(BrokerError::Ended { status });
    }
    read_answer(&bytes, crate::clock::now())
}

fn talk(program: &Path, request: &[u8]) -> Result<(Zeroizing<Vec<u8>>, ExitStatus), BrokerError> {
    let system = |reason| BrokerError::System { reason };
    let start = |reason| BrokerError::Start { path: program.to_owned(), reason };
    let mut child = Command::new(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .map(Running)
        .map_err(start)?;
    if let Some(mut input) = child.0.stdin.take() {
        // One that has gone away says so by its status.
        match input.write_all(request) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(system(error)),
            _ => {}
        }
    }
    let mut answer = WipedBytes::default();
    if let Some(output) = child.0.stdout.take() {
        let mut output = output.take(LARGEST_ANSWER + 1);
        let mut piece = Zeroizing::new([0; 16 * 1024]);
        loop {
            match output.read(&mut piece[..]) {
                Ok(0) => break,
                Ok(length) => answer.push(&piece[..length]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(system(error)),
            }
        }
    }
    let answer = answer.into_bytes();
    if answer.len() as u64 > LARGEST_ANSWER {
        // It still writes; what holds it is dropped and ends it.
        return Err(BrokerError::TooLong);
    }
    let status = child.0.wait().map_err(system)?;
    Ok((answer, status))
}

/// The broker, ended where nobody waits for it any more.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // What has been waited for is gone already.
        if !matches!(self.0.try_wait(), Ok(Some(_))) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }
}

#[cfg(all(test, unix))]
mod tests;
