//! moto starts, serves botocore, and ends when told.

use awsenv_testkit::fake::User;
use awsenv_testkit::home::Home;
use awsenv_testkit::moto::Moto;
use serde_json::json;

use crate::http;
use awsenv_testkit::botocore::{Botocore, keys_in, keys_of};

#[test]
fn moto_serves_and_ends() {
    let Some(moto) = Moto::start("moto_serves_and_ends") else { return };
    let home = Home::new();
    let Some(mut botocore) = Botocore::start_by(&moto.url(), None, home, "moto_serves_and_ends") else { return };
    let keys = keys_of(&User::new("123456789012", "someone"));
    let role = json!({"RoleArn": "arn:aws:iam::123456789012:role/Admin", "RoleSessionName": "me"});
    let assumed = botocore.call("sts", "assume_role", &keys, &role);
    let who = botocore.call("sts", "get_caller_identity", &keys_in(&assumed), &json!({}));
    assert_eq!(who["Arn"], "arn:aws:sts::123456789012:assumed-role/Admin/me", "{who}");
    let url = moto.url();
    let page = http::send("GET", &format!("{url}/latest/meta-data/iam/security-credentials/"), &[], "");
    assert_eq!((page.status, page.body.as_str()), (200, "default-role"));
    drop(moto);
    assert!(http::try_send("GET", &url, &[], "").is_err());
}
