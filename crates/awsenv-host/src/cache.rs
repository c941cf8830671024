//! What the two caches of the AWS CLI have in common: names that are hashes, and files that may be anything.

use std::fs::Metadata;
use std::path::Path;

use thiserror::Error;
use zeroize::Zeroizing;

use crate::files::{self, FileError, Links};
use crate::json::{self, JsonError, Object};

/// The most that is read of a cache file, in bytes. Real ones have about two thousand.
pub const LARGEST_CACHE_FILE: u64 = 1 << 20;

/// What was found under a name of a cache.
#[derive(Debug)]
pub enum CacheRead<T> {
    /// A whole entry. Whether it is still fresh is another question.
    Found(T),
    /// No such file.
    Absent,
    /// A file that is no entry; to be treated as absent. The reason is for `doctor`.
    Unusable(Unusable),
}

impl<T> CacheRead<T> {
    /// The entry, where there is one.
    pub fn found(self) -> Option<T> {
        match self {
            Self::Found(entry) => Some(entry),
            Self::Absent | Self::Unusable(_) => None,
        }
    }
}

/// Why a file in a cache is no entry. Never holds what is in it.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Unusable {
    /// It can't be read, is too large, or is no file.
    #[error(transparent)]
    File(#[from] FileError),
    /// There is nothing in it, as after a full disk.
    #[error("the file is empty")]
    Empty,
    /// It is not what the AWS CLI writes.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// A time is not one.
    #[error("`{0}` is not a time")]
    Time(&'static str),
    /// An account id is not 12 digits.
    #[error("`{0}` is not an account id of 12 digits")]
    Account(&'static str),
    /// The account of the role's ARN is not the account id beside it.
    #[error("`AccountId` and `AssumedRoleUser` speak of different accounts")]
    AccountsDiffer,
    /// It is of another version of awsenv's own cache, or of no version.
    #[error("an entry of another version of awsenv")]
    Version,
}

/// Reads the entry `name` of the cache in `folder`: what the system says of the file and its text go to `parse`.
pub(crate) fn read<T>(
    folder: &Path,
    name: &str,
    parse: impl FnOnce(&Metadata, &[u8]) -> Result<T, Unusable>,
) -> CacheRead<T> {
    let path = folder.join(name);
    let (bytes, metadata) = match files::read_with_metadata(&path, LARGEST_CACHE_FILE, Links::Followed) {
        Ok(None) => return CacheRead::Absent,
        Ok(Some((bytes, metadata))) => (Zeroizing::new(bytes), metadata),
        Err(error) => return CacheRead::Unusable(error.into()),
    };
    if let Err(error) = files::check_trusted(&path, &metadata) {
        return CacheRead::Unusable(error.into());
    }
    match parse(&metadata, &bytes) {
        Ok(entry) => CacheRead::Found(entry),
        Err(reason) => CacheRead::Unusable(reason),
    }
}

/// The JSON object that an entry is.
pub(crate) fn object(bytes: &[u8]) -> Result<Object, Unusable> {
    if bytes.is_empty() { Err(Unusable::Empty) } else { Ok(json::parse_object(bytes)?) }
}

/// The name of the entry whose key is `text`: `<sha1>.json`.
pub(crate) fn file_name(text: &str) -> String {
    format!("{}.json", sha1_smol::Sha1::from(text).digest())
}

/// Whether `text` is an AWS account id.
pub(crate) fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}
