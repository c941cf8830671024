//! Trouble on the way to AWS, each told apart: what happened, with whom, and what to look at.

use std::net::TcpListener;

use awsenv_core::broker::{CallSettings, Request};
use awsenv_testkit::fake::{Builder, CertificateFault, FakeAws, Role};
use awsenv_testkit::home::Home;

use crate::common::{ADMIN, Answer, World, assume, role, someone};
use crate::listener::Listener;

/// A port on which nobody listens.
fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}

fn world() -> World {
    world_with(|fake| fake)
}

fn world_with(more: impl FnOnce(Builder) -> Builder) -> World {
    let user = someone(&[]);
    let trust = Role::new(ADMIN).trusts(&user.arn());
    World::new(user, |fake| more(fake.role(trust)))
}

fn wanting(world: &World, change: impl FnOnce(&mut CallSettings)) -> Request {
    let mut request = world.request(vec![world.keys(), assume("acme", role(ADMIN))]);
    request.calls.max_attempts = Some(1);
    change(&mut request.calls);
    request
}

/// The failure with this endpoint.
fn at(world: &World, endpoint: &str, change: impl FnOnce(&mut CallSettings)) -> Answer {
    world.answer(&wanting(world, |calls| {
        calls.endpoint_url = Some(endpoint.to_owned());
        change(calls);
    }))
}

/// The failure on the way to AWS's own host, through what `HTTPS_PROXY` says, trusting `trusted` alone.
fn by_proxy(world: &World, proxy: &str, trusted: &FakeAws) -> Answer {
    let home = Home::new().variable("HTTPS_PROXY", proxy);
    let answer = world.answer_to(
        &home,
        &wanting(world, |calls| {
            calls.endpoint_url = None;
            calls.ca_bundle = Some(trusted.ca_file().to_owned());
            calls.connect_timeout_ms = 2000;
        }),
    );
    assert!(!answer.json.to_string().contains("CANARY"), "{}", answer.json);
    answer
}

#[track_caller]
fn assert_said(answer: &Answer, code: &str, message: &str, hint: &str) {
    assert_eq!(answer.code(), code, "{}", answer.json);
    assert!(answer.message().contains(message), "{}", answer.json);
    assert!(answer.hint().contains(hint), "{}", answer.json);
    assert_eq!(answer.kind(), "refused");
    assert!(answer.place().ends_with("config:9"));
}

#[test]
fn nobody_listens() {
    let world = world();
    let port = closed_port();
    let message = format!("STS at 127.0.0.1:{port} refuses connections");
    for scheme in ["http", "https"] {
        let answer = at(&world, &format!("{scheme}://127.0.0.1:{port}"), |_| {});
        assert_said(&answer, "connection-refused", &message, "endpoint_url");
    }
}

#[test]
fn a_name_that_there_is_not() {
    // Too long for a name of DNS, so that nobody is asked about it.
    let name = format!("{}.invalid", "a".repeat(64));
    let home = Home::new().variable("NO_PROXY", "*");
    let request = wanting(&world(), |calls| calls.endpoint_url = Some(format!("http://{name}")));
    let answer = world().answer_to(&home, &request);
    assert_said(&answer, "no-network", &format!("the name of STS at {name} is not found"), "endpoint");
}

#[test]
fn tls_says_what_is_wrong_with_the_certificate() {
    let world = world();
    let url = world.fake.tls_url();
    let server = url.trim_start_matches("https://");
    // The platform's roots know nothing of the test's authority.
    let answer = at(&world, &url, |_| {});
    assert_said(&answer, "tls", &format!("{server} is signed by an authority that is not trusted"), "AWS_CA_BUNDLE");
    // Nor does somebody else's bundle.
    let other = FakeAws::builder().start();
    let answer = at(&world, &url, |calls| calls.ca_bundle = Some(other.ca_file().to_owned()));
    assert_said(&answer, "tls", "not trusted", other.ca_file().to_str().expect("text"));
    // With the right one it works.
    let answer = at(&world, &url, |calls| calls.ca_bundle = Some(world.fake.ca_file().to_owned()));
    assert!(world.fake.identity_of(answer.key_id()).is_some());

    let over = world_with(|fake| fake.certificate_fault(CertificateFault::Expired));
    let answer = at(&over, &over.fake.tls_url(), |calls| calls.ca_bundle = Some(over.fake.ca_file().to_owned()));
    assert_said(&answer, "tls", "has expired", "clock");
}

#[test]
fn a_certificate_of_another_name() {
    // As a network's login page shows it.
    let world = world_with(|fake| fake.certificate_fault(CertificateFault::WrongName));
    let answer = by_proxy(&world, &world.fake.url(), &world.fake);
    let message = "the certificate of STS at sts.eu-west-1.amazonaws.com is made out to another name";
    assert_said(&answer, "tls", message, "login page");
}

#[test]
fn a_server_that_speaks_no_tls() {
    let plain = Listener::answering("HTTP/1.1 400 Bad Request\r\n\r\n");
    let answer = at(&world(), &format!("https://127.0.0.1:{}", plain.port), |_| {});
    assert_said(&answer, "tls", &format!("STS at 127.0.0.1:{} does not speak TLS", plain.port), "http://");
}

#[test]
fn the_limits_are_told_apart() {
    let world = world();
    let silent = Listener::silent();
    // TLS is a part of opening a connection.
    let answer = at(&world, &format!("https://127.0.0.1:{}", silent.port), |calls| calls.connect_timeout_ms = 250);
    let message = format!("no connection to STS at 127.0.0.1:{} within 0.25 s", silent.port);
    assert_said(&answer, "timeout", &message, "endpoint");
    let answer = at(&world, &format!("http://127.0.0.1:{}", silent.port), |calls| calls.call_timeout_ms = 300);
    let message = format!("no answer from STS at 127.0.0.1:{} within 0.3 s", silent.port);
    assert_said(&answer, "timeout", &message, "endpoint");
}

#[test]
fn a_connection_that_ends_too_early() {
    let rude = Listener::start(drop);
    let answer = at(&world(), &format!("http://127.0.0.1:{}", rude.port), |_| {});
    assert_said(&answer, "connection-broken", &format!("127.0.0.1:{}", rude.port), "try again");
}

#[test]
fn what_is_not_aws_at_all() {
    let world = world();
    for (answer, code, words) in [
        (
            "HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\nContent-Length: 0\r\n\r\n",
            "bad-answer",
            "login page",
        ),
        ("HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n<html>Hi</html>", "bad-answer", ""),
        ("HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\nforbidden", "bad-answer", "proxy"),
        ("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", "aws-unavailable", "try again"),
        ("HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\n\r\n", "throttled", "wait"),
    ] {
        let listener = Listener::answering(answer);
        let said = at(&world, &format!("http://127.0.0.1:{}", listener.port), |_| {});
        assert_said(&said, code, &format!("127.0.0.1:{}", listener.port), words);
    }
}

#[test]
fn proxies_that_do_not_let_through() {
    let world = world();
    let port = closed_port();
    let answer = by_proxy(&world, &format!("http://someone:CANARY@127.0.0.1:{port}"), &world.fake);
    assert_said(&answer, "proxy", &format!("the proxy 127.0.0.1:{port} can't be reached"), "HTTPS_PROXY");

    let wants = Listener::answering("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
    let answer = by_proxy(&world, &format!("http://127.0.0.1:{}", wants.port), &world.fake);
    let message = format!("the proxy 127.0.0.1:{} wants a user name and a password", wants.port);
    assert_said(&answer, "proxy", &message, "USER:PASSWORD@");

    let refuses = Listener::answering("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    let answer = by_proxy(&world, &format!("http://127.0.0.1:{}", refuses.port), &world.fake);
    assert_said(&answer, "proxy", "makes no connection to STS at sts.eu-west-1.amazonaws.com", "NO_PROXY");

    let silent = Listener::silent();
    let answer = by_proxy(&world, &format!("http://127.0.0.1:{}", silent.port), &world.fake);
    assert_said(&answer, "timeout", "no connection to STS at sts.eu-west-1.amazonaws.com", "HTTPS_PROXY");

    let answer = by_proxy(&world, "socks5://127.0.0.1:1080", &world.fake);
    assert_eq!(answer.code(), "proxy", "{}", answer.json);

    // One that does.
    let answer = by_proxy(&world, &world.fake.url(), &world.fake);
    assert!(world.fake.identity_of(answer.key_id()).is_some());
}

#[test]
fn a_plain_request_through_a_proxy_that_wants_a_password() {
    let world = world();
    let wants = Listener::answering("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
    let home = Home::new().variable("HTTP_PROXY", format!("http://127.0.0.1:{}", wants.port));
    let request = wanting(&world, |calls| calls.endpoint_url = Some("http://sts.example.invalid".to_owned()));
    let answer = world.answer_to(&home, &request);
    assert_said(&answer, "proxy", &format!("the proxy 127.0.0.1:{} wants", wants.port), "USER:PASSWORD@");
}
