//! What the tests need beside Rust: shells and tools of the system, a Python with the oracle, nu, cross targets.
//!
//! Each part can be run again at no cost: it looks first, and a stamp holds what was installed.

use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};
use crate::files;
use crate::process;
use crate::report::{Outcome, Report};
use crate::workspace::Workspace;

/// The npm package that ships nu, and the version that the tests know.
const NU: &str = "@nushell/linux-x64@0.115.1";

/// Targets that the checks build for.
const TARGETS: &[&str] = &["x86_64-pc-windows-gnu", "aarch64-apple-darwin"];

/// Something of the system's: Debian's package, and a program or file that shows that it is there.
struct Package {
    name: &'static str,
    shows: &'static [&'static str],
}

const PACKAGES: &[Package] = &[
    Package { name: "zsh", shows: &["zsh"] },
    Package { name: "fish", shows: &["fish"] },
    Package { name: "ksh93u+m", shows: &["ksh93", "ksh"] },
    Package { name: "mksh", shows: &["mksh"] },
    Package { name: "yash", shows: &["yash"] },
    Package { name: "tcsh", shows: &["tcsh"] },
    Package { name: "elvish", shows: &["elvish"] },
    Package { name: "busybox", shows: &["busybox"] },
    Package { name: "bash-completion", shows: &["/usr/share/bash-completion/bash_completion"] },
    Package { name: "shellcheck", shows: &["shellcheck"] },
    Package { name: "awscli", shows: &["/usr/bin/aws"] },
    Package { name: "valgrind", shows: &["valgrind"] },
    Package { name: "strace", shows: &["strace"] },
    Package { name: "musl-tools", shows: &["musl-gcc"] },
    Package { name: "gcc-mingw-w64-x86-64", shows: &["x86_64-w64-mingw32-gcc"] },
    Package { name: "wine64", shows: &["/usr/lib/wine/wine64", "wine64"] },
    Package { name: "python3", shows: &["python3"] },
    Package { name: "python3-venv", shows: &[] },
    Package { name: "nodejs", shows: &["node"] },
    Package { name: "npm", shows: &["npm"] },
];

/// Does every part and reports each as a step.
pub(crate) fn run(workspace: &Workspace, report: &mut Report, echo: bool) {
    let tools = workspace.test_tools();
    report.step("setup-packages", || {
        let outcome = packages(workspace, echo)?;
        link_wine(&tools)?;
        Ok(outcome)
    });
    report.step("setup-python", || python(workspace, &tools, echo));
    report.step("setup-nu", || nu(workspace, &tools, echo));
    report.step("setup-targets", || targets(workspace));
}

fn packages(workspace: &Workspace, echo: bool) -> Result<Outcome> {
    let missing = missing_packages();
    if missing.is_empty() {
        return Ok(Outcome::passed());
    }
    let Some(apt) = process::find("apt-get") else {
        return Ok(Outcome::Skipped(format!("install them by this system's own means: {}", missing.join(" "))));
    };
    let install = format!("apt-get install -y --no-install-recommends {}", missing.join(" "));
    if process::stdout(process::command("id", ["-u"]))?.trim() != "0" {
        return Ok(Outcome::Skipped(format!("not root; run: {install}")));
    }
    let quiet = |words: &[&'static str]| {
        let mut command = workspace.command(&apt, ["-q", "-o", "DPkg::Lock::Timeout=300"]);
        command.args(words).env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    process::must(quiet(&["update"]), echo)?;
    let mut command = quiet(&["install", "-y", "--no-install-recommends"]);
    command.args(&missing);
    process::must(command, echo)?;
    let left = missing_packages();
    if left.is_empty() {
        return Ok(Outcome::Passed(format!("installed {}", missing.join(" "))));
    }
    Err(Failure::new(format!("still missing after `{install}`: {}", left.join(" "))))
}

fn missing_packages() -> Vec<&'static str> {
    PACKAGES.iter().filter(|package| !is_there(package)).map(|package| package.name).collect()
}

fn is_there(package: &Package) -> bool {
    if package.name == "python3-venv" {
        return system_python().is_some_and(|python| {
            process::run(process::command(python, ["-c", "import ensurepip, venv"]), false).is_ok_and(|ran| ran.ok)
        });
    }
    package.shows.iter().any(|shows| found(shows).is_some())
}

/// A program by name, or a file by its path.
fn found(what: &str) -> Option<PathBuf> {
    if what.starts_with('/') { Some(PathBuf::from(what)).filter(|path| path.exists()) } else { process::find(what) }
}

/// The system's own Python, before one that a version manager puts on PATH and may take away again.
fn system_python() -> Option<PathBuf> {
    found("/usr/bin/python3").or_else(|| process::find("python3"))
}

fn python(workspace: &Workspace, tools: &Path, echo: bool) -> Result<Outcome> {
    let Some(system) = system_python() else {
        return Ok(Outcome::Skipped("there is no python3".into()));
    };
    let requirements = workspace.root().join("tests/requirements.txt");
    let version = process::must(process::command(&system, ["--version"]), false)?;
    let stamp = Stamp::new(tools, "python", &format!("{version}{}", files::read(&requirements)?));
    let venv = tools.join("venv");
    let wrapper = tools.join("bin/python");
    if stamp.holds() && venv.join("bin/xonsh").exists() && wrapper.exists() {
        return Ok(Outcome::passed());
    }
    files::remove_dir(&venv)?;
    files::create_dir(tools)?;
    let mut make = workspace.command(&system, ["-m", "venv"]);
    process::must(
        {
            make.arg(&venv);
            make
        },
        echo,
    )?;
    let mut install =
        workspace.command(venv.join("bin/pip"), ["install", "--disable-pip-version-check", "--requirement"]);
    process::must(
        {
            install.arg(&requirements);
            install
        },
        echo,
    )?;
    // A link would not do: Python looks for its environment beside the path it was started by.
    files::write(&wrapper, format!("#!/bin/sh\nexec '{}' \"$@\"\n", venv.join("bin/python").display()))?;
    files::set_mode(&wrapper, 0o755)?;
    files::link(Path::new("../venv/bin/xonsh"), &tools.join("bin/xonsh"))?;
    stamp.write()?;
    Ok(Outcome::Passed("installed tests/requirements.txt".into()))
}

fn nu(workspace: &Workspace, tools: &Path, echo: bool) -> Result<Outcome> {
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    if (os, arch) != ("linux", "x86_64") {
        return Ok(Outcome::Skipped(format!(
            "the package ships nu for linux x86_64, not for {os} {arch}: put nu on PATH"
        )));
    }
    let stamp = Stamp::new(tools, "nu", NU);
    let program = tools.join("npm/node_modules/@nushell/linux-x64/bin/nu");
    if !(stamp.holds() && program.exists() && tools.join("bin/nu").exists()) {
        let Some(npm) = process::find("npm") else {
            return Ok(Outcome::Skipped("there is no npm to bring nu".into()));
        };
        let folder = tools.join("npm");
        files::create_dir(&folder)?;
        files::create_dir(&tools.join("bin"))?;
        let mut install = workspace.command(npm, ["install", "--no-save", "--no-audit", "--no-fund", "--prefix"]);
        install.arg(&folder).arg(NU);
        process::must(install, echo)?;
        files::link(Path::new("../npm/node_modules/@nushell/linux-x64/bin/nu"), &tools.join("bin/nu"))?;
        stamp.write()?;
    }
    Ok(Outcome::passed())
}

fn targets(workspace: &Workspace) -> Result<Outcome> {
    let mut wanted: Vec<String> = TARGETS.iter().map(|&target| target.to_owned()).collect();
    wanted.extend(static_target());
    let failures: Vec<String> =
        wanted.iter().filter_map(|target| workspace.add_target(target).err()).map(|f| f.to_string()).collect();
    if failures.is_empty() { Ok(Outcome::passed()) } else { Ok(Outcome::Skipped(failures.join("; "))) }
}

/// Debian's wine64 puts no program on PATH.
fn link_wine(tools: &Path) -> Result<()> {
    let wine = Path::new("/usr/lib/wine/wine64");
    let link = tools.join("bin/wine64");
    if wine.exists() && !link.exists() {
        files::create_dir(&tools.join("bin"))?;
        files::link(wine, &link)?;
    }
    Ok(())
}

/// The target whose programs need no library of the system: musl's, on Linux.
pub(crate) fn static_target() -> Option<String> {
    cfg!(target_os = "linux").then(|| format!("{}-unknown-linux-musl", std::env::consts::ARCH))
}

/// What was installed, so that the next run knows without looking closer.
struct Stamp {
    path: PathBuf,
    content: String,
}

impl Stamp {
    fn new(tools: &Path, name: &str, content: &str) -> Self {
        Self { path: tools.join(format!("{name}.stamp")), content: content.to_owned() }
    }

    fn holds(&self) -> bool {
        files::read(&self.path).is_ok_and(|found| found == self.content)
    }

    fn write(&self) -> Result<()> {
        files::write(&self.path, &self.content)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_holds_only_for_what_was_installed() {
        let folder =
            files::Scratch::new(std::env::temp_dir().join(format!("xtask-stamp-{}", std::process::id()))).unwrap();
        let stamp = Stamp::new(folder.path(), "nu", "1.0");
        assert!(!stamp.holds());
        stamp.write().unwrap();
        assert!(stamp.holds());
        assert!(!Stamp::new(folder.path(), "nu", "1.1").holds());
    }
}
