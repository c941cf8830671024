//! The tools that are compared, each run for a profile of a home, with what it asked the fake meanwhile.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::OnceLock;

use awsenv_testkit::botocore::Botocore;
use awsenv_testkit::fake::Recorded;
use awsenv_testkit::home::Home;
use awsenv_testkit::programs;
use serde_json::Value;

use crate::set::Set;

/// `awsenv`, beside its broker.
pub(crate) fn awsenv_path() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| programs::beside(env!("CARGO_BIN_EXE_awsenv-broker"), "awsenv", "awsenv-cli"))
}

/// Credentials as a tool gave them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) token: Option<String>,
    pub(crate) account: Option<String>,
}

/// What came of one run.
pub(crate) struct Outcome {
    /// Or the code of awsenv's error, or the name of botocore's.
    pub(crate) result: Result<Given, String>,
    /// What it said.
    pub(crate) said: String,
    /// What it asked.
    pub(crate) calls: Vec<Recorded>,
}

impl Outcome {
    /// The names of the operations.
    pub(crate) fn operations(&self) -> Vec<&str> {
        self.calls.iter().map(|call| call.operation.as_str()).collect()
    }

    /// The key id.
    #[track_caller]
    pub(crate) fn id(&self) -> &str {
        match &self.result {
            Ok(given) => &given.id,
            Err(code) => panic!("no credentials: {code}: {}", self.said),
        }
    }
}

/// One of two tools.
pub(crate) enum Tool<'a> {
    Awsenv,
    Botocore(&'a mut Botocore),
}

impl Tool<'_> {
    /// Asks for `profile` of `home`, which is one of `set`.
    pub(crate) fn run(&mut self, set: &Set, home: &Home, profile: &str) -> Outcome {
        set.fake.reset_calls();
        let code = set.code();
        let (result, said) = match self {
            // Both commands that hand credentials over.
            Tool::Awsenv if profile.len().is_multiple_of(4) && !set.kind.is_refused() => {
                exec(home, profile, code.as_deref())
            }
            Tool::Awsenv => export(home, profile, code.as_deref()),
            Tool::Botocore(botocore) => {
                let answer = botocore.find_as_cli(home, profile, code.as_deref().unwrap_or(""));
                (of_botocore(&answer), answer["message"].as_str().unwrap_or_default().to_owned())
            }
        };
        Outcome { result, said, calls: set.fake.requests() }
    }
}

/// `awsenv export PROFILE --format process`.
pub(crate) fn export(home: &Home, profile: &str, code: Option<&str>) -> (Result<Given, String>, String) {
    let mut command = home.command(awsenv_path());
    command.args(["export", profile, "--format", "process"]).stdin(Stdio::null());
    command.args(code.map(|code| ["--mfa", code]).into_iter().flatten());
    let output = command.output().expect("awsenv starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!said.contains("secret/of+"), "a secret is told: {said}");
    match output.status.code() {
        Some(0) => {
            let json: Value = serde_json::from_slice(&output.stdout).expect("JSON");
            let text = |name: &str| json[name].as_str().map(str::to_owned);
            let given = Given {
                id: text("AccessKeyId").expect("a key id"),
                secret: text("SecretAccessKey").expect("a secret"),
                token: text("SessionToken"),
                account: text("AccountId"),
            };
            (Ok(given), said)
        }
        Some(1 | 3) => (Err(code_in(&said)), said),
        other => panic!("{other:?}: {said}"),
    }
}

/// What `awsenv exec PROFILE` gives a program.
fn exec(home: &Home, profile: &str, code: Option<&str>) -> (Result<Given, String>, String) {
    let mut command = home.command(awsenv_path());
    command.args(["exec", profile]).args(code.map(|code| ["--mfa", code]).into_iter().flatten());
    let output = command.args(["--", "env", "-0"]).stdin(Stdio::null()).output().expect("awsenv starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() {
        return (Err(code_in(&said)), said);
    }
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let variable = |name: &str| {
        let found = text.split('\0').find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        found.map(str::to_owned)
    };
    let given = Given {
        id: variable("AWS_ACCESS_KEY_ID").expect("a key id"),
        secret: variable("AWS_SECRET_ACCESS_KEY").expect("a secret"),
        token: variable("AWS_SESSION_TOKEN"),
        account: variable("AWS_ACCOUNT_ID"),
    };
    (Ok(given), said)
}

/// The stable code at the end of an error's first line.
fn code_in(said: &str) -> String {
    let line =
        said.lines().find(|line| line.ends_with(']') && line.starts_with("awsenv: ") && !line.contains("warning:"));
    let code = line.and_then(|line| line.rsplit_once('[')).map(|(_, code)| code.trim_end_matches(']').to_owned());
    code.unwrap_or_else(|| panic!("no code: {said}"))
}

fn of_botocore(answer: &Value) -> Result<Given, String> {
    let text = |name: &str| answer[name].as_str().map(str::to_owned);
    match (text("id"), text("type")) {
        (Some(id), _) => {
            Ok(Given { id, secret: text("secret").expect("a secret"), token: text("token"), account: text("account") })
        }
        (None, Some(kind)) => Err(kind),
        (None, None) => panic!("{answer}"),
    }
}
