//! Who and what exists in the fake's AWS: people with keys, roles with trust policies, IAM Identity Center.

use ring::digest;

use super::key_id::key_id;
use super::wire::hex;

/// An IAM user with long-term keys.
///
/// ```
/// use awsenv_testkit::fake::User;
/// let person = User::new("111122223333", "someone").mfa("arn:aws:iam::111122223333:mfa/phone", &["123456", "654321"]);
/// assert_eq!(person.arn(), "arn:aws:iam::111122223333:user/someone");
/// ```
#[derive(Clone, Debug)]
pub struct User {
    pub(crate) account: String,
    pub(crate) name: String,
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
    pub(crate) mfa_serial: Option<String>,
    pub(crate) mfa_codes: Vec<String>,
    pub(crate) partition: String,
}

impl User {
    /// A user with keys made from the names: the same names give the same keys.
    pub fn new(account: &str, name: &str) -> Self {
        let number = name.bytes().fold(17u64, |sum, byte| sum.wrapping_mul(131).wrapping_add(byte.into()));
        Self {
            account: account.to_owned(),
            name: name.to_owned(),
            access_key_id: key_id("AKIA", account, number),
            secret_access_key: format!("secret/of+{name}+in/{account}"),
            mfa_serial: None,
            mfa_codes: Vec::new(),
            partition: "aws".to_owned(),
        }
    }

    /// These keys instead.
    #[must_use]
    pub fn keys(mut self, access_key_id: &str, secret_access_key: &str) -> Self {
        access_key_id.clone_into(&mut self.access_key_id);
        secret_access_key.clone_into(&mut self.secret_access_key);
        self
    }

    /// An MFA device and the codes it will show. Each is accepted once; more can be added while the fake runs
    /// ([`FakeAws::add_mfa_code`](super::FakeAws::add_mfa_code)).
    #[must_use]
    pub fn mfa(mut self, serial: &str, codes: &[&str]) -> Self {
        self.mfa_serial = Some(serial.to_owned());
        self.mfa_codes = codes.iter().map(|code| (*code).to_owned()).collect();
        self
    }

    /// The partition of the user's ARN; `aws` unless said.
    #[must_use]
    pub fn partition(mut self, partition: &str) -> Self {
        partition.clone_into(&mut self.partition);
        self
    }

    /// The user's ARN.
    pub fn arn(&self) -> String {
        format!("arn:{}:iam::{}:user/{}", self.partition, self.account, self.name)
    }

    /// The access key id.
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// The secret access key.
    pub fn secret_access_key(&self) -> &str {
        &self.secret_access_key
    }

    /// The two lines that a credentials file has for this user, without a section's header.
    pub fn credentials_lines(&self) -> String {
        format!("aws_access_key_id = {}\naws_secret_access_key = {}\n", self.access_key_id, self.secret_access_key)
    }
}

/// What a role's trust policy asks for in the way of MFA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MfaRule {
    /// Nothing.
    NotNeeded,
    /// `aws:MultiFactorAuthPresent`: a code on the call, or a session from `GetSessionToken` that was made with one.
    Needed,
    /// A code on the call itself; the policy refuses a session (as `aws:MultiFactorAuthAge` of a few seconds does).
    NeededOnTheCall,
}

/// A role with its trust policy.
///
/// ```
/// use awsenv_testkit::fake::{MfaRule, Role};
/// let role = Role::new("arn:aws:iam::123456789012:role/Admin")
///     .trusts("arn:aws:iam::111122223333:user/someone")
///     .external_id("xy")
///     .mfa(MfaRule::Needed);
/// assert_eq!(role.account(), "123456789012");
/// ```
#[derive(Clone, Debug)]
pub struct Role {
    pub(crate) arn: String,
    pub(crate) trusts: Vec<String>,
    pub(crate) external_id: Option<String>,
    pub(crate) mfa: MfaRule,
    pub(crate) max_duration: u64,
    pub(crate) web_identity: Vec<WebIdentityTrust>,
    pub(crate) session_name: Option<String>,
}

/// Whose tokens may have a role.
#[derive(Clone, Debug)]
pub(crate) struct WebIdentityTrust {
    pub(crate) provider: String,
    pub(crate) audience: String,
    pub(crate) subject: String,
}

impl Role {
    /// A role that trusts nobody yet, with AWS's default of at most an hour.
    ///
    /// # Panics
    ///
    /// Where `arn` isn't the ARN of an IAM role.
    pub fn new(arn: &str) -> Self {
        let parts: Vec<_> = arn.split(':').collect();
        assert!(parts.len() == 6 && parts[2] == "iam" && parts[5].starts_with("role/"), "not a role's ARN: {arn}");
        Self {
            arn: arn.to_owned(),
            trusts: Vec::new(),
            external_id: None,
            mfa: MfaRule::NotNeeded,
            max_duration: 3600,
            web_identity: Vec::new(),
            session_name: None,
        }
    }

    /// May be assumed by this principal: the ARN of a user or a role, of an account's root (everybody in it), or `*`.
    #[must_use]
    pub fn trusts(mut self, principal: &str) -> Self {
        self.trusts.push(principal.to_owned());
        self
    }

    /// Only with this external id.
    #[must_use]
    pub fn external_id(mut self, external_id: &str) -> Self {
        self.external_id = Some(external_id.to_owned());
        self
    }

    /// Only with MFA.
    #[must_use]
    pub fn mfa(mut self, rule: MfaRule) -> Self {
        self.mfa = rule;
        self
    }

    /// `MaxSessionDuration`, in seconds.
    #[must_use]
    pub fn max_duration(mut self, seconds: u64) -> Self {
        self.max_duration = seconds;
        self
    }

    /// Only with this session name (`sts:RoleSessionName` in the policy).
    #[must_use]
    pub fn session_name(mut self, name: &str) -> Self {
        self.session_name = Some(name.to_owned());
        self
    }

    /// May be assumed with a web identity token of this provider (its URL without `https://`), audience and subject.
    #[must_use]
    pub fn trusts_web_identity(mut self, provider: &str, audience: &str, subject: &str) -> Self {
        self.web_identity.push(WebIdentityTrust {
            provider: provider.to_owned(),
            audience: audience.to_owned(),
            subject: subject.to_owned(),
        });
        self
    }

    /// The role's ARN.
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// The account in the ARN.
    pub fn account(&self) -> &str {
        self.arn.split(':').nth(4).unwrap_or_default()
    }

    /// The role's name, without its path.
    pub fn name(&self) -> &str {
        self.arn.rsplit('/').next().unwrap_or_default()
    }
}

/// An IAM Identity Center: a start URL, one person who signs in there, and the roles that person was assigned.
///
/// ```
/// use awsenv_testkit::fake::SsoInstance;
/// let sso = SsoInstance::new("https://acme.awsapps.com/start").assign("123456789012", "Admin");
/// ```
#[derive(Clone, Debug)]
pub struct SsoInstance {
    pub(crate) start_url: String,
    pub(crate) user: String,
    pub(crate) assignments: Vec<(String, String)>,
    pub(crate) partition: String,
}

impl SsoInstance {
    /// An instance where `someone` signs in, with no assignment.
    pub fn new(start_url: &str) -> Self {
        Self {
            start_url: start_url.to_owned(),
            user: "someone".to_owned(),
            assignments: Vec::new(),
            partition: "aws".to_owned(),
        }
    }

    /// Who signs in; the session name of the role credentials.
    #[must_use]
    pub fn user(mut self, name: &str) -> Self {
        name.clone_into(&mut self.user);
        self
    }

    /// Assigns a role (permission set) in an account.
    #[must_use]
    pub fn assign(mut self, account: &str, role_name: &str) -> Self {
        self.assignments.push((account.to_owned(), role_name.to_owned()));
        self
    }

    /// The partition of the roles' ARNs; `aws` unless said.
    #[must_use]
    pub fn partition(mut self, partition: &str) -> Self {
        partition.clone_into(&mut self.partition);
        self
    }

    /// The ARN of the role that Identity Center has made in an account for a permission set: what a trust policy names
    /// where a chain goes on from it.
    pub fn role_arn(&self, account: &str, role_name: &str) -> String {
        let digest = digest::digest(&digest::SHA256, format!("{account}/{role_name}").as_bytes());
        let suffix = hex(&digest.as_ref()[..8]);
        format!(
            "arn:{}:iam::{account}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_{role_name}_{suffix}",
            self.partition
        )
    }
}

/// What is wrong with the certificate that the fake shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateFault {
    /// It is another host's.
    WrongName,
    /// It ended in 2001.
    Expired,
}

/// What the person in front of the browser does with a page that asks for access.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Consent {
    /// Clicks "allow".
    #[default]
    Allow,
    /// Clicks "deny".
    Deny,
    /// Looks at the page and does nothing.
    Ignore,
}

/// The ARN that a role's credentials have in STS.
pub(crate) fn assumed_role_arn(role_arn: &str, session: &str) -> String {
    let part = |number| role_arn.split(':').nth(number).unwrap_or_default();
    let name = role_arn.rsplit('/').next().unwrap_or_default();
    format!("arn:{}:sts::{}:assumed-role/{name}/{session}", part(1), part(4))
}
