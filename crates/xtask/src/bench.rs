//! `cargo xtask bench`: the promises about speed, all in one run, as ratios to something measured beside them.
//!
//! A time alone says as much about the machine as about the program; so every run of ours alternates with one of the
//! program that it is compared with, started the same way, and medians are compared.

mod cold;

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::args::Args;
use crate::failure::{Failure, Result};
use crate::files;
use crate::homes;
use crate::install;
use crate::loading::{self, StartUp};
use crate::process;
use crate::stats::median;
use crate::steady;
use crate::workspace::Workspace;

pub(crate) const HELP: &str = "
  --runs N  runs of each program (default 200; of the AWS CLI half as many, at least 100)
  --no-aws  leave the AWS CLI out: it takes half a second a run

Installs release binaries into target/bench and measures them there; the median of ours against the median of what
each is compared with, run by turns. Exit status 1 if a limit is missed. Run it on a machine that does nothing else.
";

/// Runs before those that count.
const WARM_UP: usize = 10;

/// Fewer runs than this make no median that can be relied on.
const FEWEST_RUNS: usize = 100;

/// First screens of the picker.
const SCREENS: usize = 20;

/// Times that TAB is pressed in each shell: each waits for the terminal to come to rest.
const TABS: usize = 15;

/// One line of the table.
struct Measured {
    what: String,
    value: f64,
    unit: &'static str,
    limit: Limit,
    detail: String,
}

/// What was promised.
enum Limit {
    AtMost(f64),
    AtLeast(f64),
    /// Shown for comparison.
    None,
}

/// Runs the command.
pub(crate) fn run(workspace: &Workspace, mut args: Args) -> Result<bool> {
    let runs = args.value("--runs")?.map_or(Ok(200), |text| {
        text.parse()
            .ok()
            .filter(|runs| *runs >= FEWEST_RUNS)
            .ok_or_else(|| Failure::new(format!("--runs {text}: a number, at least {FEWEST_RUNS}")))
    })?;
    let no_aws = args.flag("--no-aws");
    args.finish()?;

    println!("building ...");
    let folder = workspace.target().join("bench");
    let (programs, target) = install::install_into(workspace, &folder)?;
    let parse_speed = build_example(workspace, &target, "parse_speed")?;
    let first_screen = build_example(workspace, &target, "first_screen")?;
    let tab_speed = build_example(workspace, &target, "tab_speed")?;
    let awsenv = programs.join("awsenv");
    let broker = install::install_broker(workspace, &programs)?;
    let (few, many, prompted) = (folder.join("home-20"), folder.join("home-10000"), folder.join("home-prompt"));
    homes::make(&few, 20)?;
    homes::make_sessions(&few)?;
    homes::make(&many, 10_000)?;
    homes::make(&prompted, 20)?;
    homes::make_settings(&prompted)?;
    println!("{target}, {runs} runs each, by turns\n");

    let profile = homes::name(7);
    let truth = process::find("true").ok_or_else(|| Failure::new("there is no `true` on PATH"))?;
    let nothing = Run::new(&truth, &few, &[]);
    let using = Run::new(&awsenv, &few, &["use", &profile]);
    using.must_print(homes::KEY_ID)?;
    let listing = Run::new(&awsenv, &many, &["list", "--names"]);
    listing.must_print(&homes::name(10_000))?;

    let prompting = Run::new(&programs.join("awsenv-prompt"), &prompted, &["--shell", "bash"]).with(homes::IDENTITY);
    prompting.must_print("client7-dev (eu-central-1)")?;

    let mut table = Vec::new();
    let [base, used] = by_turns([&nothing, &using], runs)?;
    table.push(ratio("use, static profile among 20", used, base, "true", Limit::AtMost(1.0)));
    for (what, profile) in
        [("use, cached role among 20", homes::ROLE_PROFILE), ("use, cached SSO role among 20", homes::SSO_PROFILE)]
    {
        let using = Run::new(&awsenv, &few, &["use", profile]);
        using.must_print(homes::SESSION_KEY_ID)?;
        let [base, used] = by_turns([&nothing, &using], runs)?;
        table.push(ratio(what, used, base, "true", Limit::AtMost(1.1)));
    }
    // A request that is none: all that comes before a real one, and nothing of its own.
    let idle = Run::new(&broker, &few, &[]);
    idle.must_print("broker-protocol")?;
    let [base, started] = by_turns([&nothing, &idle], runs)?;
    table.push(ratio("awsenv-broker, idle start", started, base, "true", Limit::AtMost(3.0)));
    let [base, listed] = by_turns([&nothing, &listing], runs)?;
    table.push(ratio("list --names, 10,000 profiles", listed, base, "true", Limit::AtMost(12.0)));
    let [base, prompt] = by_turns([&nothing, &prompting], runs)?;
    table.push(ratio("awsenv-prompt", prompt, base, "true", Limit::AtMost(0.8)));
    if let Some(starship) = process::find("starship") {
        let theirs = Run::new(&starship, &prompted, &["module", "aws"]).with(homes::IDENTITY);
        let [slow, fast] = by_turns([&theirs, &prompting], runs)?;
        table.push(Measured {
            what: "awsenv-prompt against starship module aws".into(),
            value: slow.as_secs_f64() / fast.as_secs_f64(),
            unit: "x faster",
            limit: Limit::AtLeast(6.0),
            detail: format!("{} to {}", milliseconds(slow), milliseconds(fast)),
        });
    }
    let tools = workspace.test_tools();
    for shell in loading::SHELLS {
        match loading::find(shell, &tools) {
            Some(program) => table.push(loaded(shell, &program, &programs, &folder, &nothing, runs)?),
            None => println!("  not measured: loading the hook in {shell}, which is not there"),
        }
    }
    for (shell, limit) in steady::SHELLS {
        match process::find(shell) {
            Some(program) => table.push(prompted_steadily(shell, &program, limit, &awsenv, &prompted, runs)?),
            None => println!("  not measured: a steady prompt in {shell}, which is not there"),
        }
    }
    table.extend(parsing(&parse_speed, &many)?);
    table.push(picking(&first_screen, &awsenv, &many)?);
    for shell in ["bash", "zsh"] {
        if process::find(shell).is_some() {
            let script = workspace.root().join("completions").join(format!("awsenv.{shell}"));
            table.extend(completing(&tab_speed, shell, &programs, &many, &script)?);
        } else {
            println!("  not measured: TAB in {shell}, which is not there");
        }
    }
    let mut skipped = None;
    if no_aws {
        skipped = Some("--no-aws");
    } else if let Some(aws) = aws_cli() {
        let words = ["configure", "export-credentials", "--profile", &profile, "--format", "env"];
        let theirs = Run::new(&aws, &few, &words);
        theirs.must_print(homes::KEY_ID)?;
        let [slow, fast] = by_turns([&theirs, &using], (runs / 2).max(FEWEST_RUNS))?;
        table.push(Measured {
            what: "use against aws configure export-credentials".into(),
            value: slow.as_secs_f64() / fast.as_secs_f64(),
            unit: "x faster",
            limit: Limit::AtLeast(300.0),
            detail: format!("{} to {}", milliseconds(slow), milliseconds(fast)),
        });
        table.push(cold::assuming(workspace, &folder, &awsenv, &aws, (runs / 2).max(FEWEST_RUNS))?);
    } else {
        skipped = Some("there is no /usr/bin/aws of version 2 (apt-get install awscli)");
    }

    for line in &table {
        println!("{}", line.show());
    }
    if let Some(why) = skipped {
        println!("  not measured: the AWS CLI: {why}");
    }
    if let Some(load) = busy() {
        println!("\n  the machine is busy (load {load}): these numbers are no evidence; run it again when it is idle");
    }
    let missed = table.iter().filter(|line| !line.holds()).count();
    println!("\n{}", if missed == 0 { "every limit is kept".to_owned() } else { format!("{missed} missed") });
    Ok(missed == 0)
}

/// The load of the last minute, where it is more than this command makes by itself.
fn busy() -> Option<f64> {
    let text = files::read(Path::new("/proc/loadavg")).ok()?;
    let load: f64 = text.split(' ').next()?.parse().ok()?;
    (load > 1.5).then_some(load)
}

/// A program with its arguments, home and variables, and nothing else in its environment.
struct Run {
    variables: Vec<(String, String)>,
    program: PathBuf,
    home: PathBuf,
    words: Vec<String>,
}

impl Run {
    fn new(program: &Path, home: &Path, words: &[&str]) -> Self {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        Self { variables: Vec::new(), program: program.to_owned(), home: home.to_owned(), words }
    }

    fn with(mut self, variables: &[(&str, &str)]) -> Self {
        self.variables.extend(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.words).env_clear().env("HOME", &self.home).env("PATH", "/usr/bin:/bin");
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// What is measured has to be the real thing.
    fn must_print(&self, text: &str) -> Result<()> {
        let mut command = self.command();
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        if process::stdout(command)?.contains(text) {
            return Ok(());
        }
        Err(Failure::new(format!("{} does not print {text}", process::line(&self.command()))))
    }

    /// From before the start to after the end of the process.
    fn time(&self) -> Result<Duration> {
        let mut command = self.command();
        let start = Instant::now();
        let status = command.spawn().and_then(|mut child| child.wait());
        let time = start.elapsed();
        match status {
            Ok(status) if status.success() => Ok(black_box(time)),
            Ok(status) => Err(Failure::new(format!("{}: {status}", process::line(&command)))),
            Err(error) => Err(Failure::new(format!("{}: {error}", process::line(&command)))),
        }
    }
}

/// The medians of programs that take turns.
fn by_turns<const N: usize>(programs: [&Run; N], runs: usize) -> Result<[Duration; N]> {
    let mut times = [const { Vec::new() }; N];
    for program in programs.iter().cycle().take(WARM_UP * N) {
        program.time()?;
    }
    for turn in 0..runs {
        // None always comes first: what runs after another finds other caches.
        for place in 0..N {
            let index = (turn + place) % N;
            times[index].push(programs[index].time()?);
        }
    }
    Ok(times.map(median))
}

/// What a prompt takes in which nothing has changed.
fn prompted_steadily(
    shell: &str,
    program: &Path,
    limit: f64,
    awsenv: &Path,
    home: &Path,
    runs: usize,
) -> Result<Measured> {
    let awsenv = awsenv.to_str().ok_or_else(|| Failure::new("the build folder is not UTF-8"))?;
    let run = |what: &str| {
        let words = steady::words(shell, awsenv, what);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        Run::new(program, home, &words).with(homes::IDENTITY)
    };
    let (nothing, looking) = (run(":"), run("__awsenv_precmd"));
    looking.must_print("client7-dev")?;
    let [base, looked] = by_turns([&nothing, &looking], (runs / 10).max(FEWEST_RUNS))?;
    Ok(Measured {
        what: format!("a steady prompt in {shell}"),
        value: looked.saturating_sub(base).as_secs_f64() * 1e6 / f64::from(steady::PROMPTS),
        unit: "µs",
        limit: Limit::AtMost(limit),
        detail: format!("{} prompts: {} to {}", steady::PROMPTS, milliseconds(looked), milliseconds(base)),
    })
}

/// What the hook adds to the start of `shell`.
fn loaded(shell: &str, program: &Path, programs: &Path, folder: &Path, nothing: &Run, runs: usize) -> Result<Measured> {
    let run = |start_up: StartUp| -> Result<Run> {
        let start = loading::start(shell, program, start_up, folder)?;
        let path = ("PATH".to_owned(), format!("{}:/usr/bin:/bin", programs.display()));
        let variables = start.variables.into_iter().chain([path]).collect();
        Ok(Run { variables, program: start.program, home: folder.to_owned(), words: start.words })
    };
    let (empty, hook, least) = (run(StartUp::Empty)?, run(StartUp::Hook)?, run(StartUp::Program)?);
    // A start of these takes longer than all runs of the others.
    let runs = if matches!(shell, "nu" | "xonsh") { FEWEST_RUNS / 4 } else { runs };
    let [base, empty, hook, least] = by_turns([nothing, &empty, &hook, &least], runs)?;
    let (added, least) = (hook.saturating_sub(empty), least.saturating_sub(empty));
    let limit = if loading::is_promised(shell) { Limit::AtMost(2.0) } else { Limit::None };
    let what = format!("loading the hook in {shell}");
    let mut line = ratio(&what, added, base, "true", limit);
    line.detail.push_str(&format!("; evaluating what true prints: {}", milliseconds(least)));
    Ok(line)
}

fn ratio(what: &str, ours: Duration, base: Duration, name: &str, limit: Limit) -> Measured {
    Measured {
        what: what.to_owned(),
        value: ours.as_secs_f64() / base.as_secs_f64(),
        unit: "x",
        limit,
        detail: format!("{} to {} of {name}", milliseconds(ours), milliseconds(base)),
    }
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}

fn build_example(workspace: &Workspace, target: &str, name: &str) -> Result<PathBuf> {
    let words = ["build", "--quiet", "--release", "--locked", "-p", "xtask", "--example", name, "--target"];
    let mut command = workspace.cargo(words);
    command.arg(target);
    process::must(command, false)?;
    Ok(workspace.target().join(target).join("release/examples").join(name))
}

/// The picker's first screen of 10,000 profiles, from the start of the process.
fn picking(program: &Path, awsenv: &Path, home: &Path) -> Result<Measured> {
    // `[default]` is one more.
    let profiles = "10001";
    let mut command = process::command(program, []);
    command.arg(awsenv).arg(home).arg(profiles).arg(SCREENS.to_string());
    let output = process::stdout(command)?;
    let times: Vec<u32> = output.lines().filter_map(|line| line.parse().ok()).collect();
    if times.len() != SCREENS {
        return Err(Failure::new(format!("first_screen gave {} times", times.len())));
    }
    Ok(Measured {
        what: "use, the picker's first screen of 10,000".into(),
        value: f64::from(median(times)) / 1000.0,
        unit: "ms",
        limit: Limit::AtMost(30.0),
        detail: format!("on a pseudo-terminal, median of {SCREENS}"),
    })
}

/// TAB with 10,000 profiles, from the key to the last byte on the terminal.
fn completing(program: &Path, shell: &str, programs: &Path, home: &Path, script: &Path) -> Result<[Measured; 2]> {
    let mut command = process::command(program, []);
    command.arg(shell).arg(programs).arg(home).arg(script).arg(TABS.to_string());
    let output = process::stdout(command)?;
    let times: Vec<[u32; 3]> = output
        .lines()
        .filter_map(|line| {
            let mut times = line.split(' ').map(str::parse);
            Some([times.next()?.ok()?, times.next()?.ok()?, times.next()?.ok()?])
        })
        .collect();
    if times.len() != TABS {
        return Err(Failure::new(format!("tab_speed gave {} times", times.len())));
    }
    let middle = |index: usize| f64::from(median(times.iter().map(|times| times[index]).collect())) / 1000.0;
    let [some, all, own] = [middle(0), middle(1), middle(2)];
    Ok([
        Measured {
            what: format!("TAB in {shell}, 111 of 10,000 names"),
            value: some,
            unit: "ms",
            limit: Limit::AtMost(30.0),
            detail: format!("on a pseudo-terminal, median of {TABS}"),
        },
        Measured {
            what: format!("TAB in {shell}, all of 10,000 names"),
            value: all / own,
            unit: "x",
            limit: Limit::AtMost(1.0),
            detail: format!("{all:.0} ms to {own:.0} ms of the shell's own way for words in a file"),
        },
    ])
}

fn parsing(program: &Path, home: &Path) -> Result<[Measured; 2]> {
    let mut command = process::command(program, []);
    command.arg(home.join(".aws/config")).arg(home.join(".aws/credentials"));
    let output = process::stdout(command)?;
    let rounds: Vec<(u32, u32)> = output
        .lines()
        .filter_map(|line| line.split_once(' '))
        .filter_map(|(parse, both)| Some((parse.parse().ok()?, both.parse().ok()?)))
        .collect();
    if rounds.len() < FEWEST_RUNS {
        return Err(Failure::new(format!("parse_speed gave {} rounds", rounds.len())));
    }
    let line = |what: &str, value: u32, limit| Measured {
        what: what.to_owned(),
        value: f64::from(value),
        unit: "ns a profile",
        limit,
        detail: format!("10,000 profiles in both files, {} rounds", rounds.len()),
    };
    let parse = median(rounds.iter().map(|(parse, _)| *parse).collect());
    let both = median(rounds.iter().map(|(_, both)| *both).collect());
    Ok([line("parsing", parse, Limit::AtMost(500.0)), line("parsing and giving it meaning", both, Limit::None)])
}

/// Debian's AWS CLI of version 2; one from a version manager on PATH starts by way of a shell script.
fn aws_cli() -> Option<PathBuf> {
    let path = Some(PathBuf::from("/usr/bin/aws")).filter(|path| path.exists()).or_else(|| process::find("aws"))?;
    let version = process::must(process::command(&path, ["--version"]), false).ok()?;
    version.starts_with("aws-cli/2").then_some(path)
}

impl Measured {
    fn holds(&self) -> bool {
        match self.limit {
            Limit::AtMost(limit) => self.value <= limit,
            Limit::AtLeast(limit) => self.value >= limit,
            Limit::None => true,
        }
    }

    fn show(&self) -> String {
        let (limit, verdict) = match self.limit {
            Limit::AtMost(limit) => (format!("at most {limit}"), if self.holds() { "ok" } else { "MISSED" }),
            Limit::AtLeast(limit) => (format!("at least {limit}"), if self.holds() { "ok" } else { "MISSED" }),
            Limit::None => (String::new(), ""),
        };
        let value = if self.value < 100.0 { format!("{:.2}", self.value) } else { format!("{:.0}", self.value) };
        let Self { what, unit, detail, .. } = self;
        format!("  {what:46}{value:>8} {unit:14}{limit:14}{verdict:8}{detail}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(value: f64, limit: Limit) -> Measured {
        Measured { what: "use".into(), value, unit: "x", limit, detail: String::new() }
    }

    #[test]
    fn limits_hold_on_their_side_only() {
        assert!(measured(1.0, Limit::AtMost(1.0)).holds());
        assert!(!measured(1.01, Limit::AtMost(1.0)).holds());
        assert!(measured(300.0, Limit::AtLeast(300.0)).holds());
        assert!(!measured(299.0, Limit::AtLeast(300.0)).holds());
        assert!(measured(1.01, Limit::AtMost(1.0)).show().contains("MISSED"));
    }
}
