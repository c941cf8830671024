//! The programs that tests need: shells, Python, nu.
#![allow(clippy::print_stderr, reason = "a skipped test says so, by name, where people look")]

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Where `name` is: in `$AWSENV_TEST_TOOLS/bin`, in `target/test-tools/bin` of this workspace, or on `PATH`.
pub fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let own = folders().map(|folder| folder.join("bin"));
    let folders = own.chain(env::split_paths(&path).collect::<Vec<_>>());
    folders.map(|folder| folder.join(name)).find(|file| is_executable(file))
}

/// Where `cargo xtask test` puts what tests need: `$AWSENV_TEST_TOOLS`, then `target/test-tools` of this workspace.
fn folders() -> impl Iterator<Item = PathBuf> {
    let named = env::var_os("AWSENV_TEST_TOOLS").map(PathBuf::from);
    named.into_iter().chain([workspace_root().join("target/test-tools")])
}

/// As [`find`]. Where the program is missing: panics if `CI` or `AWSENV_STRICT` is set, because there nothing may be
/// skipped; elsewhere prints that the test `test` is skipped and why, and returns `None`.
///
/// ```no_run
/// let Some(nu) = awsenv_testkit::tools::require("nu", "values arrive in nu") else { return };
/// ```
pub fn require(name: &str, test: &str) -> Option<PathBuf> {
    find(name).or_else(|| skip(test, &format!("`{name}` is missing; `cargo xtask test` installs it")))
}

/// As [`require`], for a file or folder by its path in the folder of test tools.
pub fn require_made(path: &str, test: &str) -> Option<PathBuf> {
    let found = folders().map(|folder| folder.join(path)).find(|file| file.exists());
    found.or_else(|| skip(test, &format!("there is no `{path}` among the test tools; `cargo xtask test` makes it")))
}

/// Says that the test `test` is skipped for something that this machine is, and that nothing can be installed for.
pub fn cannot_be_shown(test: &str, why: &str) {
    eprintln!("SKIPPED {test}: {why}");
}

fn skip(test: &str, missing: &str) -> Option<PathBuf> {
    assert!(!is_strict(), "{test}: {missing}");
    eprintln!("SKIPPED {test}: {missing}");
    None
}

/// Version 2 of the AWS CLI: the first `aws` on `PATH` may be another's, version 1. Missing, it is as for [`require`].
pub fn require_aws_cli(test: &str) -> Option<PathBuf> {
    let is_second = |program: &PathBuf| {
        let output = crate::home::Home::new().command(program).arg("--version").output();
        output.is_ok_and(|output| output.stdout.starts_with(b"aws-cli/2"))
    };
    let found = [Some(PathBuf::from("/usr/bin/aws")), find("aws")].into_iter().flatten().find(is_second);
    found.or_else(|| skip(test, "version 2 of the AWS CLI is missing (Debian: apt-get install awscli)"))
}

/// Whether a missing program is a failure rather than a skip.
pub fn is_strict() -> bool {
    ["CI", "AWSENV_STRICT"].into_iter().any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// The folder of the workspace's `Cargo.toml`.
pub fn workspace_root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).expect("crates/awsenv-testkit is two folders below the root").to_owned()
}

/// The `PATH` of the test process, for children that need ordinary programs.
pub fn system_path() -> OsString {
    env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into())
}

#[cfg(unix)]
fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata().is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(file: &Path) -> bool {
    file.is_file()
}
