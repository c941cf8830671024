//! One module a way to credentials.

pub(crate) mod container;
pub(crate) mod environment;
mod fetch;
pub(crate) mod identity;
pub(crate) mod login_session;
pub(crate) mod metadata;
pub(crate) mod process;
mod session_name;
pub(crate) mod sso;
pub(crate) mod sts;
pub(crate) mod web_identity;
