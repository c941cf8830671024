//! For every profile of generated files: what botocore's own session makes of it, and what awsenv says.
//!
//! Equal, or awsenv says why not: by a diagnostic or an error whose code is listed here with its reason.

use std::collections::{BTreeMap, BTreeSet};

use awsenv_testkit::home::Home;
use serde_json::{Map, Value, json};

use crate::generated_files::file_pair;
use crate::oracle::Oracle;
use crate::program::{awsenv, environment_json};
use crate::random::Random;
use crate::same_words::{flat, is_shown, our_step, squeeze, their_steps};

const PAIRS: u64 = 500;
const SEED: u64 = 20_261_121;

/// A code of awsenv and the reason why a difference may stand behind it.
type Reasons = &'static [(&'static str, &'static str)];

/// botocore accepts the profile, awsenv refuses it: loudly, by this error.
const REFUSED: Reasons = &[
    ("syntax", "a line that botocore and the SDKs read differently; a profile is not used while a part is unknown"),
    ("empty-value", "botocore takes an empty value for a value, and fails with it later"),
];

/// botocore accepts the profile, `export` refuses to hand it over.
const NOT_EXPORTED: Reasons = &[
    ("services-not-found", "botocore refuses as well, but only when it makes a client"),
    ("bad-region", "botocore refuses as well, but only when it makes a client"),
    ("unsafe-value", "a setting that goes on in a second line fits into no variable"),
];

/// awsenv reads on where botocore refuses the file or reads otherwise. It then means the same as botocore does by the
/// mended files.
const MENDED: Reasons = &[
    ("inline-comment", "botocore keeps ` # comment` in the value, the SDKs leave it out"),
    ("padded-header", "botocore takes the blanks of `[ profile a ]` for a part of the name, the SDKs do not"),
    ("bracket-in-comment", "botocore's header goes up to the last bracket of the line, comment or not"),
    ("name-not-everywhere", "some other AWS tool than botocore knows the profile"),
    ("default-for-all", "to botocore the values of [DEFAULT] hold for every section, to the SDKs they do not"),
    ("source-profile-not-found", "botocore takes [profiles a] for a header of the profile a, nobody else does"),
    ("prefix-like-profile", "botocore takes [profiles a] for a header of the profile a, nobody else does"),
    ("outside-section", "a line before the first header costs botocore the file, here it belongs to nobody"),
    ("byte-order-mark", "a mark costs botocore the file, here it is left out"),
    ("broken-header", "a header without a bracket costs botocore the file, here the lines below it"),
    ("empty-header", "a header without a name costs botocore the file, here the lines below it"),
    ("no-equals", "a bad line costs botocore the file, here its own profile"),
    ("no-key", "a bad line costs botocore the file, here its own profile"),
    ("nested-no-equals", "a bad nested line costs botocore the file, here its own profile"),
    ("duplicate-section", "a section that stands twice costs botocore the file, here the values are merged"),
    ("duplicate-key", "a key that stands twice costs botocore the file, here the last value counts"),
];

/// awsenv's errors, and how botocore says the same: the exception's type and a part of its message.
const SAME_REFUSAL: &[(&str, &str, &str)] = &[
    ("source-profile-not-found", "InvalidConfigError", "does not exist"),
    ("source-profile-loop", "InfiniteLoopConfigError", ""),
    ("partial-credentials", "PartialCredentialsError", "aws_"),
    ("partial-credentials", "NoCredentials", ""),
    ("partial-credentials", "InvalidConfigError", "must have credentials"),
    ("missing-source", "PartialCredentialsError", "source_profile or credential_source"),
    ("two-sources", "InvalidConfigError", "contains both"),
    ("unknown-credential-source", "InvalidConfigError", "is not valid"),
    ("no-credentials", "NoCredentials", ""),
    ("no-credentials", "InvalidConfigError", "must have credentials"),
    ("sso-session-not-found", "InvalidConfigError", "sso-session does not exist"),
    ("sso-session-not-found", "NoCredentials", ""),
    ("sso-incomplete", "InvalidConfigError", "missing required configuration"),
    ("sso-incomplete", "NoCredentials", ""),
    ("sso-session-conflict", "InvalidConfigError", "inconsistent"),
    ("sso-session-not-found", "InvalidConfigError", "must have credentials"),
    ("sso-session-conflict", "NoCredentials", ""),
    ("sso-session-conflict", "InvalidConfigError", "must have credentials"),
    ("sso-incomplete", "InvalidConfigError", "must have credentials"),
    ("sso-token-only", "InvalidConfigError", "must have credentials"),
    ("web-identity-without-role", "InvalidConfigError", "no role ARN"),
];

#[test]
fn every_profile_means_the_same_to_botocore() {
    const WORKERS: u64 = 2;
    let compare_some = |worker: u64| {
        let home = Home::new();
        let mut oracle = Oracle::start(&home, "every_profile_means_the_same_to_botocore")?;
        let mut report = Report::default();
        for seed in (SEED..SEED + PAIRS).filter(|seed| seed % WORKERS == worker) {
            compare_pair(seed, &mut oracle, &mut report);
        }
        Some(report)
    };
    let reports: Option<Vec<Report>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS).map(|worker| scope.spawn(move || compare_some(worker))).collect();
        workers.into_iter().map(|worker| worker.join().expect("the comparison itself does not fail")).collect()
    });
    let Some(report) = reports.map(|reports| reports.into_iter().fold(Report::default(), Report::and)) else { return };
    let failures = &report.failures;
    assert!(failures.is_empty(), "{} differences:\n{}", failures.len(), failures.join("\n"));
    show(&report);
    // A generator that makes nothing but refused files would compare nothing.
    assert!(report.equal >= 1_000 && report.exported >= 500 && report.roles >= 100, "{report:#?}");
}

/// The figures, for those who run the tests with `--nocapture`.
#[allow(clippy::print_stdout, clippy::disallowed_macros, reason = "the test harness takes what tests print")]
fn show(report: &Report) {
    println!("{report:#?}");
}

/// What was compared.
#[derive(Debug, Default)]
struct Report {
    profiles: usize,
    accepted: usize,
    equal: usize,
    same_refusal: usize,
    exported: usize,
    roles: usize,
    kinds: BTreeMap<String, usize>,
    explained: BTreeMap<String, usize>,
    failures: Vec<String>,
}

/// What awsenv says about one profile, and what botocore says about all.
struct Case<'a> {
    home: &'a Home,
    name: &'a str,
    ours: &'a Value,
}

fn compare_pair(seed: u64, oracle: &mut Oracle, report: &mut Report) {
    let pair = file_pair(&mut Random::new(seed));
    let home = Home::new().config(&pair.written[0]).credentials(&pair.written[1]);
    let names = awsenv(&home, &["list", "--names"]).stdout;
    let names: Vec<&str> = names.lines().collect();
    let mut read = |home: &Home| {
        oracle.ask(&json!({"operation": "read-files", "environment": environment_json(home), "profiles": names}))
    };
    let written = read(&home);
    let mended =
        (pair.mended != pair.written).then(|| read(&Home::new().config(&pair.mended[0]).credentials(&pair.mended[1])));
    for name in &names {
        let ours = awsenv(&home, &["explain", name, "--json"]).json();
        let case = Case { home: &home, name, ours: &ours };
        if let Err(difference) = case.compare(&written, mended.as_ref(), report) {
            let codes: BTreeSet<&str> = case.codes().collect();
            report.failures.push(format!("seed {seed}, {name:?}: {difference}\n  {codes:?}"));
        }
    }
    // A profile that only botocore knows gets no other's credentials here.
    for name in written["profiles"].as_object().map(Map::keys).into_iter().flatten() {
        if !names.contains(&name.as_str()) {
            *report.explained.entry("only botocore knows the profile".to_owned()).or_default() += 1;
            let explained = awsenv(&home, &["explain", name, "--json"]).json();
            assert_eq!(explained["error"]["code"], "profile-not-found", "seed {seed}, {name:?}");
        }
    }
}

impl Case<'_> {
    fn codes(&self) -> impl Iterator<Item = &str> {
        let all = self.ours["diagnostics"].as_array().into_iter().flatten();
        all.filter_map(|diagnostic| diagnostic["code"].as_str())
    }

    fn compare(&self, written: &Value, mended: Option<&Value>, report: &mut Report) -> Result<(), String> {
        report.profiles += 1;
        let first = match self.agrees(written, report) {
            Ok(()) => {
                report.equal += 1;
                return Ok(());
            }
            Err(difference) => difference,
        };
        let error = self.ours["error"]["code"].as_str();
        if let Some((code, _)) = REFUSED.iter().find(|(code, _)| error == Some(code)) {
            return report.explain(&format!("refused: {code}"));
        }
        let Some((code, _)) = MENDED.iter().find(|(reason, _)| self.codes().chain(error).any(|code| code == *reason))
        else {
            return Err(first);
        };
        match mended.map(|mended| self.agrees(mended, report)) {
            Some(Ok(())) => report.explain(&format!("mended: {code}")),
            Some(Err(second)) => Err(format!("{first}\n  mended: {second}")),
            None => Err(first),
        }
    }

    /// Whether botocore, having read files as in `answer`, means the same.
    fn agrees(&self, answer: &Value, report: &mut Report) -> Result<(), String> {
        if let Some(refused) = answer["refused"]["type"].as_str() {
            return Err(format!("botocore refuses the file: {refused}"));
        }
        let theirs = &answer["profiles"][self.name];
        if self.name == "DEFAULT" && self.codes().any(|code| code == "default-for-all") {
            // A profile like others to the SDKs, none to botocore.
            return Ok(());
        }
        if theirs["unknown"] == true {
            return Err("botocore does not know the profile".to_owned());
        }
        self.properties(theirs)?;
        if squeeze(theirs["region"].as_str().unwrap_or("")) != self.ours["region"]["value"].as_str().unwrap_or("") {
            return Err(format!("region: {} is {}", theirs["region"], self.ours["region"]));
        }
        if let Some(code) = self.ours["error"]["code"].as_str() {
            return self.refuses_alike(theirs, code, report);
        }
        report.accepted += 1;
        let chain = self.ours["chain"].as_array().expect("an array");
        let last = chain.last().expect("a step");
        let kind = last["kind"].as_str().expect("a kind");
        let refused = theirs["error"]["type"].as_str();
        if kind == "sso" && last["role_name"].is_null() {
            // A token and no credentials.
            return (refused.is_none() && theirs["credentials"].is_null())
                .then_some(())
                .ok_or(format!("a token: {theirs}"));
        }
        if chain[0]["kind"] == "credential-process" && refused.is_some_and(|error| !error.ends_with("ConfigError")) {
            // The program did not answer as it should, which only running it shows.
            return self.export_fails(chain.len());
        }
        let ours: Vec<String> = chain.iter().map(our_step).collect();
        let mut steps: Vec<String> = their_steps(theirs).iter().map(|step| squeeze(step)).collect();
        if self.codes().any(|code| code == "not-a-number") {
            // Python takes `1_000` and `-5` for numbers; the SDKs don't, and nor does awsenv.
            for (theirs, _) in steps.iter_mut().zip(&ours).filter(|(_, ours)| ours.ends_with(" null")) {
                *theirs = theirs.rsplit_once(' ').map_or_else(String::new, |(rest, _)| format!("{rest} null"));
            }
        }
        if self.codes().any(|code| code == "empty-value") {
            // To botocore an empty external id is one, which AWS then refuses.
            for step in &mut steps {
                *step =
                    step.split(' ').map(|word| if word.is_empty() { "-" } else { word }).collect::<Vec<_>>().join(" ");
            }
        }
        if refused.is_some() || theirs["credentials"].is_null() || ours != steps {
            return Err(format!("chain: {steps:?} is {ours:?}; {} {}", theirs["credentials"], theirs["error"]));
        }
        *report.kinds.entry(chain[0]["kind"].as_str().expect("a kind").to_owned()).or_default() += 1;
        report.roles += chain.len() - 1;
        if ["static", "credential-process"].contains(&kind) {
            self.exports(&theirs["credentials"], report)?;
        }
        Ok(())
    }

    fn refuses_alike(&self, theirs: &Value, code: &str, report: &mut Report) -> Result<(), String> {
        let error = theirs["error"]["type"].as_str();
        let error = error.or(theirs["credentials"].is_null().then_some("NoCredentials")).unwrap_or("none");
        let message = theirs["error"]["message"].as_str().unwrap_or("");
        if !SAME_REFUSAL.iter().any(|(c, kind, part)| *c == code && *kind == error && message.contains(part)) {
            return Err(format!("error: {error} {message:?} is {}", self.ours["error"]));
        }
        report.same_refusal += 1;
        Ok(())
    }

    fn properties(&self, theirs: &Value) -> Result<(), String> {
        let theirs = flat(&theirs["properties"]);
        let ours = self.ours["properties"].as_object().expect("an object");
        for (key, value) in ours {
            let (their, our) = (theirs.get(key).map(|their| squeeze(their)), value["value"].as_str().expect("a text"));
            if key.starts_with("***") {
                // Not shown: it may be the rest of a secret.
                continue;
            }
            // A secret is compared when it is exported.
            if their.as_deref() != Some(our) && (their.is_none() || our != "***") {
                return Err(format!("{key}: {their:?} is {our:?}"));
            }
        }
        match theirs.keys().find(|key| !ours.contains_key(*key) && is_shown(key)) {
            Some(missing) => Err(format!("{missing} is missing")),
            None => Ok(()),
        }
    }

    fn exports(&self, theirs: &Value, report: &mut Report) -> Result<(), String> {
        let run = awsenv(self.home, &["export", self.name, "--format", "process"]);
        if run.status != Some(0) {
            let code = NOT_EXPORTED.iter().find(|(code, _)| run.stderr.contains(&format!("[{code}]")));
            let (code, _) = code.ok_or_else(|| format!("export: {}", run.stderr))?;
            return report.explain(&format!("not exported: {code}"));
        }
        let exported = run.json();
        for (our, their) in [
            ("AccessKeyId", "id"),
            ("SecretAccessKey", "secret"),
            ("SessionToken", "token"),
            ("AccountId", "account_id"),
        ] {
            if their == "account_id" && theirs[their].as_str().is_some_and(|account| account.len() != 12) {
                // What is no account id is none here.
                continue;
            }
            let (our, their) = (exported[our].as_str().unwrap_or(""), theirs[their].as_str().unwrap_or(""));
            // An empty aws_security_token beside an aws_session_token is the token to botocore, which AWS then refuses.
            let no_token = their.is_empty() && self.codes().any(|code| code == "empty-value");
            if our != their && !no_token {
                return Err(format!("export: {their:?} is {our:?}"));
            }
        }
        report.exported += 1;
        Ok(())
    }

    fn export_fails(&self, steps: usize) -> Result<(), String> {
        let run = awsenv(self.home, &["export", self.name, "--format", "process"]);
        if run.status != Some(0) && run.stdout.is_empty() {
            Ok(())
        } else {
            Err(format!("{steps} steps: {}", run.stdout))
        }
    }
}

impl Report {
    fn and(mut self, other: Self) -> Self {
        self.profiles += other.profiles;
        self.accepted += other.accepted;
        self.equal += other.equal;
        self.same_refusal += other.same_refusal;
        self.exported += other.exported;
        self.roles += other.roles;
        for (mine, others) in [(&mut self.kinds, other.kinds), (&mut self.explained, other.explained)] {
            for (key, count) in others {
                *mine.entry(key).or_default() += count;
            }
        }
        self.failures.extend(other.failures);
        self
    }

    fn explain(&mut self, reason: &str) -> Result<(), String> {
        *self.explained.entry(reason.to_owned()).or_default() += 1;
        Ok(())
    }
}
