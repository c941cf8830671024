//! From any of 50 environments, in every shell.

use std::path::Path;

use awsenv_testkit::corpus;
use awsenv_testkit::home::Home;
use awsenv_testkit::shells::{Outcome, RealShell, evaluate};

use super::model::{
    AMBIENT, KEYS, OPEN, OWN, SET_OR_UNSET, UNMANAGED, UNSET_ONLY, after_clear, after_lock, after_use, agree, aside,
    managed,
};
use crate::common::{Env, Random, environment_of, evaluated, form, with_variables};

const SEEDS: u64 = 50;

/// A profile with its own settings, and one with nothing but keys.
fn home() -> Home {
    Home::new()
        .config(
            "[default]\noutput = text\n\
             [profile full]\nregion = eu-west-1\noutput = json\nendpoint_url = http://127.0.0.1:9\nmax_attempts = 7\n\
             ca_bundle = /ca.pem\nuse_fips_endpoint = true\nuse_dualstack_endpoint = false\nretry_mode = adaptive\n\
             sts_regional_endpoints = regional\ndefaults_mode = legacy\nsdk_ua_app_id = app\nservices = mine\n\
             [services mine]\ns3 =\n  endpoint_url = http://127.0.0.1:10\n\
             [profile plain]\nregion = us-east-2\n",
        )
        .credentials(
            "[full]\naws_access_key_id = AKIAFULL\naws_secret_access_key = full's secret\naws_account_id = 111122223333\n\
             [plain]\naws_access_key_id = AKIAPLAIN\naws_secret_access_key = plain secret\n\
             [temporary]\naws_access_key_id = ASIATEMPORARY\naws_secret_access_key = its secret\n\
             aws_session_token = its token\n",
        )
}

const FULL: &[(&str, &str)] = &[
    ("AWS_ACCESS_KEY_ID", "AKIAFULL"),
    ("AWS_SECRET_ACCESS_KEY", "full's secret"),
    ("AWS_ACCOUNT_ID", "111122223333"),
    ("AWS_REGION", "eu-west-1"),
    ("AWS_DEFAULT_REGION", "eu-west-1"),
    ("AWS_DEFAULT_OUTPUT", "json"),
    ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
    ("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:10"),
    ("AWS_MAX_ATTEMPTS", "7"),
    ("AWS_CA_BUNDLE", "/ca.pem"),
    ("AWS_USE_FIPS_ENDPOINT", "true"),
    ("AWS_USE_DUALSTACK_ENDPOINT", "false"),
    ("AWS_RETRY_MODE", "adaptive"),
    ("AWS_STS_REGIONAL_ENDPOINTS", "regional"),
    ("AWS_DEFAULTS_MODE", "legacy"),
    ("AWS_SDK_UA_APP_ID", "app"),
    ("AWSENV_KEY_ID", "AKIAFULL"),
    ("AWSENV_ACCOUNT", "111122223333"),
];

const PLAIN: &[(&str, &str)] = &[
    ("AWS_ACCESS_KEY_ID", "AKIAPLAIN"),
    ("AWS_SECRET_ACCESS_KEY", "plain secret"),
    ("AWS_REGION", "us-east-2"),
    ("AWS_DEFAULT_REGION", "us-east-2"),
    ("AWSENV_KEY_ID", "AKIAPLAIN"),
];

const TEMPORARY: &[(&str, &str)] = &[
    ("AWS_ACCESS_KEY_ID", "ASIATEMPORARY"),
    ("AWS_SECRET_ACCESS_KEY", "its secret"),
    ("AWS_SESSION_TOKEN", "its token"),
    ("AWSENV_KEY_ID", "ASIATEMPORARY"),
];

const BY_NAME: &[(&str, &str)] = &[
    ("AWS_PROFILE", "full"),
    ("AWS_DEFAULT_PROFILE", "full"),
    ("AWS_REGION", "sa-east-1"),
    ("AWS_DEFAULT_REGION", "sa-east-1"),
    ("AWSENV_ACCOUNT", "111122223333"),
];

/// A call, and what it makes of an environment.
struct Use {
    call: &'static [&'static str],
    profile: &'static str,
    options: &'static str,
    identity: &'static [(&'static str, &'static str)],
}

const USES: [Use; 4] = [
    Use { call: &["use", "full"], profile: "full", options: "", identity: FULL },
    Use { call: &["use", "plain"], profile: "plain", options: "", identity: PLAIN },
    Use { call: &["use", "temporary"], profile: "temporary", options: "", identity: TEMPORARY },
    Use {
        call: &["use", "full", "--as", "profile", "--region", "sa-east-1"],
        profile: "full",
        options: "--region=sa-east-1 --as=profile",
        identity: BY_NAME,
    },
];

/// Some of the variables of every kind, with values of every kind.
fn prior(seed: u64) -> Env {
    let mut random = Random::new(seed);
    let values = corpus::sample();
    let mut prior = Env::new();
    let aside: Vec<String> = AMBIENT.iter().chain(KEYS).map(|name| aside(name)).collect();
    let names = [SET_OR_UNSET, OWN, UNSET_ONLY, AMBIENT, OPEN, UNMANAGED].concat();
    let density = 1 + random.below(4);
    for name in names.into_iter().chain(aside.iter().map(String::as_str)) {
        if random.once_in(density) {
            prior.insert(name.to_owned(), random.pick(&values).clone());
        }
    }
    // An environment that awsenv made, or that looks like it.
    match random.below(5) {
        0 => {
            prior.insert("AWSENV_PROFILE".into(), random.pick(&["plain", "full", "gone"]).to_string());
            prior.insert("AWSENV_KEY_ID".into(), "AKIAPLAIN".into());
            prior.insert("AWS_ACCESS_KEY_ID".into(), "AKIAPLAIN".into());
        }
        1 => {
            prior.remove("AWS_ACCESS_KEY_ID");
            prior.remove("AWSENV_KEY_ID");
            prior.insert("AWSENV_PROFILE".into(), "full".into());
            prior.insert("AWS_PROFILE".into(), "full".into());
            prior.insert("AWSENV_OPTIONS".into(), "--region=sa-east-1 --as=profile".into());
        }
        2 => {
            prior.retain(|name, _| !["AWS_ACCESS_KEY_ID", "AWS_DEFAULT_PROFILE"].contains(&name.as_str()));
            prior.insert("AWS_PROFILE".into(), random.pick(&["awsenv-locked", "awsenv-expired", ""]).to_string());
            prior.insert("AWSENV_PREVIOUS".into(), "--as=profile -- plain".into());
        }
        _ => {}
    }
    prior
}

#[test]
fn every_managed_variable_occurs() {
    let priors: Vec<Env> = (0..SEEDS).map(prior).collect();
    let names = [SET_OR_UNSET, OWN, UNSET_ONLY, AMBIENT, OPEN, UNMANAGED].concat();
    for name in names {
        let with = priors.iter().filter(|prior| prior.contains_key(name)).count();
        assert!((5..=45).contains(&with), "{name} is in {with} of {SEEDS}");
    }
}

#[test]
fn as_data() {
    let home = home();
    for seed in 0..SEEDS {
        let mut before = environment_of(&home);
        before.extend(prior(seed));
        for Use { call, profile, options, identity } in USES {
            let expected = after_use(&before, profile, options, identity);
            let used = evaluated(&home, &before, call);
            agree(used.clone(), &expected, &format!("seed {seed}, {call:?}"));
            agree(evaluated(&home, &used, &["clear"]), &after_clear(&used), &format!("seed {seed}, {call:?}, clear"));
        }
        agree(evaluated(&home, &before, &["clear"]), &after_clear(&before), &format!("seed {seed}, clear"));
        let locked = evaluated(&home, &before, &["clear", "--lock"]);
        agree(locked.clone(), &after_lock(&before), &format!("seed {seed}, clear --lock"));
        agree(evaluated(&home, &locked, &["clear"]), &after_clear(&locked), &format!("seed {seed}, lock, clear"));
    }
}

/// What a child sees of the variables that matter: managed ones, and those the shell was started with.
fn seen(outcome: &Outcome, before: &Env) -> Env {
    let environment = outcome.environment.as_ref().unwrap_or_else(|| panic!("the shell ended: {outcome:?}"));
    let managed = managed(environment);
    let matters = |name: &String| before.contains_key(name) || managed.contains(name) || name.starts_with("AWS");
    environment.iter().filter(|(name, _)| matters(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Evaluates `use`, `clear` and `clear --lock` in the shell, from `seeds` environments.
fn check(shell: RealShell, program: &Path, seeds: impl Iterator<Item = u64>) {
    for seed in seeds {
        let prior = prior(seed);
        let home = with_variables(home(), &prior);
        let Use { call, profile, options, identity } =
            &USES[usize::try_from(seed).expect("a small number") % USES.len()];
        let lock = if seed % 2 == 0 { "clear" } else { "clear --lock" };
        for call in [call.join(" "), lock.to_owned()] {
            let when = format!("{}, seed {seed}, {call}", shell.label());
            let expected = match call.as_str() {
                "clear" => after_clear(&prior),
                "clear --lock" => after_lock(&prior),
                _ => after_use(&prior, profile, options, identity),
            };
            let outcome = evaluate(shell, program, &home, "", &form(shell, &call));
            assert!(outcome.succeeded, "{when}: {outcome:?}");
            agree(seen(&outcome, &prior), &expected, &when);
        }
    }
}

mod from_all {
    fn check(shell: super::RealShell, program: &std::path::Path) {
        super::check(shell, program, 0..super::SEEDS);
    }
    awsenv_testkit::in_every_shell!(check, bash = Bash, zsh = Zsh, fish = Fish, dash = Dash);
}

mod from_some {
    fn check(shell: super::RealShell, program: &std::path::Path) {
        let seeds = if shell == super::RealShell::Xonsh { 2 } else { 10 };
        super::check(shell, program, 0..seeds);
    }
    awsenv_testkit::in_every_shell!(
        check,
        bash_posix = BashPosix,
        ksh93 = Ksh93,
        mksh = Mksh,
        yash = Yash,
        ash = Ash,
        elvish = Elvish,
        tcsh = Tcsh,
        xonsh = Xonsh,
        nu = Nu
    );
}
