//! Whose cached session is used: never one of another source.

use std::time::Duration;

use awsenv_testkit::fake::{Role, User};

use crate::world::{ADMIN, ADMIN_ENTRY, Answer, CONFIG, World, keys, until, user};

/// The ARN of the user who assumed the role: the caller of the last AssumeRole.
fn source(world: &World) -> String {
    let requests = world.fake.requests();
    let call = requests.iter().rev().find(|request| request.operation == "AssumeRole").expect("a call");
    call.caller.clone().expect("a signature")
}

fn asked(world: &World, profile: &str) -> (Answer, usize) {
    world.fake.reset_calls();
    let answer = world.ask(profile);
    world.assert_session(&answer, ADMIN);
    (answer, world.fake.calls("AssumeRole"))
}

#[test]
fn a_profile_s_source_is_changed_while_the_session_of_the_old_one_lives() {
    let world = World::new(CONFIG, |fake| fake);
    let (first, _) = asked(&world, "a");
    assert_eq!(source(&world), user("one").arn());
    world.edit(&CONFIG.replace("= one", "= two"), &keys(&["one", "two"]));
    let (second, calls) = asked(&world, "a");
    assert_eq!((source(&world), calls), (user("two").arn(), 1));
    assert_ne!(first.key_id(), second.key_id());
    assert_eq!(asked(&world, "a").1, 0);
    // And back: the file is the other one's now.
    world.edit(CONFIG, &keys(&["one", "two"]));
    assert_eq!((asked(&world, "a").1, source(&world)), (1, user("one").arn()));
}

#[test]
fn the_keys_of_the_source_are_replaced() {
    let world = World::new(CONFIG, |fake| fake);
    asked(&world, "a");
    let replaced = User::new("111122223333", "one").keys("AKIAIOSFODNN7EXAMPLE", "another");
    world.fake.add_user(replaced.clone());
    world.edit(CONFIG, &format!("[one]\n{}", replaced.credentials_lines()));
    assert_eq!(asked(&world, "a").1, 1);
    assert_eq!(asked(&world, "a").1, 0);
}

#[test]
fn an_edit_of_something_else_costs_no_call() {
    let world = World::new(CONFIG, |fake| fake);
    asked(&world, "a");
    world.edit(&format!("{CONFIG}region = eu-west-3\n[profile more]\nregion = x\n"), &keys(&["one", "two", "three"]));
    assert_eq!(asked(&world, "a").1, 0);
}

#[test]
fn another_tool_s_session_serves_until_the_files_change() {
    let world = World::new(CONFIG, |fake| fake);
    asked(&world, "a");
    // Now nobody knows who wrote it.
    std::fs::remove_dir_all(world.own("")).expect("a folder");
    assert_eq!(asked(&world, "a").1, 0);
    // Moved into place with its old time.
    let old = world.home.join("old");
    std::fs::write(&old, CONFIG).expect("a file");
    world.age(&old, Duration::from_secs(7200));
    wait_for_a_tick(&world);
    std::fs::rename(&old, world.home.join(".aws/config")).expect("a file");
    assert_eq!((asked(&world, "a").1, source(&world)), (1, user("one").arn()));
    std::fs::remove_dir_all(world.own("")).expect("a folder");
    assert_eq!(asked(&world, "a").1, 0);
    wait_for_a_tick(&world);
    world.edit(&CONFIG.replace("= one", "= two"), &keys(&["one", "two"]));
    assert_eq!((asked(&world, "a").1, source(&world)), (1, user("two").arn()));
}

/// The file system's clock is coarse: what is written from now on is younger than the entry.
fn wait_for_a_tick(world: &World) {
    let time = |path: &std::path::Path| std::fs::metadata(path).and_then(|data| data.modified()).expect("a time");
    let probe = world.home.join("probe");
    until("the next tick", || {
        std::fs::write(&probe, "").expect("a file");
        (time(&probe) > time(&world.cli(ADMIN_ENTRY))).then_some(())
    });
}

#[test]
fn two_sources_that_collide_in_the_cli_s_name_have_entries_of_their_own() {
    let other = CONFIG.replace("[profile a]", "[profile b]").replace("= one", "= two");
    let world = World::new(&format!("{CONFIG}{other}"), |fake| fake);
    // What another tool left there may be of either.
    std::fs::create_dir_all(world.cli("")).expect("a folder");
    let foreign = r#"{"Credentials": {"AccessKeyId": "ASIAFOREIGN", "SecretAccessKey": "s", "SessionToken": "t",
        "Expiration": "2999-01-01T00:00:00Z"}, "AssumedRoleUser": {"Arn": "arn:aws:sts::123456789012:assumed-role/Admin/x"}}"#;
    std::fs::write(world.cli(ADMIN_ENTRY), foreign).expect("an entry");
    let ((of_one, _), by_one) = (asked(&world, "a"), source(&world));
    let ((of_two, _), by_two) = (asked(&world, "b"), source(&world));
    assert_eq!((by_one, by_two), (user("one").arn(), user("two").arn()));
    let (again_one, calls) = asked(&world, "a");
    assert_eq!((again_one.key_id(), calls), (of_one.key_id(), 0));
    let (again_two, calls) = asked(&world, "b");
    assert_eq!((again_two.key_id(), calls), (of_two.key_id(), 0));
    assert_eq!(std::fs::read_to_string(world.cli(ADMIN_ENTRY)).expect("the entry"), foreign, "left alone");
}

#[test]
fn a_web_identity_and_a_role_that_collide() {
    let config = format!(
        "{CONFIG}[profile w]\nrole_arn = {ADMIN}\nweb_identity_token_file = TOKEN\n[profile c]\nrole_arn = {ADMIN}\nsource_profile = two\nexternal_id = x\n"
    );
    let world = World::new("", |fake| {
        let one = user("one").arn();
        let role = Role::new(ADMIN).trusts(&one).trusts_web_identity("id.example.com", "sts.amazonaws.com", "pod");
        fake.role(role)
    });
    let token = world.fake.web_identity_token("id.example.com", "sts.amazonaws.com", "pod", 3600);
    std::fs::write(world.home.join("token"), token).expect("a token");
    let path = world.home.join("token");
    world.edit(&config.replace("TOKEN", path.to_str().expect("UTF-8")), &keys(&["one", "two"]));
    let (role, _) = asked(&world, "a");
    let web = world.ask("w");
    world.assert_session(&web, ADMIN);
    assert_ne!(role.key_id(), web.key_id());
    assert_eq!(world.ask("w").key_id(), web.key_id());
    assert_eq!(world.ask("a").key_id(), role.key_id());
    assert_eq!((world.fake.calls("AssumeRole"), world.fake.calls("AssumeRoleWithWebIdentity")), (1, 1));
    assert!(!world.cli(ADMIN_ENTRY).exists());
}

#[test]
fn keys_of_the_environment_each_have_their_own() {
    let config = CONFIG.replace("source_profile = one", "credential_source = Environment");
    let mut world = World::new(&config, |fake| fake);
    let mut seen = Vec::new();
    for name in ["one", "two", "one"] {
        let user = user(name);
        world.home = std::mem::take(&mut world.home)
            .variable("AWS_ACCESS_KEY_ID", user.access_key_id())
            .variable("AWS_SECRET_ACCESS_KEY", user.secret_access_key());
        seen.push((asked(&world, "a").1, source_if_any(&world)));
    }
    // The AWS CLI's entry was written for the second ones.
    assert_eq!(seen[0], (1, Some(user("one").arn())));
    assert_eq!(seen[1], (1, Some(user("two").arn())));
    assert_eq!(seen[2], (1, Some(user("one").arn())));
    assert_eq!(asked(&world, "a").1, 0);
}

fn source_if_any(world: &World) -> Option<String> {
    (world.fake.calls("AssumeRole") > 0).then(|| source(world))
}

#[test]
fn sessions_of_another_server_are_not_those_of_this_one() {
    let world = World::new(CONFIG, |fake| fake);
    let elsewhere = World::new(CONFIG, |fake| fake);
    let there = world.ask_with("a", |request, _| {
        request.calls.endpoint_urls.insert("STS".to_owned(), elsewhere.fake.url());
    });
    elsewhere.assert_session(&there, ADMIN);
    let (here, calls) = asked(&world, "a");
    assert_eq!(calls, 1);
    assert_ne!(here.json["SessionToken"], there.json["SessionToken"]);
}
