//! `exec` and `export`: the identity arrives whole where it is needed, and failing is told.

mod exec;
mod formats;
