//! `FILTER`: which profiles `list` shows.

use awsenv_core::naming::Naming;
use awsenv_host::glob;

/// One FILTER of the command line.
pub(crate) enum Filter<'a> {
    /// A part of the name, or a pattern for all of it.
    Name(&'a str),
    /// `FIELD=VALUE`: a field of the naming pattern.
    Field { field: &'a str, value: &'a str },
}

impl<'a> Filter<'a> {
    /// Reads `text`. `=` makes it a field's value where `naming` has that field; names may hold a `=`, too.
    pub(crate) fn parse(text: &'a str, naming: &Naming) -> Self {
        match text.split_once('=') {
            Some((field, value)) if naming.fields().any(|known| known == field) => Self::Field { field, value },
            _ => Self::Name(text),
        }
    }

    /// Whether it lets the profile of this name through.
    pub(crate) fn lets_through(&self, name: &str, naming: &Naming) -> bool {
        match self {
            // A filter with `*` or `?` is a pattern for the whole name; any other is a part of it, in either case.
            Self::Name(wanted) if wanted.contains(['*', '?']) => glob::matches(wanted, name),
            Self::Name(wanted) => name.to_lowercase().contains(&wanted.to_lowercase()),
            Self::Field { field, value } => {
                // `purpose=` asks for those that have none; a name without fields has none of anything.
                let follows = naming.read(name).is_some();
                follows && glob::matches(value, field_of(naming, name, field).unwrap_or_default())
            }
        }
    }
}

/// The value of a field in a profile's name.
pub(crate) fn field_of<'a>(naming: &Naming, name: &'a str, field: &str) -> Option<&'a str> {
    let fields = naming.read(name)?;
    fields.into_iter().find(|(known, _)| *known == field).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(filter: &str, name: &str) -> bool {
        let naming = Naming::default();
        Filter::parse(filter, &naming).lets_through(name, &naming)
    }

    #[test]
    fn by_name_and_by_field() {
        for (filter, name) in [
            ("ACME", "acme-prod"),
            ("*-prod", "acme-prod"),
            ("client=acme", "acme-prod"),
            ("env=p*", "acme-prod-admin"),
            ("purpose=", "acme-prod"),
            ("purpose=eu-?", "acme-prod-eu-1"),
            ("x=y", "a-x=y"),
        ] {
            assert!(through(filter, name), "{filter} {name}");
        }
        for (filter, name) in [
            ("client=acm", "acme-prod"),
            ("client=acme", "acme"),
            ("purpose=", "acme-prod-admin"),
            ("client=ACME", "acme-prod"),
            ("client=*", "acme"),
            ("x=y", "acme-prod"),
        ] {
            assert!(!through(filter, name), "{filter} {name}");
        }
    }
}
