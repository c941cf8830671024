use super::*;

fn now() -> Timestamp {
    crate::clock::now()
}

fn credentials(expiration: Option<Timestamp>) -> Credentials {
    Credentials {
        access_key_id: "ASIAX".into(),
        secret_access_key: Secret::new("canary-s"),
        session_token: Some(Secret::new("canary-t")),
        expiration,
        account_id: Some("123456789012".into()),
    }
}

fn cache() -> (tempfile::TempDir, OwnCache) {
    let folder = tempfile::tempdir().unwrap();
    let cache = OwnCache::new(folder.path().join("awsenv"));
    (folder, cache)
}

fn path(cache: &OwnCache, key: &str) -> PathBuf {
    cache.folder().join(cache::file_name(key))
}

fn names(folder: &Path) -> Vec<String> {
    let mut names =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>();
    names.sort();
    names
}

#[test]
fn credentials_are_kept_until_they_are_over() {
    let (_folder, cache) = cache();
    let end = "2030-01-01T00:00:00Z".parse::<Timestamp>().unwrap();
    let made = end - SignedDuration::from_hours(1);
    assert!(cache.credentials("k", made).is_none());
    cache.keep_credentials("k", &credentials(Some(end)), made).unwrap();
    let kept = cache.credentials("k", made).unwrap();
    assert_eq!(kept.credentials, credentials(Some(end)));
    assert_eq!(kept.lifetime(), Some(SignedDuration::from_hours(1)));
    assert!(cache.credentials("other", made).is_none());
    assert!(cache.record("k", made).is_none());
    assert!(cache.credentials("k", end - SignedDuration::from_secs(1)).is_some());
    assert!(cache.credentials("k", end).is_none());
    cache.forget("k").unwrap();
    cache.forget("k").unwrap();
    assert!(cache.credentials("k", made).is_none());
    assert!(!format!("{kept:?}{cache:?}").contains("canary"));
}

#[test]
fn what_never_ends_is_not_kept() {
    let (_folder, cache) = cache();
    cache.keep_credentials("k", &credentials(None), now()).unwrap();
    assert!(!cache.folder().exists());
}

#[test]
fn records_are_kept() {
    let (_folder, cache) = cache();
    let record = Record::from([("a".to_owned(), "1".to_owned()), ("b".to_owned(), "ä\"".to_owned())]);
    let now = now();
    cache.keep_record("k", &record, now + SignedDuration::from_hours(1), now).unwrap();
    assert_eq!(cache.record("k", now), Some(record));
    assert!(cache.credentials("k", now).is_none());
    assert!(cache.record("k", now + SignedDuration::from_hours(2)).is_none());
}

#[test]
fn half_an_entry_or_another_key_s_is_none() {
    let (_folder, cache) = cache();
    let (now, end) = (now(), now() + SignedDuration::from_hours(1));
    cache.keep_credentials("k", &credentials(Some(end)), now).unwrap();
    let body = fs::read(path(&cache, "k")).unwrap();
    fs::write(path(&cache, "moved"), &body).unwrap();
    assert!(cache.credentials("moved", now).is_none());
    for cut in 0..body.len() {
        fs::write(path(&cache, "k"), &body[..cut]).unwrap();
        assert!(cache.credentials("k", now).is_none(), "{cut}");
    }
    let other_version = String::from_utf8(body).unwrap().replace("\"version\":1", "\"version\":2");
    fs::write(path(&cache, "k"), other_version).unwrap();
    assert!(cache.credentials("k", now).is_none());
    cache.keep_credentials("k", &credentials(Some(end)), now).unwrap();
    assert!(cache.credentials("k", now).is_some());
}

#[test]
fn what_is_over_is_swept_and_nothing_else() {
    let (_folder, cache) = cache();
    let now = now();
    let hours = SignedDuration::from_hours;
    cache.keep_record("live", &Record::new(), now + hours(100), now).unwrap();
    cache.keep_record("over", &Record::new(), now + hours(1), now).unwrap();
    let left = format!(".{}.abcdefghijkl.tmp", cache::file_name("over"));
    let broken = cache::file_name("broken");
    for name in [left.as_str(), broken.as_str(), "other-tool.json", ".x.tmp"] {
        fs::write(cache.folder().join(name), "{").unwrap();
    }
    let locks = ["new", "unused"].map(|key| cache.lock(key, 0));
    fs::create_dir(cache.folder().join("locks")).unwrap();
    for path in &locks {
        fs::write(path, "").unwrap();
    }
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(31 * 24 * 3600);
    fs::File::options().write(true).open(&locks[1]).unwrap().set_modified(long_ago).unwrap();
    let before = names(cache.folder());
    cache.keep_record("new", &Record::new(), now + hours(100), now).unwrap();
    assert_eq!(names(cache.folder()).len(), before.len() + 1, "swept moments ago");
    cache.keep_record("new", &Record::new(), now + hours(100), now + hours(7)).unwrap();
    let mut expected = [
        ".x.tmp".to_owned(),
        "locks".to_owned(),
        "other-tool.json".to_owned(),
        SWEPT.to_owned(),
        cache::file_name("live"),
        cache::file_name("new"),
    ];
    expected.sort();
    assert_eq!(names(cache.folder()), expected);
    assert_eq!(locks.map(|path| path.exists()), [true, false]);
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    fn keep(cache: &OwnCache) -> Result<(), FileError> {
        cache.keep_credentials("k", &credentials(Some(now() + SignedDuration::from_hours(1))), now())
    }

    #[test]
    fn for_the_owner_alone_whatever_was_there() {
        let (_folder, cache) = cache();
        fs::create_dir(cache.folder()).unwrap();
        fs::set_permissions(cache.folder(), PermissionsExt::from_mode(0o755)).unwrap();
        keep(&cache).unwrap();
        assert_eq!((mode(cache.folder()), mode(&path(&cache, "k"))), (0o700, 0o600));
        fs::set_permissions(path(&cache, "k"), PermissionsExt::from_mode(0o622)).unwrap();
        assert!(cache.credentials("k", now()).is_none(), "others could have written it");
        keep(&cache).unwrap();
        assert_eq!(mode(&path(&cache, "k")), 0o600);
        assert!(cache.credentials("k", now()).is_some());
    }

    #[test]
    fn a_link_is_no_entry_and_is_replaced() {
        let (folder, cache) = cache();
        keep(&cache).unwrap();
        let elsewhere = folder.path().join("elsewhere");
        fs::rename(path(&cache, "k"), &elsewhere).unwrap();
        symlink(&elsewhere, path(&cache, "k")).unwrap();
        assert!(cache.credentials("k", now()).is_none());
        let before = fs::read(&elsewhere).unwrap();
        keep(&cache).unwrap();
        assert!(cache.credentials("k", now()).is_some());
        assert_eq!(fs::read(&elsewhere).unwrap(), before);
    }

    #[test]
    fn another_user_s_folder_and_file_are_left_alone() {
        if !rustix::process::geteuid().is_root() {
            return; // Only root can give files away.
        }
        let (_folder, cache) = cache();
        keep(&cache).unwrap();
        std::os::unix::fs::chown(path(&cache, "k"), Some(12_345), None).unwrap();
        assert!(cache.credentials("k", now()).is_none());
        assert_eq!(keep(&cache).unwrap_err().code(), "other-owner");
        fs::remove_file(path(&cache, "k")).unwrap();
        std::os::unix::fs::chown(cache.folder(), Some(12_345), None).unwrap();
        assert_eq!(keep(&cache).unwrap_err().code(), "other-owner");
        assert!(!path(&cache, "k").exists());
    }
}
