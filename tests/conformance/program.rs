//! awsenv itself, run in a home of the test's own.

use std::process::{Output, Stdio};

use awsenv_testkit::home::Home;
use serde_json::Value;

/// What a run left.
pub(crate) struct Run {
    /// The exit status; a signal would be `None`.
    pub(crate) status: Option<i32>,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
}

impl Run {
    /// Standard output as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}{}", self.stdout, self.stderr))
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("awsenv writes UTF-8");
        Self { status: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

/// Runs `awsenv ARGUMENTS` in `home`, nothing else in its environment.
pub(crate) fn awsenv(home: &Home, arguments: &[&str]) -> Run {
    awsenv_with(home, &[], arguments)
}

/// As [`awsenv`], with further variables.
pub(crate) fn awsenv_with(home: &Home, variables: &[(String, String)], arguments: &[&str]) -> Run {
    let mut command = home.command(env!("CARGO_BIN_EXE_awsenv"));
    command.envs(variables.iter().map(|(name, value)| (name, value)));
    command.args(arguments).stdin(Stdio::null()).output().expect("awsenv runs").into()
}

/// The variables of `home` as JSON, for the oracle.
pub(crate) fn environment_json(home: &Home) -> Value {
    let variables = home.environment().into_iter();
    let text = |text: std::ffi::OsString| text.into_string().expect("a test's variables are UTF-8");
    Value::Object(variables.map(|(name, value)| (text(name), Value::String(text(value)))).collect())
}
