//! Login in the browser: authorization code with PKCE.

use std::time::Duration;

use awsenv_core::broker::Task;
use awsenv_core::chain::Sso;
use awsenv_host::sso_cache::SsoRegistrationKey;
use awsenv_testkit::fake::{Consent, Fault};
use serde_json::Value;

use crate::browser::{address_in, knock, parameter, with_parameter};
use crate::common::{Answer, REGION, Running, START_URL, World, login, session, until};

fn world() -> World {
    World::new().with_browser()
}

fn start(world: &World) -> Running {
    world.start(&world.home, &world.login(&session()))
}

fn registration(world: &World) -> Value {
    let sso = session();
    let key = SsoRegistrationKey {
        start_url: START_URL,
        region: REGION,
        scopes: &sso.scopes,
        session_name: sso.sso_session.as_deref(),
    };
    let bytes = std::fs::read(world.home.join(".aws/sso/cache").join(key.file_name())).expect("a registration");
    serde_json::from_slice(&bytes).expect("a whole registration")
}

/// A login by somebody who allows it.
fn logged_in(world: &World) -> Answer {
    let before = world.opened().len();
    let running = start(world);
    let page = until("a page", || world.opened().get(before).cloned());
    world.fake.follow(&page);
    running.answer(world)
}

#[test]
fn from_the_page_to_the_role() {
    let world = world();
    let running = start(&world);
    let page = world.page();
    let redirect = parameter(&page, "redirect_uri");
    assert!(redirect.starts_with("http://127.0.0.1:") && redirect.ends_with("/oauth/callback"), "{redirect}");
    assert!(page.starts_with(&format!("{}/authorize?response_type=code&client_id=", world.fake.url())), "{page}");
    assert_eq!(parameter(&page, "scopes"), "sso:account:access");
    assert_eq!(parameter(&page, "code_challenge_method"), "S256");
    assert_eq!(parameter(&page, "code_challenge").len(), 43);
    let visits = world.fake.follow(&page);
    let last = visits.last().expect("a page");
    assert_eq!(last.status, 200);
    assert!(last.body.contains("You are logged in to acme. You can close this page"), "{}", last.body);

    let answer = running.answer(&world);
    assert_eq!(
        (&answer.json["was_valid"], &answer.json["renewable"]),
        (&false.into(), &true.into()),
        "{}",
        answer.json
    );
    assert!(answer.stderr.contains(&page), "{}", answer.stderr);
    assert!(answer.stderr.contains("logged in to acme\n"), "{}", answer.stderr);
    assert!(knock(&redirect, "/", None).is_none(), "nobody listens any more");
    let variables = std::fs::read_to_string(world.home.join("aws-variables")).unwrap();
    assert_eq!(variables, "0\n", "nothing of AWS's goes to the browser");

    let token = world.token(&session());
    let kept = registration(&world);
    assert_eq!(token["startUrl"], START_URL);
    assert_eq!(token["region"], REGION);
    assert_eq!(token["expiresAt"], answer.json["expires_at"]);
    assert_eq!((&token["clientId"], &token["registrationExpiresAt"]), (&kept["clientId"], &kept["expiresAt"]));
    assert_eq!(kept["scopes"], serde_json::json!(["sso:account:access"]));
    assert_eq!(kept["grantTypes"], serde_json::json!(["authorization_code", "refresh_token"]));
    let requests = world.fake.requests();
    let body = |operation: &str| -> Value {
        let recorded = requests.iter().find(|recorded| recorded.operation == operation).expect("a request");
        serde_json::from_slice(&recorded.body).expect("JSON")
    };
    let registered = body("RegisterClient");
    assert_eq!(registered["redirectUris"], serde_json::json!(["http://127.0.0.1/oauth/callback"]));
    assert_eq!((&registered["clientType"], &registered["issuerUrl"]), (&"public".into(), &START_URL.into()));
    // What the browser has seen is of no use without the verifier.
    let verifier = body("CreateToken")["codeVerifier"].as_str().expect("a verifier").to_owned();
    assert!(!page.contains(&verifier));

    let answer = world.answer(&world.role(&session()));
    assert!(world.fake.identity_of(answer.key_id()).is_some());
}

#[test]
fn who_is_logged_in_is_not_asked_again_unless_forced() {
    let world = world();
    logged_in(&world);
    world.fake.reset_calls();
    let answer = world.answer(&world.login(&session()));
    assert_eq!(answer.json["was_valid"], true);
    assert_eq!((world.fake.requests().len(), world.opened().len()), (0, 1));

    // With a few minutes left it is renewed.
    let mut entry = world.token(&session());
    entry["expiresAt"] = "2026-01-01T00:00:00Z".into();
    world.write(&session(), &entry);
    let answer = world.answer(&world.login(&session()));
    assert_eq!(answer.json["was_valid"], true);
    assert_eq!((world.fake.calls("CreateToken:refresh_token"), world.opened().len()), (1, 1));

    let before = (world.token(&session()), registration(&world));
    let mut request = world.login(&session());
    let Task::Login(task) = &mut request.task else { unreachable!("made so") };
    task.force = true;
    let running = world.start(&world.home, &request);
    let page = until("a page", || world.opened().get(1).cloned());
    world.fake.follow(&page);
    assert_eq!(running.answer(&world).json["was_valid"], false);
    assert_ne!(world.token(&session())["accessToken"], before.0["accessToken"]);
    assert_ne!(registration(&world)["clientId"], before.1["clientId"]);
}

#[test]
fn the_registration_serves_the_next_login() {
    let world = world();
    logged_in(&world);
    let client = registration(&world)["clientId"].clone();
    std::fs::remove_file(world.token_file(&session())).unwrap();
    logged_in(&world);
    assert_eq!(registration(&world)["clientId"], client);
    assert_eq!(world.fake.calls("RegisterClient"), 1);
}

#[test]
fn the_scopes_of_the_session_are_asked_for() {
    let world = world();
    let scopes = vec!["sso:account:access".to_owned(), "codewhisperer:analysis".to_owned()];
    let sso = Sso { scopes: scopes.clone(), ..session() };
    let running = world.start(&world.home, &world.login(&sso));
    let page = world.page();
    assert_eq!(parameter(&page, "scopes"), "sso:account:access codewhisperer:analysis");
    world.fake.follow(&page);
    assert!(!running.answer(&world).is_failure());
    let registered = world.fake.requests().into_iter().find(|recorded| recorded.operation == "RegisterClient");
    let registered: Value = serde_json::from_slice(&registered.expect("a registration").body).unwrap();
    assert_eq!(registered["scopes"], serde_json::json!(scopes));
}

#[test]
fn a_token_of_a_few_minutes_serves_who_has_waited_for_it() {
    let world = World::with(|fake| fake.token_lifetime(600)).with_browser();
    let first = start(&world);
    let page = world.page();
    let others: Vec<_> = (0..3).map(|_| start(&world)).collect();
    std::thread::sleep(Duration::from_millis(300));
    world.fake.follow(&page);
    for running in std::iter::once(first).chain(others) {
        assert!(!running.answer(&world).is_failure());
    }
    assert_eq!(world.opened().len(), 1);
    // It is renewed, though not by every process once more.
    for _ in 0..3 {
        assert!(!world.answer(&world.role(&session())).is_failure());
        std::fs::remove_file(world.role_file(&session())).unwrap();
    }
    assert_eq!(world.fake.calls("CreateToken:refresh_token"), 1);
}

#[test]
fn strangers_at_the_listener_change_nothing() {
    let world = world();
    let running = start(&world);
    let page = world.page();
    let redirect = parameter(&page, "redirect_uri");
    let state = parameter(&page, "state");
    let port = redirect.split([':', '/']).nth(4).expect("a port").to_owned();
    for (target, host, status) in [
        ("/", None, "404"),
        ("/favicon.ico", None, "404"),
        ("/oauth/callback?code=stolen&state=wrong", None, "400"),
        ("/oauth/callback?code=stolen", None, "400"),
        ("/oauth/callback?error=access_denied&state=wrong", None, "400"),
        (&format!("/oauth/callback?code=stolen&state={state}"), Some(format!("evil.example:{port}")), "404"),
        (&format!("/oauth/callback?code=stolen&state={state}"), Some(format!("localhost:{port}")), "404"),
        (&format!("/oauth/callback?code=stolen&code=x&state={state}"), None, "400"),
    ] {
        let (got, body) = knock(&redirect, target, host.as_deref()).expect("an answer");
        assert_eq!(got, status, "{target} {host:?}");
        assert!(!body.contains("stolen"), "{body}");
    }
    assert_eq!(world.fake.calls("CreateToken"), 0);
    world.fake.follow(&page);
    assert!(!running.answer(&world).is_failure());
}

/// What comes of a code that was not given for this very login: got by `page`, handed to the listener of `redirect`.
#[track_caller]
fn refused_code(change: impl FnOnce(&str) -> String) {
    let world = world();
    let running = start(&world);
    let page = world.page();
    let redirect = parameter(&page, "redirect_uri");
    let state = parameter(&page, "state");
    // A listener of the thief's, so that the code does not get to awsenv by itself.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let stolen = format!("http%3A%2F%2F127.0.0.1%3A{}%2Foauth%2Fcallback", listener.local_addr().unwrap().port());
    let thief = std::thread::spawn(move || {
        use std::io::{Read, Write};
        let (mut stream, _) = listener.accept().unwrap();
        let mut buffer = [0; 8192];
        let count = stream.read(&mut buffer).unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
        String::from_utf8_lossy(&buffer[..count]).into_owned()
    });
    world.fake.follow(&change(&with_parameter(&page, "redirect_uri", &stolen)));
    let seen = thief.join().unwrap();
    let code = seen.split("code=").nth(1).and_then(|rest| rest.split(['&', ' ']).next()).expect("a code");
    let (status, body) = knock(&redirect, &format!("/oauth/callback?code={code}&state={state}"), None).unwrap();
    assert_eq!(status, "400");
    assert!(body.contains("The login to acme did not work. The terminal says why."), "{body}");
    let answer = running.answer(&world);
    assert_eq!(answer.error("code"), "login-refused", "{}", answer.json);
    assert!(answer.error("message").contains("InvalidGrantException"), "{}", answer.json);
    assert!(!world.token_file(&session()).exists());
}

#[test]
fn a_code_for_another_address_is_refused() {
    refused_code(str::to_owned);
}

#[test]
fn a_code_for_another_challenge_is_refused() {
    refused_code(|page| with_parameter(page, "code_challenge", &"A".repeat(43)));
}

#[test]
fn a_code_that_was_used_or_made_up_is_refused() {
    let world = world();
    let first = start(&world);
    let page = world.page();
    let visits = world.fake.follow(&page);
    first.answer(&world);
    let used = visits.last().unwrap().url.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    for code in [used.as_str(), "made-up"] {
        std::fs::remove_file(world.token_file(&session())).ok();
        std::fs::remove_file(world.home.join("opened")).unwrap();
        let running = start(&world);
        let page = world.page();
        let target = format!("/oauth/callback?code={code}&state={}", parameter(&page, "state"));
        assert_eq!(knock(&parameter(&page, "redirect_uri"), &target, None).unwrap().0, "400");
        assert_eq!(running.answer(&world).error("code"), "login-refused");
    }
}

#[test]
fn denied_in_the_browser() {
    let world = world();
    world.fake.set_consent(Consent::Deny);
    let running = start(&world);
    let visits = world.fake.follow(&world.page());
    assert!(visits.last().unwrap().body.contains("The login to acme did not work."));
    let answer = running.answer(&world);
    assert_eq!((answer.error("code"), answer.error("kind")), ("login-denied", "refused"));
    assert!(answer.error("message").contains("access_denied: the user denied access"), "{}", answer.json);
    assert!(!world.token_file(&session()).exists());
}

#[test]
fn what_the_server_does_wrong_is_said() {
    for (operation, fault, code) in [
        ("RegisterClient", Fault::Status(500), "aws-unavailable"),
        ("RegisterClient", Fault::Garbage, "bad-answer"),
        ("CreateToken", Fault::Status(500), "aws-unavailable"),
        ("CreateToken", Fault::Garbage, "bad-answer"),
    ] {
        let world = world();
        world.fake.set_fault(operation, fault, 1);
        let running = start(&world);
        if operation == "CreateToken" {
            world.fake.follow(&world.page());
        }
        let answer = running.answer(&world);
        assert_eq!(answer.error("code"), code, "{operation}: {}", answer.json);
        assert!(!world.token_file(&session()).exists());
    }
}

#[test]
fn no_browser_only_shows() {
    let world = world();
    let mut request = world.request(Task::Login(login(&session())));
    let Task::Login(task) = &mut request.task else { unreachable!("made so") };
    task.open_browser = false;
    let mut running = world.start(&world.home, &request);
    let mut stderr = running.0.as_mut().unwrap().stderr.take().unwrap();
    let mut shown = String::new();
    let page = loop {
        use std::io::Read;
        let mut buffer = [0; 4096];
        let count = stderr.read(&mut buffer).unwrap();
        assert!(count > 0, "{shown}");
        shown.push_str(&String::from_utf8_lossy(&buffer[..count]));
        if let Some(address) = address_in(&shown) {
            break address;
        }
    };
    world.fake.follow(&page);
    assert!(!running.answer(&world).is_failure());
    assert_eq!(world.opened(), [""; 0]);
}

#[test]
fn two_logins_at_once_open_one_page() {
    let world = world();
    let first = start(&world);
    let page = world.page();
    let others: Vec<_> = (0..8).map(|_| start(&world)).collect();
    // They wait for as long as it takes.
    std::thread::sleep(Duration::from_millis(300));
    world.fake.follow(&page);
    let expires = first.answer(&world).json["expires_at"].clone();
    for other in others {
        let answer = other.answer(&world);
        assert_eq!(answer.json["expires_at"], expires, "{}", answer.json);
    }
    assert_eq!((world.opened().len(), world.fake.calls("CreateToken")), (1, 1));
}

#[test]
fn who_logs_in_is_named_and_who_is_stopped_or_killed_is_not_waited_for() {
    for signal in ["STOP", "KILL"] {
        let world = world();
        let first = world.start_bare(&world.login(&session()));
        until("a page", || (world.opened().len() == 1).then_some(()));
        let mut terminal = world.on_terminal(&world.home, &world.login(&session()));
        terminal.wait_for(&format!("waiting for process {}, which is logging in to acme (Ctrl-C cancels)", first.id()));
        first.signal(signal);
        let page = until("another page", || world.opened().get(1).cloned());
        world.fake.follow(&page);
        let answer = world.ended(&world.home, &mut terminal);
        assert!(!answer.is_failure(), "{signal}: {}", answer.json);
    }
}

#[test]
fn ctrl_c_ends_a_call_that_hangs() {
    for operation in ["RegisterClient", "CreateToken"] {
        let world = world();
        world.fake.set_fault(operation, Fault::Hang, 1);
        let mut request = world.login(&session());
        // Longer than the test waits.
        request.calls.call_timeout_ms = 600_000;
        let mut terminal = world.on_terminal(&world.home, &request);
        let browser = (operation == "CreateToken").then(|| {
            let page = world.page();
            std::thread::spawn(move || awsenv_testkit::fake::follow(&page, None))
        });
        until("the call", || (world.fake.calls(operation) == 1).then_some(()));
        terminal.send("\u{3}");
        let answer = world.ended(&world.home, &mut terminal);
        assert_eq!(answer.error("kind"), "interrupted", "{operation}: {}", answer.json);
        assert!(!world.token_file(&session()).exists());
        if let Some(browser) = browser {
            let visits = browser.join().expect("a browser").expect("pages");
            assert!(visits.last().expect("a page").body.contains("did not work"), "{visits:?}");
        }
    }
}

#[test]
fn ctrl_c_ends_it_with_nothing_left() {
    let world = world();
    let mut terminal = world.on_terminal(&world.home, &world.login(&session()));
    let page = world.page();
    let screen = terminal.wait_for("waiting for the browser, 9:5");
    assert!(screen.contains("(Ctrl-C cancels)"), "{screen}");
    terminal.send("\u{3}");
    let answer = world.ended(&world.home, &mut terminal);
    assert_eq!((answer.error("code"), answer.error("kind")), ("interrupted", "interrupted"));
    assert_eq!(answer.stderr, "");
    assert!(!terminal.text().contains("waiting for"), "{}", terminal.text());
    assert!(!world.token_file(&session()).exists());
    assert!(knock(&parameter(&page, "redirect_uri"), "/", None).is_none(), "nobody listens any more");
    // Nor is the next one kept waiting.
    std::fs::remove_file(world.home.join("opened")).unwrap();
    logged_in(&world);
}
