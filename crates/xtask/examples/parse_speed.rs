//! `parse_speed CONFIG CREDENTIALS`: how long the two stages of reading take, in nanoseconds a profile.
//!
//! Run by `cargo xtask bench` in a release build. Prints one line a round: `PARSE BOTH`, where PARSE is text to
//! sections and BOTH is text to profiles with meaning.
#![allow(clippy::print_stdout, reason = "printing the result is what it is for")]

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use awsenv_core::config::{ConfigText, parse_config};
use awsenv_core::diagnostic::SourceFile;
use awsenv_core::profile::ProfileSet;

const ROUNDS: usize = 120;

fn main() -> Result<(), Box<dyn Error>> {
    let mut paths = std::env::args_os().skip(1);
    let (Some(config), Some(credentials)) = (paths.next(), paths.next()) else {
        return Err("usage: parse_speed CONFIG CREDENTIALS".into());
    };
    let config = ConfigText::from_bytes(std::fs::read(config)?)?;
    let credentials = ConfigText::from_bytes(std::fs::read(credentials)?)?;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let config = parse_config(SourceFile::Config, black_box(&config));
        let credentials = parse_config(SourceFile::Credentials, black_box(&credentials));
        let parsed = start.elapsed();
        let set = black_box(ProfileSet::normalize(config, credentials));
        let both = start.elapsed();
        let profiles = set.profiles().len() as u128;
        println!("{} {}", parsed.as_nanos() / profiles, both.as_nanos() / profiles);
    }
    Ok(())
}
