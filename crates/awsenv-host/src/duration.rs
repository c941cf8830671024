//! Durations as people type them: `90s`, `15m`, `1h30m`.

use std::time::Duration;

/// Reads a duration: whole numbers with `h`, `m` and `s`, each at most once and in this order. `None` for anything
/// else, for zero, and for more than fits.
pub fn parse(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut seconds = 0_u64;
    for (unit, worth) in [('h', 3600), ('m', 60), ('s', 1)] {
        if let Some((number, after)) = rest.split_once(unit) {
            if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            seconds = number.parse::<u64>().ok()?.checked_mul(worth)?.checked_add(seconds)?;
            rest = after;
        }
    }
    (rest.is_empty() && seconds > 0).then(|| Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, seconds) in
            [("90s", 90), ("15m", 900), ("1h30m", 5400), ("12h", 43_200), ("1h0m5s", 3605), ("2h3s", 7203)]
        {
            assert_eq!(parse(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        for text in [
            "",
            "0s",
            "90",
            "m",
            "1m1h",
            "1m1m",
            "-1m",
            "+1m",
            "1.5h",
            " 1m",
            "1 m",
            "1d",
            "1M",
            "٣m",
            "99999999999999999h",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
