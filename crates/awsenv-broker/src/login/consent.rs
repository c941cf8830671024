//! Whether a person wants to log in now.

use awsenv_host::terminal::{Input, Terminal};

use super::cancelled;
use crate::error::{BrokerError, Result};
use crate::sources::sso::Session;

/// Asks on the terminal device; `false` where there is none. One key answers; what was typed before the question is
/// thrown away.
///
/// # Errors
/// The person stopped it (Ctrl-C, Ctrl-D), the process is asked to end, or the terminal went away.
pub(super) fn asked(session: &Session<'_>, why: &str) -> Result<bool> {
    let Ok(mut terminal) = Terminal::open() else { return Ok(false) };
    awsenv_host::process::end_with_parent();
    let gone = |_| BrokerError::new("terminal-gone", "the terminal went away while something was asked on it");
    terminal.enter("", "").map_err(gone)?;
    terminal.write(&format!("{why}\r\nlog in to {} now? [Y/n] ", session.name())).map_err(gone)?;
    let mut key = [0];
    loop {
        let answer = match terminal.read(&mut key).map_err(gone)? {
            Input::Nothing => continue,
            Input::Bytes(_) => Answer::of(key[0]),
            Input::Ended => Some(Answer::Stop),
        };
        let Some(answer) = answer else { continue };
        terminal.write(answer.shown()).map_err(gone)?;
        return match answer {
            Answer::Yes => Ok(true),
            Answer::No => Ok(false),
            Answer::Stop => Err(cancelled()),
        };
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Yes,
    No,
    Stop,
}

impl Answer {
    /// What a key means: Enter is what stands in capitals.
    fn of(key: u8) -> Option<Self> {
        match key {
            b'y' | b'Y' | b'\r' | b'\n' => Some(Self::Yes),
            b'n' | b'N' => Some(Self::No),
            0x03 | 0x04 | 0x1c => Some(Self::Stop),
            _ => None,
        }
    }

    fn shown(self) -> &'static str {
        match self {
            Self::Yes => "y\r\n",
            Self::No => "n\r\n",
            Self::Stop => "\r\n",
        }
    }
}
