//! The whole way: `awsenv` as people run it, its broker, and the strict fakes of AWS on loopback.
//!
//! These belong to the broker's package, and `awsenv` is another's: `cargo test --workspace` builds it before; alone,
//! `cargo build -p awsenv-cli --bin awsenv` does, and its absence is a failure that says so.

mod broker;
mod common;
mod handover;
mod hook;
mod long_term;
mod mfa;
mod pins;
mod renewal;
mod secrets;
mod sso;
mod states;
mod verify;
