//! `awsenv init`: the hook for a shell's start-up file.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use awsenv_host::environment;
use awsenv_shell::{InitError, InitOptions, Shell, init_script};
use clap::ArgMatches;

use super::flag;
use crate::error::CliError;
use crate::outcome::Outcome;

/// What the function is called unless `--cmd` says otherwise.
pub(crate) const COMMAND: &str = "awsenv";

/// What `init` was called with.
pub(crate) struct Init<'a> {
    pub(crate) shell: Shell,
    command: &'a str,
    prompt: bool,
}

impl<'a> Init<'a> {
    /// `SHELL [--prompt]` and nothing else: every start of a shell waits for it, so it goes around clap.
    pub(crate) fn plain(rest: &[OsString]) -> Option<Self> {
        let (shell, prompt) = match rest {
            [shell] => (shell, false),
            [shell, option] | [option, shell] if option == "--prompt" => (shell, true),
            _ => return None,
        };
        Some(Self { shell: shell.to_str()?.parse().ok()?, command: COMMAND, prompt })
    }

    /// Reads clap's matches.
    pub(crate) fn from_matches(matches: &'a ArgMatches) -> Result<Self, CliError> {
        let text = |name: &str| matches.get_one::<String>(name).map_or("", String::as_str);
        let shell = text("shell").parse().map_err(|error| CliError::new("usage", format!("{error}")).usage())?;
        Ok(Self { shell, command: text("cmd"), prompt: flag(matches, "prompt") })
    }
}

/// Runs it.
pub(crate) fn run(call: &Init<'_>) -> Result<Outcome, CliError> {
    let binary = own_path()?;
    let prompt_binary = prompt_beside(&binary);
    let options = InitOptions {
        binary: utf8(&binary)?,
        prompt_binary: utf8(&prompt_binary)?,
        command: call.command,
        prompt: call.prompt,
    };
    Ok(Outcome::stdout(init_script(call.shell, &options)?))
}

/// The path that the hook calls this program by.
pub(crate) fn own_path() -> Result<PathBuf, CliError> {
    let started_as = std::env::args_os().next().unwrap_or_default();
    awsenv_host::programs::own_path(&started_as, environment::one("PATH").as_deref())
        .map_err(|error| CliError::new("own-path", format!("where this program is can't be told: {error}")))
}

/// `awsenv-prompt` beside this program: beside the name that it was started by, or, where that is a link from somewhere
/// else, beside the file.
fn prompt_beside(binary: &Path) -> PathBuf {
    let name = format!("awsenv-prompt{}", std::env::consts::EXE_SUFFIX);
    let beside = binary.with_file_name(&name);
    if beside.is_file() {
        return beside;
    }
    let of_file = binary.canonicalize().map(|file| file.with_file_name(&name));
    of_file.ok().filter(|file| file.is_file()).unwrap_or(beside)
}

fn utf8(path: &Path) -> Result<&str, CliError> {
    path.to_str().ok_or_else(|| {
        CliError::new("own-path", format!("awsenv is in a folder whose name is not UTF-8 ({})", path.display()))
            .hint("start it through a link from another folder")
    })
}

impl From<InitError> for CliError {
    fn from(error: InitError) -> Self {
        match error {
            InitError::Command { .. } => Self::new("usage", error.to_string())
                .hint("--cmd takes letters, digits and _, such as --cmd aws_env")
                .usage(),
            InitError::Render(error) => error.into(),
            other => Self::new("no-hook", other.to_string()),
        }
    }
}
