//! Which profiles come first, and which are left by what was typed.

use std::cmp::Reverse;

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// Every name, the likely ones first.
pub(super) struct Ranking<'a> {
    /// By weight, then as in the files.
    candidates: Vec<Candidate<'a>>,
    matcher: Matcher,
    buffer: Vec<char>,
}

struct Candidate<'a> {
    name: &'a str,
    weight: u64,
}

impl<'a> Ranking<'a> {
    /// `names` in the order of the files; `weight` tells how likely one is meant.
    pub(super) fn new(names: Vec<&'a str>, weight: impl Fn(&str) -> u64) -> Self {
        let mut candidates: Vec<Candidate<'a>> =
            names.into_iter().map(|name| Candidate { name, weight: weight(name) }).collect();
        candidates.sort_by_key(|candidate| Reverse(candidate.weight));
        Self { candidates, matcher: Matcher::new(Config::DEFAULT), buffer: Vec::new() }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.candidates.len()
    }

    /// The name at `index`.
    pub(super) fn name(&self, index: usize) -> &'a str {
        self.candidates[index].name
    }

    /// Every name, the likely ones first.
    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.candidates.iter().map(|candidate| candidate.name)
    }

    /// The names that hold the letters of every word of `filter` in this order: the one that is exactly so, then the
    /// best matches, of these the likely ones, the short ones, the order of the files. Capitals count where some are
    /// typed.
    pub(super) fn matching(&mut self, filter: &str) -> Vec<usize> {
        let pattern = pattern(filter);
        if pattern.atoms.is_empty() {
            return (0..self.candidates.len()).collect();
        }
        let mut found = Vec::new();
        for (index, candidate) in self.candidates.iter().enumerate() {
            let name = Utf32Str::new(candidate.name, &mut self.buffer);
            if let Some(score) = pattern.score(name, &mut self.matcher) {
                let is_other = candidate.name != filter;
                let length = candidate.name.len();
                found.push((is_other, Reverse(score), Reverse(candidate.weight), length, index));
            }
        }
        found.sort_unstable();
        found.into_iter().map(|(.., index)| index).collect()
    }

    /// The places in `name`, counted in characters, that `filter` matches; ascending.
    pub(super) fn marks(&mut self, filter: &str, name: &str) -> Vec<u32> {
        let mut marks = Vec::new();
        let name = Utf32Str::new(name, &mut self.buffer);
        pattern(filter).indices(name, &mut self.matcher, &mut marks);
        marks.sort_unstable();
        marks.dedup();
        marks
    }
}

/// Every character stands for itself: a name may hold any.
fn pattern(filter: &str) -> Pattern {
    Pattern::new(filter, CaseMatching::Smart, Normalization::Smart, AtomKind::Fuzzy)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'a>(names: &[&'a str], weights: &[(&str, u64)], filter: &str) -> Vec<&'a str> {
        let weight = |name: &str| weights.iter().find(|(known, _)| *known == name).map_or(0, |(_, weight)| *weight);
        let mut ranking = Ranking::new(names.to_vec(), weight);
        ranking.matching(filter).into_iter().map(|index| ranking.name(index)).collect()
    }

    #[test]
    fn the_likely_ones_first_then_the_order_of_the_files() {
        let names = ["d", "c", "b", "a"];
        assert_eq!(found(&names, &[], ""), names);
        assert_eq!(found(&names, &[("b", 2), ("a", 8)], ""), ["a", "b", "d", "c"]);
        assert_eq!(found(&names, &[("a", 8)], "  "), ["a", "d", "c", "b"]);
    }

    #[test]
    fn letters_in_order_with_gaps() {
        let names = ["client1-prod", "client1-dev", "client2-prod", "other"];
        assert_eq!(found(&names, &[], "c2p"), ["client2-prod"]);
        assert_eq!(found(&names, &[], "prod 1"), ["client1-prod"]);
        assert_eq!(found(&names, &[], "xyz"), [""; 0]);
    }

    #[test]
    fn the_exact_name_is_first_whatever_was_used() {
        let names = ["prod-eu", "prod", "a-prod"];
        assert_eq!(found(&names, &[("prod-eu", 1000)], "prod")[0], "prod");
    }

    #[test]
    fn among_equal_matches_the_likely_one_is_first_then_the_short_one() {
        let names = ["client-b-long", "client-a", "client-c"];
        assert_eq!(found(&names, &[], "client"), ["client-a", "client-c", "client-b-long"]);
        assert_eq!(found(&names, &[("client-c", 1)], "client"), ["client-c", "client-a", "client-b-long"]);
    }

    #[test]
    fn capitals_count_only_where_typed() {
        let names = ["PROD", "prod"];
        assert_eq!(found(&names, &[], "prod").len(), 2);
        assert_eq!(found(&names, &[], "PROD"), ["PROD"]);
    }

    #[test]
    fn no_character_means_anything_but_itself() {
        for name in ["^a", "a$", "!a", "'a", "$(x)", "*", "[a]", "a.b", "é", "日本", "😀", "-", "a\\"] {
            assert_eq!(found(&[name, "zzz"], &[], name), [name], "{name}");
        }
        assert_eq!(found(&["a", "b"], &[], "!a"), [""; 0]);
        assert_eq!(found(&["my client", "client"], &[], "my client"), ["my client"]);
    }

    #[test]
    fn marks_are_the_places_of_the_letters() {
        let mut ranking = Ranking::new(vec!["x-ab"], |_| 0);
        assert_eq!(ranking.marks("ab", "x-ab"), [2, 3]);
        assert_eq!(ranking.marks("", "x-ab"), [0; 0]);
        assert_eq!(ranking.marks("b", "日ab"), [2]);
    }
}
