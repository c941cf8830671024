//! The AWS config dialect, read literally ([`parse_config`]): sections, properties, lines, and what is odd about them.
//! What a section means is [`crate::profile`]'s business.

mod finding;
mod line;
mod scan;
mod text;

pub(crate) use finding::shown_key;
pub use finding::{Finding, FindingKind};
pub use line::is_identifier;
pub use scan::{BrokenHeader, ConfigFile, Continuation, Property, Section, parse_config};
pub use text::{ConfigText, TextError};
