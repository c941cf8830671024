//! `awsenv allow` and `awsenv deny`: whether a folder's `.awsenv` file may switch the identity.

use std::path::Path;

use awsenv_core::folder::FOLDER_FILE;
use awsenv_host::folders::{self, BindingFile, FolderBinding};
use awsenv_host::settings::Settings;
use awsenv_host::trust::TrustStore;

use crate::context::Context;
use crate::error::{CliError, printable};
use crate::outcome::Outcome;

/// What is said about a folder's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It may switch.
    Allow,
    /// It may not.
    Deny,
}

/// Runs it. The file is the one in `folder`, or the nearest above it.
pub(crate) fn run(context: &Context, answer: Answer, folder: &Path) -> Result<Outcome, CliError> {
    // The user's own settings need no trust: only a file is looked for.
    let folder = existing(folder)?;
    let found = folders::find(&folder, &Settings::default())?;
    let Some(FolderBinding { meant, file: Some(BindingFile { path, content }), .. }) = found else {
        let folder = folder.display();
        return Err(CliError::new("no-folder-file", format!("there is no {FOLDER_FILE} file in {folder} or above it"))
            .hint(format!("write one: echo 'profile = NAME' > {FOLDER_FILE}")));
    };
    let store = TrustStore::of_user().ok_or_else(|| CliError::new("no-home", "there is no folder to keep that in"))?;
    let shown = printable(&path.display().to_string());
    if answer == Answer::Deny {
        store.deny(&path, &content)?;
        return Ok(Outcome::stdout(format!("{shown} switches nothing\n")));
    }
    store.allow(&path, &content)?;
    let mut text = format!("{shown} may switch, as long as it says just this:\n");
    for (key, value) in [("profile", &meant.profile), ("region", &meant.region), ("account", &meant.account)] {
        if let Some(value) = value {
            text.push_str(&format!("  {key} = {}\n", printable(value)));
        }
    }
    let mut warnings = String::new();
    if let Some(profile) = &meant.profile {
        let texts = context.read_files()?;
        if let Err(error) = awsenv_core::resolve::find_profile(&texts.profiles(), profile) {
            let error = CliError::of_profile(error, &texts.files);
            warnings = format!("awsenv: warning: {}\n", printable(&error.message));
        }
    }
    Ok(Outcome::stdout(text).prepend_stderr(&warnings))
}

fn existing(folder: &Path) -> Result<std::path::PathBuf, CliError> {
    folder.canonicalize().map_err(|reason| CliError::new("no-folder", format!("{}: {reason}", folder.display())))
}

impl From<folders::FolderError> for CliError {
    fn from(error: folders::FolderError) -> Self {
        Self::new(error.code(), error.to_string())
            .hint("such a file says `profile = NAME`, and region or account; no more")
    }
}
