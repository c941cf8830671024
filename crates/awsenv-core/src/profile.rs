//! Both files merged: profiles, SSO sessions and service endpoints by name, with the origin of every value.

use std::borrow::Cow;
use std::collections::btree_map::Entry as Slot;
use std::collections::{BTreeMap, HashMap};

use crate::config::{ConfigFile, Property, Section};
use crate::diagnostic::{Origin, SourceFile};
use crate::header::{Acceptance, SectionKind, SectionName, read_header};

/// The profiles of one user: `~/.aws/config` and `~/.aws/credentials` read together.
///
/// A profile that is written twice in a file is merged, the last value of a key wins; where both files give a key,
/// the credentials file wins (<https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html>).
/// [`get`](Self::get) takes names exactly.
#[derive(Debug)]
pub struct ProfileSet<'a> {
    config: ConfigFile<'a>,
    credentials: ConfigFile<'a>,
    profiles: Table<'a>,
    sso_sessions: Table<'a>,
    services: Table<'a>,
    next: [Vec<u32>; 2],
    kinds_other: Vec<u32>,
    bare_default_replaced: bool,
    /// Sections of config that another one, whose header spells the same name otherwise, replaces.
    replaced: Vec<u32>,
}

/// No further section of the same name.
const END: u32 = u32::MAX;

/// Sections of one kind by name, in the order of their first appearance.
#[derive(Debug, Default)]
struct Table<'a> {
    entries: Vec<Entry<'a>>,
    index: HashMap<Cow<'a, str>, u32, std::hash::BuildHasherDefault<Fnv>>,
}

#[derive(Debug)]
struct Entry<'a> {
    name: Cow<'a, str>,
    acceptance: Acceptance,
    /// The first and the last section of this name, in config and in credentials.
    sections: [Option<(u32, u32)>; 2],
}

/// A profile, an SSO session or a services section: what all sections of that name say together.
#[derive(Clone, Copy, Debug)]
pub struct Profile<'s, 'a> {
    set: &'s ProfileSet<'a>,
    entry: &'s Entry<'a>,
}

/// A value and where it stands. The text is as secret as its key.
#[derive(Clone, PartialEq, Eq)]
pub struct Value<'a> {
    /// The text: trimmed, lines joined by `\n`.
    pub text: Cow<'a, str>,
    /// Where its key stands.
    pub origin: Origin,
}

impl<'a> ProfileSet<'a> {
    /// Gives both files their meaning.
    pub fn normalize(config: ConfigFile<'a>, credentials: ConfigFile<'a>) -> Self {
        let mut set = Self {
            next: [vec![END; config.sections().len()], vec![END; credentials.sections().len()]],
            config,
            credentials,
            profiles: Table::default(),
            sso_sessions: Table::default(),
            services: Table::default(),
            kinds_other: Vec::new(),
            bare_default_replaced: false,
            replaced: Vec::new(),
        };
        set.add_config();
        set.add_credentials();
        set
    }

    fn add_config(&mut self) {
        // `[profile default]` replaces `[default]` whole, wherever either stands.
        let replaced = self.config.sections().iter().any(|section| {
            section.header != "default"
                && section.header.ends_with("default")
                && matches!(
                    read_header(SourceFile::Config, section.header),
                    SectionKind::Profile(SectionName { prefixed_default: true, .. })
                )
        });
        self.profiles.reserve(self.config.sections().len());
        for (index, section) in self.config.sections().iter().enumerate() {
            let index = index as u32;
            let (table, name) = match read_header(SourceFile::Config, section.header) {
                SectionKind::Profile(name) if replaced && name.text == "default" && !name.prefixed_default => {
                    self.bare_default_replaced = true;
                    continue;
                }
                SectionKind::Profile(name) => (&mut self.profiles, name),
                SectionKind::SsoSession(name) => (&mut self.sso_sessions, name),
                SectionKind::Services(name) => (&mut self.services, name),
                SectionKind::Other(_) => {
                    self.kinds_other.push(index);
                    continue;
                }
            };
            if let Some((first, _)) = table.add(name, 0, index, &mut self.next[0]) {
                self.replaced.extend(chain_from(&self.next[0], first));
            }
        }
    }

    fn add_credentials(&mut self) {
        self.profiles.reserve(self.credentials.sections().len());
        for (index, section) in self.credentials.sections().iter().enumerate() {
            if let SectionKind::Profile(name) = read_header(SourceFile::Credentials, section.header) {
                self.profiles.add(name, 1, index as u32, &mut self.next[1]);
            }
        }
    }

    /// The profile of exactly this name.
    pub fn get(&self, name: &str) -> Option<Profile<'_, 'a>> {
        self.profiles.get(name).map(|entry| Profile { set: self, entry })
    }

    /// The `[sso-session NAME]` of exactly this name.
    pub fn sso_session(&self, name: &str) -> Option<Profile<'_, 'a>> {
        self.sso_sessions.get(name).map(|entry| Profile { set: self, entry })
    }

    /// The `[services NAME]` of exactly this name.
    pub fn services(&self, name: &str) -> Option<Profile<'_, 'a>> {
        self.services.get(name).map(|entry| Profile { set: self, entry })
    }

    /// Every profile: those of config in its order, then those that only credentials has.
    pub fn profiles(&self) -> impl ExactSizeIterator<Item = Profile<'_, 'a>> {
        self.profiles.entries.iter().map(|entry| Profile { set: self, entry })
    }

    /// Every SSO session in the order of the file.
    pub fn sso_sessions(&self) -> impl ExactSizeIterator<Item = Profile<'_, 'a>> {
        self.sso_sessions.entries.iter().map(|entry| Profile { set: self, entry })
    }

    /// One of the two files.
    pub fn file(&self, file: SourceFile) -> &ConfigFile<'a> {
        match file {
            SourceFile::Config => &self.config,
            SourceFile::Credentials => &self.credentials,
        }
    }

    /// Whether `[default]` in config is left out because there is a `[profile default]`.
    pub fn bare_default_is_replaced(&self) -> bool {
        self.bare_default_replaced
    }

    /// Sections of config that count for nothing, since another one gives the same name in other words: `[profile a]`
    /// before `[profile "a"]`. No AWS tool reads both: to the AWS CLI the later is the profile, the SDKs know no quotes.
    pub fn replaced_sections(&self) -> impl Iterator<Item = &Section<'a>> {
        self.replaced.iter().map(|&index| &self.config.sections()[index as usize])
    }

    /// Sections of config that are neither profile, session nor services.
    pub fn other_sections(&self) -> impl Iterator<Item = &Section<'a>> {
        self.kinds_other.iter().map(|&index| &self.config.sections()[index as usize])
    }
}

/// A section and those that `next` links behind it.
fn chain_from(next: &[u32], first: u32) -> impl Iterator<Item = u32> {
    std::iter::successors(Some(first), |&at| Some(next[at as usize]).filter(|&at| at != END))
}

impl<'a> Table<'a> {
    fn reserve(&mut self, more: usize) {
        self.entries.reserve(more);
        self.index.reserve(more);
    }

    fn get(&self, name: &str) -> Option<&Entry<'a>> {
        self.index.get(name).map(|&index| &self.entries[index as usize])
    }

    /// Returns the ends of what counts for nothing: what config had so far under this name in another spelling, which
    /// this section replaces, or this section itself, where the AWS CLI reads the other spelling and not this one.
    fn add(&mut self, name: SectionName<'a>, file: usize, section: u32, next: &mut [u32]) -> Option<(u32, u32)> {
        let fresh = self.entries.len() as u32;
        let index = *self.index.entry(name.text.clone()).or_insert(fresh);
        if index == fresh {
            let entry = Entry { name: name.text, acceptance: name.acceptance, sections: [None; 2] };
            self.entries.push(entry);
        }
        let entry = &mut self.entries[index as usize];
        let mut replaced = None;
        if file == 0 && entry.acceptance != name.acceptance {
            if name.acceptance == Acceptance::GoOnly {
                return Some((section, section));
            }
            replaced = entry.sections[0].take();
            entry.acceptance = name.acceptance;
        } else if name.acceptance == Acceptance::All {
            entry.acceptance = Acceptance::All;
        }
        match &mut entry.sections[file] {
            slot @ None => *slot = Some((section, section)),
            Some((_, last)) => {
                next[*last as usize] = section;
                *last = section;
            }
        }
        replaced
    }
}

impl<'s, 'a> Profile<'s, 'a> {
    /// The name, exactly as `use` takes it.
    pub fn name(&self) -> &'s str {
        &self.entry.name
    }

    /// Which tools know the profile under this name.
    pub fn acceptance(&self) -> Acceptance {
        self.entry.acceptance
    }

    /// Where its first section starts.
    pub fn origin(&self) -> Origin {
        self.sections().next().map_or(Origin::whole(SourceFile::Config), |(_, section)| section.origin)
    }

    /// Its sections: those in config, then those in credentials.
    pub fn sections(&self) -> impl Iterator<Item = (SourceFile, &'s Section<'a>)> + use<'s, 'a> {
        self.sections_in(SourceFile::Config).chain(self.sections_in(SourceFile::Credentials))
    }

    /// The properties of one of its sections, as written.
    pub fn properties_of(&self, section: &Section<'a>) -> &'s [Property<'a>] {
        self.set.file(section.origin.file).properties(section)
    }

    fn sections_in(&self, file: SourceFile) -> impl Iterator<Item = (SourceFile, &'s Section<'a>)> + use<'s, 'a> {
        let set = self.set;
        let slot = file as usize;
        let sections = set.file(file).sections();
        let mut at = self.entry.sections[slot].map_or(END, |(first, _)| first);
        std::iter::from_fn(move || {
            let section = sections.get(at as usize)?;
            at = set.next[slot][at as usize];
            Some((file, section))
        })
    }

    /// Whether `file` has a section of this name.
    pub fn is_in(&self, file: SourceFile) -> bool {
        self.entry.sections[file as usize].is_some()
    }

    /// The value of `key` (lower case), from credentials if it has the key, else from config. An empty value is a
    /// value.
    pub fn get(&self, key: &str) -> Option<Value<'a>> {
        self.get_in(SourceFile::Credentials, key).or_else(|| self.get_in(SourceFile::Config, key))
    }

    /// As [`get`](Self::get), an empty value being none.
    pub fn get_nonempty(&self, key: &str) -> Option<Value<'a>> {
        self.get(key).filter(|value| !value.text.is_empty())
    }

    /// The value of `key` (lower case) in one file: its last one.
    pub fn get_in(&self, file: SourceFile, key: &str) -> Option<Value<'a>> {
        let config = self.set.file(file);
        let mut found: Option<&Property<'a>> = None;
        for (_, section) in self.sections_in(file) {
            let last = config.properties(section).iter().rev().find(|p| p.key.eq_ignore_ascii_case(key));
            found = last.or(found);
        }
        found.map(|property| Value { text: config.value(property), origin: property.origin })
    }

    /// The nested values below `key` (lower case), e.g. those of `s3`, in order: `(name, value)`. As in
    /// [`get`](Self::get), credentials win, whole.
    pub fn get_nested(&self, key: &str) -> Vec<(&'a str, Value<'a>)> {
        for file in [SourceFile::Credentials, SourceFile::Config] {
            let config = self.set.file(file);
            let last = self.sections_in(file).flat_map(|(_, section)| config.properties(section));
            if let Some(property) = last.filter(|p| p.key.eq_ignore_ascii_case(key)).last() {
                return nested(config, property).collect();
            }
        }
        Vec::new()
    }

    /// Every value that counts, by key in lower case; nested values as `s3.max_concurrent_requests`. In the order of
    /// the files, config first; a key that credentials has too stands at config's place with credentials' value.
    pub fn properties(&self) -> Vec<(String, Value<'a>)> {
        // With the place in the order.
        let mut all: BTreeMap<String, (usize, Value<'a>)> = BTreeMap::new();
        let mut count = 0;
        let mut put = |all: &mut BTreeMap<_, (usize, Value<'a>)>, key: String, value: Value<'a>| {
            count += 1;
            match all.entry(key) {
                Slot::Occupied(mut slot) => slot.get_mut().1 = value,
                Slot::Vacant(slot) => {
                    slot.insert((count, value));
                }
            }
        };
        for file in [SourceFile::Config, SourceFile::Credentials] {
            let config = self.set.file(file);
            for (_, section) in self.sections_in(file) {
                for property in config.properties(section) {
                    let key = property.key.to_ascii_lowercase();
                    if property.first_line.is_empty() && !config.continuations(property).is_empty() {
                        let prefix = format!("{key}.");
                        all.remove(&key);
                        let replaced: Vec<String> = all
                            .range(prefix.clone()..)
                            .map(|(k, _)| k)
                            .take_while(|k| k.starts_with(&prefix))
                            .cloned()
                            .collect();
                        for key in replaced {
                            all.remove(&key);
                        }
                        for (name, value) in nested(config, property) {
                            put(&mut all, format!("{prefix}{}", name.to_ascii_lowercase()), value);
                        }
                    } else {
                        put(&mut all, key, Value { text: config.value(property), origin: property.origin });
                    }
                }
            }
        }
        let mut all: Vec<(String, (usize, Value<'a>))> = all.into_iter().collect();
        all.sort_unstable_by_key(|(_, (place, _))| *place);
        all.into_iter().map(|(key, (_, value))| (key, value)).collect()
    }

    /// The first line in one of its sections that could not be read.
    pub fn broken(&self) -> Option<Origin> {
        self.sections().find_map(|(_, section)| section.broken)
    }
}

fn nested<'f, 'a>(
    config: &'f ConfigFile<'a>,
    property: &Property<'a>,
) -> impl Iterator<Item = (&'a str, Value<'a>)> + use<'f, 'a> {
    config.continuations(property).iter().filter_map(|line| {
        let (name, value) = line.text.split_once('=')?;
        Some((name.trim(), Value { text: Cow::Borrowed(value.trim()), origin: line.origin }))
    })
}

impl std::fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "*** at {:?}", self.origin)
    }
}

/// FNV-1a: names are short, and a user attacking the hash table of their own process gains nothing.
#[derive(Clone, Copy)]
pub(crate) struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl std::hash::Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        // hashbrown takes the top bits for its tags: mix them.
        self.0 ^ (self.0 >> 29)
    }
}
