//! The segment in the prompts of real shells, on real terminals.
#![cfg(unix)]

mod common;
mod embedding;
mod hostile;
mod learn;
mod program;
mod width;
