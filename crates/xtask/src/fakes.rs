//! The fake AWS of the testkit, as a program that runs beside the one that asks it.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use serde_json::Value;

use crate::failure::{Failure, Result};
use crate::files;
use crate::process;

/// A running `fake-aws`. It ends when this is dropped, or with this process.
#[derive(Debug)]
pub(crate) struct FakeAws {
    child: Child,
    /// Where it is, in TLS.
    pub(crate) url: String,
    /// The authority that its certificate is from.
    pub(crate) ca_file: PathBuf,
}

impl FakeAws {
    /// Starts `program` with this world, which is written to `file`.
    pub(crate) fn start(program: &Path, world: &Value, file: &Path) -> Result<Self> {
        files::write(file, world.to_string())?;
        let wrong = |why: String| Failure::new(format!("{}: {why}", program.display()));
        let mut command = process::command(program, ["--world"]);
        command.arg(file).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|error| wrong(error.to_string()))?;
        let mut line = String::new();
        let said = child.stdout.take().map(|output| BufReader::new(output).read_line(&mut line));
        let answer: Option<Value> = said.and_then(|_| serde_json::from_str(&line).ok());
        // From here on, dropping it ends the child.
        let mut this = Self { child, url: String::new(), ca_file: PathBuf::new() };
        let field = |name: &str| answer.as_ref().and_then(|answer| answer[name].as_str());
        match (field("tls_url"), field("ca_file")) {
            (Some(url), Some(ca_file)) => {
                this.url = url.to_owned();
                this.ca_file = ca_file.into();
                Ok(this)
            }
            _ => Err(wrong(format!("it said {line:?}"))),
        }
    }
}

impl Drop for FakeAws {
    fn drop(&mut self) {
        // The end of its input is its end.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
