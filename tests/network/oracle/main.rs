//! botocore, with the AWS CLI's cache, and Debian's AWS CLI as the oracle of the whole way: over generated sets of
//! profiles, `awsenv` with its broker and the oracle end with the same identity, or both with an error, and what the one
//! cached serves the other.
#![allow(clippy::disallowed_methods, reason = "tests start processes and wait for them")]

mod agree;
mod aws_cli;
mod collide;
mod files;
mod generate;
mod kinds;
#[path = "../../conformance/random.rs"]
mod random;
mod refusals;
mod rules;
mod set;
mod tools;
