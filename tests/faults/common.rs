//! What these tests share.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Output};

use awsenv_testkit::home::Home;
use awsenv_testkit::shells::RealShell;

/// The program under test.
pub(crate) const AWSENV: &str = env!("CARGO_BIN_EXE_awsenv");

/// An environment.
pub(crate) type Env = BTreeMap<String, String>;

/// What one run did.
#[derive(Debug)]
pub(crate) struct Run {
    /// The exit status; `None` after a signal.
    pub(crate) status: Option<i32>,
    /// The signal that ended it.
    pub(crate) signal: Option<i32>,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
}

impl Run {
    /// Takes the result of a run and checks what holds for every run: no panic, and nothing on standard error that
    /// steers a terminal.
    #[track_caller]
    pub(crate) fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let run = Self {
            status: output.status.code(),
            signal: output.status.signal(),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        };
        assert_ne!(run.status, Some(255), "a bug: {run:?}");
        assert_quiet(&run.stderr);
        run
    }

    /// Fails unless the status is `status` and standard error says every one of `said`.
    #[track_caller]
    pub(crate) fn expect(self, status: i32, said: &[&str]) -> Self {
        assert_eq!(self.status, Some(status), "{self:?}");
        for text in said {
            assert!(self.stderr.contains(text), "{text:?} is missing in {self:?}");
        }
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Fails if `text` holds a control character that is no line break: it could steer a terminal.
#[track_caller]
pub(crate) fn assert_quiet(text: &str) {
    let loud = text.chars().find(|c| c.is_control() && *c != '\n');
    assert_eq!(loud, None, "a control character for the terminal in {text:?}");
}

/// `awsenv` in this home, not yet started.
pub(crate) fn command(home: &Home, arguments: &[impl AsRef<OsStr>]) -> Command {
    let mut command = home.command(AWSENV);
    command.args(arguments);
    command
}

/// Runs `awsenv` in this home.
#[track_caller]
pub(crate) fn awsenv(home: &Home, arguments: &[impl AsRef<OsStr>]) -> Run {
    Run::of(&command(home, arguments).output().expect("awsenv starts"))
}

/// Runs `awsenv` with exactly `environment`.
#[track_caller]
pub(crate) fn awsenv_in(home: &Home, environment: &Env, arguments: &[&str]) -> Run {
    Run::of(&command(home, arguments).env_clear().envs(environment).output().expect("awsenv starts"))
}

/// What `environment` becomes when a shell evaluates what `awsenv ARGUMENTS` says (as nu's JSON). The run must succeed.
#[track_caller]
pub(crate) fn evaluated(home: &Home, environment: &Env, arguments: &[&str]) -> Env {
    let arguments: Vec<&str> = arguments.iter().copied().chain(["--shell", "nu"]).collect();
    apply(environment, &awsenv_in(home, environment, &arguments).expect(0, &[]).json())
}

/// `environment` after a change in nu's JSON, which must be whole: nothing both set and unset.
#[track_caller]
pub(crate) fn apply(environment: &Env, change: &serde_json::Value) -> Env {
    let mut after = environment.clone();
    let set = change["set"].as_object().unwrap_or_else(|| panic!("no change: {change}"));
    for name in change["unset"].as_array().unwrap_or_else(|| panic!("no change: {change}")) {
        let name = name.as_str().expect("a name");
        assert!(!set.contains_key(name), "{name} is both set and unset");
        after.remove(name);
    }
    for (name, value) in set {
        after.insert(name.clone(), value.as_str().expect("a value").to_owned());
    }
    after
}

/// A home's environment, as text.
pub(crate) fn environment_of(home: &Home) -> Env {
    let text = |part: std::ffi::OsString| part.into_string().expect("UTF-8");
    home.environment().into_iter().map(|(name, value)| (text(name), text(value))).collect()
}

/// A home that also has `variables`, and finds the program under test first on its `PATH`.
pub(crate) fn with_variables(home: Home, variables: &Env) -> Home {
    let home = variables.iter().fold(home, |home, (name, value)| home.variable(name, value));
    home.path_first(folder_of_awsenv())
}

/// Where the program under test is.
pub(crate) fn folder_of_awsenv() -> &'static Path {
    Path::new(AWSENV).parent().expect("a program is in a folder")
}

/// How a person evaluates `awsenv ARGUMENTS` in this shell. Each shell is told by its process, as for people; only
/// xonsh runs as `python`.
pub(crate) fn form(shell: RealShell, arguments: &str) -> String {
    form_of(shell, &format!("awsenv {arguments}"))
}

/// As [`form`], for a command line that ends with awsenv's arguments.
pub(crate) fn form_of(shell: RealShell, command: &str) -> String {
    let option = if shell == RealShell::Xonsh { " --shell xonsh" } else { "" };
    let dialect = shell.name().parse().expect("a real shell is one that awsenv speaks");
    awsenv_shell::evaluation_form(dialect, &format!("{command}{option}"))
}

/// A small generator of numbers that are the same on every run (the constants are Knuth's MMIX).
pub(crate) struct Random(u64);

impl Random {
    /// Starts from `seed`.
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = Self(seed ^ 0x5DEE_CE66_D1CE_4E5B);
        random.below(2);
        random
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits fit") % end
    }

    /// True once in `times`.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of `choices`.
    pub(crate) fn pick<'c, T>(&mut self, choices: &'c [T]) -> &'c T {
        &choices[self.below(choices.len())]
    }
}
