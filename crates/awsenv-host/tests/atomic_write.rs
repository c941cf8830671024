//! Atomic writes under the worst: a writer that is killed at any moment, and a disk that takes no more.
#![cfg(unix)]

mod again;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use again::{Guarded, again, part, until};
use awsenv_host::files::write_private;

const SIZE: usize = 3 << 20;

/// The file as a reader finds it: always one letter, `SIZE` times. Returns the letter.
fn whole(path: &Path) -> u8 {
    let bytes = std::fs::read(path).unwrap();
    assert_eq!(bytes.len(), SIZE);
    assert!(bytes.iter().all(|byte| *byte == bytes[0]), "two writes in one file");
    bytes[0]
}

#[test]
fn a_reader_never_sees_half_a_file() {
    if let Some((_, folder)) = part() {
        for letter in (b'a'..=b'z').cycle() {
            write_private(&folder.join("f"), &vec![letter; SIZE]).unwrap();
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f");
    let mut kills = 0;
    let mut letters = std::collections::BTreeSet::new();
    for round in 0..12_u64 {
        let child = Guarded::spawn(again("a_reader_never_sees_half_a_file", "write", folder.path()));
        let first = until("a first file", || path.exists().then(|| whole(&path)));
        // Let it get into another write, read meanwhile, and end it at a moment that differs each time.
        letters.insert(until("another write", || Some(whole(&path)).filter(|letter| *letter != first)));
        std::thread::sleep(Duration::from_micros(700 * round));
        drop(child);
        kills += 1;
        letters.insert(whole(&path));
    }
    assert!(letters.len() > 1);
    let mut left = 0;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.file_name());
        if entry.file_name() != "f" {
            assert!(entry.file_name().to_str().unwrap().starts_with(".f."));
            left += 1;
        }
    }
    assert!(left <= kills, "a writer that is killed leaves one file at most");
}

/// A limit on the size of files stops a write in its middle with an error, as a full disk does.
#[test]
fn a_full_disk_leaves_the_old_file_and_no_new_one() {
    if let Some((_, folder)) = part() {
        let error = write_private(&folder.join("f"), &vec![b'n'; SIZE]).unwrap_err();
        assert_eq!(error.code(), "file-unwritable");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f");
    write_private(&path, &vec![b'o'; SIZE]).unwrap();
    let again = again("a_full_disk_leaves_the_old_file_and_no_new_one", "write", folder.path());
    let mut limited = std::process::Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 512; exec \"$@\"", "sh"]).arg(again.get_program());
    limited.args(again.get_args()).envs(again.get_envs().filter_map(|(name, value)| Some((name, value?))));
    limited.stdout(std::process::Stdio::null());
    assert!(limited.status().unwrap().success());
    assert_eq!(whole(&path), b'o');
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}
