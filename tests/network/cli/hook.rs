//! The hook's renewal, at real prompts: in the background, once for all shells, never against anybody's will.

use std::path::Path;
use std::time::{Duration, Instant};

use awsenv_testkit::fake::Fault;
use awsenv_testkit::shells::RealShell;
use awsenv_testkit::terminal::Terminal;
use awsenv_testkit::tools;

use crate::common::{Run, START_URL, World};
use crate::renewal::lives_on_for;
use crate::sso::put_token;

/// A shell at a terminal, with the hook.
struct Session<'w> {
    world: &'w World,
    terminal: Terminal,
    lines: u32,
}

impl<'w> Session<'w> {
    fn start(shell: RealShell, program: &Path, world: &'w World) -> Self {
        let home = &world.home;
        let terminal = Terminal::start(program, shell.arguments(), home.path(), home.environment());
        let mut session = Self { world, terminal, lines: 0 };
        session.run("PS1='READY> '");
        session.run(&format!("eval \"$(awsenv init {})\"", shell.name()));
        session
    }

    #[track_caller]
    fn run(&mut self, line: &str) -> String {
        self.lines += 1;
        self.terminal.send(&format!("{line}\r"));
        self.terminal.send(&format!("echo do''ne:{}:\r", self.lines));
        self.terminal.wait_for(&format!("done:{}:", self.lines))
    }

    #[track_caller]
    fn ask(&mut self, words: &str) -> String {
        self.run(&format!("printf %s \"{words}\" >~/answer"));
        self.world.read("answer")
    }

    /// An identity of the role Admin that has five minutes left, of an hour: nobody could renew it when it was taken.
    /// From the end of this on it can be; `before` is run before that.
    fn use_what_is_near_its_end(&mut self, before: &str) -> String {
        let settings = self.world.home.join(".config/awsenv");
        std::fs::create_dir_all(&settings).expect("a folder in a temporary home");
        std::fs::write(settings.join("config"), "[settings]\nbroker = /nowhere/awsenv-broker\n").expect("settings");
        self.run("awsenv use admin 2>/dev/null");
        let id = self.ask("$AWS_ACCESS_KEY_ID");
        assert_eq!(self.world.fake.calls("AssumeRole"), 1);
        self.run(before);
        // A renewal may have been tried before; another try is a minute away, or at news from a file.
        std::fs::write(settings.join("config"), "[settings]\n").expect("the settings");
        self.run("rm -f ~/.local/state/awsenv/shells/*.tried");
        id
    }

    /// Prompts until `is_so`, and no longer than any renewal takes.
    #[track_caller]
    fn prompts_until(&mut self, what: &str, mut is_so: impl FnMut(&mut Self) -> bool) {
        let start = Instant::now();
        while !is_so(self) {
            assert!(start.elapsed() < Duration::from_secs(20), "not {what}:\n{}", self.terminal.text());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

fn world() -> World {
    let world = World::new();
    world.exported("admin");
    lives_on_for(&world, 300);
    world
}

fn check_renewed(shell: RealShell, program: &Path) {
    let world = world();
    let mut session = Session::start(shell, program, &world);
    // While AWS takes its time, the prompt does not.
    world.fake.set_fault("AssumeRole", Fault::Delay(Duration::from_secs(2)), 1);
    let old = session.use_what_is_near_its_end(":");
    session.prompts_until("asked", |session| {
        session.run(":");
        session.world.fake.calls("AssumeRole") == 2
    });
    assert_eq!(session.ask("$AWS_ACCESS_KEY_ID"), old, "the prompt did not wait");
    session.prompts_until("renewed", |session| session.ask("$AWS_ACCESS_KEY_ID") != old);
    let id = session.ask("$AWS_ACCESS_KEY_ID");
    assert_eq!(session.ask("$AWSENV_KEY_ID|$AWSENV_PROFILE"), format!("{id}|admin"));
    let role = |id: &str| world.fake.identity_of(id).map(|arn| arn.rsplit_once('/').map(|(role, _)| role.to_owned()));
    assert_eq!(role(&id), role(&old), "the same role");
    assert_eq!(world.fake.calls("AssumeRole"), 2);
    // It was no `use`: `back` still goes to what was before it.
    session.run("awsenv back");
    assert_eq!(session.ask("${AWS_ACCESS_KEY_ID-none}"), "none", "{}", shell.label());
}

mod renewed {
    awsenv_testkit::in_every_shell!(super::check_renewed, bash = Bash, zsh = Zsh, mksh = Mksh);
}

fn check_cleared(shell: RealShell, program: &Path) {
    let world = world();
    let mut session = Session::start(shell, program, &world);
    world.fake.set_fault("AssumeRole", Fault::Delay(Duration::from_secs(1)), 1);
    session.use_what_is_near_its_end(":");
    session.prompts_until("asked", |session| {
        session.run(":");
        session.world.fake.calls("AssumeRole") == 2
    });
    session.run("awsenv clear");
    let shells = world.home.join(".local/state/awsenv/shells");
    let is_noted = |_: &mut Session<'_>| {
        std::fs::read_dir(&shells).is_ok_and(|mut files| {
            files.any(|file| file.is_ok_and(|file| file.file_name().to_string_lossy().ends_with(".renewed")))
        })
    };
    session.prompts_until("renewed", is_noted);
    for _ in 0..3 {
        assert_eq!(session.ask("${AWS_ACCESS_KEY_ID-none}${AWSENV_PROFILE-}"), "none", "{}", shell.label());
    }
}

mod cleared {
    awsenv_testkit::in_every_shell!(super::check_cleared, bash = Bash, zsh = Zsh);
}

fn check_other_files(shell: RealShell, program: &Path) {
    let world = world();
    let mut session = Session::start(shell, program, &world);
    let old = session.use_what_is_near_its_end("cp ~/.aws/config ~/other; export AWS_CONFIG_FILE=~/other");
    session.prompts_until("refused", |session| session.run(":").contains("admin is not renewed"));
    for _ in 0..5 {
        session.run(":");
    }
    let screen = session.run(":");
    assert_eq!(screen.matches("is not renewed").count(), 1, "{}: {screen}", shell.label());
    assert_eq!(session.ask("$AWS_ACCESS_KEY_ID"), old);
    assert_eq!(world.fake.calls("AssumeRole"), 1, "nobody was asked");
}

mod other_files {
    awsenv_testkit::in_every_shell!(super::check_other_files, bash = Bash, zsh = Zsh);
}

/// A laptop that slept past the end: locked at the first prompt, and nobody's keys are used.
fn check_past_the_end(shell: RealShell, program: &Path) {
    let Some(python) = tools::require("python", module_path!()) else { return };
    let world = world();
    let mut session = Session::start(shell, program, &world);
    session.use_what_is_near_its_end(":");
    session.run("export AWSENV_EXPIRATION=1000000000");
    let screen = session.run(":");
    assert_eq!(screen.matches("admin has come to its end").count(), 1, "{}: {screen}", shell.label());
    let ask = "import botocore.session; botocore.session.Session().get_credentials()";
    let screen = session.run(&format!("clear; {} -c '{ask}' 2>&1 | tail -1", python.display()));
    assert!(screen.contains("could not be found"), "{}: {screen}", shell.label());
}

mod past_the_end {
    awsenv_testkit::in_every_shell!(super::check_past_the_end, bash = Bash, zsh = Zsh, fish = Fish);
}

/// The variables that a `use` sets.
fn exported(used: &Run) -> Vec<(String, String)> {
    let used = used.json();
    let set = used["set"].as_object().expect("what nu is told");
    set.iter().map(|(name, value)| (name.clone(), value.as_str().expect("text").to_owned())).collect()
}

/// What the thirty shells of a machine start in the background.
#[test]
fn thirty_shells_make_one_call() {
    let world = World::new();
    world.exported("admin");
    lives_on_for(&world, 300);
    let folder = world.home.join(".config/awsenv");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config"), "[settings]\nbroker = /nowhere/awsenv-broker\n").unwrap();
    let variables = exported(&world.awsenv("use --shell nu admin").expect(0, &["not renewed"]));
    std::fs::remove_file(folder.join("config")).unwrap();
    let start = |shell: u32| {
        let mut command = world.command(&["__renew", &shell.to_string()]);
        command.envs(variables.iter().cloned()).spawn().expect("awsenv starts")
    };
    let children: Vec<_> = (4_190_000..4_190_030).map(start).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(world.fake.calls("AssumeRole"), 2, "one before, one for all");
    let noted = std::fs::read_dir(world.home.join(".local/state/awsenv/shells")).unwrap();
    assert_eq!(noted.filter(|file| file.as_ref().is_ok_and(|file| file.path().extension().is_some())).count(), 30);
}

/// The token of IAM Identity Center is renewed on the way, and shared.
#[test]
fn a_token_is_renewed_with_what_it_gives() {
    let world = World::new();
    put_token(&world, &world.fake.sso_token(START_URL, 3600));
    let variables = exported(&world.awsenv("use --shell nu dev").expect(0, &[]));
    // Soon over, both of them, and only the token can be renewed without a person.
    put_token(&world, &world.fake.sso_token(START_URL, 120));
    std::fs::remove_dir_all(world.home.join(".aws/cli/cache")).expect("the role's entry");
    let soon = (world.fake.now() + 300).to_string();
    let run = |arguments: &[&str]| {
        let mut command = world.command(arguments);
        command.envs(variables.iter().cloned()).env("AWSENV_EXPIRATION", &soon).output().expect("awsenv starts")
    };
    run(&["__renew", "4190200"]);
    assert_eq!((world.fake.calls("CreateToken"), world.fake.calls("GetRoleCredentials")), (1, 2));
    let taken = run(&["__take", "--hook", "bash", "4190200"]);
    let text = String::from_utf8_lossy(&taken.stdout).into_owned();
    assert!(text.contains("AWS_ACCESS_KEY_ID=") && taken.stderr.is_empty(), "{text}");
    assert_eq!((world.fake.calls("CreateToken"), world.fake.calls("GetRoleCredentials")), (1, 2), "from the caches");
}

/// Only a person can go on: said once, with what to run.
#[test]
fn a_login_that_is_needed_is_said_once() {
    let world = World::new();
    put_token(&world, &world.fake.sso_token(START_URL, 3600));
    let variables = exported(&world.awsenv("use --shell nu dev").expect(0, &[]));
    // The token is gone, and so is what it gave.
    for folder in [".aws/sso/cache", ".aws/cli/cache", ".cache"] {
        std::fs::remove_dir_all(world.home.join(folder)).expect("a cache");
    }
    let run = |arguments: &[&str]| {
        let mut command = world.command(arguments);
        command.envs(variables.iter().cloned());
        command.output().expect("awsenv starts")
    };
    run(&["__renew", "4190100"]);
    let first = String::from_utf8_lossy(&run(&["__take", "--hook", "bash", "4190100"]).stderr).into_owned();
    assert!(first.contains("dev is not renewed") && first.contains("awsenv login"), "{first}");
    assert_eq!(first.lines().count(), 1, "{first}");
    let again = run(&["__take", "--hook", "bash", "4190100"]);
    assert!(again.stderr.is_empty() && again.stdout.is_empty());
}
