//! The way to a profile's credentials, as data: a base source, then roles assumed one after the other.

use serde::{Deserialize, Serialize};

use crate::credentials::{Secret, exposed, exposed_option};
use crate::diagnostic::Origin;

/// How a profile gets its credentials. Base first; executed in this order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialChain {
    /// The steps: one base, then any number of [`CredentialSource::AssumeRole`].
    pub steps: Vec<ChainStep>,
}

/// One step of a chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainStep {
    /// The profile whose settings it is.
    pub profile: String,
    /// Where the setting that makes it stands.
    pub origin: Origin,
    /// What is done.
    pub source: CredentialSource,
}

/// Where credentials come from, in the field's own terms
/// (<https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html>).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "settings", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CredentialSource {
    /// Keys in a file.
    Static {
        /// `aws_access_key_id`.
        access_key_id: String,
        /// `aws_secret_access_key`.
        #[serde(with = "exposed")]
        secret_access_key: Secret,
        /// `aws_session_token`.
        #[serde(with = "exposed_option")]
        session_token: Option<Secret>,
        /// `aws_account_id`, which the user wrote beside the keys.
        account_id: Option<String>,
    },
    /// STS AssumeRole with the credentials of the step before.
    AssumeRole(AssumeRole),
    /// STS AssumeRoleWithWebIdentity with a token from a file.
    WebIdentity {
        /// `role_arn`.
        role_arn: String,
        /// `role_session_name`.
        role_session_name: Option<String>,
        /// `web_identity_token_file`.
        token_file: String,
        /// `duration_seconds`.
        duration_seconds: Option<u32>,
    },
    /// IAM Identity Center.
    Sso(Sso),
    /// `aws login`.
    LoginSession {
        /// `login_session`: the ARN of who logged in.
        login_session: String,
    },
    /// A command that prints credentials.
    CredentialProcess {
        /// `credential_process`, as written.
        command: String,
        /// `aws_account_id`, which the user wrote beside the command.
        account_id: Option<String>,
    },
    /// `credential_source`: what the machine or the environment gives.
    Named(NamedSource),
}

/// One link of a role chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssumeRole {
    /// `role_arn`.
    pub role_arn: String,
    /// `role_session_name`.
    pub role_session_name: Option<String>,
    /// `external_id`.
    pub external_id: Option<String>,
    /// `mfa_serial`: the ARN or serial number of the device.
    pub mfa_serial: Option<String>,
    /// `duration_seconds`.
    pub duration_seconds: Option<u32>,
    /// The profile's `region`: which STS is asked.
    pub region: Option<String>,
}

/// A role or a token of IAM Identity Center.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sso {
    /// The name of the `[sso-session]`; `None`: the legacy form.
    pub sso_session: Option<String>,
    /// `sso_start_url`.
    pub start_url: String,
    /// `sso_region`.
    pub sso_region: String,
    /// `sso_account_id`; `None` where the profile names a session alone, which gives a token but no credentials.
    pub account_id: Option<String>,
    /// `sso_role_name`; goes together with the account.
    pub role_name: Option<String>,
    /// `sso_registration_scopes` of the session, as written: the AWS CLI names a client's registration by them, so that
    /// none and the default ([`Sso::DEFAULT_SCOPE`]) are not the same. The legacy form has none.
    pub scopes: Vec<String>,
}

impl Sso {
    /// What a login of a session asks for where `sso_registration_scopes` says nothing.
    pub const DEFAULT_SCOPE: &str = "sso:account:access";
}

/// The values of `credential_source`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NamedSource {
    /// The keys that the environment held before awsenv.
    Environment,
    /// The container's credentials endpoint (ECS, EKS Pod Identity).
    EcsContainer,
    /// The instance metadata service.
    Ec2InstanceMetadata,
}

impl NamedSource {
    /// As it is written in a file; AWS tools take exactly this.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Environment => "Environment",
            Self::EcsContainer => "EcsContainer",
            Self::Ec2InstanceMetadata => "Ec2InstanceMetadata",
        }
    }

    /// Reads the value of `credential_source`.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Environment, Self::EcsContainer, Self::Ec2InstanceMetadata].into_iter().find(|s| s.as_str() == name)
    }
}

impl CredentialSource {
    /// The stable name of the kind, as in `explain --json` and `list --json`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Static { .. } => "static",
            Self::AssumeRole(_) => "assume-role",
            Self::WebIdentity { .. } => "web-identity",
            Self::Sso(_) => "sso",
            Self::LoginSession { .. } => "login-session",
            Self::CredentialProcess { .. } => "credential-process",
            Self::Named(_) => "credential-source",
        }
    }

    /// The account its credentials belong to, as far as the files say so: from a role's ARN, the SSO profile, the ARN
    /// of a login session, or the user's own `aws_account_id`.
    pub fn account_id(&self) -> Option<&str> {
        match self {
            Self::Static { account_id, .. } | Self::CredentialProcess { account_id, .. } => account_id.as_deref(),
            Self::AssumeRole(role) => arn_account(&role.role_arn),
            Self::WebIdentity { role_arn, .. } => arn_account(role_arn),
            Self::Sso(sso) => sso.account_id.as_deref(),
            Self::LoginSession { login_session } => arn_account(login_session),
            Self::Named(_) => None,
        }
    }
}

impl CredentialChain {
    /// The base source.
    pub fn base(&self) -> &ChainStep {
        &self.steps[0]
    }

    /// The last step: its credentials are the profile's.
    pub fn last(&self) -> &ChainStep {
        &self.steps[self.steps.len() - 1]
    }

    /// The roles that are assumed after the base.
    pub fn roles(&self) -> impl Iterator<Item = &AssumeRole> {
        self.steps.iter().filter_map(|step| match &step.source {
            CredentialSource::AssumeRole(role) => Some(role),
            _ => None,
        })
    }

    /// Whether it starts from `source`.
    pub fn starts_from(&self, source: NamedSource) -> bool {
        self.base().source == CredentialSource::Named(source)
    }
}

/// The account in an ARN (`arn:partition:service:region:account:resource`), where there is one of 12 digits.
pub fn arn_account(arn: &str) -> Option<&str> {
    let mut parts = arn.splitn(6, ':');
    if parts.next() != Some("arn") {
        return None;
    }
    parts.nth(3).filter(|account| is_account_id(account) && parts.next().is_some())
}

/// Whether `text` is an AWS account id: 12 digits.
pub fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_of_arns() {
        assert_eq!(arn_account("arn:aws:iam::123456789012:role/x:y"), Some("123456789012"));
        assert_eq!(arn_account("arn:aws-cn:iam::123456789012:role/path/x"), Some("123456789012"));
        for bad in ["", "arn:aws:iam::123456789012", "arn:aws:iam::12345678901a:role/x", "x:aws:iam::123456789012:r"] {
            assert_eq!(arn_account(bad), None, "{bad}");
        }
    }
}
