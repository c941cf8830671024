//! `awsenv export`: credentials in a format that other tools read.

use awsenv_core::change::check_value;
use awsenv_core::credentials::Credentials;
use awsenv_core::options::Mode;
use awsenv_host::timestamp::format_expiration;
use awsenv_shell::{RenderError, Shell, quote, render_failure};
use serde_json::{Map, Value, json};

use crate::context::Context;
use crate::error::CliError;
use crate::outcome::Outcome;
use crate::prepare::{Prepared, Wanted, prepare};

/// The formats, in the order of the help.
pub(crate) const FORMATS: [&str; 10] =
    ["process", "env", "env-no-export", "fish", "powershell", "windows-cmd", "json", "dotenv", "docker", "github"];

/// The variables of `aws configure export-credentials`: name and value.
type Variables = Vec<(String, String)>;

/// Runs it.
pub(crate) fn run(context: &Context, wanted: &Wanted<'_>, format: &str, print: bool) -> Outcome {
    match export(context, wanted, format, print) {
        Ok(outcome) => outcome,
        Err(error) => {
            let mut outcome = Outcome::failure(&error);
            // These are evaluated: an empty text would be a success that changes nothing.
            if let Some(shell) = evaluating_shell(format).filter(|_| !context.stdout_is_terminal) {
                outcome.stdout = format!("{}\n", render_failure(shell, &error.message));
            }
            outcome
        }
    }
}

/// The shell whose language a format is: its output is evaluated, so that a failure must fail there too.
pub(crate) fn evaluating_shell(format: &str) -> Option<Shell> {
    match format {
        "env" | "env-no-export" => Some(Shell::Posix),
        "fish" => Some(Shell::Fish),
        "powershell" => Some(Shell::Powershell),
        "windows-cmd" => Some(Shell::Cmd),
        _ => None,
    }
}

fn export(context: &Context, wanted: &Wanted<'_>, format: &str, print: bool) -> Result<Outcome, CliError> {
    if wanted.options.mode == Some(Mode::Profile) {
        return Err(CliError::new("usage", "export hands over credentials; --as profile has none").usage());
    }
    let (settings, warnings) = context.read_settings()?;
    let texts = context.read_files()?;
    if context.stdout_is_terminal && !print {
        return Err(CliError::new("not-evaluated", "a terminal gets no secret")
            .hint("send the output where it is needed, or, to look at it: --print"));
    }
    let mut wanted = wanted.clone();
    wanted.options.mode = Some(Mode::Keys);
    let prepared = prepare(context, &texts, &settings, &wanted)?;
    let credentials =
        prepared.credentials.as_ref().ok_or_else(|| CliError::new("no-credentials", "there are no credentials"))?;
    // JSON could say a control character, but no signature can be made with one: it is a mistake in the file.
    for (name, value) in variables(credentials) {
        check_value(&name, &value)?;
    }
    let text = match format {
        "process" => process(credentials),
        "json" => json(credentials, &prepared, wanted.profile),
        "env" => {
            lines(&variables(credentials), |name, value| Ok(format!("export {name}={}", quote(Shell::Posix, value)?)))?
        }
        "env-no-export" => {
            lines(&variables(credentials), |name, value| Ok(format!("{name}={}", quote(Shell::Posix, value)?)))?
        }
        "fish" => {
            lines(&variables(credentials), |name, value| Ok(format!("set -gx {name} {}", quote(Shell::Fish, value)?)))?
        }
        "powershell" => lines(&variables(credentials), |name, value| {
            Ok(format!("$Env:{name}={}", quote(Shell::Powershell, value)?))
        })?,
        "windows-cmd" => lines(&variables(credentials), windows_cmd)?,
        "dotenv" => lines(&all_variables(credentials, &prepared), dotenv)?,
        "docker" => lines(&all_variables(credentials, &prepared), |name, value| Ok(format!("{name}={value}")))?,
        _ => github(context, &all_variables(credentials, &prepared))?,
    };
    Ok(Outcome::stdout(text).prepend_stderr(&(warnings + &prepared.warnings)))
}

fn variables(credentials: &Credentials) -> Variables {
    let mut variables = vec![
        ("AWS_ACCESS_KEY_ID".to_owned(), credentials.access_key_id.clone()),
        ("AWS_SECRET_ACCESS_KEY".to_owned(), credentials.secret_access_key.expose().to_owned()),
    ];
    if let Some(token) = &credentials.session_token {
        variables.push(("AWS_SESSION_TOKEN".to_owned(), token.expose().to_owned()));
    }
    if let Some(expiration) = credentials.expiration {
        variables.push(("AWS_CREDENTIAL_EXPIRATION".to_owned(), format_expiration(expiration)));
    }
    variables
}

/// With the region and the settings: for places where no `[default]` is read along.
fn all_variables(credentials: &Credentials, prepared: &Prepared) -> Variables {
    let mut variables = variables(credentials);
    if let Some(region) = &prepared.region {
        variables.push(("AWS_REGION".to_owned(), region.clone()));
        variables.push(("AWS_DEFAULT_REGION".to_owned(), region.clone()));
    }
    variables.extend(prepared.settings.variables.iter().cloned());
    variables
}

fn lines(variables: &Variables, line: impl Fn(&str, &str) -> Result<String, CliError>) -> Result<String, CliError> {
    let mut text = String::new();
    for (name, value) in variables {
        check_value(name, value)?;
        text.push_str(&line(name, value)?);
        text.push('\n');
    }
    Ok(text)
}

fn windows_cmd(name: &str, value: &str) -> Result<String, CliError> {
    quote(Shell::Cmd, value).map_err(|error| match error {
        RenderError::Character { shell, character, .. } => {
            RenderError::Character { shell, what: name.to_owned(), character }
        }
        other => other,
    })?;
    Ok(format!("set \"{name}={value}\""))
}

/// As dotenv libraries read it: bare, or between single quotes, where nothing is special.
fn dotenv(name: &str, value: &str) -> Result<String, CliError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./:=+@,-".contains(c);
    if value.chars().all(plain) {
        Ok(format!("{name}={value}"))
    } else if !value.contains(['\'', '\\']) {
        Ok(format!("{name}='{value}'"))
    } else {
        Err(CliError::new(
            "format-cannot-say",
            format!("the value of {name} can't be written so that every dotenv library reads it"),
        )
        .hint("use --format docker or json"))
    }
}

/// `credential_process` output
/// (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>).
fn process(credentials: &Credentials) -> String {
    let mut object = Map::new();
    object.insert("Version".to_owned(), json!(1));
    add_credentials(&mut object, credentials);
    format!("{:#}\n", Value::Object(object))
}

fn json(credentials: &Credentials, prepared: &Prepared, profile: &str) -> String {
    let mut object = Map::new();
    object.insert("Profile".to_owned(), json!(profile));
    add_credentials(&mut object, credentials);
    if let Some(region) = &prepared.region {
        object.insert("Region".to_owned(), json!(region));
    }
    format!("{:#}\n", Value::Object(object))
}

fn add_credentials(object: &mut Map<String, Value>, credentials: &Credentials) {
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            object.insert(name.to_owned(), Value::String(value));
        }
    };
    add("AccessKeyId", Some(credentials.access_key_id.clone()));
    add("SecretAccessKey", Some(credentials.secret_access_key.expose().to_owned()));
    add("SessionToken", credentials.session_token.as_ref().map(|token| token.expose().to_owned()));
    add("Expiration", credentials.expiration.map(format_expiration));
    add("AccountId", credentials.account_id.clone());
}

/// GitHub Actions: masks on standard output, where the runner reads them, variables in the file `GITHUB_ENV`
/// (<https://docs.github.com/actions/reference/workflow-commands-for-github-actions>).
fn github(context: &Context, variables: &Variables) -> Result<String, CliError> {
    let path = context.environment.get_os("GITHUB_ENV").filter(|path| !path.is_empty()).ok_or_else(|| {
        CliError::new("no-github-env", "GITHUB_ENV is not set: this is no step of a GitHub Actions job")
    })?;
    let text = lines(variables, |name, value| Ok(format!("{name}={value}")))?;
    awsenv_host::files::append(path.as_ref(), text.as_bytes())?;
    let secret = |name: &str| name == "AWS_ACCESS_KEY_ID" || awsenv_core::variables::is_secret(name);
    Ok(variables
        .iter()
        .filter(|(name, _)| secret(name))
        .map(|(_, value)| format!("::add-mask::{}\n", value.replace('%', "%25")))
        .collect())
}
