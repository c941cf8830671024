//! What cargo and rustc say about this repository and this machine.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::failure::{Failure, Result};
use crate::process;

/// The repository that is worked on.
#[derive(Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// The repository that this xtask was built in.
    ///
    /// # Errors
    /// Its root is gone (a moved checkout).
    pub(crate) fn find() -> Result<Self> {
        let manifest =
            env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        let root = manifest.join("../..");
        let root = root.canonicalize().map_err(|error| Failure::at(&root, &error))?;
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => root.join(folder),
            None => root.join("target"),
        };
        Ok(Self { root, target })
    }

    /// The folder that holds the workspace's Cargo.toml.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Where cargo builds, and where xtask keeps what it makes.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// What the tests use beside the system's packages; the testkit looks in the same place.
    pub(crate) fn test_tools(&self) -> PathBuf {
        env::var_os("AWSENV_TEST_TOOLS").map_or_else(|| self.root.join("target/test-tools"), PathBuf::from)
    }

    /// A command run in the root, without what `cargo run` told this process about xtask itself.
    pub(crate) fn command<'a>(&self, program: impl AsRef<Path>, words: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = process::command(program, words);
        command.current_dir(&self.root);
        for (name, _) in env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
                command.env_remove(&name);
            }
        }
        command
    }

    /// The cargo that runs this xtask.
    pub(crate) fn cargo<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> Command {
        self.command(env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from), words)
    }

    /// The rustc that cargo uses here.
    pub(crate) fn rustc<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> Command {
        self.command(env::var_os("RUSTC").map_or_else(|| PathBuf::from("rustc"), PathBuf::from), words)
    }

    /// `cargo metadata`, with or without the packages that we depend on.
    pub(crate) fn metadata(&self, dependencies: bool) -> Result<Value> {
        let mut command = self.cargo(["metadata", "--format-version", "1", "--locked"]);
        if !dependencies {
            command.arg("--no-deps");
        }
        let text = process::stdout(command)?;
        serde_json::from_str(&text).map_err(|error| Failure::new(format!("cargo metadata: {error}")))
    }

    /// The first line of `rustc --version`.
    pub(crate) fn compiler(&self) -> Result<String> {
        Ok(process::stdout(self.rustc(["--version"]))?.trim().to_owned())
    }

    /// The target that rustc builds for when nothing is said.
    pub(crate) fn host(&self) -> Result<String> {
        let text = process::stdout(self.rustc(["-vV"]))?;
        let host = text.lines().find_map(|line| line.strip_prefix("host: "));
        host.map(str::to_owned).ok_or_else(|| Failure::new("rustc -vV names no host"))
    }

    /// Whether the standard library for `target` is there.
    pub(crate) fn has_target(&self, target: &str) -> bool {
        let folder = process::stdout(self.rustc(["--print", "target-libdir", "--target", target]));
        folder.is_ok_and(|folder| Path::new(folder.trim()).is_dir())
    }

    /// Makes sure that the standard library for `target` is there, by rustup where it isn't.
    ///
    /// # Errors
    /// It isn't, and rustup is missing or can't get it.
    pub(crate) fn add_target(&self, target: &str) -> Result<()> {
        if self.has_target(target) {
            return Ok(());
        }
        let Some(rustup) = process::find("rustup") else {
            return Err(Failure::new(format!(
                "the standard library for {target} is missing, and there is no rustup to get it"
            )));
        };
        process::must(self.command(rustup, ["target", "add", target]), false)?;
        if self.has_target(target) { Ok(()) } else { Err(Failure::new(format!("rustup did not bring {target}"))) }
    }
}
