//! botocore in a long-lived Python process: importing it costs more than asking it.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use awsenv_testkit::home::Home;
use awsenv_testkit::tools;
use serde_json::Value;

/// The process and both ends of it.
pub(crate) struct Oracle {
    child: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Oracle {
    /// Starts it in `home`; `None` where there is no Python with botocore and the test may be skipped.
    pub(crate) fn start(home: &Home, test: &str) -> Option<Self> {
        let python = tools::require("python", test)?;
        let script = tools::workspace_root().join("tests/conformance/oracle.py");
        let mut child = home
            .command(python)
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the oracle starts");
        let requests = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().expect("a pipe"));
        Some(Self { child, requests, answers })
    }

    /// Asks, and waits for the answer.
    pub(crate) fn ask(&mut self, request: &Value) -> Value {
        let requests = self.requests.as_mut().expect("open until dropped");
        writeln!(requests, "{request}").expect("the oracle reads");
        requests.flush().expect("the oracle reads");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the oracle writes UTF-8");
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("the oracle died of {request}"))
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        // The end of its input ends it.
        self.requests = None;
        let _ = self.child.wait();
    }
}
