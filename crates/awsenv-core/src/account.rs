//! What an access key id tells by itself.

/// What kind of key an access key id names
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyType {
    /// `AKIA…`: a user's own key, valid until it is deleted.
    LongTerm,
    /// `ASIA…`: temporary; needs its session token.
    Temporary,
    /// `ABIA…`, `ACCA…`: for one service.
    ServiceSpecific,
    /// Any other prefix.
    Unknown,
}

impl KeyType {
    /// Reads the prefix.
    pub fn of(access_key_id: &str) -> Self {
        match access_key_id.get(..4) {
            Some("AKIA") => Self::LongTerm,
            Some("ASIA") => Self::Temporary,
            Some("ABIA" | "ACCA") => Self::ServiceSpecific,
            _ => Self::Unknown,
        }
    }
}

/// The account that is encoded in an access key id: 12 digits.
///
/// Not every id decodes, and very old ones decode to nonsense: good enough to show, labelled as such; never to be
/// exported and never to decide anything.
pub fn account_from_key_id(access_key_id: &str) -> Option<String> {
    let encoded = access_key_id.get(4..20).filter(|_| access_key_id.len() == 20)?;
    let mut bits: u128 = 0;
    for byte in encoded.bytes() {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'2'..=b'7' => byte - b'2' + 26,
            _ => return None,
        };
        bits = (bits << 5) | u128::from(digit);
    }
    // 16 characters are 80 bits; the first 48 of them hold the account, without their first bit and last seven.
    let first = (bits >> 32) as u64;
    let account = (first & 0x7fff_ffff_ff80) >> 7;
    // 40 bits hold more than 12 digits do.
    (account < 1_000_000_000_000).then(|| format!("{account:012}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts() {
        assert_eq!(account_from_key_id("ASIAQNZGKIQY56JQ7WML").as_deref(), Some("029608264753"));
        assert_eq!(account_from_key_id("AKIAI44QH8DHBEXAMPLE"), None);
        assert_eq!(account_from_key_id("AKIA"), None);
        assert_eq!(account_from_key_id("AKIAÄÄÄÄÄÄÄÄ"), None);
    }

    /// Found by fuzzing: ids whose 40 bits are a number of 13 digits, which no account has.
    #[test]
    fn thirteen_digits_are_no_account() {
        assert_eq!(account_from_key_id("AKIAORVFFB77QAAAAAAA").as_deref(), Some("999999999999"));
        assert_eq!(account_from_key_id("AKIAORVFFCAAAAAAAAAA"), None);
        assert_eq!(account_from_key_id("AKIA7777777777777777"), None);
    }

    #[test]
    fn types() {
        assert_eq!(KeyType::of("AKIAIOSFODNN7EXAMPLE"), KeyType::LongTerm);
        assert_eq!(KeyType::of("ASIAQNZGKIQY56JQ7WML"), KeyType::Temporary);
        assert_eq!(KeyType::of("x"), KeyType::Unknown);
    }
}
