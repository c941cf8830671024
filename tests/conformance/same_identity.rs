//! After `awsenv exec PROFILE`, botocore and boto3 end with the identity and the settings of PROFILE, as if they had been
//! told its name in a clean environment: whatever the environment was before, and whatever `[default]` says.

use std::collections::BTreeSet;
use std::process::Stdio;

use awsenv_testkit::home::Home;
use serde_json::{Map, Value, json};

use crate::oracle::Oracle;
use crate::program::{awsenv, environment_json};
use crate::random::Random;

const CASES: u64 = 240;
const SEED: u64 = 20_261_122;
const SERVICES: [&str; 3] = ["sts", "s3", "dynamodb"];

/// What may differ in keys mode, since AWS has no variable (or no neutral value) for it: the field of the oracle's
/// answer, and the settings one of which a diagnostic must name.
const UNSAYABLE: &[(&str, &[&str])] = &[
    ("ca_bundle", &["ca_bundle"]),
    ("retries", &["retry_mode", "max_attempts"]),
    ("endpoint", &["s3.use_dualstack_endpoint"]),
    ("dualstack", &["s3.use_dualstack_endpoint"]),
];

#[test]
fn tools_get_the_profile_and_never_default() {
    const WORKERS: u64 = 2;
    let run_some = |worker: u64| {
        let home = Home::new();
        let mut oracle = Oracle::start(&home, "tools_get_the_profile_and_never_default")?;
        let mut seen = Seen::default();
        for seed in (SEED..SEED + CASES).filter(|seed| seed % WORKERS == worker) {
            run_case(seed, &mut oracle, &mut seen);
        }
        Some(seen)
    };
    let seen: Option<Vec<Seen>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS).map(|worker| scope.spawn(move || run_some(worker))).collect();
        workers.into_iter().map(|worker| worker.join().expect("the case itself does not fail")).collect()
    });
    let Some(seen) = seen else { return };
    let failures: Vec<&str> = seen.iter().flat_map(|seen| &seen.failures).map(String::as_str).collect();
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    let sum = |count: fn(&Seen) -> usize| seen.iter().map(count).sum::<usize>();
    let (keys, profiles, refused) = (sum(|s| s.keys), sum(|s| s.profiles), sum(|s| s.refused));
    assert!(keys >= 180 && profiles >= 220 && refused >= 5, "{keys} {profiles} {refused}");
}

#[derive(Default)]
struct Seen {
    keys: usize,
    profiles: usize,
    refused: usize,
    failures: Vec<String>,
}

/// The two profiles of a case, as lines of the config file.
struct Case {
    home: Home,
    /// The keys that the AWS CLI has cached for the role, where the profile is one.
    cached: Option<&'static str>,
    /// The services for which the profile has endpoints of its own.
    own_services: Vec<&'static str>,
    region_of_default: Option<&'static str>,
    has_region: bool,
}

fn settings(random: &mut Random, who: &str, services: &str, percent: usize) -> String {
    let mut text = String::new();
    let ca = format!("/{who}/ca.pem");
    let url = format!("https://{who}.example");
    for (key, values) in [
        ("endpoint_url", &[url.as_str()][..]),
        ("services", &[services]),
        ("use_fips_endpoint", &["true", "true", "false"]),
        ("use_dualstack_endpoint", &["true", "True", "false"]),
        ("ignore_configured_endpoint_urls", &["true", "false"]),
        ("sts_regional_endpoints", &["legacy", "regional"]),
        ("ca_bundle", &[ca.as_str()]),
        ("retry_mode", &["standard", "adaptive", "legacy"]),
        ("max_attempts", &["2", "7"]),
        ("output", &["json", "text"]),
        ("s3", &["\n    addressing_style = path", "\n    use_dualstack_endpoint = true"]),
    ] {
        let rare = if ["ignore_configured_endpoint_urls", "s3"].contains(&key) { 3 } else { 1 };
        if random.chance(percent / rare) {
            text.push_str(&format!("{key} = {}\n", random.pick(values)).replace(" = \n", " =\n"));
        }
    }
    text
}

fn case(random: &mut Random) -> Case {
    let mut config = String::from("[default]\n");
    let mut credentials = String::new();
    let region_of_default = random.chance(80).then(|| random.pick(&["us-east-1", "eu-south-1"]));
    if let Some(region) = region_of_default {
        config.push_str(&format!("region = {region}\n"));
    }
    let services = if random.chance(10) { "gone" } else { "hostile" };
    config.push_str(&settings(random, "default", services, 45));
    if random.chance(70) {
        credentials.push_str("[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = of-default\n");
    } else {
        config.push_str("role_arn = arn:aws:iam::999999999999:role/OfDefault\nsource_profile = base\n");
    }
    config.push_str("[profile p]\n");
    let has_region = random.chance(80);
    if has_region {
        config.push_str(&format!("region = {}\n", random.pick(&["eu-west-1", "us-west-2", "cn-north-1"])));
    }
    config.push_str(&settings(random, "own", "own", 25));
    let keys = "aws_access_key_id = AKIAOFTHEPROFILE\naws_secret_access_key = of/the+profile=\n";
    let mut cached = None;
    match random.below(5) {
        0 => config.push_str(keys),
        1 => credentials.push_str(&format!("[p]\n{keys}")),
        2 => credentials.push_str(&format!("[p]\n{keys}aws_session_token = token==\n")),
        3 => config.push_str(
            "credential_process = /bin/echo '{\"Version\": 1, \"AccessKeyId\": \"AKIAPROCESS\", \"SecretAccessKey\": \"s\"}'\n",
        ),
        _ => {
            config.push_str("role_arn = arn:aws:iam::123456789012:role/Admin\nsource_profile = base\n");
            cached = Some("ASIACACHED");
        }
    }
    credentials.push_str("[base]\naws_access_key_id = AKIABASE\naws_secret_access_key = of-base\n");
    for section in ["hostile", "own"] {
        config.push_str(&format!("[services {section}]\n"));
        // botocore refuses an empty section: nothing that a profile may have and everything that [default] may.
        let certain = (section == "own").then(|| random.pick(&SERVICES));
        for service in SERVICES {
            if certain == Some(service) || random.chance(40) {
                config.push_str(&format!("{service} =\n    endpoint_url = https://{service}.{section}.example\n"));
            }
        }
    }
    let has_services = config.contains("services = own");
    let own = config.split("[services own]").nth(1).unwrap_or("");
    let own_services = SERVICES.into_iter().filter(|s| has_services && own.contains(&format!("{s} ="))).collect();
    let mut home = Home::new().config(&config).credentials(&credentials);
    if cached.is_some() {
        // The name is the SHA-1 of the call's arguments, here of the role's ARN alone.
        home = home.cli_cache(
            "51e7b105b5040ce662656c8dc6ab4de70c4de7ad.json",
            r#"{"Credentials": {"AccessKeyId": "ASIACACHED", "SecretAccessKey": "of the cache", "SessionToken": "t",
                "Expiration": "2999-01-01T00:00:00Z"}, "AssumedRoleUser": {"Arn": "arn:aws:sts::123456789012:assumed-role/Admin/me"}}"#,
        );
    }
    Case { home, cached, own_services, region_of_default, has_region }
}

/// Variables as another tool, another switch or a person may have left them.
fn prior_environment(random: &mut Random) -> Vec<(&'static str, &'static str)> {
    let all = [
        ("AWS_ACCESS_KEY_ID", "AKIASTALE"),
        ("AWS_SECRET_ACCESS_KEY", "stale"),
        ("AWS_SESSION_TOKEN", "stale"),
        ("AWS_SECURITY_TOKEN", "stale"),
        ("AWS_CREDENTIAL_EXPIRATION", "2001-01-01T00:00:00+00:00"),
        ("AWS_ACCOUNT_ID", "999999999999"),
        ("AWS_PROFILE", "base"),
        ("AWS_DEFAULT_PROFILE", "gone"),
        ("AWS_REGION", "sa-east-1"),
        ("AWS_DEFAULT_REGION", "sa-east-1"),
        ("AWS_ENDPOINT_URL", "https://stale.example"),
        ("AWS_ENDPOINT_URL_S3", "https://s3.stale.example"),
        ("AWS_ENDPOINT_URL_DYNAMODB", "https://ddb.stale.example"),
        ("AWS_ENDPOINT_URL_STS", "https://sts.stale.example"),
        ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"),
        ("AWS_USE_FIPS_ENDPOINT", "true"),
        ("AWS_USE_DUALSTACK_ENDPOINT", "true"),
        ("AWS_STS_REGIONAL_ENDPOINTS", "legacy"),
        ("AWS_CA_BUNDLE", "/stale/ca.pem"),
        ("AWS_RETRY_MODE", "adaptive"),
        ("AWS_MAX_ATTEMPTS", "9"),
        ("AWS_DEFAULTS_MODE", "mobile"),
        ("AWS_ROLE_ARN", "arn:aws:iam::999999999999:role/Stale"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "/stale/token"),
        ("AWS_ROLE_SESSION_NAME", "stale"),
        ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/stale"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9/stale"),
    ];
    let percent = random.pick(&[0, 30, 60, 100]);
    all.into_iter().filter(|_| random.chance(percent)).collect()
}

fn run_case(seed: u64, oracle: &mut Oracle, seen: &mut Seen) {
    let random = &mut Random::new(seed);
    let case = case(random);
    let prior = prior_environment(random);
    let boto3 = random.chance(30);
    // Making clients is what takes the time.
    let services: &[&str] = if random.chance(50) { &["sts", "s3"] } else { &["sts", "dynamodb"] };
    let mut settle = |environment: &Value, profile: Option<&str>, services: &[&str]| {
        oracle.ask(&json!({"operation": "settle", "environment": environment, "profile": profile,
                           "services": services, "boto3": boto3}))
    };
    let clean = environment_json(&case.home);
    let expected = settle(&clean, Some("p"), services);
    assert!(expected["error"].is_null(), "seed {seed}: {expected}");
    match environment_of(&case.home, &prior, "profile") {
        Ok((environment, _)) => {
            seen.profiles += 1;
            let differences = differences(&expected, &settle(&environment, None, services));
            if !differences.is_empty() {
                seen.failures.push(format!("seed {seed}, --as profile: {}", describe(&differences)));
            }
        }
        Err(stderr) => seen.failures.push(format!("seed {seed}, --as profile: {stderr}")),
    }
    match environment_of(&case.home, &prior, "keys") {
        Ok((environment, stderr)) => {
            seen.keys += 1;
            let mut clean = clean;
            let mut expected = expected;
            if let Some(region) = case.region_of_default.filter(|_| !case.has_region) {
                // The one thing of [default] that is let through, with a warning.
                if !stderr.contains("[region-of-default]") {
                    seen.failures.push(format!("seed {seed}: no warning about the region\n{stderr}"));
                }
                clean["AWS_DEFAULT_REGION"] = region.into();
                expected = settle(&clean, Some("p"), services);
            }
            if let Some(cached) = case.cached {
                expected["calls"] = json!([]);
                expected["credentials"] =
                    json!({"id": cached, "secret": "of the cache", "token": "t", "account_id": "123456789012"});
            }
            let mut differences = differences(&expected, &settle(&environment, None, services));
            let named = named_settings(&case.home);
            differences.retain(|(field, _)| {
                let settings = UNSAYABLE.iter().find(|(name, _)| field.ends_with(name)).map_or(&[][..], |(_, s)| s);
                !settings.iter().any(|setting| named.contains(*setting))
            });
            if !differences.is_empty() {
                seen.failures.push(format!("seed {seed}, --as keys: {}", describe(&differences)));
            }
        }
        Err(stderr) if stderr.contains("[endpoints-need-profile]") => {
            seen.refused += 1;
            // Necessary: neither with nor without the configured endpoints can variables say it.
            let mut services = SERVICES.to_vec();
            services.push("sqs");
            let wanted = settle(&clean, Some("p"), &services);
            for ignore in ["true", "false"] {
                let mut environment = clean.clone();
                environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = ignore.into();
                environment["AWS_DEFAULT_REGION"] = wanted["region"].as_str().unwrap_or("us-west-2").into();
                for service in &case.own_services {
                    environment[format!("AWS_ENDPOINT_URL_{}", service.to_ascii_uppercase())] =
                        wanted[service]["endpoint"].clone();
                }
                let got = settle(&environment, None, &services);
                if services.iter().all(|service| got[service]["endpoint"] == wanted[service]["endpoint"]) {
                    seen.failures.push(format!("seed {seed}: refused, though variables could say it"));
                }
            }
        }
        Err(stderr) => seen.failures.push(format!("seed {seed}, --as keys: {stderr}")),
    }
}

/// The environment of a program that `awsenv exec p` starts, and what awsenv said.
fn environment_of(home: &Home, prior: &[(&str, &str)], mode: &str) -> Result<(Value, String), String> {
    let mut command = home.command(env!("CARGO_BIN_EXE_awsenv"));
    command.envs(prior.iter().copied()).args(["exec", "p", "--as", mode, "--", "env", "-0"]);
    let output = command.stdin(Stdio::null()).output().expect("awsenv runs");
    let stderr = String::from_utf8(output.stderr).expect("UTF-8");
    if !output.status.success() {
        return Err(stderr);
    }
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let variables = text.split_terminator('\0').filter_map(|variable| variable.split_once('='));
    let environment: Map<String, Value> = variables.map(|(name, value)| (name.to_owned(), value.into())).collect();
    Ok((Value::Object(environment), stderr))
}

/// The settings that `explain` says keys can't carry.
fn named_settings(home: &Home) -> BTreeSet<String> {
    let explained = awsenv(home, &["explain", "p", "--json"]).json();
    let diagnostics = explained["diagnostics"].as_array().expect("an array").iter();
    diagnostics
        .filter(|diagnostic| {
            ["no-variable", "default-shines-through"].contains(&diagnostic["code"].as_str().unwrap_or(""))
        })
        .filter_map(|diagnostic| diagnostic["message"].as_str())
        .flat_map(|message| message.split(' ').map(|word| word.trim_matches(',').to_owned()))
        .collect()
}

/// The fields that differ, with both values.
fn differences(expected: &Value, got: &Value) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let mut compare = |field: String, expected: &Value, got: &Value| {
        if expected != got && !(expected == "" && got.is_null()) {
            all.push((field, format!("{got} for {expected}")));
        }
    };
    compare("error".to_owned(), &expected["error"], &got["error"]);
    compare("region".to_owned(), &expected["region"], &got["region"]);
    for field in ["id", "secret", "token", "account_id"] {
        compare(format!("credentials.{field}"), &expected["credentials"][field], &got["credentials"][field]);
    }
    for field in ["RoleArn", "key_id"] {
        compare(format!("calls.{field}"), &expected["calls"][0][field], &got["calls"][0][field]);
    }
    for service in SERVICES {
        for field in ["endpoint", "region", "fips", "dualstack", "ca_bundle", "retries"] {
            compare(format!("{service}.{field}"), &expected[service][field], &got[service][field]);
        }
    }
    all
}

fn describe(differences: &[(String, String)]) -> String {
    differences.iter().map(|(field, values)| format!("{field}: {values}; ")).collect()
}
