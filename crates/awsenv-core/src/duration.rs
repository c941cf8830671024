//! Durations as people type them: `90s`, `15m`, `1h30m`.

use std::time::Duration;

use thiserror::Error;

/// Not a duration.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("\"{}\" is not a duration such as 90s, 15m or 1h30m", .text.escape_debug())]
pub struct DurationError {
    text: String,
}

/// Reads hours, minutes and seconds, each at most once and in this order, e.g. `1h30m`. Zero is none.
pub fn parse_duration(text: &str) -> Result<Duration, DurationError> {
    let error = || DurationError { text: text.to_owned() };
    let mut seconds: u64 = 0;
    let mut rest = text;
    for (unit, factor) in [('h', 3600), ('m', 60), ('s', 1)] {
        if let Some((digits, behind)) = rest.split_once(unit) {
            if digits.is_empty() || digits.len() > 9 || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return Err(error());
            }
            seconds += digits.parse::<u64>().map_err(|_| error())? * factor;
            rest = behind;
        }
    }
    if rest.is_empty() && seconds > 0 { Ok(Duration::from_secs(seconds)) } else { Err(error()) }
}

/// Writes a duration as [`parse_duration`] reads it, in whole seconds: `1h30m`, `0s`.
pub fn format_duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let parts = [(seconds / 3600, 'h'), (seconds / 60 % 60, 'm'), (seconds % 60, 's')];
    let text: String = parts.iter().filter(|(n, _)| *n > 0).map(|(n, unit)| format!("{n}{unit}")).collect();
    if text.is_empty() { "0s".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for (text, seconds) in [("90s", 90), ("15m", 900), ("1h30m", 5400), ("12h", 43200), ("1h1s", 3601)] {
            assert_eq!(parse_duration(text), Ok(Duration::from_secs(seconds)));
        }
        for seconds in [0, 1, 59, 60, 61, 3600, 3661, 86_400] {
            let text = format_duration(Duration::from_secs(seconds));
            assert!(seconds == 0 || parse_duration(&text) == Ok(Duration::from_secs(seconds)), "{text}");
        }
    }

    #[test]
    fn nonsense() {
        for text in ["", "0s", "15", "m", "1m1h", "1m2m", "-1s", "1.5h", "1 h", "9999999999s", "1H"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }
}
