//! Fake AWS services on loopback that check what AWS checks: STS, IAM (`ListMFADevices`), SSO OIDC, the SSO portal,
//! Sign-In (`aws login`), the container endpoint, the instance metadata service.
//!
//! One server on one port of 127.0.0.1 speaks for all of them, plain and in TLS (the first byte of a connection tells
//! which), so one `AWS_ENDPOINT_URL` steers every client there. Nothing is taken on trust: signatures are verified, so are
//! PKCE, DPoP, bearer tokens, scopes, times and MFA codes; errors have AWS's own codes, words and shapes. What is issued
//! works in further calls, and ends when it says.
//!
//! ```
//! use awsenv_testkit::fake::{FakeAws, MfaRule, Role, User};
//!
//! let someone = User::new("111122223333", "someone").mfa("arn:aws:iam::111122223333:mfa/phone", &["123456"]);
//! let role = Role::new("arn:aws:iam::123456789012:role/Admin").trusts(&someone.arn()).mfa(MfaRule::Needed);
//! let fake = FakeAws::builder().user(someone).role(role).start();
//! // AWS_ENDPOINT_URL=fake.url(), or AWS_ENDPOINT_URL=fake.tls_url() and AWS_CA_BUNDLE=fake.ca_file()
//! assert_eq!(fake.calls("AssumeRole"), 0);
//! ```
//!
//! # Where each service is steered
//!
//! | service | by |
//! |---|---|
//! | STS, IAM, SSO OIDC, SSO, Sign-In | `AWS_ENDPOINT_URL`, `endpoint_url`, or the service's own variable |
//! | container | `AWS_CONTAINER_CREDENTIALS_FULL_URI=<url>/<path>` ([`Builder::container`]) |
//! | instance metadata | `AWS_EC2_METADATA_SERVICE_ENDPOINT=<url>` ([`Builder::instance_role`]) |
//!
//! It is an HTTP proxy as well: with `HTTPS_PROXY=<url>`, `AWS_CA_BUNDLE=<ca_file>` and no endpoint set, clients talk to
//! AWS's own host names, of every partition, and each host answers for its service alone and takes signatures of its
//! region alone. Other hosts are refused with 403. So real endpoints, regions, FIPS, dual stack and proxies are tested
//! with no name looked up: [`Recorded::host`] says which host was meant.
//!
//! # Names of operations
//!
//! [`FakeAws::calls`] and [`FakeAws::set_fault`] take AWS's own: `AssumeRole`, `AssumeRoleWithWebIdentity`,
//! `GetSessionToken`, `GetCallerIdentity`, `ListMFADevices`, `RegisterClient`, `StartDeviceAuthorization`, `CreateToken`,
//! `GetRoleCredentials`, `ListAccounts`, `ListAccountRoles`, `Logout`, `CreateOAuth2Token`; and where AWS has none:
//! `Authorize` (the browser's page), `DevicePage`, `ContainerCredentials`, `ImdsToken`, `ImdsRole`, `ImdsCredentials`,
//! `ImdsExtended`, `ImdsOther`, `Connect` (to the proxy), `Unknown` (a path that no service has). `calls` also counts one grant:
//! `CreateToken:refresh_token`, `CreateToken:authorization_code`,
//! `CreateToken:urn:ietf:params:oauth:grant-type:device_code`.
//!
//! # From outside: the program `fake-aws`
//!
//! `fake-aws [--world FILE]` prints one line of JSON (`url`, `tls_url`, `ca_file`) and serves until its standard input
//! ends. `fake-aws browser URL` is the person's browser, for `$BROWSER`; for `https` it trusts
//! `AWS_CA_BUNDLE`, and hosts that are not loopback addresses it reaches through `HTTPS_PROXY`.
//!
//! A world in JSON, every member optional, an unknown one refused:
//!
//! ```json
//! {"users": [{"account": "111122223333", "name": "someone", "access_key_id": "AKIA…", "secret_access_key": "…",
//!             "mfa_serial": "arn:aws:iam::111122223333:mfa/phone", "mfa_codes": ["123456"], "partition": "aws"}],
//!  "roles": [{"arn": "arn:aws:iam::123456789012:role/Admin", "trusts": ["arn:aws:iam::111122223333:user/someone"],
//!             "external_id": "xy", "mfa": "needed", "max_duration": 43200, "session_name": "me",
//!             "web_identity": [{"provider": "id.example.com", "audience": "sts.amazonaws.com", "subject": "pod"}]}],
//!  "sso": [{"start_url": "https://acme.awsapps.com/start", "user": "someone",
//!           "assignments": [["123456789012", "Admin"]], "partition": "aws"}],
//!  "container": [{"path": "/task", "role_arn": "arn:aws:iam::123456789012:role/Task", "token": "secret"}],
//!  "imds": {"role_arn": "arn:aws:iam::123456789012:role/Instance", "version_1": false, "extended": false,
//!           "enabled": true, "region": "eu-west-1", "failure": null},
//!  "settings": {"region": "eu-west-1", "token_lifetime": 28800, "registration_lifetime": 7776000,
//!               "device_lifetime": 600, "device_interval": 1, "rotate_refresh_tokens": true, "consent": "allow",
//!               "clock_offset": 0}}
//! ```
//!
//! Control paths, answers in JSON: `GET /_fake/requests`, `/_fake/calls?operation=`, `/_fake/devices` (user codes nobody
//! decided about), `/_fake/identity?access_key_id=`; `POST /_fake/world` (more of the above), `/_fake/fault?operation=&fault=&times=`
//! ([`Fault::parse`]), `/_fake/clear-faults`, `/_fake/reset-calls`, `/_fake/clock?offset=`, `/_fake/consent?choice=`
//! (`allow`, `deny`, `ignore`), `/_fake/approve?user_code=`, `/_fake/deny?user_code=`, `/_fake/mfa-code?serial=&code=`,
//! `/_fake/web-identity?provider=&audience=&subject=&lifetime=`, `/_fake/login-session?identity=&valid_for=`,
//! `/_fake/sso-token?start_url=&region=&valid_for=`.

mod browser;
mod builder;
mod container;
mod control;
mod dispatch;
mod dpop;
mod fault;
mod hosts;
mod iam;
mod imds;
mod key_id;
mod oidc;
mod portal;
mod proxy;
mod recorded;
mod seeds;
mod server;
mod signin;
mod sigv4;
mod state;
mod sts;
mod tls;
mod wire;
mod world;

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokio::runtime::Runtime;

pub use browser::{Browser, Visit, follow};
pub use builder::Builder;
pub use fault::Fault;
pub use key_id::key_id;
pub use recorded::Recorded;
pub use seeds::{LoginSession, SsoToken};
pub use world::{CertificateFault, Consent, MfaRule, Role, SsoInstance, User};

use server::{Shared, lock};

/// Running fake services; they end when this is dropped.
#[derive(Debug)]
pub struct FakeAws {
    shared: Shared,
    runtime: Option<Runtime>,
    port: u16,
    ca_file: PathBuf,
    _folder: TempDir,
}

impl FakeAws {
    /// An AWS in which nobody and nothing exists yet.
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// `https://127.0.0.1:PORT`, with a certificate of [`ca_file`](Self::ca_file); also valid for `localhost`.
    pub fn tls_url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    /// The port on 127.0.0.1, plain and in TLS.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The certificate of the test's own authority, PEM; for `AWS_CA_BUNDLE`.
    pub fn ca_file(&self) -> &Path {
        &self.ca_file
    }

    /// How often an operation was asked for since the start or [`reset_calls`](Self::reset_calls), whatever came of it.
    /// Names: see [the module](self).
    pub fn calls(&self, operation: &str) -> usize {
        lock(&self.shared).calls(operation)
    }

    /// Everything that was asked since the start or [`reset_calls`](Self::reset_calls), in order.
    pub fn requests(&self) -> Vec<Recorded> {
        lock(&self.shared).requests().to_vec()
    }

    /// Lets [`calls`](Self::calls) and [`requests`](Self::requests) begin anew.
    pub fn reset_calls(&self) {
        lock(&self.shared).reset_calls();
    }

    /// The next `times` requests for `operation` go wrong as `fault` says. Faults of one operation queue up.
    pub fn set_fault(&self, operation: &str, fault: Fault, times: usize) {
        lock(&self.shared).faults.push(operation, fault, times);
    }

    /// Nothing goes wrong any more.
    pub fn clear_faults(&self) {
        lock(&self.shared).faults.clear();
    }

    /// Sets the fake's clock this many seconds ahead of the machine's: what was issued ends earlier, signatures are too
    /// old, the `Date` header says so.
    pub fn set_clock_offset(&self, seconds: i64) {
        lock(&self.shared).clock_offset = seconds;
    }

    /// The fake's clock, seconds since the epoch.
    pub fn now(&self) -> i64 {
        lock(&self.shared).now()
    }

    /// Adds a user, or replaces the one of the same ARN.
    pub fn add_user(&self, user: User) {
        lock(&self.shared).add_user(user);
    }

    /// Adds a role, or replaces the one of the same ARN.
    pub fn add_role(&self, role: Role) {
        lock(&self.shared).add_role(role);
    }

    /// Lets the MFA device `serial` show `code` (again).
    pub fn add_mfa_code(&self, serial: &str, code: &str) {
        lock(&self.shared).add_mfa_code(serial, code);
    }

    /// The ARN behind a key id that the fake knows or issued: the truth that a test compares with.
    pub fn identity_of(&self, access_key_id: &str) -> Option<String> {
        lock(&self.shared).identity_of(access_key_id)
    }

    /// The secret and the session token of a key that the fake knows or issued.
    pub fn secret_of(&self, access_key_id: &str) -> Option<(String, Option<String>)> {
        lock(&self.shared).keys.get(access_key_id).map(|key| (key.secret.clone(), key.token.clone()))
    }

    /// Takes the right to sign from keys that were issued: they are expired from now on.
    pub fn expire_key(&self, access_key_id: &str) {
        let mut state = lock(&self.shared);
        let now = state.now();
        if let Some(key) = state.keys.get_mut(access_key_id) {
            key.expires = Some(now);
        }
    }

    /// What the person in front of the browser does from now on.
    pub fn set_consent(&self, consent: Consent) {
        lock(&self.shared).oidc.consent = consent;
    }

    /// The user codes of devices that nobody has decided about.
    pub fn pending_user_codes(&self) -> Vec<String> {
        control::pending_user_codes(&lock(&self.shared))
    }

    /// The person types `user_code` and allows; whether a device shows it.
    pub fn approve_device(&self, user_code: &str) -> bool {
        oidc::decide(&mut lock(&self.shared), user_code, true)
    }

    /// The person types `user_code` and denies; whether a device shows it.
    pub fn deny_device(&self, user_code: &str) -> bool {
        oidc::decide(&mut lock(&self.shared), user_code, false)
    }

    /// Ends every SSO access token, as administrators can; refresh tokens stay.
    pub fn expire_access_tokens(&self) {
        lock(&self.shared).oidc.access.clear();
    }

    /// Ends every SSO refresh token.
    pub fn revoke_refresh_tokens(&self) {
        lock(&self.shared).oidc.refresh.clear();
    }

    /// Ends every SSO client registration.
    pub fn forget_clients(&self) {
        lock(&self.shared).oidc.clients.clear();
    }

    /// A token as a login would have left it, good for `seconds` (which may be negative), with a refresh token and its
    /// registration.
    ///
    /// # Panics
    ///
    /// Where there is no Identity Center of that start URL.
    pub fn sso_token(&self, start_url: &str, seconds: i64) -> SsoToken {
        lock(&self.shared).sso_token(start_url, seconds).unwrap_or_else(|why| panic!("{why}"))
    }

    /// A login as `aws login` would have left it, its credentials good for `seconds` (which may be negative).
    /// `identity` is the ARN of a user or of an assumed role.
    pub fn login_session(&self, identity: &str, seconds: i64) -> LoginSession {
        lock(&self.shared).login_session(identity, seconds)
    }

    /// Lets every `aws login` fail to refresh with this code: `TOKEN_EXPIRED`, `USER_CREDENTIALS_CHANGED`,
    /// `INSUFFICIENT_PERMISSIONS`.
    pub fn revoke_logins(&self, code: &str) {
        for grant in lock(&self.shared).signin.sessions.values_mut() {
            grant.revoked = Some(code.to_owned());
        }
    }

    /// A web identity token that the fake believes for `seconds` (which may be negative). `provider` is its URL without
    /// `https://`, as in [`Role::trusts_web_identity`].
    pub fn web_identity_token(&self, provider: &str, audience: &str, subject: &str, seconds: i64) -> String {
        lock(&self.shared).web_identity_token(provider, audience, subject, seconds)
    }

    /// What the instance metadata answers instead of credentials, such as `AssumeRoleUnauthorizedAccess`.
    pub fn set_imds_failure(&self, code: Option<&str>) {
        lock(&self.shared).imds.failure = code.map(str::to_owned);
    }

    /// Switches the instance metadata service off (403 for everything) or on.
    pub fn set_imds_enabled(&self, enabled: bool) {
        lock(&self.shared).imds.enabled = enabled;
    }

    /// Opens `url` as the person's browser does, and goes where it is sent: to the client's listener, in the end. Hosts
    /// of AWS's are reached through the fake as a proxy.
    ///
    /// # Panics
    ///
    /// As [`Browser::follow`] fails.
    pub fn follow(&self, url: &str) -> Vec<Visit> {
        let browser = Browser { ca_file: Some(self.ca_file.clone()), proxy: Some(self.url()) };
        browser.follow(url).unwrap_or_else(|why| panic!("{why}"))
    }
}

impl Drop for FakeAws {
    fn drop(&mut self) {
        // Answers that hang on purpose are not waited for.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
