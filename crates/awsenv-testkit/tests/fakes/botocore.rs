//! botocore in a Python process of its own: its real clients, sent to the fake, and its signer.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use awsenv_testkit::fake::{FakeAws, User};
use awsenv_testkit::home::Home;
use awsenv_testkit::tools;
use serde_json::{Value, json};

/// The process and both ends of it.
pub(crate) struct Botocore {
    child: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    _home: Home,
}

impl Botocore {
    /// Starts it, with every client of it sent to `fake`; `None` where there is no Python with botocore and the test may
    /// be skipped.
    pub(crate) fn start(fake: &FakeAws, test: &str) -> Option<Self> {
        Self::start_by(&fake.url(), None, Home::new(), test)
    }

    /// As [`start`](Self::start), by this URL (AWS's own where empty), trusting this authority, and in this home.
    pub(crate) fn start_by(url: &str, ca_file: Option<&Path>, home: Home, test: &str) -> Option<Self> {
        let python = tools::require("python", test)?;
        let script = tools::workspace_root().join("crates/awsenv-testkit/tests/fakes/client.py");
        let mut child = home
            .command(python)
            .arg(script)
            .envs(Some(url).filter(|url| !url.is_empty()).map(|url| ("AWS_ENDPOINT_URL", url)))
            .envs(ca_file.map(|file| ("AWS_CA_BUNDLE", file)))
            .env("AWS_DEFAULT_REGION", "eu-west-1")
            .env("AWS_MAX_ATTEMPTS", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python starts");
        let requests = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().expect("a pipe"));
        Some(Self { child, requests, answers, _home: home })
    }

    /// Asks, and waits for the answer.
    pub(crate) fn ask(&mut self, request: &Value) -> Value {
        let requests = self.requests.as_mut().expect("open until dropped");
        writeln!(requests, "{request}").and_then(|()| requests.flush()).expect("botocore reads");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("botocore writes UTF-8");
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("botocore died of {request}"))
    }

    /// Calls a method of a client; `keys`: `null` for an unsigned client. The answer, or `{"code", "message", "status"}`.
    pub(crate) fn call(&mut self, service: &str, method: &str, keys: &Value, arguments: &Value) -> Value {
        self.ask(
            &json!({"operation": "call", "service": service, "method": method, "keys": keys, "arguments": arguments}),
        )
    }

    /// The headers that botocore signs a request with.
    pub(crate) fn sign(&mut self, request: &Value) -> Vec<(String, String)> {
        let answer = self.ask(request);
        let headers = answer["headers"].as_object().unwrap_or_else(|| panic!("{answer}"));
        headers.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned())).collect()
    }
}

impl Drop for Botocore {
    fn drop(&mut self) {
        // The end of its input ends it.
        self.requests = None;
        let _ = self.child.wait();
    }
}

/// A user's keys, as [`Botocore::call`] takes them.
pub(crate) fn keys_of(user: &User) -> Value {
    json!({"id": user.access_key_id(), "secret": user.secret_access_key(), "token": null})
}

/// Keys out of an answer of STS.
pub(crate) fn keys_in(answer: &Value) -> Value {
    let keys = &answer["Credentials"];
    json!({"id": keys["AccessKeyId"], "secret": keys["SecretAccessKey"], "token": keys["SessionToken"]})
}
