use super::*;
use crate::testing::with_profiles;

/// `NAME=value …` in order, or the error's code.
fn exported(config: &str) -> String {
    with_profiles(config, "", |set| match export_settings(set, set.get("a").unwrap()) {
        Ok(settings) => {
            let variables: Vec<String> =
                settings.variables.iter().map(|(name, value)| format!("{name}={value}")).collect();
            variables.join(" ")
        }
        Err(error) => error.code.to_owned(),
    })
}

#[test]
fn settings_with_a_variable() {
    assert_eq!(
        exported("[profile a]\nregion = r\nca_bundle = /x\nuse_fips_endpoint = true\nmax_attempts = 3\noutput = text"),
        "AWS_CA_BUNDLE=/x AWS_USE_FIPS_ENDPOINT=true AWS_MAX_ATTEMPTS=3 AWS_DEFAULT_OUTPUT=text"
    );
}

#[test]
fn what_default_would_push_in_is_neutralized() {
    let default = "[default]\nuse_fips_endpoint = True\nuse_dualstack_endpoint = true\nendpoint_url = http://evil\n";
    assert_eq!(
        exported(&format!("{default}[profile a]\nregion = r")),
        "AWS_USE_FIPS_ENDPOINT=false AWS_USE_DUALSTACK_ENDPOINT=false AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true"
    );
    assert_eq!(
        exported(&format!("{default}[profile a]\nendpoint_url = http://own\nuse_fips_endpoint = false")),
        "AWS_USE_FIPS_ENDPOINT=false AWS_USE_DUALSTACK_ENDPOINT=false AWS_ENDPOINT_URL=http://own"
    );
    assert_eq!(exported("[default]\nuse_fips_endpoint = false\n[profile a]\n"), "");
    let legacy = "[default]\nsts_regional_endpoints = legacy\n";
    assert_eq!(exported(&format!("{legacy}[profile a]\n")), "AWS_STS_REGIONAL_ENDPOINTS=regional");
    assert_eq!(
        exported(&format!("{legacy}[profile a]\nsts_regional_endpoints = legacy")),
        "AWS_STS_REGIONAL_ENDPOINTS=legacy"
    );
}

/// botocore makes no client at all where [default] names services that are not there.
#[test]
fn services_of_default_that_are_not_there_are_kept_off() {
    for section in ["", "[services gone]\n"] {
        let default = format!("{section}[default]\nservices = gone\n");
        assert_eq!(exported(&format!("{default}[profile a]\n")), "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true");
        let own = "[services s]\ns3 =\n  endpoint_url = http://s3\n[profile a]\nservices = s\n";
        assert_eq!(exported(&format!("{default}{own}")), "endpoints-need-profile");
        assert_eq!(
            exported(&format!("{default}{own}endpoint_url = http://own")),
            "AWS_ENDPOINT_URL=http://own AWS_ENDPOINT_URL_S3=http://s3"
        );
    }
}

#[test]
fn endpoints_of_services() {
    let services = "[services s]\ns3 =\n  endpoint_url = http://s3\ndynamo-db =\n  endpoint_url = http://d\n";
    let profile = "[profile a]\nservices = s\n";
    assert_eq!(
        exported(&format!("{services}{profile}")),
        "AWS_ENDPOINT_URL_S3=http://s3 AWS_ENDPOINT_URL_DYNAMO_DB=http://d"
    );
    assert_eq!(exported(&format!("{services}{profile}[default]\nendpoint_url = x")), "endpoints-need-profile");
    let theirs = "[default]\nservices = t\n[services t]\nsts =\n  endpoint_url = http://t\n";
    assert_eq!(exported(&format!("{services}{profile}{theirs}")), "endpoints-need-profile");
    assert_eq!(
        exported(&format!("{services}{profile}[default]\nservices = s\n")),
        "AWS_ENDPOINT_URL_S3=http://s3 AWS_ENDPOINT_URL_DYNAMO_DB=http://d"
    );
    assert_eq!(exported("[profile a]\nservices = none"), "services-not-found");
    assert_eq!(exported("[services none]\n[profile a]\nservices = none"), "services-not-found");
}

#[test]
fn endpoints_that_are_to_be_ignored() {
    let own = "[profile a]\nendpoint_url = http://own\n";
    assert_eq!(
        exported(&format!("{own}ignore_configured_endpoint_urls = true")),
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true"
    );
    assert_eq!(
        exported(&format!("{own}[default]\nignore_configured_endpoint_urls = true")),
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=false AWS_ENDPOINT_URL=http://own"
    );
    let services = "[services s]\ns3 =\n  endpoint_url = http://s3\n[profile a]\nservices = s\n";
    let ignoring = "[default]\nignore_configured_endpoint_urls = true\n";
    assert_eq!(
        exported(&format!("{services}{ignoring}")),
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=false AWS_ENDPOINT_URL_S3=http://s3"
    );
    assert_eq!(exported(&format!("{services}{ignoring}endpoint_url = http://evil")), "endpoints-need-profile");
}

#[test]
fn what_no_variable_can_say_is_told() {
    let config =
        "[default]\ns3 =\n  addressing_style = path\nca_bundle = /d\n[profile a]\ns3 =\n  addressing_style = virtual\n";
    with_profiles(config, "", |set| {
        let settings = export_settings(set, set.get("a").unwrap()).unwrap();
        let codes: Vec<_> = settings.diagnostics.iter().map(|d| (d.code, d.origin.unwrap().line)).collect();
        assert_eq!(codes, [("no-variable", 7), ("default-shines-through", 4)]);
    });
}
