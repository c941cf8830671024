//! Programs of this workspace that belong to another package than the test: cargo names a test only its own package's.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The program `name`, which `package` builds, in the folder of `known`, a program that cargo has just built for this
/// test (`env!("CARGO_BIN_EXE_…")`). awsenv looks for its broker there, too.
///
/// `cargo test --workspace` builds all of them before it runs any test. Who runs one test alone builds the others first.
///
/// # Panics
/// It is missing, or older than one of the sources it was built from. The message names the command that builds it.
pub fn beside(known: &str, name: &str, package: &str) -> PathBuf {
    let program = Path::new(known).with_file_name(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let build = format!("build it: cargo build -p {package} --bin {name} (cargo test --workspace builds all)");
    let built = modified(&program).unwrap_or_else(|| panic!("{} is missing; {build}", program.display()));
    let list = program.with_extension("d");
    let sources = fs::read_to_string(&list).unwrap_or_else(|e| panic!("{}: {e}; {build}", list.display()));
    for source in sources_in(&sources) {
        let changed = modified(&source);
        assert!(
            changed.is_some_and(|changed| changed <= built),
            "{} is older than {}; {build}",
            program.display(),
            source.display()
        );
    }
    program
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|data| data.modified()).ok()
}

/// The sources in cargo's note beside a program: `PROGRAM: SOURCE SOURCE …`, blanks escaped by `\`.
fn sources_in(note: &str) -> Vec<PathBuf> {
    let line = note.lines().next().unwrap_or_default();
    let list = line.split_once(": ").map_or("", |(_, list)| list);
    let mut sources = vec![String::new()];
    let mut letters = list.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => sources.last_mut().expect("one").extend(letters.next()),
            ' ' => sources.push(String::new()),
            _ => sources.last_mut().expect("one").push(letter),
        }
    }
    sources.into_iter().filter(|source| !source.is_empty()).map(PathBuf::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_cargos_note() {
        assert_eq!(
            sources_in("/t/debug/awsenv: /a/main.rs /b\\ c/lib.rs\n"),
            [Path::new("/a/main.rs"), Path::new("/b c/lib.rs")]
        );
        assert!(sources_in("").is_empty());
    }
}
