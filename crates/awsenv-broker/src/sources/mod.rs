//! One module a way to credentials.

pub(crate) mod identity;
mod session_name;
pub(crate) mod sts;
pub(crate) mod web_identity;
