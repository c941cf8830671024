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
