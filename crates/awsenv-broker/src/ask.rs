//! Asking a person something that is not to be seen, on the terminal device.

use awsenv_core::credentials::Secret;
use awsenv_host::terminal::{Input, Terminal};
use zeroize::Zeroizing;

use crate::aws_error::clean;
use crate::error::{BrokerError, Result};

/// The most bytes of an answer; more are left out.
const LONGEST: usize = 128;

/// Shows `lines` and `prompt`, and reads one line that is not echoed. What `accept` refuses with a reason is asked for
/// again. `None`: there is no terminal.
///
/// What was typed before the question is thrown away. The terminal is put back as it was, whatever happens.
///
/// # Errors
/// The person stopped it (Ctrl-C, Ctrl-D), the process is asked to end, or the terminal is gone.
pub(crate) fn hidden(
    lines: &[String],
    prompt: &str,
    accept: impl Fn(&str) -> std::result::Result<String, &'static str>,
) -> Result<Option<Secret>> {
    let Ok(mut terminal) = Terminal::open() else { return Ok(None) };
    awsenv_host::process::end_with_parent();
    let gone = |_| BrokerError::new("terminal-gone", "the terminal went away while something was asked on it");
    terminal.enter("", "").map_err(gone)?;
    for line in lines {
        terminal.write(&format!("{}\r\n", clean(line))).map_err(gone)?;
    }
    let mut line = Line::default();
    loop {
        terminal.write(&format!("{}: ", clean(prompt))).map_err(gone)?;
        let end = read(&mut terminal, &mut line);
        // Also after Ctrl-C: what comes next starts on a line of its own.
        terminal.write("\r\n").map_err(gone)?;
        if end? == End::Stopped {
            return Err(BrokerError::new("interrupted", "stopped at the question for a code").interrupted());
        }
        match accept(&line.text) {
            Ok(answer) => return Ok(Some(Secret::new(answer))),
            Err(why) => terminal.write(&format!("{why}\r\n")).map_err(gone)?,
        }
        line = Line::default();
    }
}

fn read(terminal: &mut Terminal, line: &mut Line) -> Result<End> {
    let mut buffer = Zeroizing::new([0; LONGEST]);
    loop {
        match terminal.read(&mut buffer[..]) {
            Ok(Input::Bytes(count)) => {
                if let Some(end) = buffer[..count].iter().find_map(|byte| line.take(*byte)) {
                    return Ok(end);
                }
            }
            Ok(Input::Nothing) => {}
            Ok(Input::Ended) => return Ok(End::Stopped),
            Err(reason) => {
                return Err(BrokerError::new(
                    "terminal-gone",
                    format!("the terminal can't be read: {}", reason.kind()),
                ));
            }
        }
    }
}

/// How a line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// Enter.
    Entered,
    /// Ctrl-C, Ctrl-D at its start, or a signal.
    Stopped,
}

/// A line as it is typed on a raw terminal.
struct Line {
    text: Zeroizing<String>,
    escape: Escape,
}

/// Where in an escape sequence (an arrow key) the input is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Escape {
    No,
    Begun,
    Inside,
}

impl Default for Line {
    fn default() -> Self {
        // Room from the start, so that no half-grown copy of a secret stays behind.
        Self { text: Zeroizing::new(String::with_capacity(LONGEST)), escape: Escape::No }
    }
}

impl Line {
    fn take(&mut self, byte: u8) -> Option<End> {
        match (self.escape, byte) {
            (_, 0x03) => return Some(End::Stopped),
            (Escape::Begun, b'[' | b'O') => self.escape = Escape::Inside,
            (Escape::Inside, 0x20..=0x3f) => {}
            (Escape::Inside, _) | (Escape::Begun, 0x20..=0x7e) => self.escape = Escape::No,
            (_, 0x1b) => self.escape = Escape::Begun,
            (_, b'\r' | b'\n') => return Some(End::Entered),
            (_, 0x04) if self.text.is_empty() => return Some(End::Stopped),
            (_, 0x7f | 0x08) => {
                self.escape = Escape::No;
                self.text.pop();
            }
            // Ctrl-U and Ctrl-W begin anew.
            (_, 0x15 | 0x17) => self.text.clear(),
            (Escape::No, b' '..=b'~') if self.text.len() < LONGEST => self.text.push(char::from(byte)),
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(keys: &[u8]) -> (String, Option<End>) {
        let mut line = Line::default();
        let end = keys.iter().find_map(|byte| line.take(*byte));
        (line.text.to_string(), end)
    }

    #[test]
    fn a_line_is_edited_as_on_any_terminal() {
        for (keys, text) in [
            (&b"123456\r"[..], "123456"),
            (b"12\x7f\x7f\x7f3456\n", "3456"),
            (b"99\x15123456\r", "123456"),
            (b"1\x1b[D2\x1bOA3\x1b[1;5C4\r", "1234"),
            (b"\x1b[200~123456\x1b[201~\r", "123456"),
            (b"12\x1ba3\r", "123"),
            (b"\x00\x01\t1\xc3\xa42\r", "12"),
        ] {
            assert_eq!(typed(keys), (text.to_owned(), Some(End::Entered)), "{keys:?}");
        }
        assert_eq!(typed(b"123").1, None);
        assert_eq!(typed(&[b'1'; 1000]).0.len(), LONGEST);
    }

    #[test]
    fn it_can_be_stopped() {
        for keys in [&b"\x03"[..], b"123\x03", b"\x04", b"1\x7f\x04", b"\x1b\x03", b"\x1b[\x03"] {
            assert_eq!(typed(keys).1, Some(End::Stopped), "{keys:?}");
        }
        assert_eq!(typed(b"1\x042\r"), ("12".to_owned(), Some(End::Entered)));
    }
}
