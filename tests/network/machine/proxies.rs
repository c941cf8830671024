//! Proxies: what goes through them and what does not, with a password that nobody gets to see.

use std::net::SocketAddr;

use awsenv_testkit::fake::{FakeAws, User};

use crate::connect_proxy::{Asked, Proxy, Way};
use crate::program::Setting;

/// `user:canary-p@ss`.
const BASIC: &str = "Basic dXNlcjpjYW5hcnktcEBzcw==";
const USER: &str = "user:canary-p%40ss";

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
    fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.fake.port()))
    }

    fn setting(&self, config: &str) -> Setting {
        Setting::new(&format!("[profile p]\nregion = eu-west-1\nmax_attempts = 1\n{config}\n"))
            .credentials(&self.credentials)
            .variable("HTTPS_PROXY", "")
            .variable("NO_PROXY", "")
    }
}

fn tunnel(authorization: Option<&str>) -> Vec<Asked> {
    let what = "CONNECT sts.eu-west-1.amazonaws.com:443".to_owned();
    vec![Asked { what, authorization: authorization.map(str::to_owned) }]
}

#[test]
fn tls_goes_through_a_tunnel_with_the_user_s_password() {
    let scene = scene();
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        let proxy = Proxy::start(Way::To(scene.address()), Some(BASIC));
        let mut setting = scene.setting("").variable("AWS_CA_BUNDLE", scene.fake.ca_file());
        if variable == "https_proxy" {
            // Both are read, the one in capital letters first, even if it is empty.
            setting = setting.variable("HTTPS_PROXY", format!("http://{USER}@{}", proxy.address()));
        }
        let setting = setting.variable(variable, format!("http://{USER}@{}", proxy.address()));
        let answer = setting.identity("p");
        assert_eq!(answer.json["account_id"], "111122223333", "{variable}: {}", answer.json);
        assert_eq!(proxy.take(), tunnel(Some(BASIC)), "{variable}");
    }
    let requests = scene.fake.requests();
    let calls: Vec<_> = requests.iter().filter(|request| request.operation == "GetCallerIdentity").collect();
    assert_eq!(calls.len(), 4);
    // The password is the proxy's.
    assert!(calls.iter().all(|call| call.tls && call.header("proxy-authorization").is_none()));
}

#[test]
fn a_proxy_that_says_no_is_named_without_its_password() {
    let scene = scene();
    let proxy = Proxy::start(Way::To(scene.address()), Some(BASIC));
    let wrong = |user: &str| {
        let setting = scene.setting("").variable("HTTPS_PROXY", format!("http://{user}{}", proxy.address()));
        setting.variable("AWS_CA_BUNDLE", scene.fake.ca_file()).identity("p")
    };
    for user in ["", "user:canary-wrong@", "canary-user@"] {
        let answer = wrong(user);
        assert_eq!(answer.code(), "proxy");
        assert!(answer.message().contains(&proxy.address()) && answer.message().contains("407"), "{}", answer.json);
    }
    assert_eq!(scene.fake.requests().len(), 0);

    let refusing = Proxy::start(Way::Refused(502), None);
    let setting = scene.setting("").variable("HTTPS_PROXY", format!("http://{USER}@{}", refusing.address()));
    let answer = setting.identity("p");
    assert_eq!(answer.code(), "proxy");
    assert!(answer.message().contains(&refusing.address()), "{}", answer.json);

    let setting = scene.setting("").variable("HTTPS_PROXY", format!("http://{USER}@127.0.0.1:9"));
    let answer = setting.identity("p");
    assert_eq!((answer.code(), answer.message()), ("proxy", "the proxy 127.0.0.1:9 can't be reached"));
}

#[test]
fn a_proxy_that_can_t_be_used_is_not_passed_over() {
    let scene = scene();
    for (proxy, why) in [
        ("socks5://user:canary@127.0.0.1:9", "SOCKS proxies are not supported"),
        ("http://user:canary wrong@127.0.0.1:9", "it is no address"),
        ("ftp://127.0.0.1:9", "its scheme is neither http nor https"),
    ] {
        let answer = scene.setting("").variable("HTTPS_PROXY", proxy).identity("p");
        let message = format!("the proxy in the variable HTTPS_PROXY can't be used: {why}");
        assert_eq!((answer.code(), answer.message()), ("proxy", message.as_str()));
    }
}

#[test]
fn plain_http_goes_through_in_absolute_form() {
    let scene = scene();
    let proxy = Proxy::start(Way::To(scene.address()), Some(BASIC));
    let setting = scene
        .setting("endpoint_url = http://fake-aws.example")
        .variable("HTTP_PROXY", format!("http://{USER}@{}", proxy.address()));
    assert_eq!(setting.identity("p").json["account_id"], "111122223333");
    let asked = Asked { what: "POST http://fake-aws.example/".to_owned(), authorization: Some(BASIC.to_owned()) };
    assert_eq!(proxy.take(), [asked]);
}

#[test]
fn no_proxy_and_what_is_on_this_machine_go_straight() {
    let scene = scene();
    let proxy = Proxy::start(Way::Refused(403), None);
    let port = scene.fake.port();
    // All of these are this machine; the first is no loopback address by its name.
    for (host, no_proxy, straight) in [
        ("0.0.0.0", "", false),
        ("0.0.0.0", "example.com", false),
        ("0.0.0.0", "0.0.0.0", true),
        ("0.0.0.0", "0.0.0.0/8, example.com", true),
        ("0.0.0.0", "*", true),
        ("127.0.0.1", "", true),
        ("localhost", "", true),
    ] {
        let setting = scene
            .setting(&format!("endpoint_url = http://{host}:{port}"))
            .variable("HTTP_PROXY", format!("http://{}", proxy.address()))
            .variable("NO_PROXY", no_proxy);
        let answer = setting.identity("p");
        let reached = answer.json["account_id"] == "111122223333";
        assert_eq!((reached, proxy.take().is_empty()), (straight, straight), "{host} {no_proxy}: {}", answer.json);
    }
}

#[test]
fn the_machine_s_own_credentials_are_never_asked_for_through_a_proxy() {
    let fake = FakeAws::builder()
        .instance_role("arn:aws:iam::123456789012:role/Instance")
        .container("/task", "arn:aws:iam::123456789012:role/Task", None)
        .start();
    let proxy = Proxy::start(Way::Refused(403), None);
    let config = |source: &str| {
        format!(
            "[profile p]\nrole_arn = arn:aws:iam::123456789012:role/None\ncredential_source = {source}\n\
             region = eu-west-1\nendpoint_url = {}\n",
            fake.url()
        )
    };
    for source in ["Ec2InstanceMetadata", "EcsContainer"] {
        let setting = Setting::new(&config(source))
            .variable("AWS_EC2_METADATA_SERVICE_ENDPOINT", format!("http://0.0.0.0:{}", fake.port()))
            .variable("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("http://localhost:{}/task", fake.port()))
            .variable("NO_PROXY", "")
            .variable("ALL_PROXY", format!("http://{}", proxy.address()));
        // The role does not exist: the base was reached, and so was STS.
        assert_eq!(setting.run("p").code(), "access-denied", "{source}");
    }
    assert_eq!((fake.calls("ImdsCredentials"), fake.calls("ContainerCredentials")), (1, 1));
    assert_eq!(proxy.take(), []);
}
