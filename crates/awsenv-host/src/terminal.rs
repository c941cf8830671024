//! The terminal that a person sits at, whatever the standard streams are: opened by its own name, put back as it was.
//!
//! What it shows and what is typed there never touches standard input or output, which belong to pipes.

#[cfg(not(unix))]
mod elsewhere;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
pub use elsewhere::{Terminal, restore};
#[cfg(unix)]
pub use unix::{Terminal, restore};

/// Rows and columns of characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Lines.
    pub rows: usize,
    /// Characters in a line.
    pub columns: usize,
}

/// What was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// So many bytes.
    Bytes(usize),
    /// Nothing for a while (a tenth of a second at most).
    Nothing,
    /// Nothing will come any more: the end of input, a terminal that went away, or a signal that asks this process to
    /// end (SIGINT, SIGTERM, SIGHUP, SIGQUIT).
    Ended,
}

/// The longest line that is read, in bytes: more than a terminal takes for one.
const LONGEST_LINE: usize = 64 * 1024;

/// A line that a person types, with its end; `None`: there will be none (Ctrl-C, or the terminal is gone). What is not
/// UTF-8 is replaced.
pub fn read_line(terminal: &mut Terminal) -> std::io::Result<Option<String>> {
    let mut line = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        match terminal.read(&mut buffer)? {
            Input::Bytes(count) => line.extend_from_slice(&buffer[..count]),
            Input::Nothing => {}
            Input::Ended => return Ok(None),
        }
        if line.last() == Some(&b'\n') {
            return Ok(Some(String::from_utf8_lossy(&line).into_owned()));
        }
        if line.len() > LONGEST_LINE {
            return Ok(None);
        }
    }
}
