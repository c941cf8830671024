//! The clock.

use jiff::Timestamp;

/// The time now, in UTC, as the system's clock has it.
pub fn now() -> Timestamp {
    Timestamp::now()
}
