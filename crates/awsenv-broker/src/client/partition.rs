//! The partitions of AWS, as far as an endpoint can't be had without them
//! (`botocore/data/partitions.json`; <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>).

/// The region of a partition's services that are in no region.
pub(crate) const GLOBAL: &str = "aws-global";

/// One partition.
#[derive(Debug)]
pub(crate) struct Partition {
    /// As in an ARN.
    pub(crate) name: &'static str,
    /// What its regions' names start with; empty for `aws`, which has all others.
    prefixes: &'static [&'static str],
    /// The region that its global services are in.
    pub(crate) home_region: &'static str,
    /// Where STS is asked, where no region is named. For `aws` botocore takes the global endpoint.
    pub(crate) sts_region: &'static str,
    /// The domain of its sign-in service.
    pub(crate) signin: &'static str,
}

/// The commercial one.
pub(crate) const AWS: &Partition = &PARTITIONS[0];

const PARTITIONS: [Partition; 8] = [
    Partition {
        name: "aws",
        prefixes: &[],
        home_region: "us-east-1",
        sts_region: GLOBAL,
        signin: "signin.aws.amazon.com",
    },
    regional("aws-cn", &["cn-"], "cn-north-1", "signin.amazonaws.cn"),
    regional("aws-us-gov", &["us-gov-"], "us-gov-west-1", "signin.amazonaws-us-gov.com"),
    regional("aws-eusc", &["eusc-"], "eusc-de-east-1", "signin.amazonaws-eusc.eu"),
    regional("aws-iso", &["us-iso-"], "us-iso-east-1", "signin.c2shome.ic.gov"),
    regional("aws-iso-b", &["us-isob-"], "us-isob-east-1", "signin.sc2shome.sgov.gov"),
    regional("aws-iso-e", &["eu-isoe-"], "eu-isoe-west-1", "signin.csphome.adc-e.uk"),
    regional("aws-iso-f", &["us-isof-"], "us-isof-south-1", "signin.csphome.hci.ic.gov"),
];

const fn regional(
    name: &'static str,
    prefixes: &'static [&'static str],
    home_region: &'static str,
    signin: &'static str,
) -> Partition {
    Partition { name, prefixes, home_region, sts_region: home_region, signin }
}

/// The partition of an ARN.
pub(crate) fn of_arn(arn: &str) -> Option<&'static Partition> {
    let mut parts = arn.split(':');
    let name = parts.next().filter(|first| *first == "arn").and_then(|_| parts.next())?;
    PARTITIONS.iter().find(|partition| partition.name == name)
}

/// The partition of a region; an unknown one is taken for the commercial partition's, as botocore does.
pub(crate) fn of_region(region: &str) -> &'static Partition {
    let holds = |partition: &&Partition| partition.prefixes.iter().any(|prefix| region.starts_with(prefix));
    PARTITIONS.iter().find(holds).unwrap_or(AWS)
}

/// Whether STS is asked at its global endpoint for `region` with `sts_regional_endpoints = legacy`
/// (`LEGACY_GLOBAL_STS_REGIONS` in `botocore/args.py`).
pub(crate) fn is_legacy_global(region: &str) -> bool {
    const REGIONS: [&str; 16] = [
        "ap-northeast-1",
        "ap-south-1",
        "ap-southeast-1",
        "ap-southeast-2",
        GLOBAL,
        "ca-central-1",
        "eu-central-1",
        "eu-north-1",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "sa-east-1",
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
    ];
    REGIONS.contains(&region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_arns_and_regions() {
        for (arn, name) in [
            ("arn:aws:iam::123456789012:role/a", Some("aws")),
            ("arn:aws-cn:iam::123456789012:role/a", Some("aws-cn")),
            ("arn:aws-iso-f:sts::123456789012:x", Some("aws-iso-f")),
            ("arn:aws-moon:iam::123456789012:role/a", None),
            ("aws-cn:aws-cn", None),
            ("", None),
        ] {
            assert_eq!(of_arn(arn).map(|partition| partition.name), name, "{arn}");
        }
        for partition in &PARTITIONS {
            assert_eq!(of_region(partition.home_region).name, partition.name);
        }
        assert_eq!(of_region("xx-new-1").name, "aws");
    }
}
