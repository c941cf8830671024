//! awsenv-broker's caches as a program uses them: one call for many, whatever happens to the one that makes it; which
//! cached session serves; disks that don't do what they should.
#![cfg(unix)]
#![allow(clippy::disallowed_methods, reason = "tests start processes and wait for them")]

mod chains;
mod disk;
mod killed;
mod one_call;
mod oracle;
mod renewal;
mod stopped;
mod trust;
mod waiting;
mod world;
