//! The prompt segment: what a person must know before the next command, in one line.
//!
//! A function of the environment, the time and the settings. What decides between right and wrong is said even where
//! the format leaves it out: a class that has a label, an end that has come, and a mark where something does not
//! belong to the identity (`awsenv current` tells what).

use std::borrow::Cow;

use awsenv_core::chain::is_account_id;
use awsenv_core::color::Color;
use awsenv_core::environment::Environment;
use awsenv_core::identity::{Active, EXPIRED_PROFILE, Identity};
use awsenv_core::prompt_format::Field;
use awsenv_host::settings::{Class, Settings};
use awsenv_shell::prompt::{clean, cut};
use jiff::Timestamp;

/// Something in the environment does not belong to the identity.
const MARK: &str = "!";
/// The settings can't be read: alias, class and format are missing.
const NO_SETTINGS: &str = "?";
/// In place of the shell's identity once its end has come.
const EXPIRED: &str = "expired";
/// From here on the end is near, in seconds.
pub(crate) const NEAR_SECONDS: i64 = 600;
/// Stands for the time left while the text around it is made; no name, region or format can hold it, being a control
/// character that is shown as something else.
const PLACE: &str = "\u{2}left\u{2}";

/// The most columns that a name takes.
const NAME_COLUMNS: usize = 40;
/// The most columns that a region, a label or an account takes.
const WORD_COLUMNS: usize = 20;
/// The most columns of all.
const ALL_COLUMNS: usize = 160;

/// What the prompt shows: clean text, not escaped for any shell.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) text: String,
    /// The color of the profile's class.
    pub(crate) color: Option<Color>,
}

/// The segment as it is made once and stays until something but the time changes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Template {
    pub(crate) body: Body,
    /// The color of the profile's class.
    pub(crate) color: Option<Color>,
    /// What it is made of.
    pub(crate) facts: Facts,
}

/// What the segment is made of, for those who make their own.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    /// The profile's alias or name, or what stands in its place.
    pub(crate) name: String,
    /// The region.
    pub(crate) region: String,
    /// The class's label or name.
    pub(crate) class: String,
    /// The account.
    pub(crate) account: String,
    /// Whether something does not belong to the identity.
    pub(crate) is_marked: bool,
    /// What comes at the end.
    pub(crate) outlook: Outlook,
}

/// Clean text, not escaped for any shell.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Body {
    /// The same at any time.
    Fixed(String),
    /// There is an end.
    Timed {
        /// When.
        end: Timestamp,
        /// Up to the time left.
        head: String,
        /// Behind the time left; `None` where the format shows no time.
        tail: Option<String>,
        /// What stands before the time when the end is near.
        near: &'static str,
        /// All of it once the end has come.
        over: String,
    },
}

impl Segment {
    /// The segment for an environment; `None` where nobody chose an identity. `settings` is only asked for where there
    /// is one, and gives `None` where they can't be read; so is `outlook`, which says of a profile what comes next.
    pub(crate) fn of(
        environment: &Environment,
        now: Timestamp,
        settings: impl FnOnce() -> Option<Settings>,
        outlook: impl Fn(&str) -> Outlook,
    ) -> Option<Self> {
        let template = Template::of(environment, Some(now), settings, outlook)?;
        Some(Self { text: template.body.at(now), color: template.color })
    }
}

impl Body {
    /// The text at `now`.
    pub(crate) fn at(&self, now: Timestamp) -> String {
        match self {
            Self::Fixed(text) => text.clone(),
            Self::Timed { end, over, .. } if *end <= now => over.clone(),
            Self::Timed { head, tail: None, .. } => head.clone(),
            Self::Timed { end, head, tail: Some(tail), near, .. } => {
                let left = end.as_second().saturating_sub(now.as_second());
                let near = if left < NEAR_SECONDS { near } else { "" };
                format!("{head}{near}{}{tail}", time_left(left))
            }
        }
    }
}

impl Template {
    /// What [`Segment::of`] shows, but for the time. With `only_at`, for that time alone: what counts near the end is
    /// only asked for where the end is near.
    pub(crate) fn of(
        environment: &Environment,
        only_at: Option<Timestamp>,
        settings: impl FnOnce() -> Option<Settings>,
        outlook: impl Fn(&str) -> Outlook,
    ) -> Option<Self> {
        // Whether `[default]` has credentials only the files say, and they stay closed.
        let identity = Identity::from_environment(environment, false);
        let shown = Shown::of(&identity, environment)?;
        let settings = settings();
        let readable = settings.is_some();
        let settings = settings.unwrap_or_default();
        let end = identity.expiration.filter(|_| shown.is_usable);
        let counts = |end: Timestamp| only_at.is_none_or(|now| end.as_second() - now.as_second() < NEAR_SECONDS);
        let outlook = match shown.profile {
            // Keys stay as they are until their end; a profile is looked up by whoever uses it.
            Some(profile) if shown.is_usable && (end.is_some_and(counts) || identity.active == Active::Profile) => {
                outlook(profile)
            }
            _ => Outlook::Ends,
        };

        let class = shown.profile.and_then(|profile| settings.class_of(profile));
        let told = identity.owned.then(|| environment.get_nonempty("AWSENV_CLASS")).flatten();
        let class = class.or_else(|| settings.classes.iter().find(|class| told == Some(class.name.as_str())));
        let label = class.and_then(|class| class.label.as_deref());
        let class_name = label.or_else(|| class.map(|class| class.name.as_str())).or(told).unwrap_or_default();

        let name = shown.profile.and_then(|profile| settings.alias_of(profile)).unwrap_or(shown.name);
        let account = environment.get("AWSENV_ACCOUNT").filter(|account| identity.owned && is_account_id(account));
        let region = identity.region.as_deref().filter(|_| shown.is_usable).unwrap_or_default();
        let (name, region, class_name) =
            (fitting(name, NAME_COLUMNS), fitting(region, WORD_COLUMNS), fitting(class_name, WORD_COLUMNS));
        let is_missing = outlook == Outlook::Missing && identity.active == Active::Profile;
        let meant = environment.get_nonempty("AWSENV_FOLDER_ACCOUNT");
        let is_elsewhere = meant.zip(account).is_some_and(|(meant, account)| meant != account);
        let mark = if shown.is_marked || is_missing || is_elsewhere { MARK } else { "" };
        let format = &settings.prompt;
        // With `left` in the place of the time left; `told` is what no format may leave out.
        let fill = |left: &str, told: &str| {
            let mut text = format.fill(|field| match field {
                Field::Profile => &name,
                Field::Region => &region,
                Field::Left => left,
                Field::Class => &class_name,
                Field::Account => account.unwrap_or_default(),
                Field::Mark => mark,
            });
            let mut say = |field: Option<Field>, word: &str| {
                if !word.is_empty() && field.is_none_or(|field| !format.shows(field)) {
                    text.push(' ');
                    text.push_str(word);
                }
            };
            say(Some(Field::Left), told);
            say(Some(Field::Class), if label.is_some() { &class_name } else { "" });
            say(Some(Field::Mark), mark);
            say(None, if readable { "" } else { NO_SETTINGS });
            text
        };
        let whole = |left: &str| fitting(fill(left, left).trim_matches(' '), ALL_COLUMNS).into_owned();
        let body = match end {
            None => Body::Fixed(whole(outlook.without_end())),
            Some(end) => {
                let shows_left = format.shows(Field::Left);
                let text = fill(if shows_left { PLACE } else { "" }, "");
                let (head, tail) = match text.split_once(PLACE) {
                    Some((head, tail)) => (head.trim_start_matches(' '), Some(tail.trim_end_matches(' '))),
                    None => (text.trim_matches(' '), None),
                };
                Body::Timed {
                    end,
                    head: fitting(head, ALL_COLUMNS / 2).into_owned(),
                    tail: tail.map(|tail| fitting(tail, ALL_COLUMNS / 2).into_owned()),
                    near: outlook.near(),
                    over: whole(outlook.over()),
                }
            }
        };
        let is_empty = matches!(&body, Body::Fixed(text) if text.is_empty());
        let facts = Facts {
            is_marked: !mark.is_empty(),
            account: account.unwrap_or_default().to_owned(),
            outlook,
            class: class_name.into_owned(),
            region: region.into_owned(),
            name: name.into_owned(),
        };
        (!is_empty).then(|| Self { body, color: class.and_then(|class: &Class| class.color), facts })
    }
}

/// What comes when the credentials end, as files and caches have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outlook {
    /// Nothing: they end.
    Ends,
    /// They are renewed without a person.
    Renews,
    /// A person must log in.
    NeedsLogin,
    /// A person must give a one-time code.
    NeedsMfa,
    /// There is no such profile, or it gives no credentials.
    Missing,
}

impl Outlook {
    /// As in `awsenv-prompt --json`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Ends => "ends",
            Self::Renews => "renews",
            Self::NeedsLogin => "login",
            Self::NeedsMfa => "mfa",
            Self::Missing => "missing",
        }
    }

    /// Before the time left, when little is left.
    fn near(self) -> &'static str {
        match self {
            Self::Ends | Self::Missing => "ends ",
            Self::Renews => "renews ",
            Self::NeedsLogin => "login ",
            Self::NeedsMfa => "mfa ",
        }
    }

    /// In place of the time left, when none is left.
    fn over(self) -> &'static str {
        match self {
            Self::Ends | Self::Missing => "expired",
            Self::Renews => "expired, renews",
            Self::NeedsLogin => "expired, login",
            Self::NeedsMfa => "expired, mfa",
        }
    }

    /// In place of the time left, where no time is known: tools that read the profile themselves would ask.
    fn without_end(self) -> &'static str {
        match self {
            Self::Ends | Self::Renews | Self::Missing => "",
            Self::NeedsLogin => "login",
            Self::NeedsMfa => "mfa",
        }
    }
}

/// Who is shown.
struct Shown<'a> {
    /// The profile, where it is known: it decides about alias and class.
    profile: Option<&'a str>,
    /// What stands in its place.
    name: &'a str,
    /// Whether tools get credentials by it, so that a region and an end mean something.
    is_usable: bool,
    /// Whether something does not belong to it.
    is_marked: bool,
}

impl<'a> Shown<'a> {
    fn of(identity: &'a Identity, environment: &Environment) -> Option<Self> {
        // A container's endpoint is what every tool asks last; a profile may even start from it.
        let is_marked = identity.conflicts.iter().any(|conflict| !conflict.variable.starts_with("AWS_CONTAINER_"));
        let deciding = ["AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"];
        if deciding.into_iter().any(|name| environment.is_set(name) && environment.get(name).is_none()) {
            return Some(Self { profile: None, name: "(not UTF-8)", is_usable: false, is_marked: true });
        }
        let profile = identity.profile.as_deref();
        match identity.active {
            Active::Keys => Some(match profile {
                Some(name) => Self { profile, name, is_usable: true, is_marked },
                None => Self { profile, name: "(keys)", is_usable: true, is_marked: true },
            }),
            Active::Profile => Some(Self { profile, name: profile?, is_usable: true, is_marked }),
            Active::Locked => {
                let is_expired = profile.is_some_and(|name| name.starts_with(EXPIRED_PROFILE));
                let name = if is_expired { EXPIRED } else { "locked" };
                Some(Self { profile: None, name, is_usable: false, is_marked })
            }
            // Nobody chose these. But if awsenv had made an identity active, it is gone.
            Active::Default | Active::Ambient | Active::None => {
                let gone = ["AWSENV_PROFILE", "AWSENV_KEY_ID"].into_iter();
                let gone = gone.filter_map(|name| environment.get_nonempty(name)).next().is_some();
                gone.then_some(Self { profile: None, name: "(none)", is_usable: false, is_marked: true })
            }
        }
    }
}

/// Clean, and not longer than `columns`.
fn fitting(text: &str, columns: usize) -> Cow<'_, str> {
    match clean(text) {
        Cow::Borrowed(text) => cut(text, columns),
        Cow::Owned(text) => Cow::Owned(cut(&text, columns).into_owned()),
    }
}

/// In the two units that matter: `2d5h`, `1h05m`, `42m`, `50s`. The hooks of bash and zsh do the same.
fn time_left(seconds: i64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    if days > 0 {
        format!("{days}d{}h", hours % 24)
    } else if hours > 0 {
        format!("{hours}h{:02}m", minutes % 60)
    } else if minutes > 0 {
        format!("{minutes}m")
    } else {
        format!("{seconds}s")
    }
}

#[cfg(test)]
mod tests;
