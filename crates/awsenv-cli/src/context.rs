//! What every command starts from: the environment, the time, and the user's files as far as they are needed.

use std::path::PathBuf;

use awsenv_core::config::{ConfigText, parse_config};
use awsenv_core::diagnostic::{Diagnostic, SourceFile};
use awsenv_core::environment::Environment;
use awsenv_core::location::{Files, Platform, home};
use awsenv_core::profile::ProfileSet;
use awsenv_host::settings::Settings;
use awsenv_host::{clock, files};
use jiff::Timestamp;

use crate::error::{CliError, printable};

/// The most lines that `use` spends on mistakes in the files; `explain` tells all.
const MOST_WARNINGS: usize = 3;

/// The process around a command.
pub(crate) struct Context {
    /// The environment it was started with.
    pub(crate) environment: Environment,
    /// The time it was started at.
    pub(crate) now: Timestamp,
    /// Whether standard output is a terminal: it gets no secret.
    pub(crate) stdout_is_terminal: bool,
    /// Whether standard error is a terminal: only then is there somebody to wait.
    pub(crate) stderr_is_terminal: bool,
}

/// The text of both files; profiles borrow from it.
pub(crate) struct FileTexts {
    /// Where the files are.
    pub(crate) files: Files,
    config: ConfigText,
    credentials: ConfigText,
}

impl Context {
    /// Takes the snapshot.
    pub(crate) fn capture() -> Self {
        Self::of(awsenv_host::environment::capture())
    }

    /// Around a snapshot of the environment.
    pub(crate) fn of(environment: Environment) -> Self {
        use std::io::IsTerminal;
        Self {
            environment,
            now: clock::now(),
            stdout_is_terminal: std::io::stdout().is_terminal(),
            stderr_is_terminal: std::io::stderr().is_terminal(),
        }
    }

    /// Whether colors are welcome (<https://no-color.org>).
    pub(crate) fn shows_colors(&self) -> bool {
        self.environment.get_os("NO_COLOR").is_none_or(std::ffi::OsStr::is_empty)
    }

    /// Reads config and credentials. A file that does not exist is an empty one.
    pub(crate) fn read_files(&self) -> Result<FileTexts, CliError> {
        let files = Files::locate(&self.environment, Platform::current())?;
        let read = |file: SourceFile| -> Result<ConfigText, CliError> {
            let path = files.path(file);
            let bytes = files::read(path)?.unwrap_or_default();
            ConfigText::from_bytes(bytes).map_err(|error| {
                let mut error = CliError::new("file-unreadable", error.to_string());
                error.place = Some(path.display().to_string());
                error
            })
        };
        let (config, credentials) = (read(SourceFile::Config)?, read(SourceFile::Credentials)?);
        Ok(FileTexts { files, config, credentials })
    }

    /// awsenv's settings, and the warnings about them as text for standard error.
    pub(crate) fn read_settings(&self) -> Result<(Settings, String), CliError> {
        let settings = Settings::of_user(&self.environment)?;
        let warnings = settings.warnings.iter().map(|warning| format!("awsenv: warning: {warning}\n")).collect();
        Ok((settings, warnings))
    }

    /// `~/.aws`, where the AWS CLI keeps its caches, whatever the files' variables say.
    pub(crate) fn aws_folder(&self) -> Option<PathBuf> {
        home(&self.environment, Platform::current()).map(|home| home.join(".aws"))
    }
}

impl FileTexts {
    /// The profiles in both files.
    pub(crate) fn profiles(&self) -> ProfileSet<'_> {
        ProfileSet::normalize(
            parse_config(SourceFile::Config, &self.config),
            parse_config(SourceFile::Credentials, &self.credentials),
        )
    }

    /// Diagnostics in words for standard error, the first few of them.
    pub(crate) fn warnings(&self, diagnostics: &[Diagnostic]) -> String {
        let mut text = String::new();
        for diagnostic in diagnostics.iter().take(MOST_WARNINGS) {
            text.push_str(&self.diagnostic_line(diagnostic, true));
        }
        if diagnostics.len() > MOST_WARNINGS {
            let more = diagnostics.len() - MOST_WARNINGS;
            text.push_str(&format!("awsenv: warning: and {more} more; `awsenv explain PROFILE` tells them\n"));
        }
        text
    }

    /// One diagnostic: what, where, and what to do.
    pub(crate) fn diagnostic_line(&self, diagnostic: &Diagnostic, as_warning: bool) -> String {
        let severity = if as_warning { "awsenv: warning".to_owned() } else { diagnostic.severity.to_string() };
        let place = diagnostic.origin.map(|origin| format!(" ({})", self.files.place(origin))).unwrap_or_default();
        let mut line =
            format!("{severity}: {}{} [{}]\n", printable(&diagnostic.message), printable(&place), diagnostic.code);
        if let Some(hint) = &diagnostic.hint {
            line.push_str(&format!("  {}\n", printable(hint)));
        }
        line
    }
}
