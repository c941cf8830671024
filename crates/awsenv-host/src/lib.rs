//! The machine awsenv runs on: files, locks, caches, settings, the clock and child processes.
//!
//! Every effect of awsenv happens here, and every one takes what it needs as an argument, so that callers can be
//! tested without it. Nothing here prints, and no error holds a secret. This crate knows awsenv-core and no shell.

pub mod broker;
pub mod browser;
pub mod cache;
pub mod cli_cache;
pub mod clock;
pub mod credential_process;
pub mod environment;
pub mod files;
pub mod folders;
pub mod freshness;
pub mod glob;
pub mod history;
pub mod interrupt;
pub mod json;
pub mod lock;
pub mod login_cache;
pub mod mfa_process;
pub mod own_cache;
pub mod process;
pub mod programs;
mod python_json;
pub mod sessions;
pub mod settings;
pub mod sso_cache;
pub mod stamps;
pub mod terminal;
pub mod timestamp;
pub mod trust;
mod wiped;
