//! Which endpoint is asked: every combination of variables, `[services]` and profile, as botocore takes them.

use awsenv_core::call_settings::{CallDefaults, SERVICES, call_settings};
use awsenv_core::config::{ConfigText, parse_config};
use awsenv_core::diagnostic::SourceFile;
use awsenv_core::environment::Environment;
use awsenv_core::profile::ProfileSet;
use awsenv_testkit::fake::{FakeAws, User};
use serde_json::{Value, json};

use crate::oracle;
use crate::program::Setting;

/// One way to say endpoints.
struct Case {
    config: String,
    variables: Vec<(String, String)>,
}

/// Every combination of: a variable for the service, one for all, a services section, a profile's own, and each way to
/// have all of them ignored.
fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (variables, files) in (0..3 * 3 * 3).flat_map(|variables| (0..5 * 2 * 2).map(move |files| (variables, files))) {
        let (own, all, ignore) = (variables % 3, variables / 3 % 3, variables / 9);
        let (section, global, ignored) = (files % 5, files / 5 % 2, files / 10);
        let mut case = Case { config: "[profile p]\nregion = eu-west-1\n".to_owned(), variables: Vec::new() };
        let text = |kind: u32, url: String| if kind == 1 { url } else { String::new() };
        for service in SERVICES {
            if own > 0 && !(own == 1 && service == "SSO") {
                case.variables.push((
                    format!("AWS_ENDPOINT_URL_{service}"),
                    text(own, format!("http://{}.v", service.replace('_', "-").to_lowercase())),
                ));
            }
        }
        if all > 0 {
            case.variables.push(("AWS_ENDPOINT_URL".to_owned(), text(all, "http://all.v".to_owned())));
        }
        if let Some(value) = ["", "true", "False"].get(ignore as usize).filter(|_| ignore > 0) {
            case.variables.push(("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS".to_owned(), (*value).to_owned()));
        }
        if global > 0 {
            case.config += "endpoint_url = http://own.f/base\n";
        }
        if let Some(value) = ["", "TRUE"].get(ignored as usize).filter(|_| ignored > 0) {
            case.config += &format!("ignore_configured_endpoint_urls = {value}\n");
        }
        if section > 0 {
            case.config += "services = s\n";
        }
        case.config += match section {
            // Every service, one of them, none at all; 4: there is no such section.
            1 => {
                "[services s]\nsts =\n  endpoint_url = http://sts.f\nsso =\n  endpoint_url = http://sso.f\n\
                 sso_oidc =\n  endpoint_url = http://oidc.f\nsignin =\n  endpoint_url = http://signin.f\n"
            }
            2 => "[services s]\nsts =\n  other = x\n  endpoint_url = http://sts.f\n",
            3 => "[services s]\ns3 =\n  endpoint_url = http://s3.f\n",
            _ => "",
        };
        cases.push(case);
    }
    cases
}

/// The endpoint for each service, as `client::endpoint` in the broker reads the settings; an error is `error`.
fn ours(case: &Case) -> Value {
    let (config, none) = (ConfigText::from(case.config.as_str()), ConfigText::from(""));
    let set =
        ProfileSet::normalize(parse_config(SourceFile::Config, &config), parse_config(SourceFile::Credentials, &none));
    let environment: Environment = case.variables.iter().map(|(name, value)| (name.as_str(), value)).collect();
    let Ok(calls) = call_settings(&set, set.get("p"), &environment, &CallDefaults::default()) else {
        return json!({"error": true});
    };
    let of = |service: &str| calls.endpoint_urls.get(service).or(calls.endpoint_url.as_ref());
    SERVICES
        .into_iter()
        .map(|service| (service.to_owned(), of(service).map_or(Value::Null, |url| url.as_str().into())))
        .collect()
}

#[test]
fn every_combination_as_botocore_takes_it() {
    let cases = cases();
    assert_eq!(cases.len(), 540);
    let input: Value = cases.iter().map(|case| json!({"config": case.config, "variables": case.variables})).collect();
    let Some(theirs) = oracle::ask("endpoints", "oracle_endpoints.py", &input) else { return };
    let mut seen = std::collections::BTreeSet::new();
    for (case, theirs) in cases.iter().zip(theirs.as_array().unwrap()) {
        let ours = ours(case);
        // botocore fails with the one client that has no endpoint of its own; awsenv with the whole profile.
        let expected = if theirs.as_object().unwrap().values().any(|url| url == "error") {
            json!({"error": true})
        } else {
            theirs.clone()
        };
        assert_eq!(ours, expected, "{} {:?}", case.config, case.variables);
        seen.insert(ours.to_string());
    }
    // So many different ones there are, an error among them.
    assert_eq!(seen.len(), 11, "{seen:?}");
}

#[test]
fn what_awsenv_exported_for_another_profile_is_not_asked() {
    let user = User::new("111122223333", "someone");
    let (id, secret) = (user.access_key_id().to_owned(), user.secret_access_key().to_owned());
    let (own, other) = (FakeAws::builder().user(user).start(), FakeAws::builder().start());
    let config = format!(
        "[profile a]\nregion = us-east-1\nendpoint_url = {}\nca_bundle = /nowhere.pem\n\
         [profile b]\nregion = eu-west-1\nendpoint_url = {}\n",
        other.url(),
        own.url()
    );
    let credentials = format!("[b]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n");
    let setting = Setting::new(&config)
        .credentials(&credentials)
        .variable("AWSENV_PROFILE", "a")
        .variable("AWS_ENDPOINT_URL", other.url())
        .variable("AWS_CA_BUNDLE", "/nowhere.pem")
        .variable("AWS_REGION", "us-east-1")
        .variable("AWS_DEFAULT_REGION", "us-east-1");
    assert_eq!(setting.identity("b").json["account_id"], "111122223333");
    assert_eq!((own.calls("GetCallerIdentity"), other.requests().len()), (1, 0));
    let scope = own.requests()[0].header("authorization").unwrap().to_owned();
    assert!(scope.contains("/eu-west-1/sts/"), "{scope}");

    // Set by hand, it counts.
    let by_hand = setting.variable("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", other.port()));
    let by_hand = by_hand.variable("AWSENV_PROFILE", "b");
    assert_eq!(by_hand.identity("b").code(), "aws-credentials-invalid");
}

#[test]
fn an_endpoint_that_is_none_is_named() {
    let keys = "[p]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = canary\n";
    for (config, variable, message, place) in [
        (
            "endpoint_url = http://127.0.0.1:9\nuse_fips_endpoint = true",
            "",
            "the endpoint for STS can't be used: use_fips_endpoint asks for one of AWS's own",
            ":2",
        ),
        (
            "use_dualstack_endpoint = true",
            "http://127.0.0.1:9",
            "the endpoint in the variable AWS_ENDPOINT_URL_STS can't be used: use_dualstack_endpoint asks for one of AWS's own",
            "",
        ),
        ("endpoint_url = localhost:4566", "", "the endpoint for STS can't be used: it is no URL", ":2"),
        (
            "",
            "http://user:canary@host",
            "the endpoint in the variable AWS_ENDPOINT_URL_STS can't be used: it holds a user name or a password, which AWS has no use for",
            "",
        ),
        (
            "services = s\n[services s]\nsts =\n  endpoint_url = ftp://x",
            "",
            "the endpoint for STS can't be used: its scheme is neither http nor https",
            ":5",
        ),
    ] {
        let mut setting = Setting::new(&format!("[profile p]\n{config}\n")).credentials(keys);
        if !variable.is_empty() {
            setting = setting.variable("AWS_ENDPOINT_URL_STS", variable);
        }
        let answer = setting.identity("p");
        assert_eq!((answer.code(), answer.message()), ("endpoint", message));
        let said = answer.json["error"]["place"].as_str().unwrap_or("");
        assert!(said.ends_with(place), "{said}");
    }
}
