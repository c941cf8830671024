//! Names that were perhaps meant. Only ever shown, never used.

use crate::profile::ProfileSet;
use crate::resolve::{ResolveError, quoted};

/// How many names are suggested.
const SUGGESTIONS: usize = 3;

/// The error for a profile that does not exist: the closest names, or the broken header that it may be hidden by.
pub(crate) fn profile_not_found(set: &ProfileSet<'_>, name: &str) -> ResolveError {
    use crate::diagnostic::SourceFile::{Config, Credentials};
    let broken = [Config, Credentials]
        .into_iter()
        .flat_map(|file| set.file(file).broken_headers())
        .find(|header| header.text == name || header.text.strip_prefix("profile ").map(str::trim) == Some(name));
    let bare = set.other_sections().find(|section| section.header == name);
    let (origin, hint) = if let Some(header) = broken {
        (Some(header.origin), "this line looks like its header, but one of the brackets is missing".to_owned())
    } else if let Some(section) = bare {
        let hint = format!("in the config file a profile's header is [profile {}]", name.escape_debug());
        (Some(section.origin), hint)
    } else {
        let near = closest(set.profiles().map(|profile| profile.name()), name);
        let near: Vec<String> = near.into_iter().map(quoted).collect();
        let hint = if near.is_empty() {
            "there is no profile yet: `aws configure` or `aws configure sso` makes one".to_owned()
        } else {
            format!("did you mean {}? `awsenv list` shows all", near.join(", "))
        };
        (None, hint)
    };
    ResolveError { code: "profile-not-found", message: format!("there is no profile {}", quoted(name)), hint, origin }
}

/// The closest `SUGGESTIONS` of `names`, the nearest first; of equally near ones the earlier.
fn closest<'n>(names: impl Iterator<Item = &'n str>, wanted: &str) -> Vec<&'n str> {
    let wanted: Vec<char> = wanted.to_lowercase().chars().take(64).collect();
    let mut best: Vec<(usize, &str)> = Vec::with_capacity(SUGGESTIONS + 1);
    for name in names {
        let distance = distance(&wanted, name);
        let at = best.partition_point(|&(d, _)| d <= distance);
        if at < SUGGESTIONS {
            best.insert(at, (distance, name));
            best.truncate(SUGGESTIONS);
        }
    }
    best.into_iter().map(|(_, name)| name).collect()
}

/// How far `name` is from `wanted` (lower case): edits of one character, swaps of two neighbours included; what merely
/// goes on after `wanted`, or after something near it, or holds it, is near.
fn distance(wanted: &[char], name: &str) -> usize {
    let name: Vec<char> = name.to_lowercase().chars().take(64).collect();
    if !wanted.is_empty() && name.windows(wanted.len()).any(|window| window == wanted) {
        return if name.starts_with(wanted) { 0 } else { 1 };
    }
    let width = name.len() + 1;
    let mut rows = vec![vec![0; width]; wanted.len() + 1];
    for i in 0..=wanted.len() {
        for j in 0..width {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let same = wanted[i - 1] == name[j - 1];
                let mut cost =
                    (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + usize::from(!same));
                if i > 1 && j > 1 && wanted[i - 1] == name[j - 2] && wanted[i - 2] == name[j - 1] {
                    cost = cost.min(rows[i - 2][j - 2] + 1);
                }
                cost
            };
        }
    }
    let (whole, beginnings) = rows[wanted.len()].split_last().unwrap_or((&0, &[]));
    beginnings.iter().map(|cost| cost + 1).min().unwrap_or(*whole).min(*whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_first() {
        let names = ["default", "client1", "client2", "client1-prod", "acme"];
        assert_eq!(closest(names.into_iter(), "clinet1"), ["client1", "client2", "client1-prod"]);
        let names_far = ["dying", "client1-prod-admin", "client2"];
        assert_eq!(closest(names_far.into_iter(), "clinet1"), ["client1-prod-admin", "client2", "dying"]);
        assert_eq!(closest(names.into_iter(), "CLIENT1")[0], "client1");
        assert_eq!(closest(names.into_iter(), "prod")[0], "client1-prod");
        assert_eq!(closest([].into_iter(), "x"), Vec::<&str>::new());
    }
}
