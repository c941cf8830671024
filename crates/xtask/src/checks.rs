//! The checks of `cargo xtask test` that are no command of their own.

use std::path::PathBuf;

use crate::failure::{Failure, Result};
use crate::files;
use crate::generate;
use crate::instructions;
use crate::msrv;
use crate::process;
use crate::report::Outcome;
use crate::test::Bench;

/// Crates that the shell waits for: they have to build on every system.
const HOT: &[&str] = &["awsenv-core", "awsenv-shell", "awsenv-host", "awsenv-cli"];

/// The target whose programs Wine runs.
const WINDOWS: &str = "x86_64-pc-windows-gnu";

/// The target that stands for macOS.
const MACOS: &str = "aarch64-apple-darwin";

/// What no program of ours is built with: the fake services of the tests.
const FAKES: &str = "awsenv-testkit/fakes";

fn cargo(bench: &Bench<'_>, words: &[&str]) -> Result<Outcome> {
    process::must(bench.workspace.cargo(words.iter().copied()), bench.echo)?;
    Ok(Outcome::passed())
}

/// Every file is as rustfmt leaves it.
pub(crate) fn fmt(bench: &Bench<'_>) -> Result<Outcome> {
    cargo(bench, &["fmt", "--all", "--check"])
}

/// No lint speaks.
pub(crate) fn clippy(bench: &Bench<'_>) -> Result<Outcome> {
    let words = ["clippy", "--quiet", "--locked", "--workspace", "--all-targets", "--features", FAKES];
    cargo(bench, &[&words[..], &["--", "-D", "warnings"]].concat())
}

/// The fuzz targets compile, are formatted, and no lint speaks. They are a workspace of their own; without libFuzzer
/// this compiler checks them as well as a nightly one.
pub(crate) fn fuzz(bench: &Bench<'_>) -> Result<Outcome> {
    const MANIFEST: &str = "tests/fuzz/Cargo.toml";
    cargo(bench, &["fmt", "--manifest-path", MANIFEST, "--check"])?;
    let words = ["clippy", "--quiet", "--locked", "--manifest-path", MANIFEST, "--no-default-features", "--target-dir"];
    let mut command = bench.workspace.cargo(words);
    command.arg(bench.workspace.target().join("fuzz")).args(["--", "-D", "warnings"]);
    process::must(command, bench.echo)?;
    Ok(Outcome::passed())
}

/// The documentation has no broken link and no public item without words.
pub(crate) fn doc(bench: &Bench<'_>) -> Result<Outcome> {
    let words = ["doc", "--quiet", "--locked", "--workspace", "--no-deps", "--document-private-items"];
    let mut command = bench.workspace.cargo(words);
    command.args(["--features", FAKES]);
    command.env("RUSTDOCFLAGS", "-D warnings");
    process::must(command, bench.echo)?;
    Ok(Outcome::passed())
}

/// Nothing asks for a newer compiler than Cargo.toml promises.
pub(crate) fn msrv(bench: &Bench<'_>) -> Result<Outcome> {
    msrv::check(bench.workspace, bench.echo)
}

/// What is generated is checked in as it would be generated now.
pub(crate) fn generated(bench: &Bench<'_>) -> Result<Outcome> {
    generate::check(bench.workspace)
}

/// No hot command takes many more instructions than recorded.
pub(crate) fn instructions(bench: &Bench<'_>) -> Result<Outcome> {
    instructions::check(bench.workspace)
}

/// The crates of the hot path compile for macOS.
pub(crate) fn macos(bench: &Bench<'_>) -> Result<Outcome> {
    if !bench.workspace.has_target(MACOS) {
        return Ok(Outcome::Skipped(format!("no standard library for it: rustup target add {MACOS}")));
    }
    let mut words = vec!["check", "--quiet", "--locked", "--target", MACOS];
    for name in HOT {
        words.extend(["-p", name]);
    }
    cargo(bench, &words)
}

/// `awsenv.exe` is built, laid where the tests for cmd look for it, and starts under Wine.
pub(crate) fn windows(bench: &Bench<'_>) -> Result<Outcome> {
    const COMPILER: &str = "x86_64-w64-mingw32-gcc";
    let tools = bench.workspace.test_tools();
    let wine = Some(tools.join("bin/wine64")).filter(|path| path.exists()).or_else(|| process::find("wine64"));
    let (Some(wine), Some(compiler)) = (wine, process::find(COMPILER)) else {
        return Ok(Outcome::Skipped(format!("needs wine64 and {COMPILER}")));
    };
    if !bench.workspace.has_target(WINDOWS) {
        return Ok(Outcome::Skipped(format!("no standard library for it: rustup target add {WINDOWS}")));
    }
    cargo(bench, &["build", "--quiet", "--locked", "-p", "awsenv-cli", "--bins", "--target", WINDOWS])?;
    let folder = tools.join("wine");
    let program = folder.join("awsenv.exe");
    files::copy(&bench.workspace.target().join(WINDOWS).join("debug/awsenv.exe"), &program)?;
    let library = folder.join("bcryptprimitives.dll");
    let mut compile = bench.workspace.command(compiler, ["-shared", "-O1", "-o"]);
    compile.arg(&library).arg("tests/wine/bcryptprimitives.c").arg("-ladvapi32");
    process::must(compile, bench.echo)?;

    let mut start = bench.workspace.command(wine, []);
    start.arg(&program).arg("--version");
    start.env("WINEPREFIX", folder.join("prefix")).env("WINEDEBUG", "-all");
    let said = process::stdout(start)?;
    let version = said.lines().next().unwrap_or_default().trim();
    if version.starts_with("awsenv ") {
        Ok(Outcome::Passed(format!("{version} under Wine")))
    } else {
        Err(Failure::new(format!("`awsenv.exe --version` under Wine said: {said:?}")))
    }
}

/// The shell text of the project passes its linter.
pub(crate) fn shellcheck(bench: &Bench<'_>) -> Result<Outcome> {
    if process::find("shellcheck").is_none() {
        return Ok(Outcome::Skipped("there is no shellcheck".into()));
    }
    let mut scripts = vec![PathBuf::from(".ci/run")];
    for folder in ["shell", "completions", "tests/samples/home/bin"] {
        for file in files::tree(&bench.workspace.root().join(folder))? {
            let extension = file.extension().map(|extension| extension.to_string_lossy().into_owned());
            let is_shell = match extension.as_deref() {
                Some(extension) => matches!(extension, "sh" | "bash" | "dash" | "ash" | "ksh"),
                None => folder.ends_with("bin"),
            };
            if is_shell {
                scripts.push(PathBuf::from(folder).join(file));
            }
        }
    }
    let mut command = bench.workspace.command("shellcheck", []);
    command.args(&scripts);
    process::must(command, bench.echo)?;
    Ok(Outcome::Passed(format!("{} scripts", scripts.len())))
}

/// Every test of every crate.
pub(crate) fn cargo_test(bench: &Bench<'_>) -> Result<Outcome> {
    let mut command = bench.workspace.cargo(["test", "--locked", "--workspace", "--no-fail-fast", "--features", FAKES]);
    command.env("AWSENV_TEST_TOOLS", bench.workspace.test_tools());
    if bench.strict {
        command.env("AWSENV_STRICT", "1");
    }
    let output = process::must(command, bench.echo)?;
    Ok(Outcome::Passed(format!("{} tests", tests_passed(&output))))
}

/// The sum of what cargo's test runners counted.
fn tests_passed(output: &str) -> usize {
    output
        .lines()
        .filter_map(|line| line.strip_prefix("test result: ok. "))
        .filter_map(|line| line.split(' ').next()?.parse::<usize>().ok())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_up_what_the_test_runners_counted() {
        let output = "running 2 tests\ntest result: ok. 2 passed; 0 failed; 0 ignored\n\n\
                      test result: ok. 40 passed; 0 failed; 0 ignored\ntest result: FAILED. 7 passed; 1 failed\n";
        assert_eq!(tests_passed(output), 42);
    }
}
