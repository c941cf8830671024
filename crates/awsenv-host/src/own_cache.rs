//! awsenv's own cache: what no other tool has a place for. Sessions that share a name in the AWS CLI's cache, sessions
//! for MFA and for long-term keys, and small facts that are no secret.
//!
//! A folder for its owner alone (0700), one JSON file an entry (0600), named by the SHA-1 of the key's text. The end of
//! an entry is in it, and entries that are over are swept. What is not certainly one's own counts as absent: a file of
//! another user, one that others may write, a symlink, one that was moved to another key's name, half a file.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};

use awsenv_core::credentials::{Credentials, Secret};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::cache::{self, LARGEST_CACHE_FILE, Unusable};
use crate::cli_cache::CachedCredentials;
use crate::files::{self, FileError, Links, is_left_behind};
use crate::json::{Json, Object};
use crate::timestamp::{format_expiration, parse_expiration};

/// The version of an entry's format. Entries of another one count as absent.
const VERSION: i64 = 1;

/// How long after its end an entry may lie there before it is swept, and how old a file is that a killed process left.
const GRACE: SignedDuration = SignedDuration::from_hours(1);

/// How often the folder is swept at most.
const SWEEP_EVERY: SignedDuration = SignedDuration::from_hours(6);

/// How long a lock may lie there without being taken. One that is removed just then costs one call.
const UNUSED_LOCK: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How many files one sweep looks at.
const MOST_SWEPT: usize = 1000;

/// The file whose age says when the folder was last swept.
const SWEPT: &str = "swept";

/// The folder of the locks.
const LOCKS: &str = "locks";

/// A small fact: names and values, none of them a secret.
pub type Record = BTreeMap<String, String>;

/// The cache.
#[derive(Clone, Debug)]
pub struct OwnCache {
    folder: PathBuf,
}

/// The folder of the cache: `awsenv` in the platform's folder for caches; `None` where there is none.
pub fn folder() -> Option<PathBuf> {
    dirs::cache_dir().map(|folder| folder.join("awsenv"))
}

#[derive(Serialize)]
struct Written<'a> {
    version: i64,
    key: &'a str,
    made: String,
    expires: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    credentials: Option<WrittenCredentials<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<&'a Record>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct WrittenCredentials<'a> {
    access_key_id: &'a str,
    secret_access_key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<&'a str>,
}

impl OwnCache {
    /// The cache in `folder`, which need not exist.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether the folder is there and belongs to somebody else, who then could hold every lock in it.
    pub fn is_another_user_s(&self) -> bool {
        #[cfg(unix)]
        {
            fs::metadata(&self.folder).is_ok_and(|metadata| files::check_owner_of(&self.folder, &metadata).is_err())
        }
        #[cfg(not(unix))]
        {
            false
        }
    }

    /// The path of the lock (see [`Lock`](crate::lock::Lock)) for work on what is kept under `key`, and of its
    /// substitutes, numbered from 1.
    pub fn lock(&self, key: &str, number: u32) -> PathBuf {
        let name = cache::file_name(key);
        let name = name.trim_end_matches(".json");
        self.folder.join(LOCKS).join(if number == 0 { name.to_owned() } else { format!("{name}.{number}") })
    }

    /// The credentials that are kept under `key` and not over at `now`.
    pub fn credentials(&self, key: &str, now: Timestamp) -> Option<CachedCredentials> {
        let (entry, made, expiration) = self.read(key, now)?;
        let body = entry.object("credentials").ok()?;
        let credentials = Credentials {
            access_key_id: body.text("AccessKeyId").ok()?.to_owned(),
            secret_access_key: body.secret("SecretAccessKey").ok()?,
            session_token: body.optional_secret("SessionToken").ok()?,
            expiration: Some(expiration),
            account_id: body.optional_text("AccountId").ok()?.filter(|id| cache::is_account_id(id)).map(str::to_owned),
        };
        Some(CachedCredentials { credentials, expiration, assumed_role_arn: None, written: Some(made) })
    }

    /// Keeps `credentials` under `key` until they are over; those that never are over are not kept.
    ///
    /// # Errors
    /// The file can't be written, or the folder is another user's (`sudo` with that user's `HOME`).
    pub fn keep_credentials(&self, key: &str, credentials: &Credentials, now: Timestamp) -> Result<(), FileError> {
        let Some(expiration) = credentials.expiration else { return Ok(()) };
        let body = WrittenCredentials {
            access_key_id: &credentials.access_key_id,
            secret_access_key: credentials.secret_access_key.expose(),
            session_token: credentials.session_token.as_ref().map(Secret::expose),
            account_id: credentials.account_id.as_deref(),
        };
        self.write(key, expiration, now, Some(body), None)
    }

    /// The record that is kept under `key` and not over at `now`.
    pub fn record(&self, key: &str, now: Timestamp) -> Option<Record> {
        let (entry, ..) = self.read(key, now)?;
        let record = entry.object("record").ok()?;
        Some(record.texts().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    /// Keeps `record` under `key` until `expires`.
    ///
    /// # Errors
    /// As for [`keep_credentials`](Self::keep_credentials).
    pub fn keep_record(&self, key: &str, record: &Record, expires: Timestamp, now: Timestamp) -> Result<(), FileError> {
        self.write(key, expires, now, None, Some(record))
    }

    /// Removes the entry of `key`, where there is one.
    ///
    /// # Errors
    /// The system doesn't let go of it.
    pub fn forget(&self, key: &str) -> Result<(), FileError> {
        let path = self.folder.join(cache::file_name(key));
        match fs::remove_file(&path) {
            Err(reason) if reason.kind() != std::io::ErrorKind::NotFound => {
                Err(FileError::system("remove", &path, reason))
            }
            _ => Ok(()),
        }
    }

    fn read(&self, key: &str, now: Timestamp) -> Option<(Object, Timestamp, Timestamp)> {
        let name = cache::file_name(key);
        let entry = read_entry(&self.folder.join(&name)).ok().flatten()?;
        let is_of_key = entry.text("key").ok()? == name;
        let made = time(&entry, "made").ok()?;
        let expires = time(&entry, "expires").ok()?;
        (is_of_key && now < expires).then_some((entry, made, expires))
    }

    fn write(
        &self,
        key: &str,
        expires: Timestamp,
        now: Timestamp,
        credentials: Option<WrittenCredentials<'_>>,
        record: Option<&Record>,
    ) -> Result<(), FileError> {
        files::create_private_folder(&self.folder)?;
        make_private(&self.folder)?;
        let name = cache::file_name(key);
        let (made, expires) = (now.to_string(), format_expiration(expires));
        let entry = Written { version: VERSION, key: &name, made, expires, credentials, record };
        // Room from the start, so that no half-grown copy of a secret stays behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(16 << 10));
        let path = self.folder.join(&name);
        serde_json::to_writer(&mut *bytes, &entry)
            .map_err(|error| FileError::system("write", &path, std::io::Error::other(error.to_string())))?;
        files::replace_private(&path, &bytes)?;
        self.sweep(now);
        Ok(())
    }

    /// Removes what is over and what killed processes left behind, at most every few hours. Nothing here is worth a
    /// failure.
    fn sweep(&self, now: Timestamp) {
        let mark = self.folder.join(SWEPT);
        let age = |metadata: &Metadata| files::modified_by(metadata).map(|time| now.duration_since(time));
        if fs::symlink_metadata(&mark).ok().as_ref().and_then(age).is_some_and(|age| age < SWEEP_EVERY) {
            return;
        }
        // First the mark: of many processes one sweeps.
        if files::replace_private(&mark, b"").is_err() {
            return;
        }
        let files = |folder: &Path| fs::read_dir(folder).into_iter().flatten().take(MOST_SWEPT).flatten();
        let is_older =
            |file: &fs::DirEntry, than| file.metadata().ok().as_ref().and_then(age).is_some_and(|age| age > than);
        for file in files(&self.folder).filter(|file| is_older(file, GRACE)) {
            let Ok(name) = file.file_name().into_string() else { continue };
            if is_over(&file.path(), &name, now) || is_left_over(&name) {
                let _ = fs::remove_file(file.path());
            }
        }
        for lock in files(&self.folder.join(LOCKS)).filter(|lock| is_older(lock, UNUSED_LOCK)) {
            let _ = fs::remove_file(lock.path());
        }
    }
}

/// Whether the file is an entry of the cache whose end is past, or what is left of one.
fn is_over(path: &Path, name: &str, now: Timestamp) -> bool {
    if !is_entry_name(name) {
        return false;
    }
    match read_entry(path) {
        Ok(Some(entry)) => time(&entry, "expires").is_ok_and(|expires| now.duration_since(expires) > GRACE),
        Ok(None) => false,
        Err(reason) => !matches!(reason, Unusable::File(_)),
    }
}

/// `<sha1>.json`.
fn is_entry_name(name: &str) -> bool {
    name.strip_suffix(".json").is_some_and(|hash| hash.len() == 40 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Whether it is a file that was being written when its process was killed.
fn is_left_over(name: &str) -> bool {
    // `.<sha1>.json.<random>.tmp`
    name.get(1..46).is_some_and(|target| is_entry_name(target) && is_left_behind(name, target))
}

fn time(entry: &Object, name: &'static str) -> Result<Timestamp, Unusable> {
    parse_expiration(entry.text(name)?).ok_or(Unusable::Time(name))
}

fn read_entry(path: &Path) -> Result<Option<Object>, Unusable> {
    let Some((bytes, metadata)) = files::read_with_metadata(path, LARGEST_CACHE_FILE, Links::Refused)? else {
        return Ok(None);
    };
    let bytes = Zeroizing::new(bytes);
    files::check_own(path, &metadata)?;
    let entry = cache::object(&bytes)?;
    match entry.get("version") {
        Some(Json::Integer(VERSION)) => Ok(Some(entry)),
        _ => Err(Unusable::Version),
    }
}

/// Takes from others what they may do in the folder, and refuses one that is another user's.
fn make_private(folder: &Path) -> Result<(), FileError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let metadata = fs::metadata(folder).map_err(|reason| FileError::system("write to", folder, reason))?;
        files::check_owner_of(folder, &metadata)?;
        if metadata.permissions().mode() & 0o077 != 0 {
            fs::set_permissions(folder, PermissionsExt::from_mode(0o700))
                .map_err(|reason| FileError::system("make private", folder, reason))?;
        }
    }
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

#[cfg(test)]
#[path = "own_cache_tests.rs"]
mod tests;
