//! TAB in real shells on a terminal: what is inserted, what is listed, and that a hostile name arrives whole and runs
//! nothing.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    clippy::print_stderr,
    reason = "a test drives the machine"
)]

mod elsewhere;
mod hostile;
mod list;
mod session;
mod texts;
