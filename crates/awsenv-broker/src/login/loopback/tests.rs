use super::*;

const STATE: &str = "the-state";

fn shared() -> Shared {
    Shared {
        host: "127.0.0.1:5000".to_owned(),
        state: Secret::new(STATE),
        visit: Mutex::default(),
        done: false.into(),
        at_once: AtomicUsize::new(0),
    }
}

/// What a request for `target` with `headers` gets: the code, the error, or the status.
fn judged(shared: &Shared, line: &str, headers: &str) -> String {
    match shared.judge(&format!("{line}\r\n{headers}")) {
        Ok(Redirect::Code(code)) => format!("code {}", code.expose()),
        Ok(Redirect::Error(error)) => format!("error {error}"),
        Err((status, _)) => status[..3].to_owned(),
    }
}

fn get(query: &str) -> String {
    judged(&shared(), &format!("GET /oauth/callback?{query} HTTP/1.1"), "Host: 127.0.0.1:5000\r\nAccept: */*")
}

#[test]
fn the_code_for_the_state() {
    assert_eq!(get("code=a%2Bb+c&state=the-state"), "code a+b c");
    assert_eq!(get("state=the%2Dstate&code=%c3%a4&other=1"), "code ä");
}

#[test]
fn another_state_or_none_brings_nothing() {
    for query in [
        "",
        "code=x",
        "code=x&state=",
        "code=x&state=The-state",
        "code=x&state=the-stat",
        "code=x&state=the-state&state=the-state",
        "code=x&code=y&state=the-state",
        "code=&state=the-state",
        "code=%zz&state=the-state",
        "code=%f&state=the-state",
        "code=%ff&state=the-state",
        "code=x&error=e&state=the-state",
        "error=access_denied&state=other",
    ] {
        assert_eq!(get(query), "400", "{query}");
    }
}

#[test]
fn errors_are_shown_without_harm() {
    assert_eq!(get("error=access_denied&state=the-state"), "error access_denied");
    assert_eq!(get("error=access_denied"), "error access_denied");
    assert_eq!(
        get("error=e%1b%5b2J&error_description=who%0d%0aknows%E2%80%AE&state=the-state"),
        "error e [2J: who knows"
    );
}

#[test]
fn only_get_of_the_path_for_this_host() {
    let line = |line: &str| judged(&shared(), line, "Host: 127.0.0.1:5000");
    let query = "?code=x&state=the-state";
    assert_eq!(line(&format!("GET /oauth/callback{query} HTTP/1.1")), "code x");
    for other in [
        format!("POST /oauth/callback{query} HTTP/1.1"),
        format!("OPTIONS /oauth/callback{query} HTTP/1.1"),
        format!("get /oauth/callback{query} HTTP/1.1"),
        format!("GET /oauth/callback/{query} HTTP/1.1"),
        format!("GET /oauth/callbackx{query} HTTP/1.1"),
        format!("GET //oauth/callback{query} HTTP/1.1"),
        format!("GET http://127.0.0.1:5000/oauth/callback{query} HTTP/1.1"),
        format!("GET /oauth/callback{query}"),
        format!("GET /oauth/callback{query} HTTP/2"),
        format!("GET /oauth/callback{query} HTTP/1.1 x"),
        "GET / HTTP/1.1".to_owned(),
        "GET /favicon.ico HTTP/1.1".to_owned(),
        String::new(),
    ] {
        assert_eq!(line(&other), "404", "{other}");
    }
    let host = |headers: &str| judged(&shared(), &format!("GET /oauth/callback{query} HTTP/1.1"), headers);
    assert_eq!(host("hOsT:127.0.0.1:5000 "), "code x");
    for other in [
        "",
        "Host: localhost:5000",
        "Host: 127.0.0.1",
        "Host: 127.0.0.1:5001",
        "Host: evil.example:5000",
        "Host: evil.example",
        "Host: 127.0.0.1:5000\r\nHost: evil.example",
        "Host : 127.0.0.1:5000",
        "X-Forwarded-Host: 127.0.0.1:5000",
    ] {
        assert_eq!(host(other), "404", "{other}");
    }
}

#[test]
fn one_code_and_no_other() {
    let shared = shared();
    let visit = |query| judged(&shared, &format!("GET /oauth/callback?{query} HTTP/1.1"), "Host: 127.0.0.1:5000");
    assert_eq!(visit("code=x&state=wrong"), "400");
    assert_eq!(visit("code=x&state=the-state"), "code x");
    assert_eq!(visit("code=x&state=the-state"), "410");
    assert_eq!(visit("error=access_denied&state=the-state"), "410");
}

/// Listens while `client` talks to it, until a visit; then answers that.
fn listening<T: Send + 'static>(client: impl FnOnce(u16) -> T + Send + 'static) -> (Option<String>, T) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let loopback = Loopback::listen(Secret::new(STATE)).await.unwrap();
        let port = loopback.port;
        assert_eq!(loopback.redirect_uri(), format!("http://127.0.0.1:{port}/oauth/callback"));
        assert!(loopback.listener.local_addr().unwrap().ip().is_loopback());
        let client = std::thread::spawn(move || client(port));
        let mut seen = None;
        while !client.is_finished() {
            if let Some(visit) = loopback.listen_for(Duration::from_millis(20)).await {
                if let Redirect::Code(code) = &visit.redirect {
                    seen = Some(code.expose().to_owned());
                }
                visit.answer(true, "done <b>&</b>").await;
            }
        }
        (seen, client.join().unwrap())
    })
}

fn talk(port: u16, request: &str) -> String {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    // A listener that hangs up in the middle of a request resets the connection.
    let _ = stream.read_to_string(&mut answer);
    answer
}

#[test]
fn a_browser_gets_its_page_when_all_is_done() {
    let (code, answer) = listening(|port| {
        talk(port, &format!("GET /oauth/callback?code=x&state={STATE} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"))
    });
    assert_eq!(code.as_deref(), Some("x"));
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("done &lt;b&gt;&amp;&lt;/b&gt;"), "{answer}");
    for header in ["Cache-Control: no-store", "Referrer-Policy: no-referrer", "default-src 'none'"] {
        assert!(answer.contains(header), "{header}: {answer}");
    }
    assert!(!answer.contains("code=x"));
}

#[test]
fn a_request_may_come_in_pieces() {
    let (code, answer) = listening(|port| {
        use std::io::{Read, Write};
        let request = format!("GET /oauth/callback?code=x&state={STATE} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n");
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_nodelay(true).unwrap();
        for byte in request.bytes() {
            stream.write_all(&[byte]).unwrap();
            std::thread::yield_now();
        }
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    });
    assert_eq!(code.as_deref(), Some("x"));
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[test]
fn a_crowd_is_turned_away_and_forgotten() {
    let (code, answer) = listening(|port| {
        let connect = || std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
        for _ in 0..4 {
            drop((0..2 * MOST_AT_ONCE).map(|_| connect()).collect::<Vec<_>>());
        }
        // Those who were let in have hung up; those who were not do not count.
        let request = format!("GET /oauth/callback?code=x&state={STATE} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n");
        (0..200).map(|_| talk(port, &request)).find(|answer| !answer.is_empty()).expect("an answer")
    });
    assert_eq!(code.as_deref(), Some("x"));
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[test]
fn who_says_nothing_or_too_much_holds_nobody_up() {
    let (code, answers) = listening(|port| {
        let silent: Vec<_> =
            (0..MOST_AT_ONCE / 2).map(|_| std::net::TcpStream::connect(("127.0.0.1", port)).unwrap()).collect();
        let huge = talk(port, &format!("GET /{} HTTP/1.1\r\n", "a".repeat(2 * LARGEST_REQUEST)));
        let good =
            talk(port, &format!("GET /oauth/callback?code=x&state={STATE} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"));
        drop(silent);
        (huge, good)
    });
    assert_eq!(code.as_deref(), Some("x"));
    assert_eq!(answers.0, "");
    assert!(answers.1.starts_with("HTTP/1.1 200"), "{}", answers.1);
}
