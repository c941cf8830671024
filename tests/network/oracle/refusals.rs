//! What awsenv says where there are no credentials: the code of its error for each kind of set.

use crate::kinds::{Base, Grant, Keys, Kind, Process, State, Web, Wrong};

/// The codes that are right.
pub(crate) fn codes(kind: Kind) -> &'static [&'static str] {
    match kind.wrong {
        Wrong::Nothing => of_base(kind.base),
        Wrong::ExternalId | Wrong::NoRole | Wrong::Untrusted | Wrong::NoDevice => &["access-denied"],
        Wrong::Duration => &["duration-too-long", "aws-refused"],
        Wrong::Code => &["mfa-code-wrong"],
    }
}

fn of_base(base: Base) -> &'static [&'static str] {
    match base {
        Base::Static(Keys::HalfInConfig | Keys::HalfInCredentials | Keys::SecretAlone) => &["partial-credentials"],
        Base::WebIdentity(Web::Expired) => &["web-identity-expired"],
        Base::WebIdentity(Web::NoFile) => &["web-identity-token-file"],
        Base::SsoSession(_, Grant::UnknownSession) => &["sso-session-not-found"],
        Base::SsoSession(_, Grant::Incomplete) | Base::SsoLegacy(_, Grant::Incomplete) => &["sso-incomplete"],
        Base::SsoSession(_, Grant::Conflict) => &["sso-session-conflict"],
        Base::WebIdentity(Web::Untrusted)
        | Base::SsoSession(_, Grant::NotGranted)
        | Base::SsoLegacy(_, Grant::NotGranted) => &["access-denied"],
        Base::SsoSession(State::Revoked | State::Absent, _)
        | Base::SsoLegacy(State::Expired | State::Absent, _)
        | Base::Login(State::Revoked | State::Absent) => &["login-needed"],
        Base::Process(Process::Fails) => &["credential-process-failed"],
        Base::Process(Process::Garbage | Process::VersionTwo) => &["credential-process-output"],
        Base::Environment(false) => &["no-environment-keys"],
        Base::Container(false) => &["container-refused"],
        Base::Instance(false) => &["metadata-answer"],
        Base::Own(false) | Base::Loop => &["source-profile-loop"],
        Base::Nothing => &["no-credentials"],
        Base::NoProfile => &["source-profile-not-found"],
        Base::Two => &["two-sources"],
        Base::Neither => &["missing-source"],
        Base::UnknownSource => &["unknown-credential-source"],
        good => unreachable!("{good:?} gives credentials"),
    }
}
