//! Which host is asked, seen by a proxy: every partition, FIPS, dual stack, the old global endpoint, no region at all.

use awsenv_host::sso_cache::SsoTokenKey;
use awsenv_testkit::fake::{FakeAws, SsoInstance};
use serde_json::{Value, json};

use crate::connect_proxy::{Proxy, Way};
use crate::oracle;
use crate::program::{Answer, Setting};

const REGIONS: [&str; 13] = [
    "us-east-1",
    "eu-west-1",
    "af-south-1",
    "cn-north-1",
    "us-gov-west-1",
    "us-gov-east-1",
    "eusc-de-east-1",
    "us-iso-east-1",
    "us-isob-east-1",
    "eu-isoe-west-1",
    "us-isof-south-1",
    "aws-global",
    "xx-new-1",
];

const KEYS: &str = "[p]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = canary\n";

/// The settings of one case, as lines of the profile.
fn lines(region: Option<&str>, fips: bool, dualstack: bool, legacy: bool) -> String {
    let mut lines = String::new();
    if let Some(region) = region {
        lines += &format!("region = {region}\n");
    }
    for (on, line) in [
        (fips, "use_fips_endpoint = true\n"),
        (dualstack, "use_dualstack_endpoint = true\n"),
        (legacy, "sts_regional_endpoints = legacy\n"),
    ] {
        if on {
            lines += line;
        }
    }
    lines
}

/// The host that the proxy was asked for in one run, or `error`.
fn host(proxy: &Proxy, answer: &Answer) -> String {
    let asked = proxy.take();
    match asked.as_slice() {
        [] => "error".to_owned(),
        [one] => one.what.strip_prefix("CONNECT ").and_then(|rest| rest.strip_suffix(":443")).unwrap().to_owned(),
        more => panic!("{more:?} {}", answer.json),
    }
}

fn through(setting: Setting, proxy: &Proxy) -> Setting {
    setting
        .variable("HTTPS_PROXY", format!("http://{}", proxy.address()))
        .variable("NO_PROXY", "")
        .variable("AWS_MAX_ATTEMPTS", "1")
}

#[test]
fn sts_is_asked_where_botocore_asks_it() {
    let mut cases = Vec::new();
    for region in REGIONS {
        for bits in 0..8 {
            cases.push(lines(Some(region), bits & 1 != 0, bits & 2 != 0, bits & 4 != 0));
        }
    }
    cases.push(lines(None, false, false, false));
    cases.push(lines(None, false, false, true));
    let input: Value = cases.iter().map(|case| json!({"service": "sts", "config": case})).collect();
    let Some(theirs) = oracle::ask("regions of STS", "oracle_hosts.py", &input) else { return };
    let proxy = Proxy::start(Way::Refused(403), None);
    for (case, theirs) in cases.iter().zip(theirs.as_array().unwrap()) {
        let setting = through(Setting::new(&format!("[profile p]\n{case}")).credentials(KEYS), &proxy);
        let answer = setting.identity("p");
        assert_same_host(&host(&proxy, &answer), theirs.as_str().unwrap(), case, &answer);
    }
}

#[test]
fn sign_in_is_asked_where_botocore_asks_it() {
    let mut cases = Vec::new();
    for region in REGIONS.into_iter().filter(|region| *region != "aws-global") {
        for bits in 0..4 {
            cases.push(lines(Some(region), bits & 1 != 0, bits & 2 != 0, false));
        }
    }
    let input: Value = cases.iter().map(|case| json!({"service": "signin", "config": case})).collect();
    let Some(theirs) = oracle::ask("regions of Sign-In", "oracle_hosts.py", &input) else { return };
    let fake = FakeAws::builder().start();
    let login = fake.login_session("arn:aws:iam::111122223333:user/someone", -60);
    let proxy = Proxy::start(Way::Refused(403), None);
    for (case, theirs) in cases.iter().zip(theirs.as_array().unwrap()) {
        let config = format!("[profile p]\nlogin_session = {}\n{case}", login.identity);
        let setting = through(Setting::new(&config), &proxy);
        crate::login_session::plant(&setting, &login.identity, &login.to_cache_json());
        let answer = setting.run("p");
        assert_same_host(&host(&proxy, &answer), theirs.as_str().unwrap(), case, &answer);
    }
}

/// The portal with a valid token, the OIDC service with one that is to be renewed.
#[test]
fn identity_center_is_asked_where_botocore_asks_it() {
    const START_URL: &str = "https://acme.awsapps.com/start";
    let mut cases = Vec::new();
    for region in REGIONS.into_iter().filter(|region| *region != "aws-global") {
        for bits in 0..4 {
            for (service, left) in [("sso", 3600), ("sso-oidc", -60)] {
                cases.push((service, left, region, lines(Some(region), bits & 1 != 0, bits & 2 != 0, false)));
            }
        }
    }
    let input: Value = cases.iter().map(|(service, _, _, case)| json!({"service": service, "config": case})).collect();
    let Some(theirs) = oracle::ask("regions of Identity Center", "oracle_hosts.py", &input) else { return };
    let fake = FakeAws::builder().sso(SsoInstance::new(START_URL).assign("123456789012", "Admin")).start();
    let proxy = Proxy::start(Way::Refused(403), None);
    for ((service, left, region, case), theirs) in cases.iter().zip(theirs.as_array().unwrap()) {
        let token = fake.sso_token(START_URL, *left).to_cache_json(region);
        let config = format!(
            "[sso-session s]\nsso_start_url = {START_URL}\nsso_region = {region}\n\
             [profile p]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = Admin\n{case}"
        );
        let setting = through(Setting::new(&config), &proxy);
        let file = SsoTokenKey::SessionName("s".to_owned()).file_name();
        let path = setting.home.join(".aws/sso/cache").join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, token.to_string()).unwrap();
        let answer = setting.run("p");
        assert_same_host(&host(&proxy, &answer), theirs.as_str().unwrap(), &format!("{service} {case}"), &answer);
    }
}

/// Whether the isolated partitions have dual stack is a matter of the data's age; botocore's says no for some.
#[track_caller]
fn assert_same_host(ours: &str, theirs: &str, case: &str, answer: &Answer) {
    if theirs == "error" && case.contains("-iso") && case.contains("dualstack") {
        let domain = [".cloud-aws.adc-e.uk", ".hci.ic.gov", ".c2s.ic.gov", ".sgov.gov"];
        assert!(ours == "error" || domain.iter().any(|domain| ours.ends_with(domain)), "{case}: {ours}");
    } else {
        assert_eq!(ours, theirs, "{case}: {}", answer.json);
    }
}

/// botocore takes the global endpoint, which knows no other partition's roles; the role's ARN tells the partition.
#[test]
fn without_a_region_the_partition_decides() {
    let proxy = Proxy::start(Way::Refused(403), None);
    for (partition, extra, expected) in [
        ("aws", "", "sts.amazonaws.com"),
        ("aws", "use_fips_endpoint = true", "sts-fips.us-east-1.amazonaws.com"),
        ("aws", "use_dualstack_endpoint = true", "sts.us-east-1.api.aws"),
        ("aws-cn", "", "sts.cn-north-1.amazonaws.com.cn"),
        ("aws-us-gov", "", "sts.us-gov-west-1.amazonaws.com"),
        ("aws-eusc", "", "sts.eusc-de-east-1.amazonaws.eu"),
        ("aws-iso", "", "sts.us-iso-east-1.c2s.ic.gov"),
        ("aws-iso-b", "", "sts.us-isob-east-1.sc2s.sgov.gov"),
        ("aws-iso-e", "", "sts.eu-isoe-west-1.cloud.adc-e.uk"),
        ("aws-iso-f", "", "sts.us-isof-south-1.csp.hci.ic.gov"),
    ] {
        let config = format!(
            "[profile p]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = canary\n\
             [profile r]\nsource_profile = p\nrole_arn = arn:{partition}:iam::111122223333:role/a\n{extra}\n"
        );
        let setting = through(Setting::new(&config), &proxy);
        let answer = setting.run("r");
        assert_eq!(host(&proxy, &answer), expected, "{partition}: {}", answer.json);
    }
}

#[test]
fn a_region_that_leads_elsewhere_is_refused() {
    let proxy = Proxy::start(Way::Refused(403), None);
    let setting = |config: &str| through(Setting::new(config).credentials(KEYS), &proxy);
    for region in ["evil.example/", "x@evil.example", "a b", "..", "a\u{e4}", "-a", "a/../b", "a#"] {
        let answer = setting(&format!("[profile p]\nregion = {region}\n")).identity("p");
        assert_eq!(answer.code(), "bad-region", "{region}");
        let answer = setting("[profile p]\n").variable("AWS_REGION", region).identity("p");
        assert_eq!((answer.code(), answer.message()), ("bad-region", "the variable AWS_REGION is no region's name"));
        let role = "[profile r]\nrole_arn = arn:aws:iam::111122223333:role/a\nsource_profile = p\n[profile p]\n";
        let mut request = setting(role).request("r").unwrap();
        request.calls.region = Some(region.to_owned());
        assert_eq!(setting(role).ask(&request).code(), "bad-region", "{region}");
    }
    assert_eq!(proxy.take(), []);
}
