//! The AWS config dialect, read literally ([`parse_config`]): sections, properties, lines, and what is odd about them.
//! What a section means is [`crate::profile`]'s business.

mod finding;
mod scan;
mod text;

pub(crate) use finding::shown_key;
pub use finding::{Finding, FindingKind};
pub use scan::{BrokenHeader, ConfigFile, Continuation, Property, Section, is_identifier, parse_config};
pub use text::{ConfigText, TextError};
