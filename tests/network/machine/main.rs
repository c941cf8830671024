//! The broker as a program: everything that steers a call, and the sources that a machine has, against the strict fakes,
//! with botocore as the oracle.
#![cfg(unix)]
#![allow(clippy::disallowed_methods, reason = "tests start programs")]

mod connect_proxy;
mod container;
mod endpoints;
mod environment;
mod login_session;
mod metadata;
mod moto;
mod oracle;
mod process;
mod program;
mod proxies;
mod regions;
mod retries;
mod tls;
