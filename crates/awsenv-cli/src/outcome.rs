//! What a command leaves to say: everything is gathered here and written once, at the very end.

use zeroize::Zeroize;

use crate::error::CliError;

/// What goes to standard output and standard error, and the exit status.
#[derive(Default)]
pub(crate) struct Outcome {
    /// For standard output; may hold secrets, wiped when dropped.
    pub(crate) stdout: String,
    /// For standard error; never holds a secret.
    pub(crate) stderr: String,
    /// The exit status.
    pub(crate) status: i32,
    /// The profile that the output makes the identity; noted once the output is out.
    pub(crate) used: Option<String>,
}

impl Outcome {
    /// Text for standard output, and status 0.
    pub(crate) fn stdout(text: impl Into<String>) -> Self {
        Self { stdout: text.into(), stderr: String::new(), status: 0, used: None }
    }

    /// A failure, told on standard error.
    pub(crate) fn failure(error: &CliError) -> Self {
        Self { stdout: String::new(), stderr: error.to_text(), status: error.status as i32, used: None }
    }

    /// Puts `text` before what standard error has so far.
    pub(crate) fn prepend_stderr(mut self, text: &str) -> Self {
        self.stderr.insert_str(0, text);
        self
    }
}

impl From<Result<Outcome, CliError>> for Outcome {
    fn from(result: Result<Outcome, CliError>) -> Self {
        result.unwrap_or_else(|error| Self::failure(&error))
    }
}

impl Drop for Outcome {
    fn drop(&mut self) {
        self.stdout.zeroize();
    }
}
