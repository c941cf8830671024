//! Disks and folders that are not as they should be: the right credentials all the same, and a word about it where
//! somebody should know.
#![allow(clippy::disallowed_macros, clippy::print_stderr, reason = "a test that is skipped says so, by name")]

use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use awsenv_testkit::tools;

use crate::world::{ADMIN, ADMIN_ENTRY, Answer, CONFIG, Running, World};

/// Some user who is not root, and another one.
const USER: u32 = 54_321;
const OTHER: u32 = 54_322;

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Root may give files away and become somebody else; nobody else can.
fn needs_root(test: &str) -> bool {
    if !is_root() {
        eprintln!("SKIPPED {test}: only root can give files away");
    }
    is_root()
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).expect("a file").permissions().mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).expect("permissions");
}

fn make_folder(path: &Path) {
    std::fs::create_dir_all(path).expect("a folder");
}

/// Every file below `folder`.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().expect("a type").is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found
}

fn give(path: &Path, owner: u32) {
    chown(path, Some(owner), Some(owner)).expect("root may");
    if path.is_dir() {
        for entry in std::fs::read_dir(path).expect("a folder").flatten() {
            give(&entry.path(), owner);
        }
    }
}

impl World {
    /// Asks as a user whom permissions bind: oneself, or, for root, somebody else, whose home this then is.
    fn ask_bound(&self) -> Answer {
        if !is_root() {
            return self.ask("a");
        }
        let built = Path::new(env!("CARGO_BIN_EXE_awsenv-broker"));
        let copy = self.home.join("awsenv-broker");
        let everybody_may = |path: &Path| mode(path) & 0o001 != 0;
        let broker = if built.ancestors().all(everybody_may) { built } else { &copy };
        if !broker.exists() {
            std::fs::copy(built, broker).expect("a copy");
        }
        let mut command = self.home.command(broker);
        command.uid(USER).gid(USER);
        Running::of(command, &self.request("a")).answer()
    }

    /// Gives everything in the home to the user of [`ask_bound`](Self::ask_bound).
    fn hand_over(&self) {
        if is_root() {
            give(self.home.path(), USER);
        }
    }
}

#[test]
fn a_read_only_cache_of_the_cli() {
    let world = World::new(CONFIG, |fake| fake);
    make_folder(&world.cli(""));
    world.hand_over();
    set_mode(&world.cli(""), 0o500);
    let answer = world.ask_bound();
    world.assert_session(&answer, ADMIN);
    assert!(answer.warnings().is_empty(), "awsenv's own cache keeps it: {:?}", answer.warnings());
    assert_eq!(world.ask_bound().key_id(), answer.key_id());
    assert_eq!((world.fake.calls("AssumeRole"), files(&world.cli("")).len()), (1, 0));
}

#[test]
fn both_caches_read_only() {
    let world = World::new(CONFIG, |fake| fake);
    make_folder(&world.cli(""));
    make_folder(&world.own(""));
    world.hand_over();
    set_mode(&world.cli(""), 0o500);
    set_mode(&world.own(""), 0o500);
    for round in 1..=2 {
        let answer = world.ask_bound();
        world.assert_session(&answer, ADMIN);
        assert!(answer.warnings().join("\n").contains("can't be kept"), "{:?}", answer.warnings());
        assert_eq!(world.fake.calls("AssumeRole"), round);
    }
    set_mode(&world.cli(""), 0o700);
    set_mode(&world.own(""), 0o700);
}

/// Files stand where folders should.
#[test]
fn no_place_for_any_cache() {
    let world = World::new(CONFIG, |fake| fake);
    std::fs::write(world.home.join(".aws/cli"), "").expect("a file");
    std::fs::write(world.home.join(".cache"), "").expect("a file");
    let answer = world.ask("a");
    world.assert_session(&answer, ADMIN);
    let warnings = answer.warnings().join("\n");
    assert!(warnings.contains("can't be kept") && warnings.contains(".aws/cli/cache"), "{warnings}");
}

#[test]
fn a_cache_that_is_somebody_else_s() {
    if !needs_root("a_cache_that_is_somebody_else_s") {
        return;
    }
    let world = World::new(CONFIG, |fake| fake);
    make_folder(&world.cli(""));
    make_folder(&world.own(""));
    world.hand_over();
    // A former `sudo aws …` made the one, and somebody planted the other.
    give(&world.cli(""), 0);
    give(&world.own(""), OTHER);
    set_mode(&world.own(""), 0o777);
    let answer = world.ask_bound();
    world.assert_session(&answer, ADMIN);
    assert!(answer.warnings().join("\n").contains("can't be kept"), "{:?}", answer.warnings());
    assert!(files(&world.cli("")).is_empty());
    assert!(files(&world.own("")).is_empty(), "no session for them, and no lock that they could hold");
}

#[test]
fn an_entry_that_somebody_else_has_filled() {
    if !needs_root("an_entry_that_somebody_else_has_filled") {
        return;
    }
    let world = World::new(CONFIG, |fake| fake);
    let planted = world.ask("a");
    world.hand_over();
    for path in files(&world.own("")) {
        std::fs::remove_file(path).expect("a file");
    }
    give(&world.cli(ADMIN_ENTRY), OTHER);
    set_mode(&world.cli(ADMIN_ENTRY), 0o644);
    let answer = world.ask_bound();
    world.assert_session(&answer, ADMIN);
    assert_ne!(answer.key_id(), planted.key_id(), "it could be anybody's session");
    assert_eq!(world.ask_bound().key_id(), answer.key_id(), "kept in awsenv's own cache");
    // One that everybody may write is no better.
    give(&world.cli(ADMIN_ENTRY), USER);
    set_mode(&world.cli(ADMIN_ENTRY), 0o666);
    std::fs::remove_dir_all(world.own("")).expect("a folder");
    let answer = world.ask_bound();
    assert_ne!(answer.key_id(), planted.key_id());
    assert_eq!(mode(&world.cli(ADMIN_ENTRY)), 0o600);
}

/// `sudo` with the home of whoever called it.
#[test]
fn nothing_is_written_into_another_user_s_home() {
    if !needs_root("nothing_is_written_into_another_user_s_home") {
        return;
    }
    let world = World::new(CONFIG, |fake| fake);
    world.hand_over();
    let before = files(world.home.path());
    let answer = world.ask("a");
    world.assert_session(&answer, ADMIN);
    assert!(answer.warnings().is_empty(), "as it should be: {:?}", answer.warnings());
    assert_eq!(files(world.home.path()), before);
    assert!(!world.cli("").exists() && !world.own("").exists());
    // Where the folders are there, the same.
    make_folder(&world.cli(""));
    make_folder(&world.own("locks"));
    world.hand_over();
    world.assert_session(&world.ask("a"), ADMIN);
    assert_eq!(files(world.home.path()), before);
    // What the user has cached is used.
    let theirs = world.ask_bound();
    assert_eq!(world.ask("a").key_id(), theirs.key_id());
    let is_theirs = |path: &PathBuf| std::fs::metadata(path).is_ok_and(|data| data.uid() == USER);
    assert!(files(&world.home.join(".aws")).iter().chain(&files(&world.own(""))).all(is_theirs));
}

#[test]
fn a_link_in_the_place_of_an_entry() {
    let world = World::new(CONFIG, |fake| fake);
    make_folder(&world.cli(""));
    let elsewhere = world.home.join("public");
    std::fs::write(&elsewhere, "for everybody").expect("a file");
    symlink(&elsewhere, world.cli(ADMIN_ENTRY)).expect("a link");
    world.assert_session(&world.ask("a"), ADMIN);
    assert_eq!(std::fs::read_to_string(&elsewhere).expect("a file"), "for everybody");
    let entry = std::fs::symlink_metadata(world.cli(ADMIN_ENTRY)).expect("an entry");
    assert!(entry.is_file() && entry.permissions().mode() & 0o777 == 0o600);
    world.ask("a");
    assert_eq!(world.fake.calls("AssumeRole"), 1);
}

#[test]
fn a_link_in_the_place_of_a_folder() {
    let world = World::new(CONFIG, |fake| fake);
    // People keep `~/.aws` or a part of it elsewhere.
    make_folder(&world.home.join("elsewhere"));
    make_folder(&world.home.join(".aws/cli"));
    symlink(world.home.join("elsewhere"), world.home.join(".aws/cli/cache")).expect("a link");
    let answer = world.ask("a");
    assert_eq!(world.ask("a").key_id(), answer.key_id());
    assert_eq!(mode(&world.home.join("elsewhere").join(ADMIN_ENTRY)), 0o600);
    // One that leads nowhere is no folder.
    let world = World::new(CONFIG, |fake| fake);
    make_folder(&world.home.join(".aws/cli"));
    symlink("nowhere", world.home.join(".aws/cli/cache")).expect("a link");
    let answer = world.ask("a");
    world.assert_session(&answer, ADMIN);
    assert_eq!(world.ask("a").key_id(), answer.key_id(), "awsenv's own cache keeps it");
}

#[test]
fn folders_that_others_may_read() {
    let world = World::new(CONFIG, |fake| fake);
    make_folder(&world.cli(""));
    make_folder(&world.own(""));
    set_mode(&world.cli(""), 0o755);
    set_mode(&world.own(""), 0o755);
    world.ask("a");
    assert_eq!((mode(&world.cli(ADMIN_ENTRY)), mode(&world.own(""))), (0o600, 0o700));
    let secrets = files(&world.own("")).into_iter().chain(files(&world.cli("")));
    assert!(secrets.map(|path| mode(&path)).all(|mode| mode == 0o600));
    assert_eq!(world.ask("a").warnings().len() + world.fake.calls("AssumeRole"), 1);
}

#[test]
fn half_an_entry_and_what_is_none() {
    let world = World::new(CONFIG, |fake| fake);
    world.ask("a");
    let whole = std::fs::read(world.cli(ADMIN_ENTRY)).expect("an entry");
    let mut calls = 1;
    let bodies = [&whole[..0], &whole[..1], &whole[..whole.len() / 2], &whole[..whole.len() - 1], b"null", b"\0\0\0\0"];
    for body in bodies {
        std::fs::write(world.cli(ADMIN_ENTRY), body).expect("an entry");
        let answer = world.ask("a");
        world.assert_session(&answer, ADMIN);
        calls += 1;
        assert_eq!(world.fake.calls("AssumeRole"), calls);
        assert_eq!(world.ask("a").key_id(), answer.key_id());
    }
    // A folder in its place can't be replaced.
    std::fs::remove_file(world.cli(ADMIN_ENTRY)).expect("an entry");
    make_folder(&world.cli(ADMIN_ENTRY));
    let answer = world.ask("a");
    assert_eq!(world.ask("a").key_id(), answer.key_id(), "kept in awsenv's own cache");
}

/// No file may grow: every write fails as on a full disk, wherever the test runs.
#[test]
fn no_room_for_a_single_byte() {
    let bash = tools::find("bash").expect("bash");
    let world = World::new(CONFIG, |fake| fake);
    let mut command = world.home.command(bash);
    command.args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\"", env!("CARGO_BIN_EXE_awsenv-broker")]);
    let answer = Running::of(command, &world.request("a")).answer();
    world.assert_session(&answer, ADMIN);
    assert!(answer.warnings().join("\n").contains("can't be kept"), "{:?}", answer.warnings());
    let left = [files(&world.cli("")), files(&world.own(""))].concat();
    assert!(left.iter().all(|path| std::fs::metadata(path).is_ok_and(|data| data.len() == 0)), "{left:?}");
    assert!(left.iter().all(|path| path.starts_with(world.own("locks"))), "nothing half-written: {left:?}");
}

/// A file system of its own, unmounted when dropped.
struct Disk(PathBuf);

impl Disk {
    /// `None` where this process may not mount.
    fn mount(at: PathBuf, options: &str) -> Option<Self> {
        make_folder(&at);
        let mount = tools::find("mount")?;
        let output = Command::new(mount).args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(&at).output().ok()?;
        output.status.success().then_some(Self(at))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if let Some(umount) = tools::find("umount") {
            let _ = Command::new(umount).arg("-l").arg(&self.0).output();
        }
    }
}

#[test]
fn a_full_disk() {
    let world = World::new(CONFIG, |fake| fake);
    let first = world.ask("a");
    std::fs::remove_dir_all(world.cli("")).expect("a folder");
    std::fs::remove_dir_all(world.own("")).expect("a folder");
    let disks = [world.home.join(".aws/cli"), world.home.join(".cache")];
    let disks = disks.map(|at| Disk::mount(at, "size=32k,mode=0700"));
    if disks.iter().any(Option::is_none) {
        eprintln!("SKIPPED a_full_disk: no right to mount a small disk");
        return;
    }
    for disk in disks.iter().flatten() {
        // To the last byte.
        let filled = std::fs::write(disk.0.join("filler"), vec![b'x'; 1 << 20]);
        assert!(filled.is_err());
    }
    let answer = world.ask("a");
    world.assert_session(&answer, ADMIN);
    assert_ne!(answer.key_id(), first.key_id());
    assert!(answer.warnings().join("\n").contains("can't be kept"), "{:?}", answer.warnings());
    for disk in disks.iter().flatten() {
        let left = files(&disk.0);
        assert!(
            left.iter().all(|path| path.ends_with("filler") || std::fs::metadata(path).is_ok_and(|d| d.len() == 0))
        );
        std::fs::remove_file(disk.0.join("filler")).expect("a file");
    }
    let answer = world.ask("a");
    assert_eq!(world.ask("a").key_id(), answer.key_id());
}

#[test]
fn a_read_only_disk() {
    let world = World::new(CONFIG, |fake| fake);
    let Some(_disk) = Disk::mount(world.home.join(".aws/cli"), "ro,size=32k") else {
        eprintln!("SKIPPED a_read_only_disk: no right to mount a disk");
        return;
    };
    let answer = world.ask("a");
    world.assert_session(&answer, ADMIN);
    assert_eq!(world.ask("a").key_id(), answer.key_id(), "awsenv's own cache keeps it");
    assert!(answer.warnings().is_empty(), "{:?}", answer.warnings());
}
