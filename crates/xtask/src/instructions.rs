//! `cargo xtask instructions`: how many instructions the hot commands take, counted by callgrind.
//!
//! A count does not depend on what else the machine does, so it can be compared with a recorded one in CI, as long as
//! compiler and target are the same. Whatever a program can see from outside has the same length in every run: the
//! path of its home and of itself, and an environment of two variables.

use std::env;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::args::Args;
use crate::failure::{Failure, Result};
use crate::files;
use crate::homes;
use crate::install;
use crate::process;
use crate::report::Outcome;
use crate::setup::static_target;
use crate::workspace::Workspace;

pub(crate) const HELP: &str = "
  --record  write the counts to tests/instructions.json instead of comparing with it

Counts the instructions of the hot commands (release build, static musl target) under valgrind's callgrind. With the
compiler of the record, growth by more than 10 % is a failure; with another compiler there is nothing to compare with.
";

/// By how much a count may grow before it is a failure.
const LIMIT_PERCENT: u64 = 10;

/// How long the path of the scratch folder is made.
const PATH_LENGTH: usize = 60;

/// What is counted: a name, the program, the number of profiles in the home, the words, and what must be in the output.
struct Case {
    name: &'static str,
    program: Program,
    profiles: usize,
    /// Whether the home also has cached sessions.
    sessions: bool,
    words: &'static [&'static str],
    succeeds: bool,
    prints: &'static str,
}

/// Which program, and what it finds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Program {
    /// `awsenv`, in a home without settings.
    Awsenv,
    /// `awsenv-prompt`, with settings and the variables of an identity.
    Prompt,
}

impl Program {
    const fn name(self) -> &'static str {
        match self {
            Self::Awsenv => "awsenv",
            Self::Prompt => "awsenv-prompt",
        }
    }
}

const CASES: &[Case] = &[
    Case {
        name: "use, static profile among 20",
        program: Program::Awsenv,
        profiles: 20,
        sessions: false,
        words: &["use", "client7-dev"],
        succeeds: true,
        prints: homes::KEY_ID,
    },
    Case {
        name: "use, a name that isn't there among 20",
        program: Program::Awsenv,
        profiles: 20,
        sessions: false,
        words: &["use", "cleint7-dev"],
        succeeds: false,
        prints: "client7-dev",
    },
    Case {
        name: "use, cached role among 20",
        program: Program::Awsenv,
        profiles: 20,
        sessions: true,
        words: &["use", homes::ROLE_PROFILE],
        succeeds: true,
        prints: homes::SESSION_KEY_ID,
    },
    Case {
        name: "use, cached SSO role among 20",
        program: Program::Awsenv,
        profiles: 20,
        sessions: true,
        words: &["use", homes::SSO_PROFILE],
        succeeds: true,
        prints: homes::SESSION_KEY_ID,
    },
    Case {
        name: "current, no identity",
        program: Program::Awsenv,
        profiles: 20,
        sessions: false,
        words: &["current"],
        succeeds: true,
        prints: "",
    },
    Case {
        name: "init bash",
        program: Program::Awsenv,
        profiles: 20,
        sessions: false,
        words: &["init", "bash"],
        succeeds: true,
        prints: "__awsenv_load",
    },
    Case {
        name: "list --names, 1000 profiles",
        program: Program::Awsenv,
        profiles: 1000,
        sessions: false,
        words: &["list", "--names"],
        succeeds: true,
        prints: "client1000-dev",
    },
    Case {
        name: "awsenv-prompt",
        program: Program::Prompt,
        profiles: 0,
        sessions: false,
        words: &["--shell", "bash"],
        succeeds: true,
        prints: "client7-dev (eu-central-1)",
    },
];

/// What was counted, and with what.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Record {
    compiler: String,
    target: String,
    counts: Vec<(String, u64)>,
}

/// Runs the command.
pub(crate) fn run(workspace: &Workspace, mut args: Args) -> Result<bool> {
    let record = args.flag("--record");
    args.finish()?;
    if record {
        let counted = count(workspace)?;
        files::write(&path(workspace), counted.to_text())?;
        print!("{}", counted.table(None));
        println!("recorded in tests/instructions.json");
        return Ok(true);
    }
    match check(workspace)? {
        Outcome::Passed(note) => println!("{note}"),
        Outcome::Skipped(why) => println!("skipped: {why}"),
    }
    Ok(true)
}

/// Counts and compares with the record.
///
/// # Errors
/// A count has grown by more than the limit, a command does not do what it should, or the record does not fit.
pub(crate) fn check(workspace: &Workspace) -> Result<Outcome> {
    if process::find("valgrind").is_none() {
        return Ok(Outcome::Skipped("there is no valgrind".into()));
    }
    let recorded = Record::from_text(&files::read(&path(workspace))?)?;
    let compiler = workspace.compiler()?;
    if compiler != recorded.compiler {
        return Ok(Outcome::Skipped(format!(
            "recorded with {}, here is {compiler}: look at the counts and run `cargo xtask instructions --record`",
            recorded.compiler
        )));
    }
    if static_target().as_deref() != Some(recorded.target.as_str()) {
        return Ok(Outcome::Skipped(format!("recorded for {}", recorded.target)));
    }
    let counted = count(workspace)?;
    if counted.target != recorded.target {
        return Ok(Outcome::Skipped(format!("recorded for {}, built for {}", recorded.target, counted.target)));
    }
    let table = counted.table(Some(&recorded));
    let faults = counted.faults(&recorded);
    if faults.is_empty() {
        let shrunk = counted
            .counts
            .iter()
            .any(|(name, count)| recorded.get(name).is_some_and(|before| count * 100 < before * (100 - LIMIT_PERCENT)));
        let advice =
            if shrunk { "\n  much less than recorded: `cargo xtask instructions --record` keeps it so" } else { "" };
        return Ok(Outcome::Passed(format!("\n{}{advice}", table.trim_end())));
    }
    Err(Failure::new(format!("{table}{}", faults.join("\n"))))
}

fn path(workspace: &Workspace) -> PathBuf {
    workspace.root().join("tests/instructions.json")
}

fn count(workspace: &Workspace) -> Result<Record> {
    let (folder, target) = install::install_into(workspace, &workspace.target().join("instructions"))?;
    let scratch = files::Scratch::new(fixed_length_path(&env::temp_dir(), std::process::id()))?;
    for program in [Program::Awsenv, Program::Prompt] {
        files::copy(&folder.join(program.name()), &scratch.path().join(program.name()))?;
    }
    let mut counts = Vec::new();
    for case in CASES {
        let kind = if case.sessions { "sess" } else { "home" };
        let home = scratch.path().join(format!("{kind}{:06}", case.profiles));
        if !home.exists() {
            homes::make(&home, case.profiles)?;
            if case.sessions {
                homes::make_sessions(&home)?;
            }
        }
        if case.program == Program::Prompt {
            homes::make_settings(&home)?;
        }
        let program = scratch.path().join(case.program.name());
        counts.push((case.name.to_owned(), count_one(&program, &home, case)?));
    }
    Ok(Record { compiler: workspace.compiler()?, target, counts })
}

fn count_one(program: &Path, home: &Path, case: &Case) -> Result<u64> {
    let valgrind = process::find("valgrind").ok_or_else(|| Failure::new("there is no valgrind"))?;
    let mut command = process::command(valgrind, ["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    command.arg(program).args(case.words).current_dir(home);
    command.env_clear().env("HOME", home).env("PATH", "/usr/bin:/bin");
    if case.program == Program::Prompt {
        command.envs(homes::IDENTITY.iter().copied());
    }
    let ran = process::run(command, false)?;
    if ran.ok != case.succeeds || !ran.output.contains(case.prints) {
        return Err(Failure::new(format!("{}: not what it should do:\n{}", case.name, ran.output)));
    }
    collected(&ran.output).ok_or_else(|| Failure::new(format!("{}: no count in:\n{}", case.name, ran.output)))
}

/// The number after callgrind's `Collected :`.
fn collected(output: &str) -> Option<u64> {
    output.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok())
}

/// A folder below `parent` whose path is as long as every other time.
fn fixed_length_path(parent: &Path, id: u32) -> PathBuf {
    let start = "awsenv-instructions-";
    let taken = parent.as_os_str().len() + 1 + start.len();
    parent.join(format!("{start}{id:0>width$}", width = PATH_LENGTH.saturating_sub(taken).max(10)))
}

impl Record {
    fn to_text(&self) -> String {
        let counts: Map<String, Value> = self.counts.iter().map(|(name, count)| (name.clone(), json!(count))).collect();
        let value = json!({"compiler": self.compiler, "target": self.target, "instructions": counts});
        format!("{value:#}\n")
    }

    fn from_text(text: &str) -> Result<Self> {
        let wrong = || Failure::new("tests/instructions.json: not a record; run `cargo xtask instructions --record`");
        let value: Value = serde_json::from_str(text).map_err(|_| wrong())?;
        let field = |name: &str| value[name].as_str().map(str::to_owned).ok_or_else(wrong);
        let counts = value["instructions"].as_object().ok_or_else(wrong)?;
        let counts = counts.iter().map(|(name, count)| Some((name.clone(), count.as_u64()?)));
        let counts = counts.collect::<Option<Vec<_>>>().ok_or_else(wrong)?;
        Ok(Self { compiler: field("compiler")?, target: field("target")?, counts })
    }

    fn get(&self, name: &str) -> Option<u64> {
        self.counts.iter().find(|(found, _)| found == name).map(|(_, count)| *count)
    }

    /// What is wrong in comparison with `recorded`.
    fn faults(&self, recorded: &Self) -> Vec<String> {
        let mut faults = Vec::new();
        for (name, count) in &self.counts {
            match recorded.get(name) {
                None => faults.push(format!("{name}: not in tests/instructions.json")),
                Some(before) if count * 100 > before * (100 + LIMIT_PERCENT) => {
                    faults.push(format!("{name}: grew by more than {LIMIT_PERCENT} %, from {before} to {count}"));
                }
                Some(_) => {}
            }
        }
        for (name, _) in &recorded.counts {
            if self.get(name).is_none() {
                faults.push(format!("{name}: recorded, but no longer counted"));
            }
        }
        faults
    }

    fn table(&self, recorded: Option<&Self>) -> String {
        let mut text = String::new();
        for (name, count) in &self.counts {
            text.push_str(&format!("  {name:40} {count:>12}"));
            if let Some(before) = recorded.and_then(|recorded| recorded.get(name)).filter(|before| *before > 0) {
                #[expect(clippy::cast_precision_loss, reason = "a percentage for people")]
                let change = (*count as f64 / before as f64 - 1.0) * 100.0;
                text.push_str(&format!("  {change:+.1} %"));
            }
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(counts: &[(&str, u64)]) -> Record {
        Record {
            compiler: "rustc 1.95.0".into(),
            target: "x86_64-unknown-linux-musl".into(),
            counts: counts.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect(),
        }
    }

    #[test]
    fn growth_above_the_limit_is_a_fault_and_up_to_it_none() {
        let before = record(&[("use", 1000)]);
        assert!(record(&[("use", 1100)]).faults(&before).is_empty());
        assert!(record(&[("use", 10)]).faults(&before).is_empty());
        assert_eq!(record(&[("use", 1101)]).faults(&before), ["use: grew by more than 10 %, from 1000 to 1101"]);
    }

    #[test]
    fn every_case_has_to_be_recorded_and_every_record_counted() {
        let faults = record(&[("use", 1)]).faults(&record(&[("list", 1)]));
        assert_eq!(faults, ["use: not in tests/instructions.json", "list: recorded, but no longer counted"]);
    }

    #[test]
    fn a_record_is_read_back_as_written() {
        let written = record(&[("use", 1), ("list", 2)]);
        assert_eq!(Record::from_text(&written.to_text()).unwrap(), written);
        assert!(Record::from_text("{}").is_err());
    }

    #[test]
    fn reads_callgrinds_count() {
        assert_eq!(collected("==7== Events    : Ir\n==7== Collected : 123456\n==7==\n"), Some(123_456));
        assert_eq!(collected("==7== no\n"), None);
    }

    #[test]
    fn the_path_has_one_length() {
        let length = |parent: &str, id| fixed_length_path(Path::new(parent), id).as_os_str().len();
        assert_eq!(length("/tmp", 7), PATH_LENGTH);
        assert_eq!(length("/var/tmp", 4_000_000), PATH_LENGTH);
    }
}
