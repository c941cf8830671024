//! Multi-factor authentication: how a role's wish for it is met.

use awsenv_core::credentials::{Credentials, Secret};

/// What meets a role's wish for MFA.
#[derive(Clone, Debug)]
pub(crate) enum Means {
    /// A session that was made with a code: it signs, and no code is needed.
    Session(Credentials),
    /// A code that goes with the call itself. AWS takes it once.
    Code(Secret),
}
