//! `/dev/tty`.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::sync::Mutex;
use std::time::Duration;

use rustix::fs::OFlags;
use rustix::termios::{OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcgetwinsize, tcsetattr};

use super::{Input, Size};
use crate::interrupt::Interrupts;

/// The controlling terminal of a process, by POSIX.
const DEVICE: &str = "/dev/tty";

/// How long a line is waited for before signals are looked at.
const PAUSE: Duration = Duration::from_millis(20);

/// In tenths of a second, how long a key is waited for before signals and size are looked at.
const KEY_PAUSE: u8 = 1;

/// How the terminal was before it was changed, if it is changed now. Global, because a panic's hook must find it.
static CHANGED: Mutex<Option<Changed>> = Mutex::new(None);

struct Changed {
    device: File,
    before: Termios,
    leave: &'static str,
}

/// The terminal. It is put back as it was when this is dropped.
///
/// While there is one, the signals that ask a process to end make [`read`](Self::read) say so, so that the terminal can
/// be put back; afterwards they end the process as ever.
#[derive(Debug)]
pub struct Terminal {
    input: File,
    output: File,
    is_raw: bool,
    interrupts: Interrupts,
}

impl Terminal {
    /// Opens the terminal of this process.
    ///
    /// # Errors
    /// There is none: the process was started by a service, a job scheduler, an editor.
    pub fn open() -> io::Result<Self> {
        // Two descriptors: only the input must not block.
        let output = OpenOptions::new().write(true).open(DEVICE)?;
        let flags = OFlags::NONBLOCK.bits().cast_signed();
        let input = OpenOptions::new().read(true).custom_flags(flags).open(DEVICE)?;
        Ok(Self { input, output, is_raw: false, interrupts: Interrupts::hold()? })
    }

    /// From now on every key arrives by itself and is not echoed. What was typed before is thrown away: it was meant for
    /// something else. `enter` is written; `leave` is what will undo it.
    pub fn enter(&mut self, enter: &str, leave: &'static str) -> io::Result<()> {
        // Here a read waits for a while, and no longer.
        self.input = File::open(DEVICE)?;
        let before = tcgetattr(&self.output)?;
        let mut raw = before.clone();
        raw.make_raw();
        raw.special_codes[SpecialCodeIndex::VMIN] = 0;
        raw.special_codes[SpecialCodeIndex::VTIME] = KEY_PAUSE;
        let changed = Changed { device: self.output.try_clone()?, before, leave };
        *CHANGED.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(changed);
        tcsetattr(&self.output, OptionalActions::Flush, &raw)?;
        self.is_raw = true;
        self.write(enter)
    }

    /// How large it is now. A terminal that doesn't know counts as one of 24 lines with 80 characters.
    pub fn size(&self) -> io::Result<Size> {
        let size = tcgetwinsize(&self.output)?;
        let known = |number: u16, default| if number == 0 { default } else { usize::from(number) };
        Ok(Size { rows: known(size.ws_row, 24), columns: known(size.ws_col, 80) })
    }

    /// What is typed: keys after [`enter`](Self::enter), else lines, edited by the terminal itself.
    pub fn read(&mut self, buffer: &mut [u8]) -> io::Result<Input> {
        if self.interrupts.asked() {
            return Ok(Input::Ended);
        }
        match self.input.read(buffer) {
            // No key yet, or a terminal that went away; the second has no size any more.
            Ok(0) if self.is_raw => Ok(if self.size().is_ok() { Input::Nothing } else { Input::Ended }),
            Ok(0) => Ok(Input::Ended),
            Ok(count) => Ok(Input::Bytes(count)),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                std::thread::sleep(PAUSE);
                Ok(Input::Nothing)
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Ok(Input::Nothing),
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::IO.raw_os_error()) => Ok(Input::Ended),
            Err(error) => Err(error),
        }
    }

    /// Shows `text`.
    pub fn write(&mut self, text: &str) -> io::Result<()> {
        self.output.write_all(text.as_bytes())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        restore();
    }
}

/// Puts the terminal back as it was, if it is changed. For the end of a process that does not come to an orderly end.
pub fn restore() {
    let Ok(mut changed) = CHANGED.try_lock() else { return };
    if let Some(mut changed) = changed.take() {
        // It may have gone away.
        let _ = changed.device.write_all(changed.leave.as_bytes());
        let _ = tcsetattr(&changed.device, OptionalActions::Drain, &changed.before);
    }
}
