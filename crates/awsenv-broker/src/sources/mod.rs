//! One module a way to credentials.

pub(crate) mod identity;
pub(crate) mod sts;
