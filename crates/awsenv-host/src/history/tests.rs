use super::*;

const NOW: i64 = 1_800_000_000;

fn history(uses: &[(&str, i64)]) -> History {
    let text: String = uses.iter().map(|(name, last)| line(name, Uses { count: 1, last: *last })).collect();
    History::from_text(&text)
}

#[test]
fn any_name_is_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/awsenv/history");
    let names = ["a", "", " a b ", "a\\nb", "a\nb\r", "\\", "é 😀", "$(x)", "1 2 3", "\t", "\u{85}", "\u{2028}"];
    for name in names {
        record(&path, name, NOW);
    }
    let history = read(&path);
    for name in names {
        assert_eq!(history.score(name, NOW), 16, "{name:?}");
    }
    assert_eq!(history.uses.len(), names.len());
}

#[test]
fn recent_beats_old_and_often_beats_once() {
    let (hour, day) = (3_600, 86_400);
    let now_once = history(&[("a", NOW)]).score("a", NOW);
    let today_once = history(&[("a", NOW - 2 * hour)]).score("a", NOW);
    let today_often = history(&[("a", NOW - 2 * hour); 3]).score("a", NOW);
    let this_week = history(&[("a", NOW - 2 * day)]).score("a", NOW);
    let long_ago = history(&[("a", NOW - 30 * day)]).score("a", NOW);
    assert!(today_often > now_once && now_once > today_once && today_once > this_week && this_week > long_ago);
    assert!(long_ago > 0);
    assert_eq!(history(&[]).score("a", NOW), 0);
    // A clock that was set back.
    assert_eq!(history(&[("a", NOW + day)]).score("a", NOW), now_once);
}

#[test]
fn what_is_not_understood_is_passed_over() {
    let history = History::from_text("17999\n1 x a\n-\n\n1800000000 1 a\n1800000000 1 b\\");
    assert_eq!(history.uses.len(), 1);
    assert_eq!(history.score("a", NOW), 16);
}

#[test]
fn its_size_is_bounded_and_the_best_stay() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history");
    for round in 0..3_000 {
        record(&path, &format!("profile-with-a-rather-long-name-{round}"), NOW + round);
        record(&path, "often", NOW + round);
        assert!(std::fs::metadata(&path).unwrap().len() < LARGEST + 2 * 1_100);
    }
    let history = read(&path);
    assert!(history.score("often", NOW) > 100 * history.score("profile-with-a-rather-long-name-2999", NOW));
    assert_eq!(history.score("profile-with-a-rather-long-name-0", NOW), 0);
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["history"]);
    record(&path, &"x".repeat(LONGEST_NAME + 1), NOW);
    assert_eq!(read(&path).score(&"x".repeat(LONGEST_NAME + 1), NOW), 0);
}

#[test]
fn many_at_once_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history");
    record(&path, "first", NOW);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let path = &path;
            scope.spawn(move || (0..100).for_each(|_| record(path, &format!("shell-{thread}"), NOW)));
        }
    });
    let history = read(&path);
    for thread in 0..8 {
        assert_eq!(history.uses[&format!("shell-{thread}")].count, 100);
    }
}

#[test]
fn a_lock_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history");
    let long: String =
        (0..4_000).map(|number| line(&format!("profile-{number}"), Uses { count: 1, last: NOW })).collect();
    std::fs::write(&path, &long).unwrap();
    let held = File::open(&path).unwrap();
    held.lock().unwrap();
    record(&path, "a", NOW);
    assert_eq!(
        std::fs::metadata(&path).unwrap().len(),
        long.len() as u64 + line("a", Uses { count: 1, last: NOW }).len() as u64
    );
    drop(held);
    record(&path, "a", NOW);
    assert!(std::fs::metadata(&path).unwrap().len() <= LARGEST / 2);
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("awsenv/history");
        record(&path, "a", NOW);
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    }

    #[test]
    fn links_pipes_and_folders_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let [target, link, pipe, second] = ["target", "link", "pipe", "second"].map(|name| folder.path().join(name));
        std::fs::write(&target, "").unwrap();
        symlink(&target, &link).unwrap();
        std::fs::hard_link(&target, &second).unwrap();
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
        for path in [&link, &pipe, &second, &folder.path().to_owned()] {
            record(path, "a", NOW);
            assert!(read(path).is_empty());
        }
        assert_eq!(std::fs::read(&target).unwrap(), b"");
    }

    #[test]
    fn root_writes_nothing_into_another_users_home() {
        if !rustix::process::geteuid().is_root() {
            return; // Only root can give files away, and only root is refused.
        }
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("home");
        std::fs::create_dir(&home).unwrap();
        std::os::unix::fs::chown(&home, Some(12_345), None).unwrap();
        for path in [home.join("history"), home.join(".local/state/awsenv/history")] {
            record(&path, "a", NOW);
        }
        assert_eq!(std::fs::read_dir(&home).unwrap().count(), 0);
        let path = home.join("history");
        std::fs::write(&path, "").unwrap();
        record(&path, "a", NOW);
        std::os::unix::fs::chown(&path, Some(12_345), None).unwrap();
        record(&path, "a", NOW);
        assert_eq!(std::fs::read(&path).unwrap(), b"");
    }
}
