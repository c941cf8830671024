//! Where a login shows itself: the terminal device, so that it is seen whatever the standard streams are; without one,
//! standard error. Never standard output.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use awsenv_host::terminal::Terminal;

use crate::aws_error::clean;

/// The screen.
pub(super) struct Screen {
    device: Device,
    /// The line that is written over again and again.
    shown: String,
}

enum Device {
    Terminal(Terminal),
    /// Whether it is a terminal, by the system's word.
    StandardError(bool),
}

impl Screen {
    pub(super) fn open() -> Self {
        awsenv_host::process::end_with_parent();
        let device = match Terminal::open() {
            Ok(terminal) => Device::Terminal(terminal),
            Err(_) => Device::StandardError(std::io::stderr().is_terminal()),
        };
        Self { device, shown: String::new() }
    }

    /// Shows `text`, whole lines.
    pub(super) fn show(&mut self, text: &str) {
        self.clear();
        self.write(text);
    }

    /// Shows what is being waited for, and how long still, on a line of its own that is written over. Only where
    /// somebody watches.
    pub(super) fn wait(&mut self, what: &str, left: Option<Duration>) {
        if matches!(self.device, Device::StandardError(false)) {
            return;
        }
        let left = left.map(|left| left.as_secs().max(1));
        let left = left.map(|seconds| format!(", {}:{:02} left", seconds / 60, seconds % 60)).unwrap_or_default();
        let mut text = format!("{}{left} (Ctrl-C cancels)", clean(what));
        // A line that the terminal wraps could not be written over.
        if let Some((end, _)) = text.char_indices().nth(self.columns().saturating_sub(1)) {
            text.truncate(end);
        }
        if text != self.shown {
            let rest = " ".repeat(length(&self.shown).saturating_sub(length(&text)));
            self.write(&format!("\r{text}{rest}"));
            self.shown = text;
        }
    }

    /// The last line, in the place of what was waited for.
    pub(super) fn end(&mut self, text: &str) {
        self.show(&format!("{text}\n"));
    }

    fn clear(&mut self) {
        if !self.shown.is_empty() {
            self.write(&format!("\r{}\r", " ".repeat(length(&self.shown))));
            self.shown.clear();
        }
    }

    fn columns(&self) -> usize {
        match &self.device {
            Device::Terminal(terminal) => terminal.size().map_or(80, |size| size.columns),
            Device::StandardError(_) => 80,
        }
    }

    /// What can't be shown is not; the login goes on in the browser.
    fn write(&mut self, text: &str) {
        match &mut self.device {
            Device::Terminal(terminal) => drop(terminal.write(text)),
            Device::StandardError(_) => drop(std::io::stderr().write_all(text.as_bytes())),
        }
    }
}

impl Drop for Screen {
    /// However it ends, what comes next starts on a clean line.
    fn drop(&mut self) {
        self.clear();
    }
}

fn length(text: &str) -> usize {
    text.chars().count()
}
