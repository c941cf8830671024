//! awsenv's domain, pure: config text → profiles → credential chain → credentials → environment change.
//!
//! Nothing here reads a file, the environment, the clock or the network: all that comes in as arguments, and every
//! stage is a function that can be called, printed and tested alone (`docs/architecture.md`).

pub mod account;
pub mod broker;
pub mod call_settings;
pub mod chain;
pub mod change;
pub mod color;
pub mod config;
pub mod credentials;
pub mod diagnostic;
pub mod duration;
mod endpoints;
pub mod environment;
pub mod fingerprint;
pub mod folder;
pub mod header;
pub mod identity;
pub mod location;
pub mod naming;
pub mod options;
pub mod profile;
pub mod profile_settings;
pub mod prompt_format;
pub mod remarks;
pub mod resolve;
pub mod role_sources;
pub mod session_key;
mod suggest;
pub mod switch;
#[cfg(test)]
mod testing;
pub mod variables;
