//! The one number that is taken from many runs.

/// The value in the middle; of two in the middle the lower one, so that it is one that was measured.
///
/// # Panics
/// `values` is empty.
pub(crate) fn median<T: Ord + Copy>(mut values: Vec<T>) -> T {
    assert!(!values.is_empty(), "nothing was measured");
    let middle = (values.len() - 1) / 2;
    *values.select_nth_unstable(middle).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_middle_whatever_the_order() {
        assert_eq!(median(vec![9, 1, 5]), 5);
        assert_eq!(median(vec![4, 1, 3, 2]), 2);
        assert_eq!(median(vec![7]), 7);
        assert_eq!(median(vec![1, 1, 1_000_000]), 1, "an outlier does not move it");
    }
}
