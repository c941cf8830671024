//! The finished `awsenv` where things go wrong: old environments, failing switches, secrets, bad files and programs.
//!
//! Everything here starts the binary, alone, in a real shell or on a terminal, with an environment that the test made.

mod bad;
mod common;
mod handover;
mod leaks;
mod loud;
mod stale;
