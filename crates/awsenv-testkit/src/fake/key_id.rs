//! Access key ids that hold their account, as AWS's do.

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// An access key id that belongs to `account` (12 digits): `prefix` (`AKIA` for long-term keys, `ASIA` for temporary
/// ones) and 16 base32 characters, in which the account stands where AWS puts it. The same `number` gives the same id.
///
/// ```
/// let id = awsenv_testkit::fake::key_id("ASIA", "029608264753", 7);
/// assert!(id.starts_with("ASIAQ") && id.len() == 20);
/// ```
///
/// # Panics
///
/// Where `account` isn't 12 digits.
pub fn key_id(prefix: &str, account: &str, number: u64) -> String {
    let digits: u64 = account.parse().expect("an account is a number");
    assert!(account.len() == 12, "an account has 12 digits: {account}");
    // 48 bits: one that is set in every id of today, the account, and 7 bits of the number; 32 more bits of the number.
    let head = (1 << 47) | (digits << 7) | (number & 0x7f);
    let tail = (number >> 7).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    let bits = (u128::from(head) << 32) | u128::from(tail);
    let characters = (0..16).rev().map(|place| char::from(ALPHABET[((bits >> (place * 5)) & 31) as usize]));
    characters.fold(prefix.to_owned(), |mut id, character| {
        id.push(character);
        id
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As written down for AWS's ids: base32, the first six bytes, `(n & 0x7fffffffff80) >> 7`.
    fn account_of(id: &str) -> String {
        let bits = id[4..].bytes().fold(0u128, |bits, character| {
            let value = ALPHABET.iter().position(|known| *known == character).expect("base32");
            (bits << 5) | value as u128
        });
        let head = (bits >> 32) as u64;
        format!("{:012}", (head & 0x7fff_ffff_ff80) >> 7)
    }

    #[test]
    fn ids_hold_their_account_and_differ() {
        assert_eq!(account_of("ASIAQNZGKIQY56JQ7WML"), "029608264753");
        for account in ["000000000000", "123456789012", "999999999999"] {
            let ids: std::collections::BTreeSet<_> = (0..1000).map(|n| key_id("ASIA", account, n)).collect();
            assert_eq!(ids.len(), 1000);
            assert!(ids.iter().all(|id| account_of(id) == account));
        }
    }
}
