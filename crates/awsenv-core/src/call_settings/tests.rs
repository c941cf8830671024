use super::*;
use crate::testing::with_profiles;

fn settings(config: &str, variables: &[(&str, &str)]) -> Result<CallSettings, ResolveError> {
    let environment: Environment = variables.iter().copied().collect();
    with_profiles(config, "", |set| call_settings(set, set.get("b"), &environment, &CallDefaults::default()))
}

/// `SERVICE=url` for each endpoint, then the one for all.
fn endpoints(config: &str, variables: &[(&str, &str)]) -> String {
    let settings = match settings(config, variables) {
        Ok(settings) => settings,
        Err(error) => return error.code.to_owned(),
    };
    let services = settings.endpoint_urls.iter().map(|(service, url)| format!("{service}={url}"));
    services.chain(settings.endpoint_url).collect::<Vec<_>>().join(" ")
}

const SERVICES_OF_B: &str =
    "[profile b]\nendpoint_url = http://own\nservices = s\n[services s]\nsts =\n  endpoint_url = http://sts\n";

#[test]
fn variables_beat_files_and_the_one_for_all_beats_a_files_entry_for_one() {
    for (variables, expected) in [
        (&[][..], "STS=http://sts http://own"),
        (&[("AWS_ENDPOINT_URL", "http://v")], "http://v"),
        (&[("AWS_ENDPOINT_URL_STS", "http://v")], "STS=http://v http://own"),
        (&[("AWS_ENDPOINT_URL_SSO_OIDC", "http://v")], "SSO_OIDC=http://v STS=http://sts http://own"),
        (&[("AWS_ENDPOINT_URL_STS", ""), ("AWS_ENDPOINT_URL", "")], "STS=http://sts http://own"),
        (&[("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "TRUE"), ("AWS_ENDPOINT_URL", "http://v")], ""),
    ] {
        assert_eq!(endpoints(SERVICES_OF_B, variables), expected, "{variables:?}");
    }
    let ignoring = "[profile b]\nendpoint_url = http://own\nignore_configured_endpoint_urls = true\n";
    assert_eq!(endpoints(ignoring, &[("AWS_ENDPOINT_URL_STS", "http://v")]), "");
    assert_eq!(endpoints(ignoring, &[("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "false")]), "http://own");
    assert_eq!(endpoints(ignoring, &[("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "")]), "http://own");
}

#[test]
fn a_services_section_that_is_not_there() {
    let config = "[profile b]\nservices = gone\n";
    assert_eq!(endpoints(config, &[]), "services-not-found");
    assert_eq!(endpoints(config, &[("AWS_ENDPOINT_URL", "http://v")]), "http://v");
    assert_eq!(endpoints(config, &[("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")]), "");
}

#[test]
fn what_awsenv_exported_for_another_profile_steers_nothing() {
    let config = "[default]\nendpoint_url = http://default\n[profile a]\nregion = eu-west-1\nendpoint_url = http://a\n\
        use_fips_endpoint = true\nca_bundle = /a.pem\n[profile b]\n";
    let of_a = [
        ("AWSENV_PROFILE", "a"),
        ("AWS_ENDPOINT_URL", "http://a"),
        ("AWS_USE_FIPS_ENDPOINT", "true"),
        ("AWS_CA_BUNDLE", "/a.pem"),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_DEFAULT_REGION", "eu-west-1"),
    ];
    let plain = settings(config, &[]).unwrap();
    assert_eq!(plain.region, None);
    assert_eq!(settings(config, &of_a).unwrap(), plain);
    let neutral = [("AWSENV_PROFILE", "b"), ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")];
    let own = "[default]\nendpoint_url = http://default\n[profile b]\n";
    assert_eq!(settings(own, &neutral).unwrap(), plain);
}

/// The files may have changed since: what was exported is still not the user's.
#[test]
fn what_awsenv_exported_from_older_files_steers_nothing_either() {
    let of_a = [
        ("AWS_ENDPOINT_URL", "http://old"),
        ("AWS_ENDPOINT_URL_STS", "http://old"),
        ("AWS_CA_BUNDLE", "/old.pem"),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_DEFAULT_REGION", "eu-west-1"),
    ];
    let source = fingerprint::with_settings("0123456789abcdef", of_a);
    let mut variables = vec![("AWSENV_PROFILE", "a"), ("AWSENV_SOURCE", source.as_str())];
    variables.extend(of_a);
    for config in ["[profile a]\nendpoint_url = http://new\n[profile b]\n", "[profile b]\n"] {
        assert_eq!(settings(config, &variables).unwrap(), settings(config, &[]).unwrap(), "{config}");
    }
    // One was changed by hand: each is looked at for itself.
    variables.push(("AWS_ENDPOINT_URL", "http://by-hand"));
    let config = "[profile a]\nca_bundle = /old.pem\nendpoint_url = http://old\nregion = eu-west-1\n[profile b]\n";
    let by_hand = settings(config, &variables).unwrap();
    assert_eq!((by_hand.endpoint_url.as_deref(), by_hand.ca_bundle), (Some("http://by-hand"), None));
    assert_eq!(by_hand.region, None);
}

#[test]
fn what_the_user_set_by_hand_counts_beside_what_awsenv_exported() {
    let config = "[profile a]\nregion = eu-west-1\nendpoint_url = http://a\n[profile b]\n";
    let mut variables = vec![
        ("AWSENV_PROFILE", "a"),
        ("AWS_ENDPOINT_URL", "http://by-hand"),
        ("AWS_REGION", "us-west-2"),
        ("AWS_DEFAULT_REGION", "eu-west-1"),
    ];
    let by_hand = settings(config, &variables).unwrap();
    assert_eq!(by_hand.endpoint_url.as_deref(), Some("http://by-hand"));
    assert_eq!(by_hand.origins["endpoint_url"], SettingOrigin::Variable("AWS_ENDPOINT_URL".into()));
    assert_eq!(by_hand.region.as_deref(), Some("us-west-2"));
    // `use a --region us-west-2` is awsenv's.
    variables.push(("AWSENV_OPTIONS", "--region=us-west-2"));
    assert_eq!(settings(config, &variables).unwrap().region.as_deref(), Some("eu-west-1"));
}

#[test]
fn regions() {
    let environment: Environment =
        [("AWS_DEFAULT_REGION", "eu-central-1"), ("AWS_REGION", "eu-north-1")].into_iter().collect();
    let defaults = CallDefaults { region: Some("sa-east-1"), ..CallDefaults::default() };
    let region = |config: &str, environment: &Environment| {
        with_profiles(config, "", |set| call_settings(set, set.get("b"), environment, &defaults))
            .map(|settings| settings.region.unwrap())
            .map_err(|error| (error.code, error.message))
    };
    assert_eq!(region("[profile b]\nregion = us-east-2\n", &environment).unwrap(), "us-east-2");
    assert_eq!(region("[profile b]\n", &environment).unwrap(), "eu-north-1");
    assert_eq!(region("[profile b]\n", &Environment::default()).unwrap(), "sa-east-1");
    let hostile = [("AWS_REGION", "evil.example/")].into_iter().collect();
    assert_eq!(
        region("[profile b]\n", &hostile).unwrap_err(),
        ("bad-region", "the variable AWS_REGION is no region's name".to_owned())
    );
    assert_eq!(region("[profile b]\nregion = a.b\n", &environment).unwrap_err().0, "bad-region");
}

#[test]
fn everything_else_from_the_variable_then_the_profile() {
    let config = "[profile b]\nuse_fips_endpoint = True\nuse_dualstack_endpoint = true\nca_bundle = /own.pem\n\
        sts_regional_endpoints = legacy\nmax_attempts = 7\nretry_mode = adaptive\nsdk_ua_app_id = app\n\
        ec2_metadata_service_endpoint = http://[::1]:1338\nec2_metadata_service_endpoint_mode = IPv6\n\
        ec2_metadata_v1_disabled = true\nmetadata_service_timeout = 2\nmetadata_service_num_attempts = 4\n";
    let of_file = settings(config, &[]).unwrap();
    assert!(of_file.use_fips && of_file.use_dualstack && of_file.sts_legacy);
    assert_eq!(of_file.ca_bundle, Some("/own.pem".into()));
    assert_eq!((of_file.max_attempts, of_file.retry_mode.as_deref()), (Some(7), Some("adaptive")));
    assert_eq!(of_file.app_id.as_deref(), Some("app"));
    assert_eq!((of_file.connect_timeout_ms, of_file.call_timeout_ms), (5_000, 30_000));
    let metadata = MetadataSettings {
        endpoint: Some("http://[::1]:1338".into()),
        endpoint_mode: Some("ipv6".into()),
        disabled: false,
        v1_disabled: true,
        timeout_ms: Some(2_000),
        attempts: Some(4),
    };
    assert_eq!(of_file.metadata, metadata);
    let of_variables = settings(
        config,
        &[
            ("AWS_USE_FIPS_ENDPOINT", ""),
            ("AWS_USE_DUALSTACK_ENDPOINT", "no"),
            ("AWS_STS_REGIONAL_ENDPOINTS", "regional"),
            ("AWS_CA_BUNDLE", "/v.pem"),
            ("AWS_MAX_ATTEMPTS", "2"),
            ("AWS_RETRY_MODE", "Standard"),
            ("AWS_EC2_METADATA_DISABLED", "TRUE"),
            ("AWS_EC2_METADATA_V1_DISABLED", "false"),
        ],
    )
    .unwrap();
    assert!(!of_variables.use_fips && !of_variables.use_dualstack && !of_variables.sts_legacy);
    assert_eq!(of_variables.ca_bundle, Some("/v.pem".into()));
    assert_eq!((of_variables.max_attempts, of_variables.retry_mode.as_deref()), (Some(2), Some("standard")));
    assert_eq!(of_variables.metadata, MetadataSettings { disabled: true, v1_disabled: false, ..metadata });
}

#[test]
fn values_that_no_tool_takes() {
    for (key, value) in [
        ("max_attempts", "0"),
        ("max_attempts", "many"),
        ("retry_mode", "never"),
        ("sts_regional_endpoints", "global"),
        ("ec2_metadata_service_endpoint_mode", "ipv5"),
        ("metadata_service_timeout", "1.5"),
        ("metadata_service_num_attempts", "-1"),
    ] {
        let error = settings(&format!("[profile b]\n{key} = {value}\n"), &[]).unwrap_err();
        assert_eq!((error.code, error.origin.unwrap().line), ("bad-setting", 2), "{key}");
        assert!(error.message.starts_with(key), "{}", error.message);
    }
    let error = settings("[profile b]\nmax_attempts = 2\n", &[("AWS_MAX_ATTEMPTS", "x")]).unwrap_err();
    assert_eq!(error.message, "the variable AWS_MAX_ATTEMPTS must be a whole number, 1 or more");
}
