//! When credentials are to be renewed, and when they are over: one rule for every kind.

use jiff::{SignedDuration, Timestamp};

/// The longest time before the end at which credentials are renewed.
///
/// botocore renews at a flat 15 minutes, which makes a session of 15 minutes call STS every time; so a quarter of the
/// lifetime is the limit where that is less ([`renew_window`]).
pub const LONGEST_RENEW_WINDOW: SignedDuration = SignedDuration::from_mins(15);

/// How much life credentials have left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Freshness {
    /// Enough: to be used as they are.
    Fresh,
    /// Still accepted by AWS, and to be renewed by whoever can. Who can't may use them.
    RenewDue,
    /// Over.
    Expired,
}

impl Freshness {
    /// Whether AWS no longer accepts them.
    pub fn expired(self) -> bool {
        self == Self::Expired
    }

    /// Whether a renewal is due, or overdue.
    pub fn renew_due(self) -> bool {
        self != Self::Fresh
    }
}

/// How long before their end credentials are renewed: 15 minutes or a quarter of their lifetime, whichever is less.
///
/// With an unknown `lifetime`, 15 minutes: too early costs a call, too late costs the command that runs.
pub fn renew_window(lifetime: Option<SignedDuration>) -> SignedDuration {
    match lifetime {
        Some(lifetime) if lifetime.is_positive() => LONGEST_RENEW_WINDOW.min(lifetime / 4),
        _ => LONGEST_RENEW_WINDOW,
    }
}

/// How fresh credentials with this `expiration` are at `now`. At the very second of their end they are over.
pub fn freshness(expiration: Timestamp, lifetime: Option<SignedDuration>, now: Timestamp) -> Freshness {
    let left = expiration.duration_since(now);
    if !left.is_positive() {
        Freshness::Expired
    } else if left < renew_window(lifetime) {
        Freshness::RenewDue
    } else {
        Freshness::Fresh
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(left: i64, lifetime: Option<i64>) -> Freshness {
        let now = Timestamp::from_second(1_792_500_000).unwrap();
        freshness(now + SignedDuration::from_secs(left), lifetime.map(SignedDuration::from_secs), now)
    }

    #[test]
    fn an_hour_is_renewed_a_quarter_before_its_end() {
        assert_eq!(at(900, Some(3600)), Freshness::Fresh);
        assert_eq!(at(899, Some(3600)), Freshness::RenewDue);
        assert_eq!(at(1, Some(3600)), Freshness::RenewDue);
        assert_eq!(at(0, Some(3600)), Freshness::Expired);
        assert_eq!(at(-1, Some(3600)), Freshness::Expired);
    }

    #[test]
    fn a_short_session_is_not_renewed_all_the_time() {
        assert_eq!(at(900, Some(900)), Freshness::Fresh);
        assert_eq!(at(225, Some(900)), Freshness::Fresh);
        assert_eq!(at(224, Some(900)), Freshness::RenewDue);
    }

    #[test]
    fn a_long_session_is_renewed_fifteen_minutes_before_its_end() {
        assert_eq!(at(900, Some(43_200)), Freshness::Fresh);
        assert_eq!(at(899, Some(43_200)), Freshness::RenewDue);
    }

    #[test]
    fn an_unknown_or_absurd_lifetime_is_taken_as_long() {
        for lifetime in [None, Some(0), Some(-5)] {
            assert_eq!(at(900, lifetime), Freshness::Fresh);
            assert_eq!(at(899, lifetime), Freshness::RenewDue);
        }
    }
}
