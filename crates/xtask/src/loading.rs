//! What loading the hook adds to the start of each shell, for `cargo xtask bench`.
//!
//! A shell is started as for a person, with a start-up file, told to run `exit`, and so ends before its first prompt. It
//! keeps its hands off the terminal (`+m`).
//! Three start-up files take turns with `/bin/true`: an empty one, one with the hook's line, and one whose line evaluates
//! in the same way what the smallest program prints, which no hook could be faster than.

use std::path::{Path, PathBuf};

use crate::failure::Result;
use crate::files;
use crate::process;

/// The shells, in the order in which they are shown.
pub(crate) const SHELLS: [&str; 12] =
    ["bash", "zsh", "fish", "dash", "ash", "ksh", "mksh", "yash", "tcsh", "elvish", "nu", "xonsh"];

/// What a start-up file has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum StartUp {
    /// Nothing.
    Empty,
    /// The line of the README.
    Hook,
    /// The same form, for `true`.
    Program,
}

/// A start of a shell: the program, its arguments, and variables.
pub(crate) struct Start {
    pub(crate) program: PathBuf,
    pub(crate) words: Vec<String>,
    pub(crate) variables: Vec<(String, String)>,
}

/// Shells in which running any program and evaluating its output takes longer than twice `/bin/true`, or which parse a
/// hook's text so slowly that no text could be read in that time: nothing is promised there but not to hide it.
pub(crate) fn is_promised(shell: &str) -> bool {
    !matches!(shell, "elvish" | "nu" | "xonsh")
}

/// Where `shell` is, on `PATH` or among the tools of the tests.
pub(crate) fn find(shell: &str, tools: &Path) -> Option<PathBuf> {
    let name = if shell == "ash" { "busybox" } else { shell };
    process::find(name).or_else(|| Some(tools.join("bin").join(name)).filter(|path| path.is_file()))
}

/// A start of `shell` with a start-up file in a folder of its own below `folder`.
pub(crate) fn start(shell: &str, program: &Path, start_up: StartUp, folder: &Path) -> Result<Start> {
    let name = match start_up {
        StartUp::Empty => "empty",
        StartUp::Hook => "hook",
        StartUp::Program => "program",
    };
    let home = folder.join(format!("start-{shell}-{name}"));
    let line = match start_up {
        StartUp::Empty => String::new(),
        StartUp::Hook => line(shell, &format!("awsenv init {shell} --prompt")),
        // By its path: most shells have a `true` of their own.
        StartUp::Program => line(shell, "/bin/true"),
    };
    let at = |file: &str| home.join(file).display().to_string();
    let mut words: Vec<String> = Vec::new();
    let mut variables = vec![("HOME".to_owned(), home.display().to_string())];
    let place = match shell {
        "bash" => {
            words.extend(["--noprofile".into(), "--rcfile".into(), at("rc"), "+m".into(), "-i".into()]);
            "rc"
        }
        "zsh" => {
            words.extend(["-d".into(), "+m".into(), "-i".into()]);
            ".zshrc"
        }
        "yash" => {
            words.extend(["--noprofile".into(), format!("--rcfile={}", at("rc")), "+m".into(), "-i".into()]);
            "rc"
        }
        // These two read the file in any case.
        "fish" => ".config/fish/config.fish",
        "tcsh" => ".tcshrc",
        "elvish" => {
            words.extend(["-rc".into(), at("rc.elv")]);
            "rc.elv"
        }
        "nu" => {
            words.extend(["--config".into(), at("config.nu")]);
            "config.nu"
        }
        "xonsh" => {
            words.extend(["--rc".into(), at("rc.xsh")]);
            "rc.xsh"
        }
        _ => {
            words.extend((shell == "ash").then(|| "ash".to_owned()));
            words.extend(["+m".into(), "-i".into()]);
            variables.push(("ENV".to_owned(), at("rc")));
            "rc"
        }
    };
    let mut text = format!("{line}\n");
    match shell {
        // Its input ends at once.
        "elvish" => {}
        "nu" => {
            // What is in the autoload folder is read at a prompt alone, so it is read here.
            let written = home.join(".config/nushell/autoload/awsenv.nu");
            files::write(&written, "")?;
            if start_up == StartUp::Hook {
                text.push_str(&format!("source {}\n", written.display()));
            }
            words.extend(["-c".into(), "exit".into()]);
        }
        "xonsh" => words.extend(["-c".into(), "exit()".into()]),
        // Some would expand the prompt before they exit.
        "fish" | "tcsh" => words.extend(["-c".into(), "exit".into()]),
        _ => {
            text.push_str("PS1=\n");
            words.extend(["-c".into(), "exit".into()]);
        }
    }
    files::write(&home.join(place), text)?;
    Ok(Start { program: program.to_owned(), words, variables })
}

/// How `shell` evaluates what `command` prints, as the README says.
fn line(shell: &str, command: &str) -> String {
    match shell {
        "fish" => format!("{command} | source"),
        "tcsh" => format!("eval \"`{command}`\""),
        "elvish" => format!("eval ({command} | slurp)"),
        "nu" => {
            let file = "($nu.user-autoload-dirs.0 | path join awsenv.nu)";
            format!("mkdir $nu.user-autoload-dirs.0; ^{command} | save -f {file}")
        }
        "xonsh" => format!("execx($({command}))"),
        _ => format!("eval \"$({command})\""),
    }
}
