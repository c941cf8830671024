//! A role that nobody has cached: one call to STS by each program.

use std::path::Path;

use serde_json::json;

use super::{Limit, Measured, Run, by_turns, milliseconds};
use crate::failure::Result;
use crate::fakes::FakeAws;
use crate::files;
use crate::homes;
use crate::process;
use crate::workspace::Workspace;

/// One AssumeRole by each, over TLS, against the same fake on loopback. awsenv passes over its caches.
pub(super) fn assuming(
    workspace: &Workspace,
    folder: &Path,
    awsenv: &Path,
    aws: &Path,
    runs: usize,
) -> Result<Measured> {
    const ROLE: &str = "arn:aws:iam::123456789012:role/Admin";
    let host = workspace.host()?;
    let mut build = workspace.cargo(["build", "--release", "--locked", "-p", "awsenv-testkit"]);
    build.args(["--features", "awsenv-testkit/fakes", "--bin", "fake-aws", "--target", &host]);
    process::shown(build)?;
    let program = workspace.target().join(&host).join("release/fake-aws");
    let user = "arn:aws:iam::111122223333:user/someone";
    let world = json!({
        "users": [{"account": "111122223333", "name": "someone", "access_key_id": homes::KEY_ID,
                   "secret_access_key": homes::SECRET}],
        "roles": [{"arn": ROLE, "trusts": [user]}],
    });
    let fake = FakeAws::start(&program, &world, &folder.join("world.json"))?;
    let ca_file = fake.ca_file.display().to_string();
    let home = folder.join("home-cold");
    homes::make(&home, 1)?;
    let base = homes::name(1);
    let config = format!(
        "[profile cold]\nrole_arn = {ROLE}\nsource_profile = {base}\nregion = eu-central-1\nendpoint_url = {}\n\
         ca_bundle = {ca_file}\n",
        fake.url
    );
    files::write(&home.join(".aws/config"), config)?;
    let ours = Run::new(awsenv, &home, &["export", "cold", "--refresh"]);
    ours.must_print("ASIA")?;
    let words = ["sts", "assume-role", "--role-arn", ROLE, "--role-session-name", "bench", "--profile", &base];
    let more = ["--region", "eu-central-1", "--endpoint-url", &fake.url, "--ca-bundle", &ca_file];
    let theirs = Run::new(aws, &home, &[&words[..], &more].concat());
    theirs.must_print("ASIA")?;
    let [slow, fast] = by_turns([&theirs, &ours], runs)?;
    Ok(Measured {
        what: "a cold role against aws sts assume-role".into(),
        value: slow.as_secs_f64() / fast.as_secs_f64(),
        unit: "x faster",
        limit: Limit::AtLeast(10.0),
        detail: format!("{} to {}, over TLS on loopback", milliseconds(slow), milliseconds(fast)),
    })
}
