//! What awsenv and `awsenv-broker` say to each other.
//!
//! awsenv writes one [`Request`] as JSON to the broker's standard input: there, and nowhere else, secrets travel. The
//! broker answers with one JSON object on standard output: credentials in the format of a `credential_process`
//! (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>) or what else was asked for,
//! always with [`Notes`] under `awsenv`; or [`Failure`] under `error`. People are asked on the terminal device.
//!
//! Both programs are installed together; [`PROTOCOL`] is compared by both, so that a mixture is refused in words.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::chain::{CredentialChain, Sso};
use crate::credentials::{Secret, exposed, exposed_option};
use crate::diagnostic::Origin;
use crate::location::Files;

/// The version of this protocol. Any change of a field's meaning is a new one.
pub const PROTOCOL: u32 = 1;

/// The name of the program.
pub const BROKER: &str = "awsenv-broker";

/// What the broker is asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Request {
    /// [`PROTOCOL`].
    pub protocol: u32,
    /// Where the user's files are, for the place of an error.
    pub files: Files,
    /// Where the caches are.
    pub caches: CacheFolders,
    /// How AWS is called.
    pub calls: CallSettings,
    /// How a person may be asked.
    pub person: Person,
    /// What is to be done.
    pub task: Task,
}

/// What is to be done.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "do", content = "with", rename_all = "kebab-case")]
pub enum Task {
    /// Credentials for a profile. Answer: [`CredentialsAnswer`].
    Credentials(CredentialsTask),
    /// Who credentials belong to, by STS GetCallerIdentity. Answer: [`IdentityAnswer`].
    CallerIdentity(CredentialsTask),
    /// A login at IAM Identity Center. Answer: [`LoginAnswer`].
    Login(LoginTask),
    /// The end of sessions of IAM Identity Center, at AWS and on disk. Answer: [`LogoutAnswer`].
    Logout(LogoutTask),
    /// A new token in the place of one that is nearly over, without a person. Only the broker asks this, of itself, in a
    /// process that lives on when the one that wants the token is killed. Answer: [`TokenAnswer`].
    RenewToken(Sso),
    /// New credentials in the place of those of an `aws login` that are nearly over; asked as
    /// [`RenewToken`](Self::RenewToken) is. Answer: [`CredentialsAnswer`].
    RenewLogin(LoginRenewalTask),
}

/// A session of `aws login` to renew.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LoginRenewalTask {
    /// The profile that it is for, for the words of an error.
    pub profile: String,
    /// The profile's `login_session`.
    pub login_session: String,
}

/// The folders of the caches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CacheFolders {
    /// `~/.aws/cli/cache`.
    pub cli: PathBuf,
    /// `~/.aws/sso/cache`.
    pub sso: PathBuf,
    /// `~/.aws/login/cache`, or `AWS_LOGIN_CACHE_DIRECTORY`.
    pub login: PathBuf,
    /// awsenv's own: `awsenv` in the platform's cache folder.
    pub own: PathBuf,
}

/// Everything that steers a call and can be written in a profile or a variable
/// (<https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html>), as it holds for the profile in question.
///
/// Proxies (`HTTPS_PROXY`, `NO_PROXY`) are not here: the broker takes them from its environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallSettings {
    /// The region of the profile in question; a role's own and an SSO region come before it.
    pub region: Option<String>,
    /// `endpoint_url` for all services.
    pub endpoint_url: Option<String>,
    /// `endpoint_url` by service, in the form of the variables: `STS`, `SSO`, `SSO_OIDC`, `SIGNIN`.
    pub endpoint_urls: BTreeMap<String, String>,
    /// `use_fips_endpoint`.
    pub use_fips: bool,
    /// `use_dualstack_endpoint`.
    pub use_dualstack: bool,
    /// `sts_regional_endpoints = legacy`.
    pub sts_legacy: bool,
    /// `ca_bundle`: a PEM file whose certificates are trusted instead of the platform's.
    pub ca_bundle: Option<PathBuf>,
    /// `max_attempts`: how often a call is tried in all.
    pub max_attempts: Option<u32>,
    /// `retry_mode`: `standard`, `adaptive`, or `legacy` (taken for standard).
    pub retry_mode: Option<String>,
    /// `sdk_ua_app_id`: the application that AWS's logs name beside awsenv.
    #[serde(default)]
    pub app_id: Option<String>,
    /// How long a connection may take to open, in milliseconds.
    pub connect_timeout_ms: u64,
    /// How long a whole call may take, all tries included, in milliseconds.
    pub call_timeout_ms: u64,
    /// The instance metadata service.
    pub metadata: MetadataSettings,
    /// Where a setting was made, for the words of an error: by the name of its field, an endpoint by its service, too
    /// (`region`, `ca_bundle`, `endpoint_url`, `STS`, `metadata.endpoint`).
    #[serde(default)]
    pub origins: BTreeMap<String, SettingOrigin>,
}

/// Where a setting was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SettingOrigin {
    /// In this environment variable.
    Variable(String),
    /// In one of the user's files.
    File(Origin),
    /// In awsenv's own settings.
    Settings,
}

impl CallSettings {
    /// Every endpoint that is configured: the service as in `endpoint_urls`, empty for all, and the URL.
    pub fn endpoints(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.endpoint_url.iter().map(|url| ("", url.as_str()));
        self.endpoint_urls.iter().map(|(service, url)| (service.as_str(), url.as_str())).chain(all)
    }

    /// The URL that is configured for `service`, in the form of the variables (`STS`): its own, else that for all.
    pub fn endpoint(&self, service: &str) -> Option<&str> {
        self.endpoint_urls.get(service).or(self.endpoint_url.as_ref()).map(String::as_str)
    }
}

/// How the instance metadata service is asked
/// (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-imds-credentials.html>).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetadataSettings {
    /// `ec2_metadata_service_endpoint`, `AWS_EC2_METADATA_SERVICE_ENDPOINT`.
    pub endpoint: Option<String>,
    /// `ec2_metadata_service_endpoint_mode`: `IPv4` or `IPv6`.
    pub endpoint_mode: Option<String>,
    /// `AWS_EC2_METADATA_DISABLED`.
    pub disabled: bool,
    /// `ec2_metadata_v1_disabled`, `AWS_EC2_METADATA_V1_DISABLED`.
    pub v1_disabled: bool,
    /// `metadata_service_timeout`, in milliseconds.
    pub timeout_ms: Option<u64>,
    /// `metadata_service_num_attempts`.
    pub attempts: Option<u32>,
}

/// How a person may be asked.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Person {
    /// Whether questions may be asked on the terminal at all; a renewal in the background asks none.
    pub may_ask: bool,
    /// `--mfa`: the one-time code.
    #[serde(with = "exposed_option")]
    pub mfa_code: Option<Secret>,
    /// `mfa_process`: a command that prints a one-time code.
    pub mfa_process: Option<String>,
}

/// A profile's way to credentials.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CredentialsTask {
    /// The profile.
    pub profile: String,
    /// Its chain, with the options of this run in it.
    pub chain: CredentialChain,
    /// For each step of the chain the name of its entry in the AWS CLI's cache, where the entry may be shared: exactly
    /// one configured source leads to it.
    pub shared: Vec<Option<String>>,
    /// Caches are passed over.
    pub refresh: bool,
    /// `long_term_keys = session`: keys that don't expire are traded for a session when they are the chain's end.
    pub session_for_long_term_keys: bool,
    /// The account must be known by an ARN, SSO or STS: a pin is to be judged by it.
    pub needs_account: bool,
    /// `--duration`, in seconds, where the chain has no role to put it in (GetSessionToken).
    pub duration_seconds: Option<u32>,
}

/// A login.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LoginTask {
    /// The session.
    pub sso: Sso,
    /// The profile whose settings these are, for words about what to run next; `None` where the session was named.
    #[serde(default)]
    pub profile: Option<String>,
    /// The device flow is wanted.
    pub device_code: bool,
    /// A browser may be opened; else its address is only shown.
    pub open_browser: bool,
    /// Also where a valid token exists.
    pub force: bool,
}

/// Logouts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LogoutTask {
    /// The sessions, each with what is to be removed.
    pub sessions: Vec<LogoutSession>,
}

/// One session to end.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LogoutSession {
    /// The session.
    pub sso: Sso,
    /// The names of its role credentials in the AWS CLI's cache.
    pub role_entries: Vec<String>,
}

/// What stands in every answer under `awsenv`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notes {
    /// [`PROTOCOL`].
    pub protocol: u32,
    /// What a person should know, each a line for standard error.
    #[serde(default)]
    pub warnings: Vec<String>,
}

/// Credentials in the format of a `credential_process`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CredentialsAnswer {
    /// 1: the version of that format.
    pub version: u32,
    /// The access key id.
    pub access_key_id: String,
    /// The secret access key.
    #[serde(with = "exposed")]
    pub secret_access_key: Secret,
    /// The session token.
    #[serde(with = "exposed_option")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_token: Option<Secret>,
    /// The end, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiration: Option<String>,
    /// The account, where an ARN, SSO or STS said so, or the user wrote it beside the keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// Ours.
    #[serde(rename = "awsenv")]
    pub notes: Notes,
}

/// Who credentials belong to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityAnswer {
    /// The account.
    pub account_id: String,
    /// The ARN.
    pub arn: String,
    /// The unique id.
    pub user_id: String,
    /// Ours.
    #[serde(rename = "awsenv")]
    pub notes: Notes,
}

/// A login that came to a good end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginAnswer {
    /// Until when the token is accepted, RFC 3339.
    pub expires_at: String,
    /// Whether the token renews without a person for longer.
    pub renewable: bool,
    /// Whether there was a valid token already, and nobody was asked.
    pub was_valid: bool,
    /// Ours.
    #[serde(rename = "awsenv")]
    pub notes: Notes,
}

/// A token of IAM Identity Center that is accepted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TokenAnswer {
    /// The token.
    #[serde(with = "exposed")]
    pub access_token: Secret,
    /// Until when it is accepted, RFC 3339.
    pub expires_at: String,
    /// Ours.
    #[serde(rename = "awsenv")]
    pub notes: Notes,
}

/// What a logout did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogoutAnswer {
    /// How many tokens were ended.
    pub tokens: u32,
    /// How many sets of role credentials were removed.
    pub role_credentials: u32,
    /// Ours.
    #[serde(rename = "awsenv")]
    pub notes: Notes,
}

/// A failure, under `error`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// A stable code, kebab case.
    pub code: String,
    /// What happened: lower case, no full stop.
    pub message: String,
    /// What to do next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// `path:line` in one of the user's files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// What kind of end it is.
    pub kind: FailureKind,
}

/// What kind of end a failure is; decides the exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// The user's files, or AWS, said no.
    Refused,
    /// A person must log in or give a code, and can't be asked.
    NeedsPerson,
    /// The person stopped it.
    Interrupted,
}

/// The answer of a failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureAnswer {
    /// What failed.
    pub error: Failure,
    /// Ours.
    #[serde(rename = "awsenv")]
    pub notes: Notes,
}
