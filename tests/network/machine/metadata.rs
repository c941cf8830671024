//! The instance metadata service, with botocore as the oracle.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread;

use awsenv_testkit::fake::{FakeAws, Fault, Role};
use serde_json::{Value, json};

use crate::oracle;
use crate::program::Setting;

const INSTANCE: &str = "arn:aws:iam::123456789012:role/Instance";
const ROLE: &str = "arn:aws:iam::123456789012:role/Admin";

/// A role that is reached from the instance's credentials at `endpoint`, with STS at `sts`.
fn setting_at(endpoint: &str, sts: &str, lines: &str) -> Setting {
    Setting::new(&format!(
        "[profile r]\nrole_arn = {ROLE}\ncredential_source = Ec2InstanceMetadata\nregion = eu-west-1\n\
         endpoint_url = {sts}\nec2_metadata_service_endpoint = {endpoint}\n{lines}\n"
    ))
}

fn setting(fake: &FakeAws, lines: &str) -> Setting {
    setting_at(&fake.url(), &fake.url(), lines)
}

fn fake() -> FakeAws {
    FakeAws::builder().instance_role(INSTANCE).role(Role::new(ROLE).trusts(INSTANCE)).start()
}

#[test]
fn a_role_starts_from_the_instance() {
    let fake = fake();
    let answer = setting(&fake, "").run("r");
    assert!(fake.identity_of(answer.key_id()).unwrap().contains("/Admin/"));
    let asked: Vec<_> = fake.requests().iter().map(|request| request.operation.clone()).collect();
    assert_eq!(asked, ["ImdsToken", "ImdsRole", "ImdsCredentials", "AssumeRole"]);
    let token = fake.requests()[0].header("x-aws-ec2-metadata-token-ttl-seconds").unwrap().to_owned();
    assert_eq!(token, "21600");
    // A path before the service's own, as a test double may have it.
    assert_eq!(setting_at(&format!("{}/x/", fake.url()), &fake.url(), "").run("r").code(), "metadata-no-role");
}

/// One way that an instance can be.
#[derive(Debug)]
struct Instance {
    version_1: bool,
    token: Option<Fault>,
    credentials: Option<Fault>,
    lines: &'static str,
    variables: &'static [(&'static str, &'static str)],
}

fn instances() -> Vec<Instance> {
    let mut instances = Vec::new();
    let hang = Fault::Hang;
    for version_1 in [false, true] {
        for token in [None, Some(404), Some(403), Some(405), Some(400), Some(500)] {
            for lines in ["", "ec2_metadata_v1_disabled = true"] {
                let token = token.map(Fault::Status);
                instances.push(Instance { version_1, token, credentials: None, lines, variables: &[] });
            }
        }
        instances.push(Instance { version_1, token: Some(hang.clone()), credentials: None, lines: "", variables: &[] });
    }
    let plain =
        |credentials, lines, variables| Instance { version_1: false, token: None, credentials, lines, variables };
    for fault in [Fault::Status(500), Fault::Garbage, Fault::Close, Fault::Status(404)] {
        instances.push(plain(Some(fault.clone()), "", &[]));
        instances.push(plain(Some(fault), "metadata_service_num_attempts = 2", &[]));
    }
    instances.push(plain(None, "", &[("AWS_EC2_METADATA_DISABLED", "true")]));
    instances.push(plain(None, "", &[("AWS_EC2_METADATA_DISABLED", "TRUE")]));
    instances.push(plain(None, "", &[("AWS_EC2_METADATA_DISABLED", "1")]));
    instances.push(plain(None, "ec2_metadata_service_endpoint_mode = IPv6", &[]));
    instances.push(plain(None, "metadata_service_num_attempts = 0x", &[]));
    instances
}

#[test]
fn every_kind_of_instance_as_botocore_takes_it() {
    let instances = instances();
    // One fake for each of the two.
    let scenes: Vec<_> = instances.iter().map(|instance| [0, 1].map(|_| instance.scene())).collect();
    let case = |(fake, setting): &(FakeAws, Setting), instance: &Instance| {
        let mut variables: serde_json::Map<String, Value> =
            instance.variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
        variables.insert("AWS_CONFIG_FILE".to_owned(), setting.home.join(".aws/config").to_str().into());
        assert_eq!(fake.requests().len(), 0);
        json!({"profile": "r", "variables": variables})
    };
    let input: Value = scenes.iter().zip(&instances).map(|([_, theirs], instance)| case(theirs, instance)).collect();
    let Some(theirs) = oracle::ask("instance metadata", "oracle_credentials.py", &input) else { return };
    let mut works = 0;
    for ((instance, [(our_fake, setting), (their_fake, _)]), theirs) in
        instances.iter().zip(&scenes).zip(theirs.as_array().unwrap())
    {
        let ours = setting.run("r").json;
        let is_admin = |fake: &FakeAws, id: &Value| {
            id.as_str().map(|id| fake.identity_of(id).is_some_and(|arn| arn.contains("/Admin/")))
        };
        let (our_role, their_role) =
            (is_admin(our_fake, &ours["AccessKeyId"]), is_admin(their_fake, &theirs["access_key"]));
        assert_eq!(our_role, their_role, "{instance:?}\n{}\n{}", ours["error"], theirs["error"]);
        assert_ne!(our_role, Some(false), "{instance:?}");
        works += usize::from(our_role.is_some());
    }
    assert!((10..instances.len() - 10).contains(&works), "{works} of {}", instances.len());
}

impl Instance {
    /// A fake that is such an instance, and a profile that starts from it.
    fn scene(&self) -> (FakeAws, Setting) {
        let fake = FakeAws::builder().instance_role(INSTANCE).role(Role::new(ROLE).trusts(INSTANCE));
        let fake = fake.imds_v1(self.version_1).start();
        for (operation, fault) in [("ImdsToken", &self.token), ("ImdsCredentials", &self.credentials)] {
            if let Some(fault) = fault {
                fake.set_fault(operation, fault.clone(), 1);
            }
        }
        let mut setting = setting(&fake, self.lines);
        for (name, value) in self.variables {
            setting = setting.variable(name, *value);
        }
        (fake, setting)
    }
}

#[test]
fn what_is_wrong_is_said() {
    let at = |lines: &str, prepare: &dyn Fn(&FakeAws)| {
        let fake = fake();
        prepare(&fake);
        setting(&fake, lines).run("r")
    };
    let nothing = |_: &FakeAws| {};
    let answer = at("ec2_metadata_v1_disabled = true", &|fake| fake.set_fault("ImdsToken", Fault::Status(403), 1));
    assert_eq!(answer.code(), "metadata-v1");
    let answer = at("", &|fake| fake.set_imds_failure(Some("AssumeRoleUnauthorizedAccess")));
    assert_eq!(answer.code(), "metadata-answer");
    assert!(answer.message().contains("AssumeRoleUnauthorizedAccess"), "{}", answer.json);
    assert_eq!(at("", &|fake| fake.set_imds_enabled(false)).code(), "metadata-refused");
    let no_role = FakeAws::builder().start();
    let answer = setting(&no_role, "").run("r");
    assert_eq!(answer.code(), "metadata-no-role");
    assert!(answer.json["error"]["place"].as_str().unwrap().ends_with("config:3"), "{}", answer.json);
    let answer = setting(&no_role, "").variable("AWS_EC2_METADATA_DISABLED", "true").run("r");
    assert_eq!(answer.code(), "metadata-disabled");
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let answer = setting_at(&format!("http://{nobody}"), "http://127.0.0.1:9", "").run("r");
    assert_eq!(answer.code(), "metadata-unreachable");
    let answer = setting_at("not-a-url", "http://127.0.0.1:9", "").run("r");
    assert_eq!(
        (answer.code(), answer.message()),
        ("metadata-endpoint", "ec2_metadata_service_endpoint is no address of a server")
    );
    let answer = at("ec2_metadata_service_endpoint_mode = IPv5", &nothing);
    assert_eq!(answer.code(), "bad-setting");
}

/// Something else than EC2 may answer there: the role's name goes into an address, the token into a header.
#[test]
fn a_hostile_service_leads_nowhere() {
    for (token, role) in [
        ("token", "../../../evil"),
        ("token", "a b"),
        ("token", "a?b"),
        ("token", "a#b"),
        ("token", "a%2fb"),
        ("token", ".."),
        ("token", "a\u{e9}"),
        ("token", "\u{1b}[31m"),
        ("canary token", "role"),
        ("canary\u{e9}", "role"),
    ] {
        let (token, role) = (token.to_owned(), role.to_owned());
        let said = format!("{token:?} {role:?}");
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut first = String::new();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                reader.read_line(&mut first).unwrap();
                let mut line = String::new();
                while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                    line.clear();
                }
                let body = if first.starts_with("PUT") { &token } else { &role };
                assert!(!first.contains("security-credentials/x"), "{first}");
                let answer =
                    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        let answer = setting_at(&format!("http://{address}"), "http://127.0.0.1:9", "").run("r");
        assert_eq!(answer.code(), "metadata-answer", "{said}");
        assert!(!answer.message().contains('\u{1b}'), "{said}");
    }
}

/// AWS lets credentials work on while what renews them is disturbed; the SDKs go on with them.
#[test]
fn credentials_that_are_over_are_used_on() {
    let fake = FakeAws::builder().instance_role(INSTANCE).start();
    fake.set_clock_offset(-7 * 3600);
    let config = setting(&fake, "");
    let mut request = config.request("r").unwrap();
    let awsenv_core::broker::Task::Credentials(task) = &mut request.task else { unreachable!("made so") };
    task.chain.steps.truncate(1);
    task.shared.truncate(1);
    let answer = config.ask(&request);
    assert!(answer.warnings().contains("the instance's credentials ended at"), "{}", answer.json);
    let end: jiff::Timestamp = answer.json["Expiration"].as_str().unwrap().parse().unwrap();
    let left = end.duration_since(jiff::Timestamp::now()).as_mins();
    assert!((15..=26).contains(&left), "{left} min");
}

#[test]
fn moto_s_instance_is_one_too() {
    let Some(moto) = crate::moto::start("moto's instance metadata") else { return };
    let config = setting_at(&moto.url(), &moto.url(), "");
    let answer = config.run("r");
    assert!(answer.key_id().starts_with("ASIA"), "{}", answer.json);
}
