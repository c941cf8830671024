//! What a machine gives: the container endpoint and the instance metadata, and what they refuse.

use awsenv_testkit::fake::FakeAws;
use serde_json::Value;

use crate::http::{self, Answer};

const TASK: &str = "arn:aws:iam::123456789012:role/Task";
const INSTANCE: &str = "arn:aws:iam::123456789012:role/Instance";
const CREDENTIALS: &str = "/latest/meta-data/iam/security-credentials/";

#[test]
fn a_container_gives_its_credentials_to_who_has_the_token() {
    let fake = FakeAws::builder().container("/v2/task", TASK, Some("the token")).container("/open", TASK, None).start();
    let get = |path: &str, headers: &[(&str, &str)]| http::send("GET", &format!("{}{path}", fake.url()), headers, "");
    let answer = get("/v2/task", &[("Authorization", "the token")]);
    let credentials = answer.json();
    assert_eq!((&credentials["RoleArn"], &credentials["AccountId"]), (&TASK.into(), &"123456789012".into()));
    let id = credentials["AccessKeyId"].as_str().expect("a key id");
    assert_eq!(fake.identity_of(id).as_deref(), Some("arn:aws:sts::123456789012:assumed-role/Task/task"));
    assert!(credentials["Expiration"].as_str().is_some_and(|at| at.ends_with('Z')));
    for headers in [&[][..], &[("Authorization", "Bearer the token")], &[("Authorization", "the tokeN")]] {
        let refused = get("/v2/task", headers);
        assert_eq!((refused.status, &refused.json()["code"]), (401, &"AccessDeniedException".into()), "{headers:?}");
    }
    assert_eq!(get("/open", &[]).status, 200);
    assert_eq!(get("/v2/other", &[("Authorization", "the token")]).status, 404);
    assert_eq!(http::send("POST", &format!("{}/open", fake.url()), &[], "").status, 405);
    assert_eq!(fake.calls("ContainerCredentials"), 6);
}

/// The instance, asked with a session token unless told otherwise.
struct Instance(FakeAws);

impl Instance {
    fn token(&self, seconds: &str) -> Answer {
        let headers = [("X-aws-ec2-metadata-token-ttl-seconds", seconds)];
        http::send("PUT", &format!("{}/latest/api/token", self.0.url()), &headers, "")
    }

    fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        http::send("GET", &format!("{}{path}", self.0.url()), headers, "")
    }

    fn get_with(&self, path: &str) -> Answer {
        let token = self.token("60").body;
        self.get(path, &[("X-aws-ec2-metadata-token", &token)])
    }
}

#[test]
fn metadata_wants_a_session_token() {
    let instance = Instance(FakeAws::builder().instance_role(INSTANCE).instance_region("eu-north-1").start());
    assert_eq!(instance.get_with(CREDENTIALS).body, "Instance");
    let credentials: Value =
        serde_json::from_str(&instance.get_with(&format!("{CREDENTIALS}Instance")).body).expect("JSON");
    assert_eq!((&credentials["Code"], &credentials["Type"]), (&"Success".into(), &"AWS-HMAC".into()));
    let id = credentials["AccessKeyId"].as_str().expect("a key id");
    let arn = instance.0.identity_of(id).expect("known");
    assert_eq!(arn, "arn:aws:sts::123456789012:assumed-role/Instance/i-0123456789abcdef0");
    assert_eq!(instance.get_with("/latest/meta-data/placement/region").body, "eu-north-1");
    assert_eq!(instance.get_with(&format!("{CREDENTIALS}Other")).status, 404);
    assert_eq!(instance.get_with("/latest/meta-data/iam/security-credentials-extended/").status, 404);
    assert_eq!(instance.get_with("/latest/nothing").status, 404);

    assert_eq!(instance.get(CREDENTIALS, &[]).status, 401);
    assert_eq!(instance.get(CREDENTIALS, &[("X-aws-ec2-metadata-token", "made-up")]).status, 401);
    let token = instance.token("60").body;
    instance.0.set_clock_offset(61);
    assert_eq!(instance.get(CREDENTIALS, &[("X-aws-ec2-metadata-token", &token)]).status, 401);
    for seconds in ["0", "21601", "-1", "x", ""] {
        assert_eq!(instance.token(seconds).status, 400, "{seconds}");
    }
    let url = format!("{}/latest/api/token", instance.0.url());
    assert_eq!(http::send("PUT", &url, &[], "").status, 400);
    assert_eq!(http::send("GET", &url, &[], "").status, 405);
    let forwarded = [("X-aws-ec2-metadata-token-ttl-seconds", "60"), ("X-Forwarded-For", "10.0.0.1")];
    assert_eq!(http::send("PUT", &url, &forwarded, "").status, 403);
}

#[test]
fn metadata_has_its_switches() {
    let first = Instance(FakeAws::builder().instance_role(INSTANCE).imds_v1(true).imds_extended(true).start());
    assert_eq!(first.get(CREDENTIALS, &[]).body, "Instance");
    // A wrong token is wrong, also where none is needed.
    assert_eq!(first.get(CREDENTIALS, &[("X-aws-ec2-metadata-token", "made-up")]).status, 401);
    let extended = first.get("/latest/meta-data/iam/security-credentials-extended/Instance", &[]);
    let extended: Value = serde_json::from_str(&extended.body).expect("JSON");
    assert_eq!(extended["AccountId"], "123456789012");
    assert_eq!((first.0.calls("ImdsRole"), first.0.calls("ImdsExtended")), (2, 1));
    first.0.set_imds_failure(Some("AssumeRoleUnauthorizedAccess"));
    let failed: Value = serde_json::from_str(&first.get(&format!("{CREDENTIALS}Instance"), &[]).body).expect("JSON");
    assert_eq!((&failed["Code"], failed["AccessKeyId"].is_null()), (&"AssumeRoleUnauthorizedAccess".into(), true));
    first.0.set_imds_enabled(false);
    assert_eq!((first.token("60").status, first.get(CREDENTIALS, &[]).status), (403, 403));
    let bare = Instance(FakeAws::builder().start());
    assert_eq!(bare.get_with(CREDENTIALS).status, 404);
}
