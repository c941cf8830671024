//! Two profiles that reach a role from two sources by what the AWS CLI's cache takes for one call: each makes its own, and
//! none gets the other's session.

use awsenv_testkit::fake::Recorded;

use crate::agree::start;
use crate::generate::Pair;
use crate::kinds::{Base, Grant, Keys, Process, State, Web};
use crate::set::Way;
use crate::tools::{Outcome, Tool};

const KEYS: Base = Base::Static(Keys::Credentials);
const SSO: Base = Base::SsoSession(State::Fresh, Grant::Granted);

const PAIRS: [[Base; 2]; 10] = [
    [KEYS, KEYS],
    [KEYS, Base::WebIdentity(Web::Good)],
    [Base::WebIdentity(Web::Good), SSO],
    [KEYS, SSO],
    [Base::SsoLegacy(State::Fresh, Grant::Granted), Base::Login(State::Fresh)],
    [Base::Own(true), KEYS],
    [Base::Environment(true), Base::Process(Process::LongTerm)],
    [Base::Container(true), KEYS],
    [Base::Instance(true), Base::Process(Process::Temporary)],
    [Base::Instance(true), Base::Environment(true)],
];

/// Who asked for the session that came of it: nobody by name for a web identity.
fn asked_by(outcome: &Outcome) -> Option<String> {
    let is_role = |call: &&Recorded| call.operation.starts_with("AssumeRole") && call.status == Some(200);
    let call = outcome.calls.iter().rev().find(is_role);
    let call = call.unwrap_or_else(|| panic!("no call of its own, {:?}: {}", outcome.operations(), outcome.said));
    call.caller.clone()
}

#[test]
fn none_gets_the_other_s_identity() {
    let Some(mut botocore) = start("none_gets_the_other_s_identity") else { return };
    for (seed, bases) in PAIRS.into_iter().enumerate() {
        for turned in [false, true] {
            let Pair { set, profiles, sources } = Pair::generate(seed as u64, bases);
            let (first, second) = if turned { (1, 0) } else { (0, 1) };
            let place = format!("{bases:?}, first {first}\n{}", set.shown());

            // What botocore cached by the first way is not what awsenv takes for the second, nor for the first: nobody
            // can tell of which it is.
            let home = set.home(Way::Endpoint);
            let theirs = Tool::Botocore(&mut botocore).run(&set, &home, &profiles[first]);
            assert_eq!(asked_by(&theirs), sources[first], "{place}");
            let ours = [second, first].map(|which| {
                let outcome = Tool::Awsenv.run(&set, &home, &profiles[which]);
                assert_eq!(asked_by(&outcome), sources[which], "{place}");
                assert!(
                    set.fake.identity_of(outcome.id()).is_some_and(|arn| arn.starts_with(&set.identity)),
                    "{place}"
                );
                outcome.id().to_owned()
            });
            assert!(ours[0] != ours[1] && !ours.iter().any(|id| id == theirs.id()), "{place}");
            // From now on each has its own.
            for (which, id) in [second, first].into_iter().zip(&ours) {
                let again = Tool::Awsenv.run(&set, &home, &profiles[which]);
                assert_eq!((again.id(), again.operations()), (id.as_str(), vec![]), "{place}");
            }

            // And what awsenv got is not there for botocore to take for the other.
            let home = set.home(Way::Endpoint);
            let ours = Tool::Awsenv.run(&set, &home, &profiles[first]);
            let theirs = Tool::Botocore(&mut botocore).run(&set, &home, &profiles[second]);
            assert_eq!(
                (asked_by(&ours), asked_by(&theirs)),
                (sources[first].clone(), sources[second].clone()),
                "{place}"
            );
            assert_ne!(ours.id(), theirs.id(), "{place}");
        }
    }
}
