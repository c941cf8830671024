//! No secret leaks: canaries in every place where a secret can be, and a look at everything awsenv puts out.

mod commands;
mod debug;
mod homes;
mod processes;
mod terminal;
