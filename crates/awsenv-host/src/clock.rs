//! The clock.

use std::time::Instant;

use jiff::Timestamp;

/// The time now, in UTC, as the system's clock has it.
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// The same in the standard library's type, for the times of files.
pub fn system_now() -> std::time::SystemTime {
    std::time::SystemTime::now()
}

/// The time now by a clock that nobody sets, for lengths of time.
pub fn monotonic() -> Instant {
    Instant::now()
}
