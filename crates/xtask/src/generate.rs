//! `cargo xtask gen`: files that are made from the source, checked in, and compared in CI.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::args::Args;
use crate::failure::{Failure, Result};
use crate::files;
use crate::process;
use crate::report::Outcome;
use crate::workspace::Workspace;

pub(crate) const HELP: &str = "
  --check  compare with what is checked in instead of writing it

Makes the man pages in docs/man, and compares completions/ with what `awsenv completions` prints. A file there that
nothing generates any more is removed.
";

/// Folders of the repository that hold generated files and nothing else.
const FOLDERS: &[&str] = &["docs/man", "completions"];

/// Runs the command.
pub(crate) fn run(workspace: &Workspace, mut args: Args) -> Result<bool> {
    let only_check = args.flag("--check");
    args.finish()?;
    if only_check {
        check(workspace)?;
        println!("generated files are up to date");
        return Ok(true);
    }
    let made = make(workspace)?;
    let changes = differences(&made, workspace.root())?;
    for change in &changes {
        let place = workspace.root().join(change.path());
        match change {
            Change::Gone(_) => fs::remove_file(&place).map_err(|error| Failure::at(&place, &error))?,
            Change::New(path) | Change::Other(path) => files::copy(&made.join(path), &place)?,
        }
        println!("{}", change.show());
    }
    println!("{} files changed", changes.len());
    Ok(true)
}

/// Compares what is checked in with what would be generated.
///
/// # Errors
/// They differ; the error names the files.
pub(crate) fn check(workspace: &Workspace) -> Result<Outcome> {
    let made = make(workspace)?;
    let changes = differences(&made, workspace.root())?;
    if changes.is_empty() {
        return Ok(Outcome::passed());
    }
    let names: Vec<String> = changes.iter().map(Change::show).collect();
    Err(Failure::new(format!("not what is generated now; run `cargo xtask gen`:\n{}", names.join("\n"))))
}

/// Generates everything below `target/gen`.
fn make(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.target().join("gen");
    files::remove_dir(&folder)?;
    let mut command = workspace.cargo(["run", "--quiet", "--locked", "-p", "xtask", "--example", "generate", "--"]);
    command.arg(&folder);
    process::must(command, false)?;
    Ok(folder)
}

/// How a file that is checked in differs from what is generated.
#[derive(Debug, PartialEq, Eq)]
enum Change {
    New(PathBuf),
    Other(PathBuf),
    Gone(PathBuf),
}

impl Change {
    fn path(&self) -> &Path {
        match self {
            Self::New(path) | Self::Other(path) | Self::Gone(path) => path,
        }
    }

    fn show(&self) -> String {
        let what = match self {
            Self::New(_) => "new",
            Self::Other(_) => "changed",
            Self::Gone(_) => "no longer generated",
        };
        format!("  {} ({what})", self.path().display())
    }
}

fn differences(made: &Path, root: &Path) -> Result<Vec<Change>> {
    let mut changes = Vec::new();
    for folder in FOLDERS {
        let list = |base: &Path| -> Result<BTreeSet<PathBuf>> {
            Ok(files::tree(&base.join(folder))?.into_iter().map(|file| Path::new(folder).join(file)).collect())
        };
        let (here, there) = (list(root)?, list(made)?);
        for file in here.union(&there) {
            match (here.contains(file), there.contains(file)) {
                (false, _) => changes.push(Change::New(file.clone())),
                (_, false) => changes.push(Change::Gone(file.clone())),
                _ if files::read(&root.join(file))? != files::read(&made.join(file))? => {
                    changes.push(Change::Other(file.clone()));
                }
                _ => {}
            }
        }
    }
    Ok(changes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sees_every_kind_of_difference() {
        let name = format!("xtask-gen-{}", std::process::id());
        let scratch = files::Scratch::new(std::env::temp_dir().join(name)).unwrap();
        let (made, root) = (scratch.path().join("made"), scratch.path().join("root"));
        for (base, file, text) in [
            (&made, "a", "1"),
            (&root, "a", "1"),
            (&made, "b", "1"),
            (&root, "b", "2"),
            (&made, "c", ""),
            (&root, "d", ""),
        ] {
            files::write(&base.join("docs/man").join(file), text).unwrap();
        }
        let path = |file: &str| PathBuf::from("docs/man").join(file);
        assert_eq!(
            differences(&made, &root).unwrap(),
            [Change::Other(path("b")), Change::New(path("c")), Change::Gone(path("d"))]
        );
    }
}
