//! What is said beside a name. It is looked up for the rows that are seen, not for thousands that are not.

use awsenv_core::profile::ProfileSet;
use awsenv_core::resolve::resolve_profile;
use awsenv_host::settings::{Color, Settings};

/// Looks things up.
pub(super) struct Describer<'a> {
    /// The profiles.
    pub(super) set: &'a ProfileSet<'a>,
    /// The classes.
    pub(super) settings: &'a Settings,
    /// The profile in use.
    pub(super) current: Option<&'a str>,
}

/// What is known about one profile. Texts are as they stand in the files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Details {
    /// Account, region and remarks; empty where there is nothing to say.
    pub(super) cells: [String; 3],
    /// The color of its class.
    pub(super) color: Option<Color>,
}

impl Describer<'_> {
    /// What is known about the profile `name`.
    pub(super) fn describe(&self, name: &str) -> Details {
        let chain = resolve_profile(self.set, name).ok();
        let account = chain.as_ref().and_then(|chain| chain.last().source.account_id()).unwrap_or_default();
        let profile = self.set.get(name);
        let region = profile.and_then(|profile| profile.get_nonempty("region"));
        let class = self.settings.class_of(name);
        let remarks = [
            class.map(|class| class.name.as_str()),
            chain.is_none().then_some("broken"),
            (self.current == Some(name)).then_some("in use"),
        ];
        let remarks: Vec<&str> = remarks.into_iter().flatten().collect();
        Details {
            cells: [
                account.to_owned(),
                region.map(|region| region.text.into_owned()).unwrap_or_default(),
                remarks.join(", "),
            ],
            color: class.and_then(|class| class.color),
        }
    }
}
