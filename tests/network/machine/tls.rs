//! Whose certificates are believed, and how long a connection may take.

use std::io::Write;
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use awsenv_testkit::fake::{FakeAws, Fault, User};

use crate::program::{Answer, Setting};

struct Scene {
    fake: FakeAws,
    credentials: String,
}

fn scene() -> Scene {
    let user = User::new("111122223333", "someone");
    let credentials = format!("[p]\n{}", user.credentials_lines());
    Scene { fake: FakeAws::builder().user(user).start(), credentials }
}

impl Scene {
    fn setting(&self, url: &str, config: &str) -> Setting {
        let config = format!("[profile p]\nregion = eu-west-1\nendpoint_url = {url}\nmax_attempts = 1\n{config}\n");
        Setting::new(&config).credentials(&self.credentials)
    }
}

#[track_caller]
fn is_someone(answer: &Answer) {
    assert_eq!(answer.json["account_id"], "111122223333", "{} {}", answer.json, answer.stderr);
}

#[test]
fn a_bundle_is_believed_instead_of_the_platform() {
    let (scene, other) = (scene(), FakeAws::builder().start());
    let url = scene.fake.tls_url();
    let (own, others) = (scene.fake.ca_file(), other.ca_file());
    // The platform's roots are those of this file, on a Unix without a key chain.
    let platform = |file: &std::path::Path| scene.setting(&url, "").variable("SSL_CERT_FILE", file);
    is_someone(&platform(own).identity("p"));
    is_someone(&platform(others).variable("AWS_CA_BUNDLE", own).identity("p"));
    let in_profile = format!("ca_bundle = {}", own.display());
    is_someone(&scene.setting(&url, &in_profile).variable("SSL_CERT_FILE", others).identity("p"));
    assert!(scene.fake.requests().iter().all(|request| request.tls));

    let calls = scene.fake.requests().len();
    let unknown = platform(others).identity("p");
    assert_eq!(unknown.code(), "tls");
    assert!(unknown.message().ends_with("is signed by an authority that is not trusted"), "{}", unknown.json);
    assert!(unknown.hint().contains("AWS_CA_BUNDLE"));
    // Instead of, not beside: the platform's would do. And the variable beats the profile.
    assert_eq!(platform(own).variable("AWS_CA_BUNDLE", others).identity("p").code(), "tls");
    assert_eq!(scene.setting(&url, &in_profile).variable("AWS_CA_BUNDLE", others).identity("p").code(), "tls");
    assert_eq!(scene.fake.requests().len(), calls);
}

#[test]
fn a_bundle_that_is_none_is_named() {
    let scene = scene();
    let folder = scene.setting("http://x", "").home;
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let garbage = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (path, why) in [
        (folder.join("none.pem"), "there is no such file"),
        (folder.path().to_owned(), "is a folder, not a file"),
        (file("empty.pem", ""), "it is empty"),
        (file("garbage.pem", "canary"), "it holds no PEM certificate (-----BEGIN CERTIFICATE-----)"),
        (file("broken.pem", garbage), "none of its certificates can be read"),
    ] {
        let answer = scene.setting(&scene.fake.tls_url(), "").variable("AWS_CA_BUNDLE", &path).identity("p");
        assert_eq!(answer.code(), "ca-bundle");
        let message = answer.message();
        assert!(message.ends_with(why) && message.contains("of the variable AWS_CA_BUNDLE"), "{message}");
        let config = format!("ca_bundle = {}", path.display());
        let answer = scene.setting(&scene.fake.tls_url(), &config).identity("p");
        assert_eq!(answer.code(), "ca-bundle");
        assert!(answer.json["error"]["place"].as_str().unwrap().ends_with("config:5"), "{}", answer.json);
        // Nobody asks for it where there is no TLS.
        is_someone(&scene.setting(&scene.fake.url(), &config).identity("p"));
    }
    // A broken certificate beside a good one is passed over.
    let mixed = file("mixed.pem", &format!("{garbage}{}", std::fs::read_to_string(scene.fake.ca_file()).unwrap()));
    is_someone(&scene.setting(&scene.fake.tls_url(), "").variable("AWS_CA_BUNDLE", mixed).identity("p"));
}

#[test]
fn a_machine_without_authorities_says_so() {
    let scene = scene();
    let empty = scene.setting(&scene.fake.tls_url(), "").home;
    std::fs::write(empty.join("none"), "").unwrap();
    let setting = scene.setting(&scene.fake.tls_url(), "").variable("SSL_CERT_FILE", empty.join("none"));
    assert_eq!(setting.identity("p").code(), "no-roots");
}

#[test]
fn a_server_without_tls_is_recognized() {
    let scene = scene();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        }
    });
    let setting = scene.setting(&format!("https://127.0.0.1:{port}"), "");
    let answer = setting.variable("AWS_CA_BUNDLE", scene.fake.ca_file()).identity("p");
    assert_eq!(answer.code(), "tls");
    assert!(answer.message().ends_with("does not speak TLS"), "{}", answer.json);
}

#[test]
fn neither_a_connection_nor_a_call_takes_for_ever() {
    let scene = scene();
    // It is connected to, and then nothing comes.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", silent.local_addr().unwrap());
    let (short, long) = (Duration::from_millis(300), Duration::from_secs(20));
    let setting = scene.setting(&url, "").variable("AWS_CA_BUNDLE", scene.fake.ca_file()).timeouts(short, long);
    let answer = setting.identity("p");
    assert_eq!(answer.code(), "timeout");
    assert!(answer.message().ends_with("within 0.3 s"), "{}", answer.json);

    scene.fake.set_fault("GetCallerIdentity", Fault::Hang, 1);
    let setting = scene.setting(&scene.fake.url(), "").timeouts(long, short);
    let answer = setting.identity("p");
    assert_eq!(answer.code(), "timeout");
    assert!(answer.message().ends_with("within 0.3 s, all tries together"), "{}", answer.json);
}
