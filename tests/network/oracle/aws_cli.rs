//! Debian's AWS CLI 2.9 reads what awsenv wrote, and awsenv what it wrote; by AWS's own host names, in TLS.

use std::path::Path;
use std::process::Stdio;

use awsenv_testkit::home::Home;
use awsenv_testkit::tools;
use serde_json::Value;

use crate::generate::generate;
use crate::kinds::{Base, Grant, Keys, Kind, State, Web};
use crate::set::{Set, Way};
use crate::tools::{Outcome, Tool};

const KINDS: [Kind; 5] = [
    Kind::new(Base::Static(Keys::Credentials), 2),
    Kind::new(Base::WebIdentity(Web::Good), 0),
    Kind::new(Base::SsoSession(State::Due, Grant::Granted), 0),
    Kind::new(Base::SsoLegacy(State::Fresh, Grant::Granted), 0),
    // Its own `sso_session` as the source of a role is more than 2.9 can do: it dies of a token provider that is not there.
    Kind::new(Base::SsoLegacy(State::Fresh, Grant::Granted), 1),
];

/// Who it is to the AWS CLI, by asking AWS.
fn who_by_cli(set: &Set, home: &Home, program: &Path) -> String {
    let mut command = home.command(program);
    command.args(["sts", "get-caller-identity", "--profile", &set.profile]).stdin(Stdio::null());
    let output = command.output().expect("the AWS CLI starts");
    let json: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}\n{}", String::from_utf8_lossy(&output.stderr), set.shown()));
    json["Arn"].as_str().expect("an ARN").to_owned()
}

/// The operations without what a proxy is told.
fn operations(outcome: &Outcome) -> Vec<&str> {
    outcome.operations().into_iter().filter(|operation| *operation != "Connect").collect()
}

#[test]
fn the_aws_cli_and_awsenv_live_on_each_other_s_caches() {
    let test = "the_aws_cli_and_awsenv_live_on_each_other_s_caches";
    let Some(program) = tools::require_aws_cli(test) else { return };
    for (seed, kind) in KINDS.into_iter().enumerate() {
        let set = generate(1000 + seed as u64, kind);
        let home = set.home(Way::Proxy);
        let ours = Tool::Awsenv.run(&set, &home, &set.profile);
        let arn = set.fake.identity_of(ours.id()).expect("known");
        assert!(arn.starts_with(&set.identity) && !operations(&ours).is_empty(), "{arn}: {}", set.shown());
        set.fake.reset_calls();
        assert_eq!(who_by_cli(&set, &home, &program), arn);
        let asked: Vec<_> = set.fake.requests().into_iter().filter(|one| one.operation != "Connect").collect();
        assert_eq!(asked.len(), 1, "the AWS CLI asked who it is, and nothing else: {}", set.shown());
        assert_eq!(asked[0].caller.as_ref(), Some(&arn));

        let home = set.home(Way::Proxy);
        set.fake.reset_calls();
        let arn = who_by_cli(&set, &home, &program);
        assert!(arn.starts_with(&set.identity) && set.fake.requests().len() > 1, "{arn}: {}", set.shown());
        let ours = Tool::Awsenv.run(&set, &home, &set.profile);
        assert_eq!((operations(&ours), set.fake.identity_of(ours.id())), (vec![], Some(arn)), "{}", set.shown());
    }
}
