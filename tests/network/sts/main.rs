//! STS, MFA and AWS's errors, through the program `awsenv-broker` and against the strict fakes.
#![cfg(unix)]

mod arguments;
mod canary;
mod common;
mod faults;
mod listener;
mod mfa;
mod moto;
mod question;
mod signatures;
mod way;
mod web_identity;
