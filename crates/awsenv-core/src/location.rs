//! Where the user's files are.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::diagnostic::{Origin, SourceFile};
use crate::environment::Environment;

/// The rules of which operating system apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// Linux, macOS and the like: `/` between folders.
    Unix,
    /// Windows: `\` between folders, and `USERPROFILE` behind `HOME`.
    Windows,
}

impl Platform {
    /// The one this was built for.
    pub const fn current() -> Self {
        if cfg!(windows) { Self::Windows } else { Self::Unix }
    }
}

/// No home folder, and no variable that names the file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("no home folder: HOME is not set, nor {variable}, which would name the file")]
pub struct NoHome {
    /// The variable that would have helped.
    pub variable: &'static str,
}

/// The paths of the config and the credentials file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Files {
    /// `~/.aws/config`, or `AWS_CONFIG_FILE`.
    pub config: PathBuf,
    /// `~/.aws/credentials`, or `AWS_SHARED_CREDENTIALS_FILE`.
    pub credentials: PathBuf,
}

impl Files {
    /// Finds both, by <https://docs.aws.amazon.com/sdkref/latest/guide/file-location.html>. The two variables may
    /// start with `~`; an empty one counts as not set.
    pub fn locate(environment: &Environment, platform: Platform) -> Result<Self, NoHome> {
        let home = home(environment, platform);
        let find = |variable: &'static str, name: &str| {
            if let Some(path) = environment.get_os(variable).filter(|path| !path.is_empty()) {
                return Ok(expand_tilde(Path::new(path), home.as_deref(), platform));
            }
            let home = home.as_deref().ok_or(NoHome { variable })?;
            Ok(join(&join(home, ".aws", platform), name, platform))
        };
        Ok(Self {
            config: find("AWS_CONFIG_FILE", "config")?,
            credentials: find("AWS_SHARED_CREDENTIALS_FILE", "credentials")?,
        })
    }

    /// The path of one of them.
    pub fn path(&self, file: SourceFile) -> &Path {
        match file {
            SourceFile::Config => &self.config,
            SourceFile::Credentials => &self.credentials,
        }
    }

    /// `file:line`, or the file alone where the whole of it is meant.
    pub fn place(&self, origin: Origin) -> String {
        let path = self.path(origin.file).display();
        if origin.line == 0 { path.to_string() } else { format!("{path}:{}", origin.line) }
    }
}

/// The user's home folder: `HOME`; on Windows then `USERPROFILE`, then `HOMEDRIVE` and `HOMEPATH`.
pub fn home(environment: &Environment, platform: Platform) -> Option<PathBuf> {
    let get = |name| environment.get_os(name).filter(|value| !value.is_empty());
    if let Some(home) = get("HOME") {
        return Some(home.into());
    }
    if platform == Platform::Unix {
        return None;
    }
    get("USERPROFILE").map(PathBuf::from).or_else(|| {
        let mut path = get("HOMEDRIVE")?.to_owned();
        path.push(get("HOMEPATH")?);
        Some(path.into())
    })
}

/// `~` and `~/…` at the beginning of a path become the home folder, where one is known.
pub fn expand_tilde(path: &Path, home: Option<&Path>, platform: Platform) -> PathBuf {
    let (Some(text), Some(home)) = (path.to_str(), home) else { return path.to_owned() };
    match text.strip_prefix('~') {
        Some("") => home.to_owned(),
        Some(rest) if rest.starts_with('/') || (platform == Platform::Windows && rest.starts_with('\\')) => {
            join(home, &rest[1..], platform)
        }
        _ => path.to_owned(),
    }
}

/// `Path::join` with the separator of `platform`, which in tests is not always the one this runs on.
fn join(folder: &Path, name: &str, platform: Platform) -> PathBuf {
    let mut path = folder.as_os_str().to_owned();
    let separator = if platform == Platform::Windows { '\\' } else { '/' };
    let ends = path.to_str().is_some_and(|text| text.ends_with([separator, '/']));
    if !ends {
        path.push(separator.to_string());
    }
    path.push(name);
    path.into()
}
