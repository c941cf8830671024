//! The hook in real shells: `awsenv use p` and the evaluated form, `back`, prompts, and what people have around it.

mod alive;
mod around;
mod back;
mod common;
mod forms;
mod lint;
mod other;
mod prompt;
mod session;
