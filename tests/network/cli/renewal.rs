//! Sessions near their end: renewed where that can be done, used as they are where not.

use crate::common::{ADMIN_ENTRY, World};

/// Gives the kept session of Admin this much more life, in seconds, of a whole hour.
pub(crate) fn lives_on_for(world: &World, seconds: i64) {
    let path = world.home.join(ADMIN_ENTRY);
    let mut entry: serde_json::Value = serde_json::from_str(&world.read(ADMIN_ENTRY)).expect("an entry");
    let now = world.fake.now();
    entry["Credentials"]["Expiration"] =
        jiff::Timestamp::from_second(now + seconds).expect("a time").to_string().into();
    std::fs::write(&path, entry.to_string()).expect("a file in a temporary home");
    // It was made when an hour was before it.
    let written = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs((now + seconds - 3600) as u64);
    let file = std::fs::File::options().write(true).open(&path).expect("the entry");
    file.set_modified(written).expect("a time");
    for name in [".aws/config", ".aws/credentials"] {
        let file = std::fs::File::options().write(true).open(world.home.join(name)).expect("a file of the home");
        file.set_modified(written - std::time::Duration::from_secs(60)).expect("a time");
    }
}

#[test]
fn a_session_near_its_end_is_renewed() {
    let world = World::new();
    world.exported("admin");
    lives_on_for(&world, 1800);
    world.exported("admin");
    assert_eq!(world.fake.calls("AssumeRole"), 1, "half an hour is enough");
    lives_on_for(&world, 300);
    world.exported("admin");
    assert_eq!(world.fake.calls("AssumeRole"), 2, "five minutes are not");
}

#[test]
fn a_session_that_cannot_be_renewed_serves_to_its_end() {
    let world = World::new();
    let first = world.awsenv("export admin").expect(0, &[]).json();
    lives_on_for(&world, 300);
    let settings = world.home.join(".config/awsenv");
    std::fs::create_dir_all(&settings).expect("a folder in a temporary home");
    std::fs::write(settings.join("config"), "[settings]\nbroker = /nowhere/awsenv-broker\n").expect("settings");
    let run = world.awsenv("export admin").expect(0, &["not renewed", "broker-missing"]);
    assert_eq!(run.json()["AccessKeyId"], first["AccessKeyId"]);
    lives_on_for(&world, -1);
    world.awsenv("export admin").expect(1, &["broker-missing"]);
}
