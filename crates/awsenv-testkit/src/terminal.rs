//! A pseudo-terminal with an interactive program in it, seen as a person sees it.
//!
//! Tests match the rendered screen, never the bytes: an interactive shell redraws, beeps and moves about while it
//! echoes. Every wait is bounded.

use std::ffi::{OsStr, OsString};
use std::io::{Read as _, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How long a wait lasts before it fails: far more than any shell needs, so that only a hang or a bug ends it.
const PATIENCE: Duration = Duration::from_secs(30);
/// Rows of the screen.
const ROWS: NonZeroU16 = NonZeroU16::new(50).unwrap();
/// Columns of the screen; wide enough that a command line does not wrap.
const COLUMNS: NonZeroU16 = NonZeroU16::new(200).unwrap();

/// An interactive program on a terminal of 50 rows and 200 columns. Killed when dropped.
pub struct Terminal {
    screen: Arc<Mutex<vt100::Parser>>,
    input: Arc<Mutex<Box<dyn Write + Send>>>,
    bytes: Arc<Mutex<Vec<u8>>>,
    child: Box<dyn Child + Send + Sync>,
    // Closing it would hang up the child.
    master: Box<dyn MasterPty + Send>,
}

impl Terminal {
    /// Starts `program` with these arguments, in `folder`, with these variables and no others (`TERM` is set).
    pub fn start(
        program: &Path,
        arguments: &[&str],
        folder: &Path,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Self {
        Self::start_sized(program, arguments, folder, environment, (ROWS, COLUMNS))
    }

    /// As [`start`](Self::start), on a terminal of so many rows and columns.
    pub fn start_sized(
        program: &Path,
        arguments: &[&str],
        folder: &Path,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
        (rows, columns): (NonZeroU16, NonZeroU16),
    ) -> Self {
        let pair = native_pty_system().openpty(pty_size(rows, columns)).expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.cwd(folder);
        command.env_clear();
        for (name, value) in environment {
            command.env(name, value);
        }
        command.env("TERM", OsStr::new("xterm-256color"));
        let child = pair.slave.spawn_command(command).unwrap_or_else(|e| panic!("{}: {e}", program.display()));
        drop(pair.slave);
        let mut output = pair.master.try_clone_reader().expect("the terminal's output");
        let input = Arc::new(Mutex::new(pair.master.take_writer().expect("the terminal's input")));
        let screen = Arc::new(Mutex::new(vt100::Parser::new(rows, columns, 0)));
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let (seen, answers, kept) = (Arc::clone(&screen), Arc::clone(&input), Arc::clone(&bytes));
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            let mut queries = Queries::default();
            while let Ok(count @ 1..) = output.read(&mut buffer) {
                locked(&kept).extend_from_slice(&buffer[..count]);
                for byte in &buffer[..count] {
                    let mut screen = locked(&seen);
                    screen.process(&[*byte]);
                    if let Some(answer) = queries.next(*byte, screen.screen().cursor_position()) {
                        // The program may have ended meanwhile.
                        let _ = locked(&answers).write_all(answer.as_bytes());
                    }
                }
            }
        });
        Self { screen, input, bytes, child, master: pair.master }
    }

    /// Types `keys`; `\r` is Enter, `\t` TAB, `\u{3}` Ctrl-C.
    pub fn send(&mut self, keys: &str) {
        let mut input = locked(&self.input);
        input.write_all(keys.as_bytes()).and_then(|()| input.flush()).expect("the terminal takes input");
    }

    /// What the screen shows now, without the spaces at the ends of lines.
    pub fn text(&self) -> String {
        locked(&self.screen).screen().contents()
    }

    /// Everything that was written to the terminal so far, byte by byte. For what the screen does not show, such as
    /// colors; never to wait for.
    pub fn bytes(&self) -> Vec<u8> {
        locked(&self.bytes).clone()
    }

    /// Where the cursor is: row and column, from 0.
    pub fn cursor(&self) -> (u16, u16) {
        locked(&self.screen).screen().cursor_position()
    }

    /// The color in which a cell of the screen is written, one of the eight by number; `None` for any other, among them
    /// the terminal's own.
    pub fn color(&self, row: u16, column: u16) -> Option<u8> {
        match locked(&self.screen).screen().cell(row, column)?.fgcolor() {
            vt100::Color::Idx(number @ 0..8) => Some(number),
            _ => None,
        }
    }

    /// Gives the terminal another size, as a person does who pulls at a window.
    pub fn resize(&mut self, rows: NonZeroU16, columns: NonZeroU16) {
        locked(&self.screen).screen_mut().set_size(rows, columns);
        self.master.resize(pty_size(rows, columns)).expect("the terminal takes another size");
    }

    /// Waits until the screen shows `text`, and returns what it shows then.
    ///
    /// # Panics
    /// After 30 seconds, with what is on the screen.
    #[track_caller]
    pub fn wait_for(&mut self, text: &str) -> String {
        self.wait_until(&format!("{text:?}"), |screen| screen.contains(text))
    }

    /// Waits until what the screen shows is as wanted; `what` is for the message.
    ///
    /// # Panics
    /// After 30 seconds, with what is on the screen.
    #[track_caller]
    pub fn wait_until(&mut self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let start = Instant::now();
        loop {
            let screen = self.text();
            if wanted(&screen) {
                return screen;
            }
            assert!(start.elapsed() < PATIENCE, "no {what} on the screen, but:\n{screen}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// The screen as it is now, cell by cell.
    pub fn screen(&self) -> vt100::Screen {
        locked(&self.screen).screen().clone()
    }

    /// Waits until the cursor is where it is wanted: row and column, from 0; `what` is for the message.
    ///
    /// # Panics
    /// After 30 seconds, with where it is and what is on the screen.
    #[track_caller]
    pub fn wait_until_cursor(&mut self, what: &str, wanted: impl Fn((u16, u16)) -> bool) {
        let start = Instant::now();
        while !wanted(self.cursor()) {
            let (at, screen) = (self.cursor(), self.text());
            assert!(start.elapsed() < PATIENCE, "no {what}, but {at:?} on the screen:\n{screen}");
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn pty_size(rows: NonZeroU16, columns: NonZeroU16) -> PtySize {
    PtySize { rows: rows.get(), cols: columns.get(), pixel_width: 0, pixel_height: 0 }
}

/// A reader thread that panicked has been reported already; what it left is still the screen.
fn locked<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// The questions that shells ask a terminal, and wait for the answer.
#[derive(Default)]
struct Queries {
    escape: String,
}

impl Queries {
    /// Takes the next byte of output; answers when it ends `ESC [ 6 n` (where is the cursor) or `ESC [ c` (what are
    /// you).
    fn next(&mut self, byte: u8, (row, column): (u16, u16)) -> Option<String> {
        match byte {
            0x1b => self.escape = "\u{1b}".to_owned(),
            _ if self.escape.is_empty() => {}
            b'[' | b'0'..=b'9' | b';' | b'?' | b'>' if self.escape.len() < 16 => self.escape.push(byte.into()),
            b'n' | b'c' => {
                self.escape.push(byte.into());
                let asked = std::mem::take(&mut self.escape);
                return match asked.as_str() {
                    "\u{1b}[6n" => Some(format!("\u{1b}[{};{}R", row + 1, column + 1)),
                    "\u{1b}[c" | "\u{1b}[0c" => Some("\u{1b}[?62;22c".to_owned()),
                    _ => None,
                };
            }
            _ => self.escape.clear(),
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(output: &str) -> Vec<String> {
        let mut queries = Queries::default();
        output.bytes().filter_map(|byte| queries.next(byte, (2, 4))).collect()
    }

    #[test]
    fn questions_are_answered_and_nothing_else_is() {
        assert_eq!(answers("a\u{1b}[6nb"), ["\u{1b}[3;5R"]);
        assert_eq!(answers("\u{1b}[c"), ["\u{1b}[?62;22c"]);
        assert_eq!(answers("\u{1b}[31mn c \u{1b}]0;title\u{7}c"), Vec::<String>::new());
    }
}
