//! What awsenv's tests share: hermetic homes, the hostile corpus, real shells and real terminals.
//!
//! For tests only. Everything here fails by panicking with a message that says what was seen.

#[cfg(feature = "fakes")]
pub mod botocore;
pub mod corpus;
#[cfg(feature = "fakes")]
pub mod fake;
pub mod home;
pub mod moto;
pub mod picture;
pub mod programs;
pub mod shells;
pub mod terminal;
pub mod tools;
