//! A home folder that belongs to one test, and an environment that knows nothing else.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::tools;

/// A temporary home folder, removed when dropped.
///
/// ```
/// let home = awsenv_testkit::home::Home::new()
///     .config("[profile acme]\nregion = eu-west-1\n")
///     .credentials("[acme]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = secret\n");
/// assert!(home.path().join(".aws/config").is_file());
/// ```
#[derive(Debug)]
pub struct Home {
    folder: TempDir,
    extra: Vec<(OsString, OsString)>,
}

impl Default for Home {
    fn default() -> Self {
        Self::new()
    }
}

impl Home {
    /// An empty home.
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("awsenv-home-").tempdir().expect("a temporary folder");
        Self { folder, extra: Vec::new() }
    }

    /// Writes `.aws/config`.
    #[must_use]
    pub fn config(self, text: impl AsRef<[u8]>) -> Self {
        self.file(".aws/config", text)
    }

    /// Writes `.aws/credentials`.
    #[must_use]
    pub fn credentials(self, text: impl AsRef<[u8]>) -> Self {
        self.file(".aws/credentials", text)
    }

    /// Writes an entry of the AWS CLI's role cache, `.aws/cli/cache/NAME`.
    #[must_use]
    pub fn cli_cache(self, name: &str, json: impl AsRef<[u8]>) -> Self {
        self.file(Path::new(".aws/cli/cache").join(name), json)
    }

    /// Writes an entry of the AWS CLI's SSO cache, `.aws/sso/cache/NAME`.
    #[must_use]
    pub fn sso_cache(self, name: &str, json: impl AsRef<[u8]>) -> Self {
        self.file(Path::new(".aws/sso/cache").join(name), json)
    }

    /// Writes awsenv's own settings file, `.config/awsenv/config`.
    #[must_use]
    pub fn settings(self, text: impl AsRef<[u8]>) -> Self {
        self.file(".config/awsenv/config", text)
    }

    /// Writes settings by which there is no broker, so that nothing in this home can ask AWS.
    #[must_use]
    pub fn without_broker(self) -> Self {
        self.settings("[settings]\nbroker = /nowhere/awsenv-broker\n")
    }

    /// Writes a file under the home, with the folders that lead to it.
    #[must_use]
    pub fn file(self, path: impl AsRef<Path>, contents: impl AsRef<[u8]>) -> Self {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("folders in a temporary home");
        fs::write(&path, contents).expect("a file in a temporary home");
        self
    }

    /// Adds a variable to [`environment`](Self::environment), or replaces one.
    #[must_use]
    pub fn variable(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.extra.push((name.into(), value.into()));
        self
    }

    /// Puts `folder` first on `PATH`.
    #[must_use]
    pub fn path_first(self, folder: impl AsRef<Path>) -> Self {
        let mut path = folder.as_ref().as_os_str().to_owned();
        path.push(":");
        path.push(tools::system_path());
        self.variable("PATH", path)
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Every variable that a program in this home gets, and nothing else: `HOME`, the XDG folders in it, `PATH`, a
    /// UTF-8 locale, a dumb terminal, a proxy that isn't there, and what [`variable`](Self::variable) added.
    pub fn environment(&self) -> Vec<(OsString, OsString)> {
        let inside = |part: &str| self.path().join(part).into_os_string();
        let mut environment: Vec<(OsString, OsString)> = vec![
            ("HOME".into(), self.path().into()),
            ("XDG_CONFIG_HOME".into(), inside(".config")),
            ("XDG_DATA_HOME".into(), inside(".local/share")),
            ("XDG_CACHE_HOME".into(), inside(".cache")),
            ("XDG_STATE_HOME".into(), inside(".local/state")),
            ("PATH".into(), tools::system_path()),
            ("LC_ALL".into(), "C.UTF-8".into()),
            ("TERM".into(), "dumb".into()),
            ("USER".into(), "someone".into()),
            // What would go to AWS itself goes nowhere.
            ("HTTPS_PROXY".into(), "http://127.0.0.1:9".into()),
            ("NO_PROXY".into(), "127.0.0.1,localhost,::1".into()),
        ];
        for (name, value) in &self.extra {
            environment.retain(|(known, _)| known != name);
            environment.push((name.clone(), value.clone()));
        }
        environment
    }

    /// `program`, in this home and with its environment alone.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(self.environment()).current_dir(self.path());
        command
    }

    /// A path under the home.
    pub fn join(&self, path: impl AsRef<Path>) -> PathBuf {
        self.path().join(path)
    }
}
