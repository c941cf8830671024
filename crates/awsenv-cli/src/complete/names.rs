//! What the user's two files offer: profile names and regions. Nothing else is read.

use awsenv_core::profile::ProfileSet;
use awsenv_core::resolve::resolve_profile;
use awsenv_shell::Shell;

use super::answer::Candidate;
use crate::context::Context;

/// Up to this many names are described by kind and account: more fill more than a screen, and each has to be resolved.
const MOST_DESCRIBED: usize = 300;

/// Whether a name may begin with a dash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dash {
    /// It may: what begins with a dash can't be taken for an option here.
    Anything,
    /// It may not.
    NotFirst,
}

/// How names are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Matching {
    /// By what they begin with.
    Prefix,
    /// So, too; but where none begins with it, by having its characters in this order, in either case: the shell then
    /// chooses by its own rules, and can choose only from what it gets.
    Loose,
}

impl Matching {
    /// As much as `shell` can make use of.
    pub(super) fn of(shell: Shell) -> Self {
        match shell {
            Shell::Zsh | Shell::Fish => Self::Loose,
            _ => Self::Prefix,
        }
    }
}

/// The profiles whose names fit `typed`, in the files' order. Names with control characters other than a tab are left
/// out: they would steer the terminal when shown.
pub(super) fn candidates(context: &Context, typed: &str, dash: Dash, matching: Matching) -> Vec<Candidate> {
    let Ok(texts) = context.read_files() else { return Vec::new() };
    let set = texts.profiles();
    let names = || {
        let offered = |name: &&str| {
            !name.is_empty()
                && (dash == Dash::Anything || !name.starts_with('-'))
                && !name.chars().any(|c| c.is_control() && c != '\t')
        };
        set.profiles().map(|profile| profile.name()).filter(offered)
    };
    let mut found: Vec<&str> = names().filter(|name| name.starts_with(typed)).collect();
    if found.is_empty() && matching == Matching::Loose {
        found = names().filter(|name| has_in_order(name, typed)).collect();
    }
    let described = found.len() <= MOST_DESCRIBED;
    found
        .into_iter()
        .map(|name| {
            let candidate = Candidate::new(name);
            if described { candidate.described(&description(&set, name)) } else { candidate }
        })
        .collect()
}

/// What chooses among profiles: their names, or, where none begins with `typed`, a field of the naming pattern with each
/// of its values (`client=acme`).
pub(super) fn filters(context: &Context, typed: &str, dash: Dash, matching: Matching) -> Vec<Candidate> {
    let names = candidates(context, typed, dash, Matching::Prefix);
    if typed.is_empty() || !names.is_empty() {
        return names;
    }
    let fields = fields(context, typed);
    if fields.is_empty() { candidates(context, typed, dash, matching) } else { fields }
}

fn fields(context: &Context, typed: &str) -> Vec<Candidate> {
    let (Ok(texts), Ok((settings, _))) = (context.read_files(), context.read_settings()) else { return Vec::new() };
    let set = texts.profiles();
    let read = set.profiles().filter_map(|profile| settings.naming.read(profile.name()));
    let mut found: Vec<String> = read.flatten().map(|(field, value)| format!("{field}={value}")).collect();
    found.retain(|filter| filter.starts_with(typed) && !filter.chars().any(|c| c.is_control() && c != '\t'));
    found.sort_unstable();
    found.dedup();
    found.iter().map(|filter| Candidate::new(filter)).collect()
}

/// The kind of credentials and the account, as far as they can be told without asking anybody.
fn description(set: &ProfileSet<'_>, name: &str) -> String {
    match resolve_profile(set, name) {
        Err(_) => "broken".to_owned(),
        Ok(chain) => {
            let source = &chain.last().source;
            match source.account_id() {
                Some(account) => format!("{} {account}", source.kind()),
                None => source.kind().to_owned(),
            }
        }
    }
}

fn has_in_order(name: &str, typed: &str) -> bool {
    let mut characters = name.chars().flat_map(char::to_lowercase);
    typed.chars().flat_map(char::to_lowercase).all(|wanted| characters.any(|c| c == wanted))
}

/// The regions that any profile names, each once, behind `before`.
pub(super) fn regions(context: &Context, typed: &str, before: &str) -> Vec<Candidate> {
    let Ok(texts) = context.read_files() else { return Vec::new() };
    let set = texts.profiles();
    let mut regions: Vec<String> = set
        .profiles()
        .filter_map(|profile| profile.get_nonempty("region"))
        .map(|region| format!("{before}{}", region.text))
        .filter(|region| region.starts_with(typed) && awsenv_core::options::is_region(&region[before.len()..]))
        .collect();
    regions.sort_unstable();
    regions.dedup();
    regions.iter().map(|region| Candidate::new(region)).collect()
}

/// The names of the config file's `[sso-session]` sections, behind `before`.
pub(super) fn sso_sessions(context: &Context, typed: &str, before: &str) -> Vec<Candidate> {
    let Ok(texts) = context.read_files() else { return Vec::new() };
    let set = texts.profiles();
    let names = set.sso_sessions().map(|session| session.name()).filter(|name| !name.chars().any(char::is_control));
    let words = names.map(|name| format!("{before}{name}"));
    words.filter(|word| word.starts_with(typed)).map(|word| Candidate::new(&word)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loose_matching_is_wide_enough_for_a_shell_to_choose_from() {
        assert!(has_in_order("Client1-Dev", "c-d"));
        assert!(has_in_order("client1", "CLIENT"));
        assert!(!has_in_order("client1", "1c"));
    }
}
