//! Which profiles were used, how often and when, so that the picker can show the likely ones first.
//!
//! A text file with one line a use: seconds since 1970, how many uses the line stands for, the name. A use adds one
//! line with one write, so shells don't get in each other's way; rarely, the file is rewritten shorter, by whoever gets
//! a lock that nobody waits for. Nothing here is worth a failure: what can't be read counts as no history, and what
//! can't be written is not. Names of profiles are no secret, but the file is for its owner alone all the same.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::files;

/// From this size in bytes on, the file is rewritten with at most half as many.
const LARGEST: u64 = 64 * 1024;

/// A file larger than this is not ours.
const READABLE: u64 = 16 * LARGEST;

/// Longer names, in bytes, are not recorded.
const LONGEST_NAME: usize = 1024;

/// What is known of all profiles.
#[derive(Debug, Default)]
pub struct History {
    uses: HashMap<String, Uses>,
}

/// What is known of one profile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Uses {
    count: u32,
    /// Seconds since 1970.
    last: i64,
}

/// Where the history is: `awsenv/history` below the platform's folder for state, else for local data. `None` where
/// there is no such folder.
pub fn path() -> Option<PathBuf> {
    dirs::state_dir().or_else(dirs::data_local_dir).map(|folder| folder.join("awsenv").join("history"))
}

/// Reads it; empty where there is none, or none that can be read.
pub fn read(path: &Path) -> History {
    let bytes = files::read_up_to(path, READABLE).ok().flatten().unwrap_or_default();
    History::from_text(&String::from_utf8_lossy(&bytes))
}

/// Adds that the profile `name` is used at `now` (seconds since 1970). Never waits, and never fails: a history that
/// can't be written stays as it is. Nothing is written into another user's folder, as under `sudo` with that user's
/// `HOME`.
pub fn record(path: &Path, name: &str, now: i64) {
    if name.len() <= LONGEST_NAME {
        // A history is a convenience; whoever switches wants to hear of nothing but the switch.
        let _ = add(path, &line(name, Uses { count: 1, last: now }), now);
    }
}

fn add(path: &Path, line: &str, now: i64) -> std::io::Result<()> {
    let mut file = open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() || !is_own(path, &metadata) {
        return Ok(());
    }
    file.write_all(line.as_bytes())?;
    if metadata.len() > LARGEST { shorten(&mut file, path, now) } else { Ok(()) }
}

fn open(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        // Neither a pipe nor a link that somebody else has laid there.
        options.mode(0o600).custom_flags((OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::NOCTTY).bits().cast_signed());
    }
    match options.open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let folder = path.parent().ok_or(error)?;
            files::create_private_folder(folder).map_err(std::io::Error::other)?;
            files::check_folder_owner(folder).map_err(std::io::Error::other)?;
            options.create(true).open(path)
        }
        opened => opened,
    }
}

/// Whether the file is this user's, and, for root, who may write to any, its folder too.
#[cfg(unix)]
fn is_own(path: &Path, metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    metadata.uid() == rustix::process::geteuid().as_raw()
        && metadata.nlink() == 1
        && path.parent().is_some_and(|folder| files::check_folder_owner(folder).is_ok())
}

#[cfg(not(unix))]
fn is_own(_: &Path, _: &std::fs::Metadata) -> bool {
    true
}

/// Puts a shorter file in place of this one: a line a profile, the best ones, their counts halved.
fn shorten(file: &mut File, path: &Path, now: i64) -> std::io::Result<()> {
    // Whoever holds it is doing this very work.
    if file.try_lock().is_err() || !is_still_there(file, path) {
        return Ok(());
    }
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(READABLE).read_to_end(&mut bytes)?;
    let text = History::from_text(&String::from_utf8_lossy(&bytes)).shortened(now);
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut new = tempfile::Builder::new().prefix(".history.").suffix(".tmp").tempfile_in(folder)?;
    new.write_all(text.as_bytes())?;
    new.persist(path).map(drop).map_err(|error| error.error)
}

/// Whether nobody has put another file in its place since it was opened.
#[cfg(unix)]
fn is_still_there(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |metadata: std::fs::Metadata| (metadata.dev(), metadata.ino());
    file.metadata().map(id).ok() == std::fs::symlink_metadata(path).map(id).ok()
}

#[cfg(not(unix))]
fn is_still_there(_: &File, _: &Path) -> bool {
    true
}

impl History {
    fn from_text(text: &str) -> Self {
        let mut history = Self::default();
        for line in text.lines() {
            // A line that a full disk has cut off says nothing.
            let Some((name, uses)) = parse_line(line) else { continue };
            let known = history.uses.entry(name).or_default();
            known.count = known.count.saturating_add(uses.count);
            known.last = known.last.max(uses.last);
        }
        history
    }

    /// How likely the profile `name` is meant at `now` (seconds since 1970): the number of its uses, weighed by the age
    /// of the last one. 0 where it was never used.
    ///
    /// The weights are those of zoxide (<https://github.com/ajeetdsouza/zoxide/wiki/Algorithm>): four for the last
    /// hour, two for the last day, a half for the last week, else a quarter; here times four, to stay with integers.
    pub fn score(&self, name: &str, now: i64) -> u64 {
        self.uses.get(name).map_or(0, |uses| uses.score(now))
    }

    /// Whether no use is known.
    pub fn is_empty(&self) -> bool {
        self.uses.is_empty()
    }

    /// The best profiles, as far as half of [`LARGEST`] reaches; the counts halved, so that old habits fade.
    fn shortened(&self, now: i64) -> String {
        let mut all: Vec<(&String, Uses)> = self.uses.iter().map(|(name, uses)| (name, *uses)).collect();
        all.sort_unstable_by_key(|(name, uses)| (std::cmp::Reverse((uses.score(now), uses.last)), *name));
        let mut text = String::new();
        for (name, uses) in all {
            let line = line(name, Uses { count: uses.count.div_ceil(2), ..uses });
            if (text.len() + line.len()) as u64 > LARGEST / 2 {
                break;
            }
            text.push_str(&line);
        }
        text
    }
}

impl Uses {
    fn score(self, now: i64) -> u64 {
        let weight = match now.saturating_sub(self.last) {
            ..3_600 => 16,
            3_600..86_400 => 8,
            86_400..604_800 => 2,
            _ => 1,
        };
        u64::from(self.count) * weight
    }
}

fn line(name: &str, uses: Uses) -> String {
    let name = name.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
    format!("{} {} {name}\n", uses.last, uses.count)
}

fn parse_line(line: &str) -> Option<(String, Uses)> {
    let (last, rest) = line.split_once(' ')?;
    let (count, escaped) = rest.split_once(' ')?;
    let uses = Uses { count: count.parse().ok()?, last: last.parse().ok()? };
    let mut name = String::with_capacity(escaped.len());
    let mut characters = escaped.chars();
    while let Some(character) = characters.next() {
        name.push(match character {
            '\\' => match characters.next()? {
                'n' => '\n',
                'r' => '\r',
                other => other,
            },
            other => other,
        });
    }
    Some((name, uses))
}

#[cfg(test)]
mod tests;
