//! Whether anything asks for a newer compiler than the workspace promises.
//!
//! Where rustup has the promised compiler it checks the workspace. Where it has not, two things stand in for it: every
//! package that goes into our programs says in its own metadata which compiler it needs, and clippy's
//! `incompatible_msrv` knows since when each item of the standard library is stable.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::failure::{Failure, Result};
use crate::files;
use crate::process;
use crate::report::Outcome;
use crate::workspace::Workspace;

/// Members that only tests depend on; what they need may be newer.
const TESTS_ONLY: &[&str] = &["awsenv-testkit"];

/// Runs the check.
pub(crate) fn check(workspace: &Workspace, echo: bool) -> Result<Outcome> {
    let metadata = workspace.metadata(true)?;
    let promised = promised(&metadata)?;
    let newer = newer_packages(&metadata, promised);
    if !newer.is_empty() {
        return Err(Failure::new(format!(
            "Cargo.toml promises Rust {}, but these need more:\n{}",
            show(promised),
            newer.join("\n")
        )));
    }
    lint_is_on(workspace, &metadata)?;
    let toolchain = show(promised);
    if let Some(rustup) = installed(workspace, &toolchain) {
        let mut command =
            workspace.command(rustup, ["run", &toolchain, "cargo", "check", "--locked", "--workspace", "--bins"]);
        command.arg("--target-dir").arg(workspace.target().join("msrv")).env_remove("RUSTC").env_remove("CARGO");
        process::must(command, echo)?;
        return Ok(Outcome::Passed(format!("checked with Rust {toolchain}")));
    }
    Ok(Outcome::Passed(format!("by metadata and lint; Rust {toolchain} itself is not installed here")))
}

/// rustup, if it has the toolchain `version`.
fn installed(workspace: &Workspace, version: &str) -> Option<std::path::PathBuf> {
    let rustup = process::find("rustup")?;
    let list = process::stdout(workspace.command(&rustup, ["toolchain", "list"])).ok()?;
    list.lines()
        .any(|line| line.starts_with(&format!("{version}-")) || line.starts_with(&format!("{version}.")))
        .then_some(rustup)
}

/// `incompatible_msrv` is on for the workspace, and every member follows the workspace's lints.
fn lint_is_on(workspace: &Workspace, metadata: &Value) -> Result<()> {
    let manifest = files::read(&workspace.root().join("Cargo.toml"))?;
    let setting = manifest.lines().find(|line| line.starts_with("incompatible_msrv"));
    if !setting.is_some_and(|line| line.contains("warn") || line.contains("deny")) {
        return Err(Failure::new("Cargo.toml does not turn clippy's incompatible_msrv on"));
    }
    for package in members(metadata) {
        let path = package["manifest_path"].as_str().unwrap_or_default();
        if !files::read(path.as_ref())?.contains("[lints]\nworkspace = true") {
            return Err(Failure::new(format!("{path} does not take the workspace's lints")));
        }
    }
    Ok(())
}

/// The oldest compiler that the workspace promises to work with.
fn promised(metadata: &Value) -> Result<Version> {
    let versions: BTreeSet<Version> =
        members(metadata).filter_map(|package| version(package["rust_version"].as_str()?)).collect();
    match versions.len() {
        1 => Ok(versions.into_iter().next().unwrap_or_default()),
        0 => Err(Failure::new("no member of the workspace has a rust-version")),
        _ => Err(Failure::new("the members of the workspace promise different rust-versions")),
    }
}

fn members(metadata: &Value) -> impl Iterator<Item = &Value> {
    let ids: BTreeSet<&str> =
        metadata["workspace_members"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let packages = metadata["packages"].as_array().into_iter().flatten();
    packages.filter(move |package| package["id"].as_str().is_some_and(|id| ids.contains(id)))
}

/// The packages that go into our programs and need a newer compiler than `promised`.
fn newer_packages(metadata: &Value, promised: Version) -> Vec<String> {
    let packages: BTreeMap<&str, &Value> = metadata["packages"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|package| Some((package["id"].as_str()?, package)))
        .collect();
    let nodes: BTreeMap<&str, &Value> = metadata["resolve"]["nodes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|node| Some((node["id"].as_str()?, node)))
        .collect();
    let mut open: Vec<&str> = members(metadata)
        .filter(|package| !TESTS_ONLY.iter().any(|name| package["name"] == *name))
        .filter_map(|package| package["id"].as_str())
        .collect();
    let mut seen: BTreeSet<&str> = open.iter().copied().collect();
    let mut newer = Vec::new();
    while let Some(id) = open.pop() {
        let Some(package) = packages.get(id) else { continue };
        if let Some(needs) = package["rust_version"].as_str().and_then(version)
            && needs > promised
        {
            newer.push(format!("  {} {}: Rust {}", text(&package["name"]), text(&package["version"]), show(needs)));
        }
        for dependency in nodes.get(id).and_then(|node| node["deps"].as_array()).into_iter().flatten() {
            let mut kinds = dependency["dep_kinds"].as_array().into_iter().flatten();
            if let Some(id) = dependency["pkg"].as_str()
                && kinds.any(|kind| kind["kind"] != "dev")
                && seen.insert(id)
            {
                open.push(id);
            }
        }
    }
    newer.sort();
    newer
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Major, minor, patch.
type Version = (u32, u32, u32);

fn version(text: &str) -> Option<Version> {
    let mut parts = text.split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next().unwrap_or(Some(0))?, parts.next().unwrap_or(Some(0))?))
}

fn show((major, minor, patch): Version) -> String {
    if patch == 0 { format!("{major}.{minor}") } else { format!("{major}.{minor}.{patch}") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// app -> lib (normal), app -> oracle (dev only); kit is a member for tests alone.
    fn metadata(lib: &str) -> Value {
        json!({
            "workspace_members": ["app", "kit"],
            "packages": [
                {"id": "app", "name": "awsenv-core", "version": "0.1.0", "rust_version": "1.89"},
                {"id": "kit", "name": "awsenv-testkit", "version": "0.1.0", "rust_version": "1.89"},
                {"id": "lib", "name": "lib", "version": "2.0.0", "rust_version": lib},
                {"id": "oracle", "name": "oracle", "version": "3.0.0", "rust_version": "1.99"},
            ],
            "resolve": {"nodes": [
                {"id": "app", "deps": [
                    {"pkg": "lib", "dep_kinds": [{"kind": null}]},
                    {"pkg": "oracle", "dep_kinds": [{"kind": "dev"}]}]},
                {"id": "kit", "deps": [{"pkg": "oracle", "dep_kinds": [{"kind": null}]}]},
                {"id": "lib", "deps": []},
                {"id": "oracle", "deps": []},
            ]},
        })
    }

    #[test]
    fn names_what_needs_a_newer_compiler() {
        let metadata = metadata("1.90");
        assert_eq!(newer_packages(&metadata, promised(&metadata).unwrap()), ["  lib 2.0.0: Rust 1.90"]);
    }

    #[test]
    fn what_only_tests_need_may_be_newer() {
        let metadata = metadata("1.89.0");
        assert!(newer_packages(&metadata, promised(&metadata).unwrap()).is_empty());
    }

    #[test]
    fn compares_versions_as_numbers() {
        assert!(version("1.100") > version("1.89.1"));
        assert_eq!(version("1.89"), version("1.89.0"));
        assert_eq!(version("nightly"), None);
    }
}
