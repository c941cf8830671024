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
awsenv-broker, which talks to AWS, is built for this machine's own target, position-independent, and installed beside
awsenv, where awsenv looks for it. Building it takes minutes the first time.
A binary that is being run is replaced without harm: the new one takes its name in one step.
";

/// Members whose binaries are the developer's, not the user's.
const OURS: &[&str] = &["xtask", "awsenv-testkit"];

/// The package and the program that talk to AWS.
const BROKER: &str = "awsenv-broker";

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
    println!("building awsenv-broker, which asks AWS (minutes the first time) ...");
    let broker = build_broker(workspace)?;
    let folder = root.join("bin");
    let host = workspace.host()?;
    let all = built.programs.iter().map(|program| (program, &built.target)).chain([(&broker, &host)]);
    for (program, target) in all {
        let place = put(program, &folder)?;
        let size = fs::metadata(&place).map_or(0, |meta| meta.len());
        println!("{}  ({target}, {} KiB)", place.display(), size / 1024);
    }
    let on_path = env::var_os("PATH").is_some_and(|path| env::split_paths(&path).any(|entry| entry == folder));
    if on_path {
        println!("{} is on PATH", folder.display());
    } else {
        println!("{} is not on PATH: add it in your shell's start-up file", folder.display());
    }
    Ok(true)
}

/// Builds the broker for the host, where a person sees how far it is. It talks to the network, so it is not one of the programs at a fixed address.
fn build_broker(workspace: &Workspace) -> Result<PathBuf> {
    let host = workspace.host()?;
    let mut command = workspace.cargo(["build", "--release", "--locked", "-p", BROKER, "--bin", BROKER, "--target"]);
    command.arg(&host);
    if host.contains("musl") {
        // Instead of what .cargo/config.toml says for this target.
        let given = env::var("RUSTFLAGS").unwrap_or_default();
        command.env("RUSTFLAGS", format!("{given} -C relocation-model=pic"));
    }
    process::shown(command)?;
    Ok(workspace.target().join(host).join("release").join(format!("{BROKER}{}", env::consts::EXE_SUFFIX)))
}

/// Puts the broker beside the programs in `folder`, for other commands.
pub(crate) fn install_broker(workspace: &Workspace, folder: &Path) -> Result<PathBuf> {
    put(&build_broker(workspace)?, folder)
}

/// Builds the hot programs, installs them into `root` and hands back `root/bin`, for other commands.
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

/// Every hot binary that is the user's, as package and name: all but the broker. One that needs a feature to be built is a test's.
fn binaries(metadata: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let Some(name) = package["name"].as_str().filter(|name| !OURS.contains(name) && *name != BROKER) else {
            continue;
        };
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
    fn installs_every_hot_binary_of_the_users() {
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
        assert_eq!(binaries(&metadata), [pair("awsenv-cli", "awsenv")]);
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
