//! One generated set of profiles: an AWS, both files, and what a home has of its own.

use std::sync::atomic::{AtomicUsize, Ordering};

use awsenv_testkit::fake::FakeAws;
use awsenv_testkit::home::Home;

use crate::kinds::{Kind, State};

/// In the files, for the path of the home that they are in.
pub(crate) const HOME: &str = "@HOME@";

/// In the files, for the URL of the fake.
pub(crate) const URL: &str = "@URL@";

/// What a person left in a home, and no two homes share.
pub(crate) enum Plant {
    /// A login at IAM Identity Center, in this file.
    SsoToken { file: String, start_url: String, state: State },
    /// `aws login` of this identity, in this file.
    Login { file: String, identity: String, state: State },
}

/// How clients reach the fake.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// By `AWS_ENDPOINT_URL`.
    Endpoint,
    /// By AWS's own host names, in TLS, through the fake as a proxy: the AWS CLI 2.9 knows no other.
    Proxy,
}

/// All of it.
pub(crate) struct Set {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) fake: FakeAws,
    /// The profile in question.
    pub(crate) profile: String,
    pub(crate) config: String,
    pub(crate) credentials: String,
    /// Beside what steers clients to the fake.
    pub(crate) environment: Vec<(String, String)>,
    /// Files of the home: path and text.
    pub(crate) files: Vec<(String, String)>,
    pub(crate) plants: Vec<Plant>,
    /// The serial number of the device whose codes are wanted.
    pub(crate) device: Option<String>,
    /// The profile whose role the last one is assumed from, where that is a role.
    pub(crate) middle: Option<String>,
    /// Whose credentials they must be: an ARN, or one up to the name of the session, with its last `/`.
    pub(crate) identity: String,
    pub(crate) codes: AtomicUsize,
}

impl Set {
    /// A home that nothing was done in yet.
    pub(crate) fn home(&self, way: Way) -> Home {
        let home = Home::new();
        let path = home.path().to_str().expect("UTF-8").to_owned();
        let mut home = home
            .config(self.config.replace(HOME, &path).replace(URL, &self.fake.url()))
            .credentials(self.credentials.replace(HOME, &path))
            .variable("AWS_DEFAULT_REGION", "eu-west-1")
            .variable("AWS_REGION", "eu-west-1")
            .variable("AWS_MAX_ATTEMPTS", "1")
            .variable("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "1")
            .variable("AWS_EC2_METADATA_SERVICE_ENDPOINT", self.fake.url());
        home = match way {
            Way::Endpoint if self.config.contains(URL) => home,
            Way::Endpoint => home.variable("AWS_ENDPOINT_URL", self.fake.url()),
            Way::Proxy => home.variable("HTTPS_PROXY", self.fake.url()).variable("AWS_CA_BUNDLE", self.fake.ca_file()),
        };
        for (name, value) in &self.environment {
            home = home.variable(name, value);
        }
        for (file, text) in &self.files {
            home = home.file(file, text.replace(HOME, &path));
        }
        for plant in &self.plants {
            home = self.planted(home, plant);
        }
        home
    }

    fn planted(&self, home: Home, plant: &Plant) -> Home {
        match plant {
            Plant::SsoToken { file, start_url, state } => {
                // A quarter of an hour before the end is the time to renew.
                let seconds = match state {
                    State::Fresh => 3600,
                    State::Due => 300,
                    State::Expired | State::Revoked => -60,
                    State::Absent => return home,
                };
                let token = self.fake.sso_token(start_url, seconds).to_cache_json("eu-west-1");
                if *state == State::Revoked {
                    self.fake.revoke_refresh_tokens();
                }
                home.sso_cache(file, token.to_string())
            }
            Plant::Login { file, identity, state } => {
                // Five minutes before the end is the time to renew.
                let seconds = match state {
                    State::Fresh => 600,
                    State::Due => 200,
                    State::Expired | State::Revoked => -60,
                    State::Absent => return home,
                };
                let login = self.fake.login_session(identity, seconds).to_cache_json();
                if *state == State::Revoked {
                    self.fake.revoke_logins("TOKEN_EXPIRED");
                }
                home.file(format!(".aws/login/cache/{file}"), login.to_string())
            }
        }
    }

    /// What the device shows next; a code that it never shows where the set's code is to be wrong.
    pub(crate) fn code(&self) -> Option<String> {
        let device = self.device.as_ref()?;
        let code = format!("{:06}", 100_000 + self.codes.fetch_add(1, Ordering::Relaxed));
        if self.kind.wrong != crate::kinds::Wrong::Code {
            self.fake.add_mfa_code(device, &code);
        }
        Some(code)
    }

    /// The set, for the message of a test that failed.
    pub(crate) fn shown(&self) -> String {
        format!(
            "{}: {:?}, profile {}\n--- config\n{}--- credentials\n{}---",
            self.name, self.kind, self.profile, self.config, self.credentials
        )
    }
}
