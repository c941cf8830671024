//! The program `fake-aws`: a world from a file, the controls, the browser, TLS, and its end.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use awsenv_testkit::fake::{CertificateFault, FakeAws, SsoInstance, User, follow};
use awsenv_testkit::home::Home;
use serde_json::{Value, json};

use crate::http;
use awsenv_testkit::botocore::{Botocore, keys_of};

const START: &str = "https://acme.awsapps.com/start";

fn start(home: &Home, world: &Value) -> (Child, Value) {
    std::fs::write(home.join("world.json"), world.to_string()).expect("a file in a temporary home");
    let mut child = home
        .command(env!("CARGO_BIN_EXE_fake-aws"))
        .args(["--world", "world.json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().expect("a pipe")).read_line(&mut line).expect("UTF-8");
    (child, serde_json::from_str(&line).unwrap_or(Value::Null))
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}"))
}

#[test]
fn a_world_is_served_and_steered_from_outside() {
    let home = Home::new();
    let world = json!({
        "users": [{"account": "111122223333", "name": "someone", "mfa_serial": "arn:aws:iam::111122223333:mfa/phone",
                   "mfa_codes": ["123456"]}],
        "roles": [{"arn": "arn:aws:iam::123456789012:role/Admin", "trusts": ["111122223333"], "mfa": "needed",
                   "external_id": "xy", "max_duration": 7200,
                   "web_identity": [{"provider": "p", "audience": "a", "subject": "s"}]}],
        "sso": [{"start_url": START, "user": "someone", "assignments": [["123456789012", "Admin"]]}],
        "container": [{"path": "/task", "role_arn": "arn:aws:iam::123456789012:role/Task", "token": "t"}],
        "imds": {"role_arn": "arn:aws:iam::123456789012:role/Instance", "version_1": true},
        "settings": {"device_interval": 0, "consent": "ignore"},
    });
    let (mut child, said) = start(&home, &world);
    let url = text(&said, "url").to_owned();
    let control = |method: &str, path: &str| http::send(method, &format!("{url}/_fake/{path}"), &[], "");

    // A fault, twice, and the count of it.
    assert_eq!(control("POST", "fault?operation=ContainerCredentials&fault=status-503&times=2").status, 200);
    let task = || http::send("GET", &format!("{url}/task"), &[("Authorization", "t")], "").status;
    assert_eq!([task(), task(), task()], [503, 503, 200]);
    assert_eq!(control("GET", "calls?operation=ContainerCredentials").json()["calls"], 3);
    let requests = control("GET", "requests").json();
    assert_eq!(requests[2]["path"], "/task");
    assert_eq!((&requests[0]["status"], &requests[2]["status"]), (&json!(503), &json!(200)));
    control("POST", "reset-calls");
    assert_eq!(control("GET", "calls?operation=ContainerCredentials").json()["calls"], 0);
    // A device, approved by its code.
    let client = json!({"clientName": "a test", "clientType": "public", "scopes": ["sso:account:access"]});
    let client = http::post(&format!("{url}/client/register"), &client).json();
    let mut body = json!({"clientId": client["clientId"], "clientSecret": client["clientSecret"], "startUrl": START});
    let device = http::post(&format!("{url}/device_authorization"), &body).json();
    assert_eq!(control("GET", "devices").json(), json!([device["userCode"]]));
    body["grantType"] = "urn:ietf:params:oauth:grant-type:device_code".into();
    body["deviceCode"] = device["deviceCode"].clone();
    let poll = || http::post(&format!("{url}/token"), &body).json();
    assert_eq!(poll()["error"], "authorization_pending");
    assert_eq!(control("POST", &format!("approve?user_code={}", text(&device, "userCode"))).status, 200);
    assert_eq!(poll()["tokenType"], "Bearer");
    // Things planted, and a world that grows.
    let planted = control("POST", &format!("sso-token?start_url={START}&region=eu-west-1&valid_for=60")).json();
    let headers = [("x-amz-sso_bearer_token", text(&planted, "accessToken"))];
    assert_eq!(http::send("GET", &format!("{url}/assignment/accounts"), &headers, "").status, 200);
    assert_eq!(control("POST", "clock?offset=120").status, 200);
    assert_eq!(http::send("GET", &format!("{url}/assignment/accounts"), &headers, "").status, 401);
    let login = control("POST", "login-session?identity=arn:aws:iam::123456789012:user/me&valid_for=60").json();
    let id = text(&login["accessToken"], "accessKeyId");
    let who = control("GET", &format!("identity?access_key_id={id}")).json();
    assert_eq!(who["arn"], "arn:aws:iam::123456789012:user/me");
    let more = json!({"container": [{"path": "/more", "role_arn": "arn:aws:iam::123456789012:role/Task"}]});
    assert_eq!(http::send("POST", &format!("{url}/_fake/world"), &[], &more.to_string()).status, 200);
    assert_eq!(http::send("GET", &format!("{url}/more"), &[], "").status, 200);
    assert!(
        text(&control("POST", "web-identity?provider=p&audience=a&subject=s&lifetime=60").json(), "token").len() > 40
    );
    // What is not understood is said.
    for path in ["fault?operation=x&fault=y", "clock?offset=soon", "approve?user_code=x", "consent?choice=maybe", "x"] {
        assert_eq!(control("POST", path).status, 400, "{path}");
    }
    let wrong = json!({"roles": [{"arn": "arn:aws:iam::123456789012:role/Admin", "trust": []}]});
    let wrong = http::send("POST", &format!("{url}/_fake/world"), &[], &wrong.to_string());
    assert_eq!(wrong.json()["error"], "a role has no member trust");
    // It ends with its input.
    drop(child.stdin.take());
    assert!(child.wait().expect("ends").success());
    assert!(!Path::new(text(&said, "ca_file")).exists());
}

#[test]
fn a_wrong_world_is_not_served() {
    let home = Home::new();
    let (child, said) = start(&home, &json!({"people": []}));
    let output = child.wait_with_output().expect("ends");
    assert_eq!((said, output.status.code()), (Value::Null, Some(1)));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "fake-aws: the world has no member people\n");
}

/// A client's listener: takes one request, answers, and says what it was asked for.
fn listener() -> (String, std::thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://127.0.0.1:{}/oauth/callback", listener.local_addr().expect("bound").port());
    let thread = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a browser");
        let mut bytes = [0; 2048];
        let count = stream.read(&mut bytes).expect("a request");
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone").expect("the browser listens");
        String::from_utf8_lossy(&bytes[..count]).lines().next().unwrap_or_default().to_owned()
    });
    (url, thread)
}

fn authorize_url(base: &str, fake: &FakeAws, redirect: &str) -> String {
    let registration = json!({
        "clientName": "a test", "clientType": "public", "grantTypes": ["authorization_code"], "issuerUrl": START,
        "redirectUris": ["http://127.0.0.1/oauth/callback"], "scopes": ["sso:account:access"],
    });
    let client = http::post(&format!("{}/client/register", fake.url()), &registration).json();
    format!(
        "{base}/authorize?response_type=code&client_id={}&redirect_uri={redirect}&state=st&code_challenge_method=S256\
         &code_challenge={}&scopes=sso:account:access",
        text(&client, "clientId"),
        "c".repeat(43)
    )
}

#[test]
fn the_browser_goes_where_it_is_sent() {
    let fake = FakeAws::builder().sso(SsoInstance::new(START)).start();
    let (redirect, asked) = listener();
    let visits = fake.follow(&authorize_url(&fake.url(), &fake, &redirect));
    assert_eq!(visits.iter().map(|visit| visit.status).collect::<Vec<_>>(), [302, 200]);
    assert_eq!(visits[1].body, "done");
    assert!(asked.join().expect("the listener").starts_with("GET /oauth/callback?code="));
    // In TLS, as a program.
    let (redirect, asked) = listener();
    let run = Command::new(env!("CARGO_BIN_EXE_fake-aws"))
        .args(["browser", &authorize_url(&fake.tls_url(), &fake, &redirect)])
        .env("AWS_CA_BUNDLE", fake.ca_file())
        .status();
    assert!(run.expect("the program runs").success());
    assert!(asked.join().expect("the listener").ends_with("&state=st HTTP/1.1"));
    assert!(follow("http://192.0.2.1/", None).is_err_and(|why| why.contains("only loopback")));
    assert!(follow(&fake.tls_url(), None).is_err());
}

#[test]
fn botocore_is_served_in_tls_and_only_if_it_trusts_the_authority() {
    let someone = User::new("111122223333", "someone");
    let fake = FakeAws::builder().user(someone.clone()).start();
    let test = "botocore_is_served_in_tls";
    let Some(mut trusting) = Botocore::start_by(&fake.tls_url(), Some(fake.ca_file()), Home::new(), test) else {
        return;
    };
    let who = trusting.call("sts", "get_caller_identity", &keys_of(&someone), &json!({}));
    assert_eq!(who["Arn"], someone.arn(), "{who}");
    assert!(fake.requests().iter().all(|request| request.tls));
    let Some(mut wary) = Botocore::start_by(&fake.tls_url(), None, Home::new(), test) else { return };
    let refused = wary.call("sts", "get_caller_identity", &keys_of(&someone), &json!({}));
    assert_eq!(refused["type"], "SSLError", "{refused}");
    for fault in [CertificateFault::WrongName, CertificateFault::Expired] {
        let fake = FakeAws::builder().user(someone.clone()).certificate_fault(fault).start();
        let started = Botocore::start_by(&fake.tls_url(), Some(fake.ca_file()), Home::new(), test);
        let Some(mut careful) = started else { return };
        let refused = careful.call("sts", "get_caller_identity", &keys_of(&someone), &json!({}));
        assert_eq!((&refused["type"], fake.requests().len()), (&json!("SSLError"), 0), "{fault:?}: {refused}");
    }
    // Another fake's authority is none of this one's.
    let other = FakeAws::builder().start();
    let Some(mut misled) = Botocore::start_by(&fake.tls_url(), Some(other.ca_file()), Home::new(), test) else {
        return;
    };
    assert_eq!(misled.call("sts", "get_caller_identity", &keys_of(&someone), &json!({}))["type"], "SSLError");
}
