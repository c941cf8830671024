//! The names of AWS's own hosts, in every partition: which service and region each stands for.
//!
//! Source: botocore's partitions and the endpoint rules of the five services, FIPS and dual stack included.

/// What follows service and region.
const SUFFIXES: &[&str] = &[
    "amazonaws.com",
    "api.aws",
    "amazonaws.com.cn",
    "api.amazonwebservices.com.cn",
    "amazonaws.eu",
    "api.amazonwebservices.eu",
    "c2s.ic.gov",
    "api.aws.ic.gov",
    "sc2s.sgov.gov",
    "api.aws.scloud",
    "cloud.adc-e.uk",
    "api.cloud-aws.adc-e.uk",
    "csp.hci.ic.gov",
    "api.aws.hci.ic.gov",
    // Sign-In has domains of its own.
    "aws.amazon.com",
    "amazonaws.cn",
    "amazonaws-us-gov.com",
    "amazonaws-eusc.eu",
    "c2shome.ic.gov",
];

/// A host of AWS's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// The fake's name of the service.
    pub(crate) service: &'static str,
    /// The region in the name; of a global name the one that signatures are scoped to, where that is known.
    pub(crate) region: Option<String>,
}

/// What `host` (without its port) stands for; `None` where it isn't a host of a service that the fake plays.
pub(crate) fn endpoint(host: &str) -> Option<Endpoint> {
    let suffix =
        SUFFIXES.iter().filter(|suffix| host.ends_with(&format!(".{suffix}"))).max_by_key(|suffix| suffix.len());
    let suffix = *suffix?;
    let labels: Vec<_> = host[..host.len() - suffix.len() - 1].split('.').collect();
    let names: Vec<_> = labels.iter().map(|label| label.strip_suffix("-fips").unwrap_or(label)).collect();
    let service = match names.as_slice() {
        ["sts", ..] => "sts",
        ["iam", ..] => "iam",
        ["oidc", _] => "sso-oidc",
        ["portal", "sso", _] => "sso",
        ["signin"] | ["signin", _] | [_, "signin"] => "signin",
        _ => return None,
    };
    let named = labels.iter().find(|label| is_region(label)).map(|label| (*label).to_owned());
    let is_global = names.len() == 1 && suffix == "amazonaws.com";
    Some(Endpoint { service, region: named.or_else(|| is_global.then(|| "us-east-1".to_owned())) })
}

/// `eu-west-1`, `us-gov-east-1`, `us-isob-east-1`: words and a number at the end.
pub(crate) fn is_region(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let Some((number, words)) = parts.split_last() else { return false };
    let is_word = |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    words.len() >= 2 && words.iter().all(is_word) && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
}

/// The host of `name` or `name:port`.
pub(crate) fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_stand_for_a_service_and_a_region() {
        for (host, service, region) in [
            ("sts.eu-west-1.amazonaws.com", "sts", Some("eu-west-1")),
            ("sts-fips.us-gov-west-1.api.aws", "sts", Some("us-gov-west-1")),
            ("sts.amazonaws.com", "sts", Some("us-east-1")),
            ("iam.cn-north-1.amazonaws.com.cn", "iam", Some("cn-north-1")),
            ("iam.us-gov.amazonaws.com", "iam", None),
            ("oidc.eusc-de-east-1.amazonaws.eu", "sso-oidc", Some("eusc-de-east-1")),
            ("portal.sso-fips.us-iso-east-1.c2s.ic.gov", "sso", Some("us-iso-east-1")),
            ("portal.sso.us-isob-east-1.sc2s.sgov.gov", "sso", Some("us-isob-east-1")),
            ("eu-west-1.signin.aws.amazon.com", "signin", Some("eu-west-1")),
            ("signin-fips.amazonaws-us-gov.com", "signin", None),
            ("sts.us-iso-east-1.api.aws.ic.gov", "sts", Some("us-iso-east-1")),
        ] {
            let expected = Endpoint { service, region: region.map(str::to_owned) };
            assert_eq!(endpoint(host), Some(expected), "{host}");
        }
        for host in ["s3.amazonaws.com", "sts.example.com", "amazonaws.com", "stsamazonaws.com", "127.0.0.1", ""] {
            assert_eq!(endpoint(host), None, "{host}");
        }
        assert_eq!((without_port("a.b:443"), without_port("a.b")), ("a.b", "a.b"));
    }
}
