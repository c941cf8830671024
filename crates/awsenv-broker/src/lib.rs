//! The side of awsenv that talks to AWS and to a person: role chains, MFA, IAM Identity Center, the machine's own
//! credentials. A process of its own, so that TLS, an async runtime and the SDK are not linked into what runs at every
//! prompt. Requests and answers: [`awsenv_core::broker`].
//!
//! The AWS SDK's service clients make the calls; its credential chain is not used, since the chain, its caches and its
//! questions are what awsenv exists for.

mod account;
mod answer;
mod ask;
mod aws_error;
mod broker;
mod chain;
mod client;
mod error;
mod login;
mod logout;
mod long_term;
mod mfa;
mod sources;
mod store;
#[cfg(test)]
mod testing;

pub use answer::answer_request as answer;

/// A panic says its place and nothing else: its text could hold any value.
pub fn install_panic_hook() {
    std::panic::set_hook(Box::new(|info| {
        use std::io::Write;
        awsenv_host::terminal::restore();
        let place = info.location().map(|at| format!(" at {}:{}", at.file(), at.line())).unwrap_or_default();
        let _ = writeln!(std::io::stderr(), "awsenv-broker: a bug in awsenv{place} [panic]");
    }));
}
