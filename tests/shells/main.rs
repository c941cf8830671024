//! Rendered snippets in real shells: values arrive, a change is applied at once or not at all, a failure is a failure.

mod common;
mod cut_off;
mod failure;
mod interactive;
mod obstacles;
mod powershell;
mod values;
