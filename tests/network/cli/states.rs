//! What `list` says about sessions, before and after.

use crate::common::{START_URL, World};
use crate::sso::put_token;

/// The states of all profiles: `name state`, and `!` where an end is known.
fn states(world: &World) -> Vec<String> {
    let list = world.awsenv("list --json").expect(0, &[]).json();
    let rows = list.as_array().expect("an array").iter();
    rows.map(|row| {
        let text = |name: &str| row[name].as_str().expect("a text").to_owned();
        format!("{} {}{}", text("name"), text("state"), if row["expiration"].is_string() { "!" } else { "" })
    })
    .collect()
}

#[test]
fn states_tell_what_is_needed_now() {
    let world = World::new();
    assert_eq!(
        states(&world),
        [
            "base ready",
            "admin refreshable",
            "secured mfa-needed",
            "second mfa-needed",
            "closed refreshable",
            "dev login-needed",
            "far login-needed"
        ]
    );
    world.exported("admin");
    // One code makes a session that the other role can use, too.
    world.exported("secured --mfa 111111");
    let token = world.fake.sso_token(START_URL, 3600);
    put_token(&world, &token);
    assert_eq!(
        states(&world),
        [
            "base ready",
            "admin ready!",
            "secured ready!",
            "second refreshable",
            "closed refreshable",
            "dev refreshable",
            "far refreshable"
        ]
    );
    world.exported("dev");
    assert_eq!(states(&world)[5], "dev ready!");
    assert_eq!(world.fake.calls("GetRoleCredentials"), 1);
}
