//! Real shells, driven without a terminal: what an evaluation did, read back from a child's environment.
//!
//! A test gives the statement that evaluates something (for awsenv's snippets `awsenv_shell::evaluation_form(shell,
//! command)`, where the command is `cat FILE`, `head -c 17 FILE` or `awsenv use acme`), and gets an [`Outcome`]: whether
//! the statement succeeded, whether the shell lived on, and every variable that a program started afterwards sees.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::home::Home;
use crate::tools;

/// A shell that Debian, PyPI or npm gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RealShell {
    /// bash.
    Bash,
    /// `bash --posix`.
    BashPosix,
    /// zsh.
    Zsh,
    /// dash.
    Dash,
    /// ksh93u+m.
    Ksh93,
    /// mksh.
    Mksh,
    /// yash.
    Yash,
    /// busybox ash.
    Ash,
    /// fish.
    Fish,
    /// elvish.
    Elvish,
    /// tcsh.
    Tcsh,
    /// xonsh.
    Xonsh,
    /// Nushell.
    Nu,
}

/// What one evaluation did.
#[derive(Debug)]
pub struct Outcome {
    /// Whether the shell went on to the next statement.
    pub survived: bool,
    /// Whether the statement succeeded, by the shell's own measure: status 0, or no exception.
    pub succeeded: bool,
    /// What a child sees afterwards; `None` where the shell had ended.
    pub environment: Option<BTreeMap<String, String>>,
    /// Everything on standard output; of the whole run in [`evaluate_each`].
    pub stdout: String,
    /// Everything on standard error; of the whole run in [`evaluate_each`].
    pub stderr: String,
}

impl Outcome {
    /// The value of `name` that a child sees.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.environment.as_ref().and_then(|environment| environment.get(name)).map(String::as_str)
    }
}

impl RealShell {
    /// Every shell.
    pub const ALL: [Self; 13] = [
        Self::Bash,
        Self::BashPosix,
        Self::Zsh,
        Self::Dash,
        Self::Ksh93,
        Self::Mksh,
        Self::Yash,
        Self::Ash,
        Self::Fish,
        Self::Elvish,
        Self::Tcsh,
        Self::Xonsh,
        Self::Nu,
    ];

    /// What to call it in a message.
    pub fn label(self) -> &'static str {
        match self {
            Self::BashPosix => "bash --posix",
            Self::Ksh93 => "ksh93",
            Self::Ash => "busybox ash",
            other => other.name(),
        }
    }

    /// awsenv's name for it, as in `--shell NAME`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bash | Self::BashPosix => "bash",
            Self::Zsh => "zsh",
            Self::Dash => "dash",
            Self::Ksh93 => "ksh",
            Self::Mksh => "mksh",
            Self::Yash => "yash",
            Self::Ash => "ash",
            Self::Fish => "fish",
            Self::Elvish => "elvish",
            Self::Tcsh => "tcsh",
            Self::Xonsh => "xonsh",
            Self::Nu => "nu",
        }
    }

    /// Whether its language is that of `sh`, so that it has readonly variables.
    pub fn is_sh_family(self) -> bool {
        !matches!(self, Self::Fish | Self::Elvish | Self::Tcsh | Self::Xonsh | Self::Nu)
    }

    /// The program, or a named skip ([`tools::require`]).
    pub fn require(self, test: &str) -> Option<PathBuf> {
        let program = match self {
            Self::BashPosix => "bash",
            Self::Ksh93 => "ksh93",
            Self::Ash => "busybox",
            other => other.name(),
        };
        tools::require(program, &format!("{test} in {}", self.label()))
    }

    /// The arguments that keep start-up files away.
    pub fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Bash => &["--norc", "--noprofile"],
            Self::BashPosix => &["--norc", "--noprofile", "--posix"],
            Self::Zsh | Self::Tcsh => &["-f"],
            // fish's own configuration is of use: without it there are no universal variables. Nobody else's is, because
            // the home is empty.
            Self::Dash | Self::Ksh93 | Self::Mksh | Self::Fish => &[],
            Self::Yash => &["--norcfile", "--noprofile"],
            Self::Ash => &["ash"],
            Self::Elvish => &["-norc"],
            Self::Xonsh => &["--no-rc"],
            Self::Nu => &["-n"],
        }
    }

    /// The strictest mode there is: a script stops at the first failure, unset variables are errors, files are not
    /// overwritten, names are aliased away, and whatever else of the kind the shell knows.
    pub fn strict(self) -> &'static str {
        match self {
            Self::Bash => "shopt -s failglob expand_aliases; alias unset=false export=false; set -euCk -o pipefail",
            Self::Zsh => {
                "setopt err_exit no_unset no_clobber sh_word_split ksh_arrays rc_quotes glob_subst \
                 warn_create_global null_glob pipe_fail magic_equal_subst extended_glob; \
                 alias unset=false export=false"
            }
            Self::BashPosix | Self::Ksh93 | Self::Mksh => "set -euC -o pipefail; alias unset=false export=false",
            Self::Dash | Self::Yash | Self::Ash => "set -euC; alias unset=false export=false",
            Self::Tcsh => "set noclobber; set backslash_quote; set noglob; set nonomatch; set echo_style=both",
            Self::Xonsh => "$XONSH_SUBPROC_CMD_RAISE_ERROR = True",
            Self::Fish | Self::Elvish | Self::Nu => "",
        }
    }

    /// Whether a failing statement leaves the shell, and the script, running; then many can share a process.
    fn goes_on(self) -> bool {
        matches!(self, Self::Fish | Self::Elvish | Self::Xonsh | Self::Nu)
    }

    /// The script for one evaluation: `statement`, then what came of it and the environment, each to a file. A shell
    /// whose failures are exceptions catches them, unless `strict`.
    fn step(self, statement: &str, strict: bool, status: &str, environment: &str) -> String {
        match self {
            Self::Elvish | Self::Xonsh if strict => {
                format!("{statement}\necho 0 >{status}\nenv -0 >{environment}\n")
            }
            Self::Nu if strict => format!("{statement}\n'0' | save -f {status}; ^env -0 o> {environment}\n"),
            Self::Fish => format!("{statement}\necho $status >{status}\nenv -0 >{environment}\n"),
            Self::Tcsh => {
                format!(
                    "{statement}\nset awsenv_status=$status\necho $awsenv_status >{status}\nenv -0 >{environment}\n"
                )
            }
            Self::Elvish => format!(
                "try {{ {statement}\n echo 0 >{status} }} catch e {{ print $e[reason] >&2; echo 1 >{status} }}\n\
                 env -0 >{environment}\n"
            ),
            Self::Xonsh => format!(
                "try:\n    {statement}\n    awsenv_status = 0\nexcept BaseException as error:\n    \
                 awsenv_status = 1\n    print(error)\n\
                 ![echo @(awsenv_status) > {status}]\n![env -0 > {environment}]\n"
            ),
            Self::Nu => format!(
                "try {{ {statement}\n'0' | save -f {status}; ^env -0 o> {environment} }} \
                 catch {{|e| print -e $e.msg; '1' | save -f {status}; ^env -0 o> {environment} }}\n"
            ),
            _ => format!("{statement}\nawsenv_status=$?\necho $awsenv_status >{status}\nenv -0 >{environment}\n"),
        }
    }
}

/// Runs `before` and then `statement` in `shell`, which `program` is, without start-up files, in `home`.
pub fn evaluate(shell: RealShell, program: &Path, home: &Home, before: &str, statement: &str) -> Outcome {
    run(shell, program, home, false, before, &[statement.to_owned()]).remove(0)
}

/// Runs `statement` in strict mode ([`RealShell::strict`]), where nothing catches a failure: the script ends there and
/// [`Outcome::survived`] is false. tcsh runs with `-e`; fish has nothing of the kind.
pub fn evaluate_strictly(shell: RealShell, program: &Path, home: &Home, before: &str, statement: &str) -> Outcome {
    run(shell, program, home, true, before, &[statement.to_owned()]).remove(0)
}

/// Runs each statement on its own, after the same `before`. Where a failure can't end the shell they share one
/// process, so that hundreds take seconds; a statement that did change something is then seen by the next.
pub fn evaluate_each(
    shell: RealShell,
    program: &Path,
    home: &Home,
    before: &str,
    statements: &[String],
) -> Vec<Outcome> {
    if shell.goes_on() {
        run(shell, program, home, false, before, statements)
    } else {
        statements.iter().flat_map(|one| run(shell, program, home, false, before, std::slice::from_ref(one))).collect()
    }
}

/// Runs the statements one after the other in one process, for statements of which none may fail where a failure ends
/// the shell.
pub fn evaluate_in_turn(shell: RealShell, program: &Path, home: &Home, statements: &[String]) -> Vec<Outcome> {
    run(shell, program, home, false, "", statements)
}

fn run(
    shell: RealShell,
    program: &Path,
    home: &Home,
    strict: bool,
    before: &str,
    statements: &[String],
) -> Vec<Outcome> {
    let folder = tempfile::Builder::new().prefix("awsenv-run-").tempdir().expect("a temporary folder");
    let file = |kind: &str, number: usize| folder.path().join(format!("{kind}{number}"));
    let mut script = if strict { format!("{}\n", shell.strict()) } else { String::new() };
    script += &format!("{before}\n");
    if shell == RealShell::Xonsh && statements.len() > 1 {
        // xonsh's parser takes time by the square of a script's length, so the statements stay outside.
        for (number, statement) in statements.iter().enumerate() {
            fs::write(file("statement", number), statement).expect("a statement in a temporary folder");
        }
        let folder = folder.path().display();
        let statement = format!("execx(open('{folder}/statement' + str(awsenv_number)).read())");
        let step = shell.step(
            &statement,
            strict,
            &format!("{folder}/status@(awsenv_number)"),
            &format!("{folder}/env@(awsenv_number)"),
        );
        script += &format!("for awsenv_number in range({}):\n", statements.len());
        script.extend(step.lines().map(|line| format!("    {line}\n")));
    } else {
        for (number, statement) in statements.iter().enumerate() {
            let (status, environment) = (file("status", number), file("env", number));
            script += &shell.step(statement, strict, &status.to_string_lossy(), &environment.to_string_lossy());
        }
    }
    let path = folder.path().join("script");
    fs::write(&path, script).expect("a script in a temporary folder");
    let mut command = home.command(program);
    command.args(shell.arguments());
    if strict && shell == RealShell::Tcsh {
        command.arg("-e");
    }
    let output = command.arg(&path).output().unwrap_or_else(|e| panic!("{}: {e}", shell.label()));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (0..statements.len())
        .map(|number| {
            let status = fs::read_to_string(file("status", number)).ok();
            let environment = fs::read(file("env", number)).ok().map(|bytes| variables(&bytes));
            Outcome {
                survived: status.is_some(),
                succeeded: status.is_some_and(|status| status.trim() == "0"),
                environment,
                stdout: text(&output.stdout),
                stderr: text(&output.stderr),
            }
        })
        .collect()
}

/// What `env -0` printed.
fn variables(bytes: &[u8]) -> BTreeMap<String, String> {
    let entries = bytes.split(|byte| *byte == 0).filter(|entry| !entry.is_empty());
    entries
        .map(|entry| {
            let entry = String::from_utf8_lossy(entry);
            let (name, value) = entry.split_once('=').unwrap_or((&entry, ""));
            (name.to_owned(), value.to_owned())
        })
        .collect()
}

/// One test a shell, each calling `$check(shell: RealShell, program: &Path)`; a missing shell is a named skip, or a
/// failure where nothing may be skipped. Put it into a module that is named after what is checked.
///
/// ```text
/// mod values_arrive {
///     awsenv_testkit::in_every_shell!(super::check_values);
/// }
/// ```
#[macro_export]
macro_rules! in_every_shell {
    ($check:path) => {
        $crate::in_every_shell!($check, bash = Bash, bash_posix = BashPosix, zsh = Zsh, dash = Dash, ksh93 = Ksh93,
            mksh = Mksh, yash = Yash, ash = Ash, fish = Fish, elvish = Elvish, tcsh = Tcsh, xonsh = Xonsh, nu = Nu);
    };
    ($check:path, $($test:ident = $shell:ident),+ $(,)?) => {$(
        #[test]
        fn $test() {
            let shell = $crate::shells::RealShell::$shell;
            if let Some(program) = shell.require(module_path!()) {
                $check(shell, &program);
            }
        }
    )+};
}
