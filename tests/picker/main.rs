//! The picker behind `awsenv use` without a name, on a pseudo-terminal, as a person sees it.

mod cancel;
mod common;
mod dumb;
mod history;
mod keys;
mod screens;
mod shells;
mod streams;
