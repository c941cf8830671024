//! "Log in now?", on a real terminal, before the role that was wanted.

use awsenv_core::broker::Request;

use crate::common::{World, session, until};

fn wanting(world: &World) -> Request {
    let mut request = world.role(&session());
    request.person.may_ask = true;
    request
}

const QUESTION: &str = "log in to acme now? [Y/n]";

#[test]
fn yes_logs_in_and_goes_on() {
    for key in ["y", "\r"] {
        let world = World::new().with_browser();
        let mut terminal = world.on_terminal(&world.home, &wanting(&world));
        let screen = terminal.wait_for(QUESTION);
        assert!(screen.contains("nobody is logged in to acme"), "{screen}");
        assert_eq!(world.opened(), [""; 0]);
        terminal.send(key);
        world.fake.follow(&world.page());
        let answer = world.ended(&world.home, &mut terminal);
        assert!(world.fake.identity_of(answer.key_id()).is_some());
        assert_eq!(answer.stderr, "");
    }
}

#[test]
fn no_and_other_keys() {
    let world = World::new().with_browser();
    let mut terminal = world.on_terminal(&world.home, &wanting(&world));
    terminal.wait_for(QUESTION);
    terminal.send("x ");
    terminal.send("n");
    world.ended(&world.home, &mut terminal).assert_login_needed("awsenv login --sso-session acme");
    assert_eq!((world.opened().len(), world.fake.requests().len()), (0, 0));
}

#[test]
fn ctrl_c_stops() {
    let world = World::new().with_browser();
    let mut terminal = world.on_terminal(&world.home, &wanting(&world));
    terminal.wait_for(QUESTION);
    terminal.send("\u{3}");
    let answer = world.ended(&world.home, &mut terminal);
    assert_eq!((answer.error("code"), answer.error("kind")), ("interrupted", "interrupted"));
    assert_eq!(world.opened(), [""; 0]);
}

#[test]
fn nobody_is_asked_where_that_is_not_allowed_or_needed() {
    let world = World::new().with_browser();
    let mut terminal = world.on_terminal(&world.home, &world.role(&session()));
    world.ended(&world.home, &mut terminal).assert_login_needed("awsenv login --sso-session acme");
    assert!(!terminal.text().contains("now?"), "{}", terminal.text());
    // No terminal.
    world.answer(&wanting(&world)).assert_login_needed("awsenv login --sso-session acme");
    // A token that can be renewed.
    world.plant(&session(), -1);
    let mut terminal = world.on_terminal(&world.home, &wanting(&world));
    assert!(!world.ended(&world.home, &mut terminal).is_failure());
    assert!(!terminal.text().contains("now?"), "{}", terminal.text());
}

#[test]
fn a_token_that_aws_has_ended_is_replaced() {
    let world = World::new().with_browser();
    world.plant(&session(), 3600);
    world.fake.expire_access_tokens();
    let mut terminal = world.on_terminal(&world.home, &wanting(&world));
    let screen = terminal.wait_for(QUESTION);
    assert!(screen.contains("AWS in eu-west-1 does not accept the login to acme"), "{screen}");
    terminal.send("y");
    world.fake.follow(&world.page());
    assert!(!world.ended(&world.home, &mut terminal).is_failure());
}

#[test]
fn two_who_are_asked_open_one_page() {
    let world = World::new().with_browser();
    let other = awsenv_testkit::home::Home::new()
        .variable("HOME", world.home.path())
        .variable("BROWSER", world.home.join("browser"))
        .variable("XDG_CACHE_HOME", world.home.join(".cache"));
    let mut terminals = [&world.home, &other].map(|home| (home, world.on_terminal(home, &wanting(&world))));
    for (_, terminal) in &mut terminals {
        terminal.wait_for(QUESTION);
        terminal.send("y");
    }
    let page = until("a page", || world.opened().pop());
    until("who waits", || {
        terminals.iter().any(|(_, terminal)| terminal.text().contains("waiting for process")).then_some(())
    });
    world.fake.follow(&page);
    for (home, terminal) in &mut terminals {
        assert!(!world.ended(home, terminal).is_failure());
    }
    assert_eq!(world.opened().len(), 1);
}
