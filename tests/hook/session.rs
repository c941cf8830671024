//! A shell at a terminal, a line at a time.

use std::fs;
use std::path::{Path, PathBuf};

use awsenv_testkit::home::Home;
use awsenv_testkit::shells::RealShell;
use awsenv_testkit::terminal::Terminal;

/// A shell that is asked one thing after the other.
pub(crate) struct Session {
    terminal: Terminal,
    folder: PathBuf,
    lines: u32,
}

impl Session {
    /// Starts `shell` without start-up files, with `READY> ` as its prompt.
    pub(crate) fn start(shell: RealShell, program: &Path, home: &Home) -> Self {
        let mut arguments = shell.arguments().to_vec();
        if shell == RealShell::Dash {
            arguments.push("-i");
        }
        let terminal = Terminal::start(program, &arguments, home.path(), home.environment());
        let mut session = Self { terminal, folder: home.path().to_owned(), lines: 0 };
        session.run("PS1='READY> '");
        session
    }

    /// Types `keys`.
    pub(crate) fn send(&mut self, keys: &str) {
        self.terminal.send(keys);
    }

    /// Types `keys`, which end what is running, and waits until the prompt is back.
    #[track_caller]
    pub(crate) fn run_after(&mut self, keys: &str) -> String {
        self.terminal.send(keys);
        self.run(":")
    }

    /// Types a line, waits until it is done, and returns the screen. The shell must still be there.
    #[track_caller]
    pub(crate) fn run(&mut self, line: &str) -> String {
        self.lines += 1;
        self.terminal.send(&format!("{line}\r"));
        // Not as it will be printed, so that the line as typed is not what is waited for.
        self.terminal.send(&format!("echo do''ne:{}:\r", self.lines));
        self.terminal.wait_for(&format!("done:{}:", self.lines))
    }

    /// What the shell makes of `words` in double quotes; nothing but their values is in the answer.
    #[track_caller]
    pub(crate) fn ask(&mut self, words: &str) -> String {
        let answer = self.folder.join("answer");
        let _ = fs::remove_file(&answer);
        self.run(&format!("printf %s \"{words}\" >~/answer"));
        fs::read_to_string(&answer).unwrap_or_else(|error| panic!("no answer ({error}):\n{}", self.terminal.text()))
    }

    /// What a program started by the shell sees of `name`.
    #[track_caller]
    pub(crate) fn child_sees(&mut self, name: &str) -> String {
        self.run(&format!("env | grep '^{name}=' >~/seen"));
        fs::read_to_string(self.folder.join("seen")).unwrap_or_default()
    }

    /// Waits for `text` on the screen.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, text: &str) -> String {
        self.terminal.wait_for(text)
    }
}
