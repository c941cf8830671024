//! What sets of profiles are generated of.

/// The state of a token or a login that a person once got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Far from its end.
    Fresh,
    /// So near its end that it is to be renewed.
    Due,
    /// Over; what renews it is good.
    Expired,
    /// Over, and what would renew it was taken back.
    Revoked,
    /// There is none.
    Absent,
}

/// Where static keys are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keys {
    /// In the credentials file.
    Credentials,
    /// In the config file.
    Config,
    /// In both; those in the config file are another user's, with a token.
    Both,
    /// Temporary ones in the credentials file.
    Temporary,
    /// The id alone, in the config file.
    HalfInConfig,
    /// The id alone, in the credentials file.
    HalfInCredentials,
    /// The secret alone.
    SecretAlone,
}

/// What stands behind a web identity's profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Web {
    /// A token that the role trusts.
    Good,
    /// A token of yesterday.
    Expired,
    /// A token of another subject.
    Untrusted,
    /// No such file.
    NoFile,
}

/// How a `credential_process` behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Process {
    /// Prints a user's keys.
    LongTerm,
    /// Prints keys with a token and an end.
    Temporary,
    /// Ends with a status.
    Fails,
    /// Prints something else.
    Garbage,
    /// Prints a version that does not exist.
    VersionTwo,
}

/// Which role in IAM Identity Center.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grant {
    /// One that the person has.
    Granted,
    /// One that the person hasn't.
    NotGranted,
    /// One of a session that no section describes.
    UnknownSession,
    /// The account without the role.
    Incomplete,
    /// Another region than the session's.
    Conflict,
}

/// What a profile's credentials come from when it is no role's, and what a chain starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Base {
    /// Keys in a file.
    Static(Keys),
    /// `web_identity_token_file`.
    WebIdentity(Web),
    /// `sso_session`.
    SsoSession(State, Grant),
    /// `sso_start_url` in the profile.
    SsoLegacy(State, Grant),
    /// `login_session`.
    Login(State),
    /// `credential_process`.
    Process(Process),
    /// `credential_source = Environment`; `false`: there are no keys.
    Environment(bool),
    /// `credential_source = EcsContainer`; `false`: it wants another token.
    Container(bool),
    /// `credential_source = Ec2InstanceMetadata`; `false`: the instance can't have its role.
    Instance(bool),
    /// `source_profile` names the profile itself; `false`: which has no keys.
    Own(bool),
    /// A profile that has a role and keys: from the second profile on the keys count.
    KeysBesideRole,
    /// A profile with nothing but settings.
    Nothing,
    /// A `source_profile` that does not exist.
    NoProfile,
    /// A `source_profile` that was on the way already.
    Loop,
    /// Both `source_profile` and `credential_source`.
    Two,
    /// Neither.
    Neither,
    /// A `credential_source` that is none.
    UnknownSource,
}

impl Base {
    /// Whether it can be the end of a way, with no role after it.
    pub(crate) fn can_end(self) -> bool {
        use Base::{Login, Nothing, Process, SsoLegacy, SsoSession, Static, WebIdentity};
        matches!(self, Static(_) | WebIdentity(_) | SsoSession(..) | SsoLegacy(..) | Login(_) | Process(_) | Nothing)
    }

    /// Whether AWS, or the files, say no to it.
    pub(crate) fn is_refused(self) -> bool {
        use Base::*;
        match self {
            Static(keys) => matches!(keys, Keys::HalfInConfig | Keys::HalfInCredentials | Keys::SecretAlone),
            WebIdentity(web) => web != Web::Good,
            SsoSession(state, grant) => grant != Grant::Granted || matches!(state, State::Revoked | State::Absent),
            SsoLegacy(state, grant) => {
                grant != Grant::Granted || matches!(state, State::Expired | State::Revoked | State::Absent)
            }
            Login(state) => matches!(state, State::Revoked | State::Absent),
            Process(process) => !matches!(process, self::Process::LongTerm | self::Process::Temporary),
            Environment(good) | Container(good) | Instance(good) | Own(good) => !good,
            KeysBesideRole => false,
            Nothing | NoProfile | Loop | Two | Neither | UnknownSource => true,
        }
    }
}

/// What is wrong with one role of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// Nothing.
    Nothing,
    /// Another external id than the role's.
    ExternalId,
    /// There is no such role.
    NoRole,
    /// The role trusts somebody else.
    Untrusted,
    /// Longer than the role's sessions may be, or than a role may have a role.
    Duration,
    /// The role wants MFA, the profile names no device.
    NoDevice,
    /// The code is not the device's.
    Code,
}

/// One set of profiles: what its profile in question is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) base: Base,
    /// The roles on the way.
    pub(crate) depth: usize,
    /// Whether the first of them wants MFA.
    pub(crate) mfa: bool,
    /// Whether the last session is of 15 minutes.
    pub(crate) short: bool,
    /// What is wrong with one of the roles.
    pub(crate) wrong: Wrong,
}

impl Kind {
    pub(crate) const fn new(base: Base, depth: usize) -> Self {
        Self { base, depth, mfa: false, short: false, wrong: Wrong::Nothing }
    }

    /// Whether there can be no credentials.
    pub(crate) fn is_refused(self) -> bool {
        self.base.is_refused() || self.wrong != Wrong::Nothing
    }
}

/// Every base that gives credentials.
pub(crate) const GOOD: &[Base] = &[
    Base::Static(Keys::Credentials),
    Base::Static(Keys::Config),
    Base::Static(Keys::Both),
    Base::Static(Keys::Temporary),
    Base::WebIdentity(Web::Good),
    Base::SsoSession(State::Fresh, Grant::Granted),
    Base::SsoSession(State::Due, Grant::Granted),
    Base::SsoSession(State::Expired, Grant::Granted),
    Base::SsoLegacy(State::Fresh, Grant::Granted),
    Base::SsoLegacy(State::Due, Grant::Granted),
    Base::Login(State::Fresh),
    Base::Login(State::Due),
    Base::Login(State::Expired),
    Base::Process(Process::LongTerm),
    Base::Process(Process::Temporary),
    Base::Environment(true),
    Base::Container(true),
    Base::Instance(true),
    Base::Own(true),
    Base::KeysBesideRole,
];

/// Every base that doesn't.
pub(crate) const BAD: &[Base] = &[
    Base::Static(Keys::HalfInConfig),
    Base::Static(Keys::HalfInCredentials),
    Base::Static(Keys::SecretAlone),
    Base::WebIdentity(Web::Expired),
    Base::WebIdentity(Web::Untrusted),
    Base::WebIdentity(Web::NoFile),
    Base::SsoSession(State::Fresh, Grant::NotGranted),
    Base::SsoSession(State::Fresh, Grant::UnknownSession),
    Base::SsoSession(State::Fresh, Grant::Incomplete),
    Base::SsoSession(State::Fresh, Grant::Conflict),
    Base::SsoSession(State::Revoked, Grant::Granted),
    Base::SsoSession(State::Absent, Grant::Granted),
    Base::SsoLegacy(State::Fresh, Grant::NotGranted),
    Base::SsoLegacy(State::Fresh, Grant::Incomplete),
    Base::SsoLegacy(State::Expired, Grant::Granted),
    Base::SsoLegacy(State::Absent, Grant::Granted),
    Base::Login(State::Revoked),
    Base::Login(State::Absent),
    Base::Process(Process::Fails),
    Base::Process(Process::Garbage),
    Base::Process(Process::VersionTwo),
    Base::Environment(false),
    Base::Container(false),
    Base::Instance(false),
    Base::Own(false),
    Base::Nothing,
    Base::NoProfile,
    Base::Loop,
    Base::Two,
    Base::Neither,
    Base::UnknownSource,
];
