//! STS, MFA and AWS's errors, through the program `awsenv-broker` and against the strict fakes.
#![cfg(unix)]

mod arguments;
mod common;
mod faults;
mod mfa;
mod question;
mod signatures;
mod web_identity;
