//! `awsenv list`: the profiles.

use std::collections::{HashMap, HashSet};

use awsenv_core::chain::{CredentialChain, CredentialSource};
use awsenv_core::naming::Naming;
use awsenv_core::profile::{Profile, ProfileSet};
use awsenv_core::remarks;
use awsenv_core::resolve::resolve_profile;
use awsenv_host::settings::Settings;
use awsenv_host::timestamp::format_expiration;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::commands::filter::{Filter, field_of};
use crate::context::{Context, FileTexts};
use crate::error::{CliError, printable};
use crate::outcome::Outcome;
use crate::state::{State, state};

/// What is shown, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// A table.
    Table,
    /// A wider table.
    Long,
    /// JSON.
    Json,
    /// Names alone.
    Names,
    /// Roles below their sources.
    Tree,
}

/// Runs it. `by` is the field of the naming pattern that a table is grouped by.
pub(crate) fn run(context: &Context, filters: &[String], form: Form, by: Option<&str>) -> Result<Outcome, CliError> {
    let texts = context.read_files()?;
    let set = texts.profiles();
    // Completion asks for names alone: then nothing else is read.
    let needs_settings = form != Form::Names || filters.iter().any(|filter| filter.contains('='));
    let (settings, mut warnings) = if needs_settings { context.read_settings()? } else { Default::default() };
    let naming = &settings.naming;
    let filters: Vec<Filter<'_>> = filters.iter().map(|filter| Filter::parse(filter, naming)).collect();
    let wanted = |profile: &Profile<'_, '_>| filters.iter().all(|filter| filter.lets_through(profile.name(), naming));
    if form == Form::Names {
        let mut names = String::with_capacity(set.profiles().len() * 24);
        for profile in set.profiles().filter(wanted) {
            // Programs get the names as they are; a person's terminal must not be steered by them.
            if context.stdout_is_terminal {
                names.push_str(&printable(profile.name()));
            } else {
                names.push_str(profile.name());
            }
            names.push('\n');
        }
        return Ok(Outcome::stdout(names).prepend_stderr(&warnings));
    }
    if let Some(field) = by.filter(|field| !naming.fields().any(|known| known == *field)) {
        let known: Vec<&str> = naming.fields().collect();
        return Err(CliError::new("no-such-field", format!("profile names have no field {field:?}"))
            .hint(format!("the settings' `naming` has {}", known.join(", ")))
            .usage());
    }
    let rows: Vec<Row<'_>> =
        set.profiles().filter(wanted).map(|profile| row(context, &set, &settings, profile)).collect();
    let text = match (form, by) {
        (Form::Json, _) => to_json(&rows, &texts, naming),
        (Form::Tree, _) => to_tree(&rows),
        (form, None) => to_table(&rows, &texts, form == Form::Long),
        (form, Some(field)) => to_groups(&rows, &texts, form == Form::Long, naming, field),
    };
    warnings.push_str(&texts.warnings(&remarks::errors(&set)));
    if rows.is_empty() && form != Form::Json {
        let why = if filters.is_empty() { "there is no profile yet" } else { "no profile's name holds that" };
        warnings.push_str(&format!("awsenv: {why} ({})\n", texts.files.config.display()));
    }
    Ok(Outcome::stdout(text).prepend_stderr(&warnings))
}

struct Row<'s> {
    name: &'s str,
    profile: Profile<'s, 's>,
    chain: Option<CredentialChain>,
    region: Option<String>,
    class: Option<&'s str>,
    state: State,
    expiration: Option<Timestamp>,
}

impl Row<'_> {
    /// The kind of the chain's base, or `assume-role`.
    fn kind(&self) -> &'static str {
        self.chain.as_ref().map_or("", |chain| chain.last().source.kind())
    }

    fn account(&self) -> Option<&str> {
        self.chain.as_ref().and_then(|chain| chain.last().source.account_id())
    }

    fn role(&self) -> Option<&str> {
        match &self.chain.as_ref()?.last().source {
            CredentialSource::AssumeRole(role) => role.role_arn.rsplit('/').next(),
            CredentialSource::WebIdentity { role_arn, .. } => role_arn.rsplit('/').next(),
            CredentialSource::Sso(sso) => sso.role_name.as_deref(),
            _ => None,
        }
    }
}

fn row<'s>(context: &Context, set: &'s ProfileSet<'s>, settings: &'s Settings, profile: Profile<'s, 's>) -> Row<'s> {
    let chain = resolve_profile(set, profile.name()).ok();
    let (state, expiration) = chain.as_ref().map_or((State::Broken, None), |chain| state(context, set, chain));
    Row {
        name: profile.name(),
        region: profile.get_nonempty("region").map(|region| region.text.into_owned()),
        class: settings.class_of(profile.name()).map(|class| class.name.as_str()),
        profile,
        chain,
        state,
        expiration,
    }
}

fn to_json(rows: &[Row<'_>], texts: &FileTexts, naming: &Naming) -> String {
    let rows: Vec<Value> = rows
        .iter()
        .map(|row| {
            let origin = row.profile.origin();
            let mut object = Map::new();
            let mut put = |name: &str, value: Value| {
                if !value.is_null() {
                    object.insert(name.to_owned(), value);
                }
            };
            put("name", json!(row.name));
            // A profile that can't be resolved has no kind.
            put("kind", row.chain.as_ref().map_or(Value::Null, |_| json!(row.kind())));
            put("account_id", json!(row.account()));
            put("region", json!(row.region));
            put("role_name", json!(row.role()));
            put("origin", json!({"file": texts.files.path(origin.file).display().to_string(), "line": origin.line}));
            put("expiration", json!(row.expiration.map(format_expiration)));
            put("state", json!(row.state.as_str()));
            put("class", json!(row.class));
            put("fields", naming.read(row.name).map_or(Value::Null, |fields| fields.into_iter().collect()));
            Value::Object(object)
        })
        .collect();
    format!("{:#}\n", Value::Array(rows))
}

/// One table, taken apart below the values of `field`, in the order in which they come; names without it at the end.
fn to_groups(rows: &[Row<'_>], texts: &FileTexts, long: bool, naming: &Naming, field: &str) -> String {
    let table = to_table(rows, texts, long);
    let mut groups: Vec<(Option<&str>, String)> = Vec::new();
    for (row, line) in rows.iter().zip(table.lines()) {
        let value = field_of(naming, row.name, field);
        let group = match groups.iter().position(|(known, _)| *known == value) {
            Some(index) => &mut groups[index].1,
            None => {
                groups.push((value, String::new()));
                let last = groups.len() - 1;
                &mut groups[last].1
            }
        };
        group.push_str(&format!("  {line}\n"));
    }
    groups.sort_by_key(|(value, _)| value.is_none());
    let heading = |value: Option<&str>| value.map_or_else(|| format!("(no {field})"), printable);
    groups.into_iter().map(|(value, lines)| format!("{}\n{lines}", heading(value))).collect()
}

fn to_table(rows: &[Row<'_>], texts: &FileTexts, long: bool) -> String {
    let mut table: Vec<Vec<String>> = Vec::with_capacity(rows.len());
    for row in rows {
        let origin = row.profile.origin();
        let text = |value: Option<&str>| value.map_or_else(|| "-".to_owned(), printable);
        let mut cells = vec![
            printable(row.name),
            if row.kind().is_empty() { "-".to_owned() } else { row.kind().to_owned() },
            text(row.account()),
            text(row.region.as_deref()),
            row.state.as_str().to_owned(),
        ];
        if long {
            cells.push(text(row.role()));
            cells.push(text(row.class));
            cells.push(row.expiration.map_or_else(|| "-".to_owned(), format_expiration));
            cells.push(printable(&texts.files.place(origin)));
        }
        table.push(cells);
    }
    align(&table)
}

/// Columns two blanks apart, the last one ragged.
fn align(table: &[Vec<String>]) -> String {
    let columns = table.first().map_or(0, Vec::len);
    let widths: Vec<usize> =
        (0..columns).map(|column| table.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)).collect();
    let mut text = String::new();
    for row in table {
        for (column, cell) in row.iter().enumerate() {
            text.push_str(cell);
            if column + 1 < columns {
                let blanks = widths[column] - cell.chars().count() + 2;
                text.extend(std::iter::repeat_n(' ', blanks));
            }
        }
        text.push('\n');
    }
    text
}

/// Profiles below what they start from: the next profile of the chain, or the SSO session.
fn to_tree(rows: &[Row<'_>]) -> String {
    let parent = |row: &Row<'_>| -> Option<String> {
        let chain = row.chain.as_ref()?;
        match (&chain.last().source, chain.steps.len()) {
            (CredentialSource::Sso(sso), _) => {
                Some(format!("sso-session {}", sso.sso_session.as_deref().unwrap_or(&sso.start_url)))
            }
            (_, steps) if steps > 1 => {
                Some(chain.steps[steps - 2].profile.clone()).filter(|profile| profile != row.name)
            }
            _ => None,
        }
    };
    let listed: HashSet<&str> = rows.iter().map(|row| row.name).collect();
    let mut tree = Tree::default();
    for row in rows {
        let mut label = row.kind().to_owned();
        for part in [row.account(), row.role()].into_iter().flatten() {
            label.push_str(&format!(" {}", printable(part)));
        }
        let above = parent(row);
        // What is not in the list itself still heads its branch.
        if let Some(above) = above.as_deref().filter(|above| !listed.contains(above)) {
            tree.add(above, None, String::new());
        }
        tree.add(row.name, above.as_deref(), label);
    }
    let mut text = String::new();
    tree.write(None, 0, &mut text);
    text
}

/// Names below names, in the order in which they came.
#[derive(Default)]
struct Tree {
    labels: HashMap<String, String>,
    below: HashMap<Option<String>, Vec<String>>,
}

impl Tree {
    fn add(&mut self, name: &str, above: Option<&str>, label: String) {
        if self.labels.insert(name.to_owned(), label).is_none() {
            self.below.entry(above.map(str::to_owned)).or_default().push(name.to_owned());
        }
    }

    fn write(&self, above: Option<&str>, depth: usize, text: &mut String) {
        for name in self.below.get(&above.map(str::to_owned)).into_iter().flatten() {
            text.push_str(&"  ".repeat(depth));
            text.push_str(&printable(name));
            if let Some(label) = self.labels.get(name).filter(|label| !label.is_empty()) {
                text.push_str(&format!("  ({label})"));
            }
            text.push('\n');
            self.write(Some(name), depth + 1, text);
        }
    }
}
