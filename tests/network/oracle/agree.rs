//! awsenv and botocore, each first in a fresh home: the same identity or both an error, by the same calls, and the second
//! lives on what the first cached.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use awsenv_testkit::botocore::Botocore;
use awsenv_testkit::fake::Recorded;
use awsenv_testkit::home::Home;

use crate::generate::generate;
use crate::kinds::{BAD, Base, GOOD, Keys, Kind, Wrong};
use crate::refusals;
use crate::set::{Set, Way};
use crate::tools::{Given, Outcome, Tool};

const SEED: u64 = 20_261_126;

/// The kinds of all sets.
fn kinds() -> Vec<Kind> {
    let mut kinds = Vec::new();
    for &base in GOOD {
        if base.can_end() {
            kinds.push(Kind::new(base, 0));
        }
        // From the second profile on its own keys would end the chain before its role.
        let longest = if base == Base::Own(true) { 1 } else { 4 };
        kinds.extend((1..=longest).map(|depth| Kind::new(base, depth)));
    }
    let keys = Base::Static(Keys::Credentials);
    kinds.extend((1..=4).map(|depth| Kind { mfa: true, ..Kind::new(keys, depth) }));
    kinds.extend([1, 3].map(|depth| Kind { short: true, ..Kind::new(keys, depth) }));
    for (index, &base) in BAD.iter().enumerate() {
        let depth = if base.can_end() { index % 3 } else { 1 + index % 2 };
        kinds.push(Kind::new(base, depth));
    }
    for wrong in [Wrong::ExternalId, Wrong::NoRole, Wrong::Untrusted, Wrong::Duration, Wrong::NoDevice, Wrong::Code] {
        kinds.extend([1, 3].map(|depth| Kind { wrong, ..Kind::new(keys, depth) }));
    }
    kinds
}

/// What was seen, in numbers.
#[derive(Default)]
struct Seen {
    sets: AtomicUsize,
    identities: AtomicUsize,
    errors: AtomicUsize,
    without_a_call: AtomicUsize,
    seconds: AtomicUsize,
    on_the_way: AtomicUsize,
    codes: Mutex<BTreeMap<String, usize>>,
    wrong: Mutex<Vec<String>>,
}

#[test]
#[expect(clippy::disallowed_macros, clippy::print_stderr, reason = "the figures are what people look for")]
fn over_generated_sets_of_profiles() {
    let kinds = kinds();
    let seen = Seen::default();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let Some(mut botocore) = start("over_generated_sets_of_profiles") else { return };
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(&kind) = kinds.get(index) else { return };
                    let set = generate(SEED + index as u64, kind);
                    if let Err(why) = compare(&set, &mut botocore, &seen) {
                        seen.wrong.lock().expect("no panic").push(format!("{why}\n{}", set.shown()));
                    }
                }
            });
        }
    });
    let count = |number: &AtomicUsize| number.load(Ordering::Relaxed);
    if count(&seen.sets) == 0 {
        // There is no botocore, which was said.
        return;
    }
    let wrong = seen.wrong.into_inner().expect("no panic");
    assert!(wrong.is_empty(), "{} of {} sets:\n{}", wrong.len(), kinds.len(), wrong.join("\n\n"));
    let refused = kinds.iter().filter(|kind| kind.is_refused()).count();
    eprintln!(
        "{} sets: {} with the same identity, {} with an error from both; of {} second runs {} made no call, \
         nor did {} for a role on the way; awsenv's errors: {:?}",
        count(&seen.sets),
        count(&seen.identities),
        count(&seen.errors),
        count(&seen.seconds),
        count(&seen.without_a_call),
        count(&seen.on_the_way),
        seen.codes.into_inner().expect("no panic")
    );
    assert!(kinds.len() >= 60 && count(&seen.sets) == kinds.len());
    assert_eq!((count(&seen.identities), count(&seen.errors)), (kinds.len() - refused, refused));
}

/// botocore, told in each question where everything is.
pub(crate) fn start(test: &str) -> Option<Botocore> {
    Botocore::start_by("", None, Home::new(), test)
}

fn compare(set: &Set, botocore: &mut Botocore, seen: &Seen) -> Result<(), String> {
    seen.sets.fetch_add(1, Ordering::Relaxed);
    let home = set.home(Way::Endpoint);
    let ours = Tool::Awsenv.run(set, &home, &set.profile);
    let other_home = set.home(Way::Endpoint);
    let theirs = Tool::Botocore(botocore).run(set, &other_home, &set.profile);
    if set.kind.is_refused() {
        return both_refuse(set, &ours, &theirs, seen);
    }
    is_right(set, "awsenv", &ours)?;
    is_right(set, "botocore", &theirs)?;
    let (our_calls, their_calls) = (asked(set, &ours.calls), asked(set, &theirs.calls));
    if our_calls != their_calls {
        return Err(format!("awsenv called {our_calls:#?}, botocore {their_calls:#?}"));
    }
    let then = Tool::Botocore(botocore).run(set, &home, &set.profile);
    is_right(set, "botocore after awsenv", &then)?;
    second(set, "botocore after awsenv", &ours, &then, true, seen)?;
    let then = Tool::Awsenv.run(set, &other_home, &set.profile);
    is_right(set, "awsenv after botocore", &then)?;
    second(set, "awsenv after botocore", &theirs, &then, false, seen)?;
    if let Some(middle) = &set.middle {
        on_the_way(set, &Tool::Botocore(botocore).run(set, &home, middle), true, seen)?;
        on_the_way(set, &Tool::Awsenv.run(set, &other_home, middle), false, seen)?;
    }
    seen.identities.fetch_add(1, Ordering::Relaxed);
    Ok(())
}

fn both_refuse(set: &Set, ours: &Outcome, theirs: &Outcome, seen: &Seen) -> Result<(), String> {
    let (Err(code), Err(error)) = (&ours.result, &theirs.result) else {
        return Err(format!("awsenv: {:?}, botocore: {:?}", ours.result, theirs.result));
    };
    if !refusals::codes(set.kind).contains(&code.as_str()) {
        return Err(format!("awsenv said {code} ({}), botocore {error} ({})", ours.said, theirs.said));
    }
    *seen.codes.lock().expect("no panic").entry(code.clone()).or_default() += 1;
    seen.errors.fetch_add(1, Ordering::Relaxed);
    Ok(())
}

/// The credentials are whole and those of the identity that the set is made for.
fn is_right(set: &Set, who: &str, outcome: &Outcome) -> Result<(), String> {
    let Given { id, secret, token, account } =
        outcome.result.as_ref().map_err(|error| format!("{who}: {error}: {}", outcome.said))?;
    let arn = set.fake.identity_of(id).ok_or_else(|| format!("{who}: {id} is nobody's"))?;
    let is_meant = if set.identity.ends_with('/') { arn.starts_with(&set.identity) } else { arn == set.identity };
    if !is_meant {
        return Err(format!("{who}: {arn} for {}", set.identity));
    }
    if set.fake.secret_of(id) != Some((secret.clone(), token.clone())) {
        return Err(format!("{who}: the secret or the token of {id} is another's"));
    }
    if account.as_deref().is_some_and(|account| Some(account) != arn.split(':').nth(4)) {
        return Err(format!("{who}: account {account:?} of {arn}"));
    }
    Ok(())
}

/// What decides whose session each role call gives, in order. Names that a tool makes up, and how MFA is shown, are its
/// own affair; so is the length of a web identity's session, which botocore never asks for.
fn asked(set: &Set, calls: &[Recorded]) -> Vec<String> {
    let roles = calls.iter().filter(|call| call.operation.starts_with("AssumeRole"));
    let line = |call: &Recorded| {
        let value = |name: &str| call.parameter(name).unwrap_or_default();
        let seconds = if call.operation == "AssumeRole" { value("DurationSeconds") } else { String::new() };
        let session = Some(value("RoleSessionName")).filter(|name| set.config.contains(name.as_str()));
        let caller = call.caller.as_deref().unwrap_or_default();
        // The name of the session before is compared where it was the name of a call.
        let caller =
            caller.split_once(":assumed-role/").map_or(caller, |(_, role)| role.split('/').next().unwrap_or(""));
        format!("{} {} by {caller}, {} {} {session:?}", call.operation, value("RoleArn"), value("ExternalId"), seconds)
    };
    roles.map(line).collect()
}

/// The second run in a home: without a call, and where there is a cached session, with that.
fn second(set: &Set, who: &str, first: &Outcome, then: &Outcome, by_botocore: bool, seen: &Seen) -> Result<(), String> {
    seen.seconds.fetch_add(1, Ordering::Relaxed);
    let operations = then.operations();
    // botocore takes 15 minutes for too little, however long a session was to be: what lives so long it gets anew.
    if set.kind.short && by_botocore {
        let is_anew = operations.last() == Some(&"AssumeRole") && first.id() != then.id();
        return if is_anew { Ok(()) } else { Err(format!("{who}: {operations:?} for a short session")) };
    }
    if first.id() != then.id() {
        return Err(format!("{who}: {} after {}, asked {operations:?}", then.id(), first.id()));
    }
    if operations != machine(set, by_botocore) {
        return Err(format!("{who} asked {operations:?}"));
    }
    if operations.is_empty() {
        seen.without_a_call.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

/// botocore asks the machine before it looks whether it needs to; awsenv doesn't.
fn machine(set: &Set, by_botocore: bool) -> &'static [&'static str] {
    match set.kind.base {
        Base::Container(_) if by_botocore => &["ContainerCredentials"],
        Base::Instance(_) if by_botocore => &["ImdsToken", "ImdsRole", "ImdsCredentials"],
        _ => &[],
    }
}

/// The role before the last one, which the other tool had to assume on its way.
fn on_the_way(set: &Set, outcome: &Outcome, by_botocore: bool, seen: &Seen) -> Result<(), String> {
    let operations = outcome.operations();
    if outcome.result.is_err() || operations != machine(set, by_botocore) {
        return Err(format!("the role on the way: {:?}, asked {operations:?}: {}", outcome.result, outcome.said));
    }
    seen.on_the_way.fetch_add(1, Ordering::Relaxed);
    Ok(())
}
