//! The fake as a proxy: AWS's own host names, each for its service and its region alone.

use awsenv_testkit::fake::{FakeAws, Fault, User};
use awsenv_testkit::home::Home;
use serde_json::{Value, json};

use crate::http;
use awsenv_testkit::botocore::{Botocore, keys_of};

fn someone() -> User {
    User::new("111122223333", "someone")
}

/// botocore with no endpoint but AWS's own, through the fake as a proxy.
fn through(fake: &FakeAws, login: &str, test: &str) -> Option<Botocore> {
    let proxy = fake.url().replacen("http://", &format!("http://{login}"), 1);
    let home = Home::new().variable("HTTPS_PROXY", proxy);
    Botocore::start_by("", Some(fake.ca_file()), home, test)
}

fn call_in(botocore: &mut Botocore, region: &str, service: &str, method: &str, keys: &Value, more: &Value) -> Value {
    botocore.ask(&json!({"operation": "call", "service": service, "method": method, "keys": keys, "arguments": {},
        "region": region, "config": more}))
}

#[test]
fn every_partition_has_its_hosts() {
    let fake = FakeAws::builder().user(someone()).start();
    let Some(mut botocore) = through(&fake, "", "every_partition_has_its_hosts") else { return };
    let keys = keys_of(&someone());
    for (region, config, host) in [
        ("eu-west-1", json!({}), "sts.eu-west-1.amazonaws.com"),
        ("us-east-1", json!({"use_fips_endpoint": true}), "sts-fips.us-east-1.amazonaws.com"),
        ("us-east-2", json!({"use_dualstack_endpoint": true}), "sts.us-east-2.api.aws"),
        ("cn-north-1", json!({}), "sts.cn-north-1.amazonaws.com.cn"),
        ("us-gov-west-1", json!({}), "sts.us-gov-west-1.amazonaws.com"),
        ("eusc-de-east-1", json!({}), "sts.eusc-de-east-1.amazonaws.eu"),
        ("us-iso-east-1", json!({}), "sts.us-iso-east-1.c2s.ic.gov"),
        ("us-isob-east-1", json!({}), "sts.us-isob-east-1.sc2s.sgov.gov"),
    ] {
        let who = call_in(&mut botocore, region, "sts", "get_caller_identity", &keys, &config);
        assert_eq!(who["Arn"], someone().arn(), "{region}: {who}");
        let requests = fake.requests();
        let last = requests.last().expect("requests");
        assert_eq!((last.host(), last.tls), (host, true));
    }
    assert_eq!(fake.calls("Connect"), 8);
    assert!(call_in(&mut botocore, "eu-west-1", "iam", "list_mfa_devices", &keys, &json!({}))["MFADevices"].is_array());
    assert_eq!(fake.requests().last().map(|last| last.host().to_owned()).as_deref(), Some("iam.amazonaws.com"));
    let client = json!({"operation": "call", "service": "sso-oidc", "method": "register_client", "keys": null,
        "region": "eu-central-1", "arguments": {"clientName": "a test", "clientType": "public"}});
    assert!(botocore.ask(&client)["clientId"].is_string());
    assert_eq!(
        fake.requests().last().map(|last| last.host().to_owned()).as_deref(),
        Some("oidc.eu-central-1.amazonaws.com")
    );
}

/// A request with another host's name, as a client that mixed two up would send it.
#[test]
fn a_host_answers_for_its_own_service_and_region() {
    let fake = FakeAws::builder().user(someone()).start();
    let Some(mut botocore) = Botocore::start(&fake, "a_host_answers_for_its_own") else { return };
    let mut ask = |host: &str, region: &str| {
        let body = "Action=GetCallerIdentity&Version=2011-06-15";
        let signed = botocore.sign(&json!({
            "operation": "sign", "method": "POST", "url": format!("https://{host}/"), "body": body, "service": "sts",
            "headers": {"Content-Type": "application/x-www-form-urlencoded"}, "region": region,
            "keys": keys_of(&someone()),
        }));
        let mut headers: Vec<_> = signed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        headers.push(("Host", host));
        http::send("POST", &format!("{}/", fake.url()), &headers, body)
    };
    assert_eq!(ask("sts.eu-west-1.amazonaws.com", "eu-west-1").status, 200);
    let elsewhere = ask("sts.eu-west-1.amazonaws.com", "us-east-1");
    assert_eq!((elsewhere.status, elsewhere.xml("Code")), (403, "SignatureDoesNotMatch"));
    assert!(elsewhere.xml("Message").contains("scoped to a valid region"));
    assert_eq!(ask("sts.amazonaws.com", "us-east-1").status, 200);
    assert_eq!(ask("sts.amazonaws.com", "eu-west-1").status, 403);
    assert_eq!(ask("oidc.eu-west-1.amazonaws.com", "eu-west-1").status, 404);
    assert_eq!(fake.calls("Unknown"), 1);
}

#[test]
fn the_proxy_refuses_other_hosts_and_who_has_no_login() {
    let fake = FakeAws::builder().user(someone()).proxy_login("me", "pass").start();
    let login = ("Proxy-Authorization", "Basic bWU6cGFzcw==");
    let connect = |to: &str, headers: &[(&str, &str)]| {
        // The whole address is what a tunnel is asked for by.
        http::connect(&fake.url(), to, headers)
    };
    assert_eq!(connect("sts.eu-west-1.amazonaws.com:443", &[login]), 200);
    assert_eq!(connect("sts.eu-west-1.amazonaws.com:443", &[]), 407);
    assert_eq!(connect("sts.eu-west-1.amazonaws.com:443", &[("Proxy-Authorization", "Basic bWU6bm8=")]), 407);
    assert_eq!(connect("sts.eu-west-1.amazonaws.com:80", &[login]), 403);
    assert_eq!(connect("example.com:443", &[login]), 403);
    assert_eq!(connect("s3.amazonaws.com:443", &[login]), 403);
    fake.set_fault("Connect", Fault::Status(502), 1);
    assert_eq!(connect("sts.eu-west-1.amazonaws.com:443", &[login]), 502);
    let keys = keys_of(&someone());
    let Some(mut with) = through(&fake, "me:pass@", "the_proxy_refuses") else { return };
    let who = call_in(&mut with, "eu-west-1", "sts", "get_caller_identity", &keys, &json!({}));
    assert_eq!(who["Account"], "111122223333", "{who}");
    let Some(mut without) = through(&fake, "", "the_proxy_refuses") else { return };
    let refused = call_in(&mut without, "eu-west-1", "sts", "get_caller_identity", &keys, &json!({}));
    assert_eq!(refused["type"], "ProxyConnectionError", "{refused}");
}

#[test]
fn the_browser_reaches_hosts_of_aws_through_the_proxy() {
    let fake = FakeAws::builder().start();
    let visits = fake.follow("https://oidc.eu-west-1.amazonaws.com/device?user_code=unknown");
    assert_eq!(visits.iter().map(|visit| visit.status).collect::<Vec<_>>(), [404]);
    assert_eq!(
        fake.requests().last().map(|last| (last.host().to_owned(), last.tls)),
        Some(("oidc.eu-west-1.amazonaws.com".to_owned(), true))
    );
    let browser = awsenv_testkit::fake::Browser { ca_file: None, proxy: Some(fake.url()) };
    assert!(browser.follow("https://example.com/").is_err_and(|why| why.contains("status 403")));
}
