//! Times as the AWS tools write them into their caches and print them.

use jiff::Timestamp;

/// Reads the end of a set of credentials.
///
/// ISO 8601 with a zone, in the forms that are found on disk: `…+00:00` (AWS CLI v2), `…Z` (v1, SDKs) and `…UTC`
/// (botocore), with or without fractions of a second. A time without a zone means nothing certain: `None`.
pub fn parse_expiration(text: &str) -> Option<Timestamp> {
    let Some(date) = text.strip_suffix("UTC") else { return parse_offset(text) };
    // Only a bare time may stand before `UTC`; `…ZUTC` fails as `…ZZ`.
    parse_offset(&format!("{}Z", date.trim_end_matches(' ')))
}

/// A time with an offset or `Z`, and nothing of jiff's extensions (`[Europe/Berlin]`).
fn parse_offset(text: &str) -> Option<Timestamp> {
    if text.contains('[') { None } else { text.parse().ok() }
}

/// Writes the end of a set of credentials: `2026-11-21T22:14:03Z`, whole seconds, rounded down.
pub fn format_expiration(expiration: Timestamp) -> String {
    let second = expiration.as_nanosecond().div_euclid(1_000_000_000) as i64;
    Timestamp::from_second(second).unwrap_or(expiration).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_found_on_disk() {
        let expected = Timestamp::from_second(1_792_500_000).unwrap();
        for text in [
            "2026-10-20T12:40:00+00:00",
            "2026-10-20T12:40:00Z",
            "2026-10-20T12:40:00UTC",
            "2026-10-20T12:40:00 UTC",
            "2026-10-20 12:40:00Z",
            "2026-10-20T14:40:00+02:00",
            "2026-10-20T12:40:00.000Z",
            "2026-10-20T12:40:00.000000+00:00",
            "2026-10-20T12:40:00.0UTC",
        ] {
            assert_eq!(parse_expiration(text), Some(expected), "{text}");
        }
        assert_eq!(
            parse_expiration("2026-10-20T12:40:00.250Z"),
            Some(Timestamp::from_millisecond(1_792_500_000_250).unwrap())
        );
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "UTC",
            "Z",
            "tomorrow",
            "2026-10-20",
            "2026-10-20T12:40:00",
            "2026-10-20T12:40:00ZUTC",
            "2026-10-20T12:40:00+00:00UTC",
            "2026-10-20T12:40:00Z[Europe/Berlin]",
            "2026-13-20T12:40:00Z",
            "1792500000",
            "2026-10-20T12:40:00Z trailing",
        ] {
            assert_eq!(parse_expiration(text), None, "{text}");
        }
    }

    #[test]
    fn written_in_whole_seconds_and_read_back() {
        let time = Timestamp::from_millisecond(1_792_500_000_999).unwrap();
        assert_eq!(format_expiration(time), "2026-10-20T12:40:00Z");
        assert_eq!(parse_expiration(&format_expiration(time)), Some(Timestamp::from_second(1_792_500_000).unwrap()));
        assert_eq!(format_expiration(Timestamp::from_millisecond(-1).unwrap()), "1969-12-31T23:59:59Z");
    }
}
