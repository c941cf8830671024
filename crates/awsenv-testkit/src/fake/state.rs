//! Everything the fake knows and remembers, behind one lock.

use std::collections::{HashMap, HashSet};
use std::time::{SystemTime, UNIX_EPOCH};

use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use jiff::Timestamp;
use ring::rand::{SecureRandom as _, SystemRandom};

use super::container::ContainerState;
use super::fault::{Faults, WRONG_ACCOUNT};
use super::imds::ImdsState;
use super::key_id::key_id;
use super::oidc::OidcState;
use super::recorded::Recorded;
use super::signin::SigninState;
use super::sts::WebToken;
use super::world::{Role, SsoInstance, User, assumed_role_arn};

/// Who stands behind a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Principal {
    pub(crate) account: String,
    pub(crate) kind: PrincipalKind,
    /// When a code was given for this session.
    pub(crate) mfa: bool,
    /// Whether the keys are temporary.
    pub(crate) temporary: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PrincipalKind {
    User { arn: String },
    Role { role_arn: String, session: String },
}

impl Principal {
    pub(crate) fn user(user: &User) -> Self {
        let kind = PrincipalKind::User { arn: user.arn() };
        Self { account: user.account.clone(), kind, mfa: false, temporary: false }
    }

    pub(crate) fn role(role_arn: &str, session: &str) -> Self {
        let account = role_arn.split(':').nth(4).unwrap_or_default().to_owned();
        let kind = PrincipalKind::Role { role_arn: role_arn.to_owned(), session: session.to_owned() };
        Self { account, kind, mfa: false, temporary: true }
    }

    /// As `GetCallerIdentity` says it.
    pub(crate) fn arn(&self) -> String {
        match &self.kind {
            PrincipalKind::User { arn } => arn.clone(),
            PrincipalKind::Role { role_arn, session } => assumed_role_arn(role_arn, session),
        }
    }

    /// `AIDA…` or `AROA…:session`.
    pub(crate) fn user_id(&self) -> String {
        match &self.kind {
            PrincipalKind::User { arn } => unique_id("AIDA", arn),
            PrincipalKind::Role { role_arn, session } => format!("{}:{session}", unique_id("AROA", role_arn)),
        }
    }

    /// Whether a trust policy's principal means this one.
    pub(crate) fn is_trusted_as(&self, trusted: &str) -> bool {
        let own = match &self.kind {
            PrincipalKind::User { arn } => arn,
            PrincipalKind::Role { role_arn, .. } => role_arn,
        };
        let root = format!(":iam::{}:root", self.account);
        trusted == "*" || trusted == own || trusted == self.arn() || trusted == self.account || trusted.ends_with(&root)
    }
}

/// The id that IAM gives a user or role: the same ARN, the same id.
pub(crate) fn unique_id(prefix: &str, arn: &str) -> String {
    let number = arn.bytes().fold(5381u64, |sum, byte| sum.wrapping_mul(33) ^ u64::from(byte));
    key_id(prefix, &format!("{:012}", number % 1_000_000_000_000), number >> 20)
}

/// A key pair that may sign.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) secret: String,
    pub(crate) token: Option<String>,
    /// Seconds since the epoch.
    pub(crate) expires: Option<i64>,
    pub(crate) principal: Principal,
}

/// Temporary credentials as they are handed out.
#[derive(Clone, Debug)]
pub(crate) struct Issued {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
    pub(crate) session_token: String,
    /// Seconds since the epoch.
    pub(crate) expires: i64,
    pub(crate) account: String,
}

/// Everything.
#[derive(Debug)]
pub(crate) struct State {
    random: SystemRandom,
    counter: u64,
    /// Seconds that the fake's clock is ahead of the machine's.
    pub(crate) clock_offset: i64,
    /// Whether the present answer is to be about [`WRONG_ACCOUNT`].
    pub(crate) wrong_account: bool,
    pub(crate) users: Vec<User>,
    pub(crate) used_codes: HashSet<(String, String)>,
    pub(crate) roles: Vec<Role>,
    pub(crate) instances: Vec<SsoInstance>,
    pub(crate) keys: HashMap<String, Key>,
    pub(crate) web_tokens: HashMap<String, WebToken>,
    /// The one region that signatures may name; any that looks like one where `None`.
    pub(crate) region: Option<String>,
    /// Name and password that the proxy wants.
    pub(crate) proxy_login: Option<(String, String)>,
    pub(crate) oidc: OidcState,
    pub(crate) signin: SigninState,
    pub(crate) container: ContainerState,
    pub(crate) imds: ImdsState,
    pub(crate) faults: Faults,
    pub(crate) records: Vec<Recorded>,
    /// How many records are before the last reset of the counts.
    pub(crate) forgotten: usize,
}

impl State {
    pub(crate) fn new() -> Self {
        Self {
            random: SystemRandom::new(),
            counter: 0,
            clock_offset: 0,
            wrong_account: false,
            users: Vec::new(),
            used_codes: HashSet::new(),
            roles: Vec::new(),
            instances: Vec::new(),
            keys: HashMap::new(),
            web_tokens: HashMap::new(),
            region: None,
            proxy_login: None,
            oidc: OidcState::default(),
            signin: SigninState::default(),
            container: ContainerState::default(),
            imds: ImdsState::default(),
            faults: Faults::default(),
            records: Vec::new(),
            forgotten: 0,
        }
    }

    /// Seconds since the epoch, by the fake's clock.
    pub(crate) fn now(&self) -> i64 {
        let machine = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |passed| passed.as_secs() as i64);
        machine + self.clock_offset
    }

    /// Milliseconds since the epoch, by the fake's clock.
    pub(crate) fn now_millis(&self) -> i64 {
        let machine = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |passed| passed.as_millis() as i64);
        machine + self.clock_offset * 1000
    }

    pub(crate) fn add_user(&mut self, user: User) {
        let key = Key {
            secret: user.secret_access_key.clone(),
            token: None,
            expires: None,
            principal: Principal::user(&user),
        };
        self.keys.insert(user.access_key_id.clone(), key);
        self.users.retain(|known| known.arn() != user.arn());
        self.users.push(user);
    }

    pub(crate) fn add_role(&mut self, role: Role) {
        self.roles.retain(|known| known.arn != role.arn);
        self.roles.push(role);
    }

    pub(crate) fn random_bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes).expect("the system has random bytes");
        bytes
    }

    /// Something that nobody can guess, fit for URLs.
    pub(crate) fn random_token(&self) -> String {
        Base64UrlUnpadded::encode_string(&self.random_bytes::<32>())
    }

    /// In the form of a UUID, as request ids are.
    pub(crate) fn request_id(&self) -> String {
        let text = super::wire::hex(&self.random_bytes::<16>());
        format!("{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..])
    }

    /// A number that was not given before.
    pub(crate) fn next(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// `role_arn`, or the same role in another account where the answer is to be wrong.
    pub(crate) fn perhaps_wrong(&self, role_arn: &str) -> String {
        let account = role_arn.split(':').nth(4).unwrap_or_default();
        if self.wrong_account { role_arn.replacen(account, WRONG_ACCOUNT, 1) } else { role_arn.to_owned() }
    }

    /// New temporary keys for `principal`, which may sign from now on.
    pub(crate) fn issue(&mut self, principal: Principal, seconds: i64) -> Issued {
        let number = self.next();
        let issued = Issued {
            access_key_id: key_id("ASIA", &principal.account, number),
            secret_access_key: Base64::encode_string(&self.random_bytes::<30>()),
            session_token: Base64::encode_string(&self.random_bytes::<212>()),
            expires: self.now() + seconds,
            account: principal.account.clone(),
        };
        let key = Key {
            secret: issued.secret_access_key.clone(),
            token: Some(issued.session_token.clone()),
            expires: Some(issued.expires),
            principal,
        };
        self.keys.insert(issued.access_key_id.clone(), key);
        issued
    }

    /// Uses up a code of the device; whether it was good.
    pub(crate) fn use_code(&mut self, user_arn: &str, serial: &str, code: &str) -> bool {
        let good = self.users.iter().any(|user| {
            user.arn() == user_arn
                && user.mfa_serial.as_deref() == Some(serial)
                && user.mfa_codes.iter().any(|known| known == code)
        });
        good && self.used_codes.insert((serial.to_owned(), code.to_owned()))
    }
}

/// `2026-11-26T09:00:00Z`.
pub(crate) fn rfc3339(seconds: i64) -> String {
    timestamp(seconds).to_string()
}

/// `20261126T090000Z`.
pub(crate) fn basic_time(seconds: i64) -> String {
    timestamp(seconds).strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// As HTTP's `Date` has it.
pub(crate) fn http_date(seconds: i64) -> String {
    timestamp(seconds).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn timestamp(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH)
}
