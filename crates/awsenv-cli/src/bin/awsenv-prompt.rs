//! `awsenv-prompt`: the prompt segment and nothing else, because it runs at every prompt.

use std::ffi::OsString;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    awsenv_cli::prompt_main(&arguments)
}
