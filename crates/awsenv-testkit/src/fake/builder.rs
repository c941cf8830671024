//! What a fake is told before it starts.

use std::sync::{Arc, Mutex};

use super::container::Container;
use super::server::{self, Server};
use super::state::State;
use super::tls::Authority;
use super::world::{CertificateFault, Consent, Role, SsoInstance, User};
use super::{FakeAws, control};

/// Settings of a [`FakeAws`]; made by [`FakeAws::builder`].
pub struct Builder {
    state: State,
    certificate_fault: Option<CertificateFault>,
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder").finish_non_exhaustive()
    }
}

impl Builder {
    pub(super) fn new() -> Self {
        Self { state: State::new(), certificate_fault: None }
    }

    /// Adds an IAM user.
    #[must_use]
    pub fn user(mut self, user: User) -> Self {
        self.state.add_user(user);
        self
    }

    /// Adds a role.
    #[must_use]
    pub fn role(mut self, role: Role) -> Self {
        self.state.add_role(role);
        self
    }

    /// Adds an IAM Identity Center.
    #[must_use]
    pub fn sso(mut self, instance: SsoInstance) -> Self {
        self.state.instances.push(instance);
        self
    }

    /// The container endpoint answers at `path` with credentials of `role_arn`, to who sends `token` as
    /// `Authorization`; without a token, to everybody.
    #[must_use]
    pub fn container(mut self, path: &str, role_arn: &str, token: Option<&str>) -> Self {
        let container = Container { role_arn: role_arn.to_owned(), token: token.map(str::to_owned) };
        self.state.container.0.insert(path.to_owned(), container);
        self
    }

    /// The instance metadata has credentials of this role.
    #[must_use]
    pub fn instance_role(mut self, role_arn: &str) -> Self {
        self.state.imds.role_arn = Some(role_arn.to_owned());
        self
    }

    /// The region that the instance metadata names; `eu-west-1` unless said.
    #[must_use]
    pub fn instance_region(mut self, region: &str) -> Self {
        region.clone_into(&mut self.state.imds.region);
        self
    }

    /// Whether the instance metadata also answers without a session token (version 1); no unless said.
    #[must_use]
    pub fn imds_v1(mut self, allowed: bool) -> Self {
        self.state.imds.version_1 = allowed;
        self
    }

    /// Whether the instance metadata has `security-credentials-extended`, which says the account; no unless said.
    #[must_use]
    pub fn imds_extended(mut self, there: bool) -> Self {
        self.state.imds.extended = there;
        self
    }

    /// The one region that signatures may be scoped to; any well-formed one unless said.
    #[must_use]
    pub fn region(mut self, region: &str) -> Self {
        self.state.region = Some(region.to_owned());
        self
    }

    /// How long SSO access tokens live, in seconds; 8 hours unless said.
    #[must_use]
    pub fn token_lifetime(mut self, seconds: i64) -> Self {
        self.state.oidc.token_lifetime = seconds;
        self
    }

    /// How long SSO client registrations live, in seconds; 90 days unless said.
    #[must_use]
    pub fn registration_lifetime(mut self, seconds: i64) -> Self {
        self.state.oidc.registration_lifetime = seconds;
        self
    }

    /// How long a device code lives, in seconds; 600 unless said.
    #[must_use]
    pub fn device_lifetime(mut self, seconds: i64) -> Self {
        self.state.oidc.device_lifetime = seconds;
        self
    }

    /// The seconds between two polls for a device code; 1 unless said. Who asks earlier gets `slow_down`, and 5 more.
    #[must_use]
    pub fn device_interval(mut self, seconds: i64) -> Self {
        self.state.oidc.device_interval = seconds;
        self
    }

    /// Whether an SSO refresh token is good for one use (yes unless said); the old one is then refused with
    /// `invalid_grant`. Where not, the same token comes back.
    #[must_use]
    pub fn rotate_refresh_tokens(mut self, rotate: bool) -> Self {
        self.state.oidc.rotate = rotate;
        self
    }

    /// As a proxy, the fake serves only who sends this name and password; everybody unless said.
    #[must_use]
    pub fn proxy_login(mut self, name: &str, password: &str) -> Self {
        self.state.proxy_login = Some((name.to_owned(), password.to_owned()));
        self
    }

    /// What is wrong with the certificate that the fake shows in TLS.
    #[must_use]
    pub fn certificate_fault(mut self, fault: CertificateFault) -> Self {
        self.certificate_fault = Some(fault);
        self
    }

    /// What the person in front of the browser does; allows unless said.
    #[must_use]
    pub fn consent(mut self, consent: Consent) -> Self {
        self.state.oidc.consent = consent;
        self
    }

    /// How far the fake's clock is ahead of the machine's, in seconds.
    #[must_use]
    pub fn clock_offset(mut self, seconds: i64) -> Self {
        self.state.clock_offset = seconds;
        self
    }

    /// Everything of a world in JSON, as [`crate::fake`] describes it.
    ///
    /// # Errors
    ///
    /// A member that is unknown or of the wrong type, in words.
    pub fn world(mut self, json: &serde_json::Value) -> Result<Self, String> {
        control::add_world(&mut self.state, json)?;
        Ok(self)
    }

    /// Starts to serve, on a free port of 127.0.0.1.
    ///
    /// # Panics
    ///
    /// Where no port, thread or temporary folder can be had.
    pub fn start(self) -> FakeAws {
        let authority = Arc::new(Authority::new(self.certificate_fault));
        let folder = tempfile::Builder::new().prefix("awsenv-fake-").tempdir().expect("a temporary folder");
        let ca_file = folder.path().join("ca.pem");
        std::fs::write(&ca_file, authority.pem()).expect("a file in a temporary folder");
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("fake-aws")
            .enable_io()
            .enable_time()
            .build()
            .expect("threads for the fake");
        let shared = Arc::new(Mutex::new(self.state));
        let listener = runtime.block_on(tokio::net::TcpListener::bind(("127.0.0.1", 0))).expect("a free port");
        let port = listener.local_addr().expect("a bound socket").port();
        runtime.spawn(server::run(listener, Server { shared: Arc::clone(&shared), authority }));
        FakeAws { shared, runtime: Some(runtime), port, ca_file, _folder: folder }
    }
}
