//! Every signature of the broker's is the one that botocore computes for the same request.

use awsenv_core::credentials::Secret;
use awsenv_testkit::botocore::Botocore;
use awsenv_testkit::fake::{MfaRule, Role};

use crate::common::{ADMIN, OTHER, World, assume, role, role_with_mfa, someone};

#[test]
fn botocore_signs_the_same() {
    let user = someone(&["111111"]);
    let first = Role::new(ADMIN).trusts(&user.arn()).mfa(MfaRule::Needed);
    let world = World::new(user, |fake| fake.role(first).role(Role::new(OTHER).trusts(ADMIN)));
    let Some(mut botocore) = Botocore::start(&world.fake, "botocore_signs_the_same") else { return };
    let other = awsenv_core::chain::AssumeRole {
        external_id: Some("a+b=c,d.e@f:g/h-i".to_owned()),
        region: Some("us-gov-west-1".to_owned()),
        ..role(OTHER)
    };
    let steps = vec![world.keys(), assume("admin", role_with_mfa(ADMIN)), assume("other", other)];
    let mut request = world.request(steps);
    request.person.mfa_code = Some(Secret::new("111111"));
    let answer = world.answer(&request);
    assert!(world.fake.identity_of(answer.key_id()).is_some_and(|arn| arn.contains("role/Other/")), "{}", answer.json);
    let requests = world.fake.requests();
    let operations: Vec<_> = requests.iter().map(|one| one.operation.as_str()).collect();
    assert_eq!(operations, ["GetSessionToken", "AssumeRole", "AssumeRole"]);
    for one in &requests {
        assert_eq!(one.status, Some(200), "{one:?}");
        let ours = one.header("authorization").expect("signed");
        assert_eq!(botocore.resign(&world.fake, one), ours, "{}", one.operation);
    }
}
