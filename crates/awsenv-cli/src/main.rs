//! `awsenv`: the right AWS identity in every shell, or a loud failure.

use std::ffi::OsString;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    awsenv_cli::main(&arguments)
}
