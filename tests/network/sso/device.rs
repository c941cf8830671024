//! Login with a code, in any browser.

use awsenv_core::broker::{Request, Task};
use awsenv_core::chain::Sso;
use awsenv_testkit::fake::{Consent, Fault};
use awsenv_testkit::terminal::Terminal;

use crate::browser::without_browser;
use crate::common::{Answer, World, legacy, session, until};

/// A login on a terminal of a machine without a browser.
fn start(world: &World, sso: &Sso) -> (awsenv_testkit::home::Home, Terminal) {
    start_with(world, &world.login(sso))
}

fn start_with(world: &World, request: &Request) -> (awsenv_testkit::home::Home, Terminal) {
    let home = without_browser(world);
    let terminal = world.on_terminal(&home, request);
    (home, terminal)
}

/// The code that the screen shows, when it is the fake's.
#[track_caller]
fn user_code(world: &World, terminal: &mut Terminal) -> String {
    let code = until("a code", || world.fake.pending_user_codes().pop());
    terminal.wait_for(&code);
    code
}

fn allowed(world: &World, sso: &Sso) -> Answer {
    let (home, mut terminal) = start(world, sso);
    let code = user_code(world, &mut terminal);
    assert!(world.fake.approve_device(&code));
    world.ended(&home, &mut terminal)
}

#[test]
fn page_code_and_countdown_then_the_token() {
    let world = World::new();
    let (home, mut terminal) = start(&world, &session());
    let code = user_code(&world, &mut terminal);
    let screen = terminal.wait_for("waiting for the login in the browser, 9:5");
    for shown in [
        "To log in to acme, open this address in any browser".to_owned(),
        format!("{}/device\n", world.fake.url()),
        format!("{}/device?user_code={code}", world.fake.url()),
        format!("and type this code:\n\n  {code}\n"),
        "(Ctrl-C cancels)".to_owned(),
    ] {
        assert!(screen.contains(&shown), "{shown:?}: {screen}");
    }
    assert!(world.fake.approve_device(&code));
    let answer = world.ended(&home, &mut terminal);
    assert_eq!((&answer.json["renewable"], &answer.json["was_valid"]), (&true.into(), &false.into()));
    assert!(terminal.text().contains("logged in to acme"), "{}", terminal.text());
    assert_eq!(answer.stderr, "");
    assert!(!world.answer(&world.role(&session())).is_failure());
}

#[test]
fn the_legacy_form_logs_in_so_and_gets_nothing_to_renew_with() {
    let world = World::new();
    // Also where there is a browser.
    let world = world.with_browser();
    let running = world.start(&world.home, &world.login(&legacy()));
    let page = world.page();
    assert!(page.starts_with(&format!("{}/device?user_code=", world.fake.url())), "{page}");
    world.fake.follow(&page);
    let answer = running.answer(&world);
    assert_eq!(answer.json["renewable"], false);
    let token = world.token(&legacy());
    assert!(token.get("refreshToken").is_none());
    assert!(token["clientId"].is_string());
    let registered = world.fake.requests().into_iter().find(|recorded| recorded.operation == "RegisterClient").unwrap();
    let registered: serde_json::Value = serde_json::from_slice(&registered.body).unwrap();
    assert!(registered.get("scopes").is_none() && registered.get("grantTypes").is_none(), "{registered}");
    assert!(!world.answer(&world.role(&legacy())).is_failure());
}

#[test]
fn a_session_without_scopes_asks_for_the_account_scope() {
    let world = World::new();
    let sso = Sso { scopes: Vec::new(), ..session() };
    assert_eq!(allowed(&world, &sso).json["renewable"], true);
    assert!(!world.answer(&world.role(&sso)).is_failure());
}

#[test]
fn over_ssh_and_on_demand_also_where_there_is_a_browser() {
    let world = World::new().with_browser();
    let mut request = world.login(&session());
    let Task::Login(task) = &mut request.task else { unreachable!("made so") };
    task.device_code = true;
    let running = world.start(&world.home, &request);
    world.fake.follow(&world.page());
    assert!(!running.answer(&world).is_failure());

    std::fs::remove_file(world.token_file(&session())).unwrap();
    std::fs::remove_file(world.home.join("opened")).unwrap();
    let World { fake, home } = world;
    let world = World { fake, home: home.variable("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22") };
    let mut terminal = world.on_terminal(&world.home, &world.login(&session()));
    let code = user_code(&world, &mut terminal);
    world.fake.approve_device(&code);
    assert!(!world.ended(&world.home, &mut terminal).is_failure());
    assert_eq!(world.opened(), [""; 0]);
}

#[test]
fn it_slows_down_when_it_is_told_to() {
    let world = World::new();
    let (home, mut terminal) = start(&world, &session());
    let code = user_code(&world, &mut terminal);
    world.fake.set_fault("CreateToken", Fault::Throttle, 1);
    let polls = || -> Vec<_> {
        world.fake.requests().into_iter().filter(|recorded| recorded.operation == "CreateToken").collect()
    };
    until("slow_down", || polls().iter().any(|poll| poll.error.as_deref() == Some("SlowDownException")).then_some(()));
    world.fake.approve_device(&code);
    assert!(!world.ended(&home, &mut terminal).is_failure());
    let polls = polls();
    let told = polls.iter().position(|poll| poll.error.as_deref() == Some("SlowDownException")).unwrap();
    assert!(polls[told + 1].time - polls[told].time >= 5, "the interval has grown by five seconds");
    assert_eq!(polls.iter().filter(|poll| poll.error.as_deref() == Some("SlowDownException")).count(), 1);
}

#[test]
fn it_asks_until_somebody_has_decided() {
    let world = World::new();
    let (home, mut terminal) = start(&world, &session());
    let code = user_code(&world, &mut terminal);
    let pending = || {
        let requests = world.fake.requests();
        requests.iter().filter(|recorded| recorded.error.as_deref() == Some("AuthorizationPendingException")).count()
    };
    until("polls", || (pending() >= 2).then_some(()));
    assert!(world.fake.deny_device(&code));
    let answer = world.ended(&home, &mut terminal);
    assert_eq!((answer.error("code"), answer.error("kind")), ("login-denied", "refused"));
    assert!(!world.token_file(&session()).exists());
}

#[test]
fn a_network_that_is_gone_for_a_moment_ends_no_login() {
    let world = World::new();
    let (home, mut terminal) = start(&world, &session());
    let code = user_code(&world, &mut terminal);
    world.fake.set_fault("CreateToken", Fault::Close, 2);
    world.fake.set_fault("CreateToken", Fault::Status(500), 1);
    until("polls", || (world.fake.calls("CreateToken") >= 3).then_some(()));
    world.fake.approve_device(&code);
    assert!(!world.ended(&home, &mut terminal).is_failure());
    // One that stays away does.
    std::fs::remove_file(world.token_file(&session())).unwrap();
    let (home, mut terminal) = start(&world, &session());
    user_code(&world, &mut terminal);
    world.fake.set_fault("CreateToken", Fault::Close, 100);
    assert_eq!(world.ended(&home, &mut terminal).error("code"), "connection-broken");
}

#[test]
fn a_code_that_nobody_typed_in_time_is_over() {
    let world = World::with(|fake| fake.device_lifetime(2).consent(Consent::Ignore));
    let (home, mut terminal) = start(&world, &session());
    user_code(&world, &mut terminal);
    let answer = world.ended(&home, &mut terminal);
    answer.assert_login_needed("awsenv login --sso-session acme");
    assert!(answer.error("message").starts_with("nobody has logged in to acme"));
}

#[test]
fn a_client_that_aws_has_forgotten_is_registered_anew() {
    let world = World::new();
    allowed(&world, &session());
    std::fs::remove_file(world.token_file(&session())).unwrap();
    world.fake.forget_clients();
    assert!(!allowed(&world, &session()).is_failure());
    assert_eq!(world.fake.calls("RegisterClient"), 2);
}

#[test]
fn a_start_url_that_aws_does_not_know_is_said() {
    let world = World::new();
    let sso = Sso { start_url: "https://other.awsapps.com/start".to_owned(), ..session() };
    let home = without_browser(&world);
    let answer = world.start(&home, &world.login(&sso)).answer(&world);
    assert_eq!(answer.error("kind"), "refused", "{}", answer.json);
    let hint = answer.error("hint");
    assert!(hint.contains("sso_start_url (https://other.awsapps.com/start) and sso_region (eu-west-1)"), "{hint}");
}

#[test]
fn ctrl_c_ends_it_with_nothing_left() {
    let world = World::new();
    let (home, mut terminal) = start(&world, &session());
    user_code(&world, &mut terminal);
    terminal.wait_for("waiting for the login");
    terminal.send("\u{3}");
    let answer = world.ended(&home, &mut terminal);
    assert_eq!((answer.error("code"), answer.error("kind")), ("interrupted", "interrupted"));
    assert!(!world.token_file(&session()).exists());
    assert!(!terminal.text().contains("waiting for"), "{}", terminal.text());
}
