//! IAM Identity Center through the program `awsenv-broker`, against the strict fakes.
#![cfg(unix)]

mod ask;
mod browser;
mod code;
mod common;
mod credentials;
mod device;
mod load;
mod logout;
mod oracle;
mod refresh;
