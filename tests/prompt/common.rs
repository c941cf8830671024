//! What these tests share.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use awsenv_testkit::home::Home;
use awsenv_testkit::shells::RealShell;
use awsenv_testkit::terminal::Terminal;

use crate::embedding::Embedding;

/// The program under test.
pub(crate) fn awsenv_prompt() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_awsenv-prompt"))
}

/// Stands between the shell and the program: an environment that the test can change while the shell runs. The file
/// holds `NAME=VALUE`, each ended by NUL.
///
/// Called by the hook it has arguments, by hand none. What a shell learns once it asks for again here, as it does where no
/// stamp can be made: it can't see that the environment is another.
const SCRIPT: &str = "#!/bin/sh
export ARGUMENTS=\"${*:-$ARGUMENTS}\"
case $ARGUMENTS in
    --learn*)
        xargs -0 sh -c 'exec env \"$@\" \"$AWSENV_PROMPT\" $ARGUMENTS' sh <environment |
            LC_ALL=C sed 's/^__awsenv_stamp=.*/__awsenv_stamp=/'
        exit
        ;;
esac
exec xargs -0 sh -c 'exec env \"$@\" \"$AWSENV_PROMPT\" $ARGUMENTS' sh <environment
";

/// A home with the script `segment`, which prints the segment of what [`Prompt::show`] says.
pub(crate) fn home(shell: RealShell, embedding: &Embedding, settings: &str) -> Home {
    let home = Home::new()
        .file("settings", settings)
        .file("segment", SCRIPT)
        .file("bin/awsenv-prompt", SCRIPT)
        .file("environment", "")
        .variable("AWSENV_CONFIG", "settings")
        .variable("AWSENV_PROMPT", awsenv_prompt())
        .variable("ARGUMENTS", format!("--shell {} --embed {}", shell.name(), embedding.embed))
        // xonsh asks for its data once, and prints what it thinks.
        .variable("SHELL", "/bin/sh");
    for script in ["segment", "bin/awsenv-prompt"] {
        fs::set_permissions(home.join(script), fs::Permissions::from_mode(0o755)).expect("a script that can run");
    }
    symlink(env!("CARGO_BIN_EXE_awsenv"), home.join("bin/awsenv")).expect("a link in the home");
    let bin = home.join("bin");
    home.path_first(bin)
}

/// A credentials file with keys for these profiles: one that gives no credentials is marked.
pub(crate) fn keys<const N: usize>(names: [&str; N]) -> String {
    names.map(|name| format!("[{name}]\naws_access_key_id = AKIAX\naws_secret_access_key = canary\n")).concat()
}

/// The segment as it should be seen: what the program prints for no shell.
pub(crate) fn plain(home: &Home, variables: &[(&str, &str)]) -> String {
    let output =
        home.command(awsenv_prompt()).envs(variables.iter().copied()).output().expect("awsenv-prompt can be run");
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).expect("text")
}

/// `program`'s output with this line of arguments and these variables.
pub(crate) fn run(
    home: &Home,
    program: &Path,
    line: &str,
    variables: &[(&str, &str)],
) -> (String, String, Option<i32>) {
    let mut command: Command = home.command(program);
    command.args(line.split_whitespace()).envs(variables.iter().copied());
    let output = command.output().expect("the program can be run");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (text(output.stdout), text(output.stderr), output.status.code())
}

/// A shell with the segment in its prompt, between `[` and `]> `.
pub(crate) struct Prompt<'h> {
    home: &'h Home,
    embedding: &'h Embedding,
    pub(crate) terminal: Terminal,
}

impl<'h> Prompt<'h> {
    /// Starts it.
    pub(crate) fn start(shell: RealShell, program: &Path, embedding: &'h Embedding, home: &'h Home) -> Self {
        let mut terminal = Terminal::start(program, shell.arguments(), home.path(), home.environment());
        for line in embedding.setup {
            // xonsh throws away what is typed before it listens.
            settle(&mut terminal);
            terminal.send(&format!("{line}\r"));
        }
        settle(&mut terminal);
        Self { home, embedding, terminal }
    }

    /// Makes the shell show its prompt again, with the segment of these variables, which is `wanted` on the screen.
    #[track_caller]
    pub(crate) fn show(&mut self, variables: &[(&str, &str)], wanted: &str) {
        let entries: String = variables.iter().map(|(name, value)| format!("{name}={value}\0")).collect();
        fs::write(self.home.join("environment"), entries).expect("a file in the home");
        self.terminal.send(&format!("{}\r", self.embedding.refresh));
        let [before, after] = self.embedding.around;
        let line = format!("{before}{wanted}{after}");
        let Self { terminal, .. } = self;
        terminal.wait_until(&format!("prompt {line:?}"), |screen| last_line(screen) == line);
    }
}

/// The last line with anything on it.
pub(crate) fn last_line(screen: &str) -> &str {
    screen.lines().map(str::trim_end).rfind(|line| !line.is_empty()).unwrap_or_default()
}

/// Waits until the shell waits: the screen shows something and has stayed as it is for a while.
pub(crate) fn settle(terminal: &mut Terminal) {
    let mut seen = terminal.wait_until("anything", |screen| !screen.is_empty());
    loop {
        thread::sleep(Duration::from_millis(250));
        let now = terminal.text();
        if now == seen {
            return;
        }
        seen = now;
    }
}

/// The variables of an identity.
pub(crate) fn identity<'v>(profile: &'v str, region: &'v str) -> [(&'static str, &'v str); 4] {
    [
        ("AWS_PROFILE", profile),
        ("AWS_REGION", region),
        // Shell arithmetic would run it.
        ("AWSENV_EXPIRATION", "a[$(touch awsenv-canary)]"),
        ("AWSENV_PROFILE", profile),
    ]
}

impl Prompt<'_> {
    /// As [`show`](Self::show), where nobody can say what the prompt looks like; waits until it is there.
    pub(crate) fn send_only(&mut self, variables: &[(&str, &str)]) {
        let entries: String = variables.iter().map(|(name, value)| format!("{name}={value}\0")).collect();
        fs::write(self.home.join("environment"), entries).expect("a file in the home");
        self.terminal.send(&format!("{}\r", self.embedding.refresh));
        settle(&mut self.terminal);
    }
}
