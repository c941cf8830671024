//! `cargo xtask install`: release binaries, static where that can be had, put in place in one step each.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::args::Args;
use crate::failure::{Failure, Result};
use crate::files;
use crate::process;
use crate::setup::static_target;
use crate::workspace::Workspace;

pub(crate) const HELP: &str = "
  --root DIR  put the binaries into DIR/bin
              (default: $CARGO_INSTALL_ROOT, else $CARGO_HOME, else ~/.cargo, as `cargo install` does)

On Linux the binaries are built for the static musl target, which starts in a third of the time; where its standard
library is missing rustup is asked for it, and where that fails they are built for this machine's own target.
A binary that is being run is replaced without harm: the new one takes its name in one step.
";

/// Members whose binaries are the developer's, not the user's.
const OURS: &[&str] = &["xtask", "awsenv-testkit"];

/// Runs the command.
pub(crate) fn run(workspace: &Workspace, mut args: Args) -> Result<bool> {
    let root = args.value("--root")?;
    args.finish()?;
    let root = match root {
        Some(root) => env::current_dir().unwrap_or_default().join(root),
        None => default_root()?,
    };
    let built = build(workspace)?;
    for note in &built.notes {
        println!("{note}");
    }
    let folder = root.join("bin");
    for program in &built.programs {
        let place = put(program, &folder)?;
        let size = fs::metadata(&place).map_or(0, |meta| meta.len());
        println!("{}  ({}, {} KiB)", place.display(), built.target, size / 1024);
    }
    let on_path = env::var_os("PATH").is_some_and(|path| env::split_paths(&path).any(|entry| entry == folder));
    if on_path {
        println!("{} is on PATH", folder.display());
    } else {
        println!("{} is not on PATH: add it in your shell's start-up file", folder.display());
    }
    Ok(true)
}

/// Builds, installs into `root` and hands back `root/bin`, for other commands.
pub(crate) fn install_into(workspace: &Workspace, root: &Path) -> Result<(PathBuf, String)> {
    let built = build(workspace)?;
    let folder = root.join("bin");
    for program in &built.programs {
        put(program, &folder)?;
    }
    Ok((folder, built.target))
}

/// What was built.
struct Built {
    programs: Vec<PathBuf>,
    target: String,
    notes: Vec<String>,
}

fn build(workspace: &Workspace) -> Result<Built> {
    let host = workspace.host()?;
    let mut notes = Vec::new();
    let mut target = host.clone();
    if let Some(wanted) = static_target() {
        match workspace.add_target(&wanted) {
            Ok(()) => target = wanted,
            Err(failure) => notes.push(format!(
                "not static: {failure}\nbuilding for {host} instead; each start will take about half a millisecond longer"
            )),
        }
    }
    let binaries = binaries(&workspace.metadata(false)?);
    let mut command = workspace.cargo(["build", "--quiet", "--release", "--locked", "--target", &target]);
    for (package, name) in &binaries {
        command.args(["-p", package, "--bin", name]);
    }
    process::must(command, false)?;
    let folder = workspace.target().join(&target).join("release");
    let programs = binaries.iter().map(|(_, name)| folder.join(format!("{name}{}", env::consts::EXE_SUFFIX))).collect();
    Ok(Built { programs, target, notes })
}

/// Every binary that is the user's, as package and name. One that needs a feature to be built is a test's.
fn binaries(metadata: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let Some(name) = package["name"].as_str().filter(|name| !OURS.contains(name)) else { continue };
        for target in package["targets"].as_array().into_iter().flatten() {
            let is_binary = target["kind"].as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == "bin"));
            let asks = target["required-features"].as_array().is_some_and(|features| !features.is_empty());
            if let (true, false, Some(binary)) = (is_binary, asks, target["name"].as_str()) {
                found.push((name.to_owned(), binary.to_owned()));
            }
        }
    }
    found
}

fn default_root() -> Result<PathBuf> {
    let named = ["CARGO_INSTALL_ROOT", "CARGO_HOME"].iter().find_map(env::var_os).map(PathBuf::from);
    named
        .or_else(|| env::home_dir().map(|home| home.join(".cargo")))
        .ok_or_else(|| Failure::new("there is no home folder; say --root DIR"))
}

/// Copies `program` into `folder` under a passing name and gives it its own in one step.
fn put(program: &Path, folder: &Path) -> Result<PathBuf> {
    let name = program.file_name().unwrap_or_default();
    let place = folder.join(name);
    let passing = folder.join(format!(".{}.{}", name.display(), std::process::id()));
    files::copy(program, &passing)?;
    files::set_mode(&passing, 0o755)?;
    let synced = fs::File::open(&passing).and_then(|file| file.sync_all());
    synced.and_then(|()| fs::rename(&passing, &place)).map_err(|error| {
        // What could not take its place must not stay behind; the error that is reported is the first one.
        let _ = fs::remove_file(&passing);
        Failure::at(&place, &error)
    })?;
    Ok(place)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn installs_every_binary_of_the_users() {
        let metadata = json!({"packages": [
            {"name": "awsenv-cli", "targets": [
                {"kind": ["lib"], "name": "awsenv_cli"},
                {"kind": ["bin"], "name": "awsenv"},
                {"kind": ["bin"], "name": "awsenv-panics", "required-features": ["panics"]},
                {"kind": ["test"], "name": "cli"}]},
            {"name": "awsenv-broker", "targets": [{"kind": ["bin"], "name": "awsenv-broker"}]},
            {"name": "xtask", "targets": [{"kind": ["bin"], "name": "xtask"}]},
        ]});
        let pair = |package: &str, name: &str| (package.to_owned(), name.to_owned());
        assert_eq!(binaries(&metadata), [pair("awsenv-cli", "awsenv"), pair("awsenv-broker", "awsenv-broker")]);
    }

    #[test]
    fn replaces_a_program_and_leaves_nothing_beside_it() {
        let scratch = files::Scratch::new(env::temp_dir().join(format!("xtask-put-{}", std::process::id()))).unwrap();
        let program = scratch.path().join("built/tool");
        let folder = scratch.path().join("root/bin");
        for text in ["old", "new"] {
            files::write(&program, text).unwrap();
            assert_eq!(put(&program, &folder).unwrap(), folder.join("tool"));
            assert_eq!(files::read(&folder.join("tool")).unwrap(), text);
        }
        assert_eq!(files::tree(&folder).unwrap(), [PathBuf::from("tool")]);
    }
}
