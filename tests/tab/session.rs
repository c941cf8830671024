//! An interactive shell with awsenv's completion loaded, in a home of its own.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use awsenv_testkit::corpus::CANARY;
use awsenv_testkit::home::Home;
use awsenv_testkit::shells::RealShell;
use awsenv_testkit::terminal::Terminal;

/// Takes the place of awsenv on `PATH`: answers requests for completion, and writes down any other call's arguments.
const RECORDER: &str = r#"#!/bin/sh
if [ "$1" = __complete ]; then
    exec 'AWSENV' "$@"
fi
for word in "$@"; do
    printf '%s\0' "$word"
done >"$HOME/argv.new"
mv "$HOME/argv.new" "$HOME/argv"
"#;

/// How long a call may take to arrive, and a screen to come to rest.
const PATIENCE: Duration = Duration::from_secs(8);

/// No change for so long is rest.
const REST: Duration = Duration::from_millis(30);

/// The shell, its terminal and its home.
pub(crate) struct Session {
    pub(crate) shell: RealShell,
    pub(crate) home: Home,
    pub(crate) terminal: Terminal,
    /// What awsenv is called there.
    pub(crate) command: &'static str,
    age: Duration,
}

/// What makes the completion known to the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// What `awsenv completions` prints.
    Script,
    /// What `awsenv init` prints for a function called `sw`.
    Hook,
}

/// A line that makes the prompt `READY> ` and loads the script at `complete`; `before` stands before the loading.
fn setup(shell: RealShell, before: &str) -> String {
    match shell {
        RealShell::Bash | RealShell::BashPosix => {
            format!("PS1='READY> '; bind 'set enable-bracketed-paste off'\n{before}\n. ./complete\n")
        }
        RealShell::Zsh => {
            format!(
                "PS1='READY> '; setopt no_beep no_prompt_sp; autoload -Uz compinit; compinit -u -D\n{before}\n. ./complete\n"
            )
        }
        RealShell::Fish => format!(
            "function fish_prompt; printf 'READY> '; end\nfunction fish_greeting; end\n\
             set -g fish_autosuggestion_enabled 0\n{before}\nsource ./complete\n"
        ),
        RealShell::Yash => format!("PS1='READY> '; set -o emacs\n{before}\n. ./complete\n"),
        // A hook is for one evaluation, as a whole.
        RealShell::Tcsh => format!(
            "set prompt='READY> '; set autolist\n{before}\nif ( -e hook ) eval \"`cat complete`\"\n\
             if ( ! -e hook ) source ./complete\n"
        ),
        RealShell::Elvish => format!(
            "set edit:prompt = {{ put 'READY> ' }}\nset edit:rprompt = {{ }}\n{before}\neval (slurp < complete)\n"
        ),
        RealShell::Nu => format!(
            "$env.PROMPT_COMMAND = {{|| 'READY' }}\n$env.PROMPT_COMMAND_RIGHT = ''\n$env.PROMPT_INDICATOR = '> '\n\
             $env.config.show_banner = false\n{before}\nsource complete\n"
        ),
        RealShell::Xonsh => format!("$PROMPT = 'READY> '\n$AUTO_SUGGEST = False\n{before}\nsource -e ./complete\n"),
        RealShell::Dash | RealShell::Ksh93 | RealShell::Mksh | RealShell::Ash => {
            panic!("{} does not complete", shell.label())
        }
    }
}

impl Session {
    /// Starts `shell` in `home` with the completion of `source`, loaded behind the text `before`, and the profiles `names`.
    pub(crate) fn start(
        shell: RealShell,
        program: &Path,
        source: Source,
        home: Home,
        before: &str,
        names: &[&str],
    ) -> Self {
        let (home, command, text) = match source {
            Source::Script => (home, "awsenv", vec!["completions", shell.name()]),
            Source::Hook => (home.file("hook", ""), "sw", vec!["init", shell.name(), "--cmd", "sw"]),
        };
        let awsenv = env!("CARGO_BIN_EXE_awsenv");
        let recorder = RECORDER.replace("AWSENV", awsenv);
        // The AWS CLI's place is taken, too.
        let home = home.file("bin/awsenv", &recorder).file("bin/aws", &recorder).file("rc", setup(shell, before));
        executable(&home.join("bin/awsenv"));
        executable(&home.join("bin/aws"));
        let script = home.command(awsenv).args(text).output().expect("awsenv starts");
        assert!(script.status.success(), "{}", String::from_utf8_lossy(&script.stderr));
        // The hook calls the program by its path.
        let recorder = home.join("bin/awsenv").display().to_string();
        let script = String::from_utf8(script.stdout).expect("a script is text").replace(awsenv, &recorder);
        let home = home.file("complete", script);
        let bin = home.join("bin");
        let home = home.path_first(bin);
        let mut arguments = shell.arguments().to_vec();
        match shell {
            RealShell::Bash | RealShell::BashPosix => arguments.push("-i"),
            // It shows what was typed before as a hint.
            RealShell::Nu => arguments.push("--no-history"),
            _ => {}
        }
        let mut terminal = Terminal::start(program, &arguments, home.path(), home.environment());
        let load = match shell {
            RealShell::Elvish => "eval (slurp < rc)",
            RealShell::Nu => "source rc",
            RealShell::Xonsh => "source -e ./rc",
            RealShell::Fish | RealShell::Tcsh => "source ./rc",
            _ => ". ./rc",
        };
        // Its own prompt comes first, whatever it is.
        rest(&terminal, |screen| !screen.is_empty());
        terminal.send(&format!("{load}\r"));
        terminal.wait_until("prompt", |screen| last_line(screen) == "READY>");
        let mut session = Self { shell, home, terminal, command, age: Duration::from_secs(1_000_000_000) };
        if !names.is_empty() {
            session.profiles(names);
        }
        session
    }

    /// Makes these the only profiles.
    pub(crate) fn profiles(&mut self, names: &[&str]) {
        let text: String = names
            .iter()
            .map(|name| format!("[{name}]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n\n"))
            .collect();
        fs::create_dir_all(self.home.join(".aws")).expect("a folder in a temporary home");
        let path = self.home.join(".aws/credentials");
        fs::write(&path, text).expect("a file in a temporary home");
        if self.shell == RealShell::Tcsh {
            // It looks before a prompt whether the files are newer, and knows whole seconds.
            self.age += Duration::from_secs(2);
            let file = fs::File::options().write(true).open(&path).expect("a file in a temporary home");
            file.set_modified(SystemTime::UNIX_EPOCH + self.age).expect("our own file");
            let prompts = |screen: &str| screen.lines().filter(|line| line.trim_end() == "READY>").count();
            self.prompt();
            let before = prompts(&self.terminal.text());
            self.terminal.send("\r");
            let full = |screen: &str| screen.lines().count() >= 49;
            self.terminal.wait_until("next prompt", |screen| prompts(screen) > before || full(screen));
            self.press_and_rest("");
        }
    }

    /// Types `keys`, and waits until the screen has changed and come to rest.
    #[track_caller]
    pub(crate) fn press(&mut self, keys: &str) -> String {
        let before = self.terminal.text();
        self.terminal.send(keys);
        rest(&self.terminal, |screen| screen != before)
    }

    /// Types `keys`, and waits until what they started has been recorded: its arguments.
    #[track_caller]
    pub(crate) fn recorded(&mut self, keys: &str) -> Vec<String> {
        self.terminal.send(keys);
        let file = self.home.join("argv");
        let start = Instant::now();
        while !file.exists() {
            assert!(start.elapsed() < PATIENCE, "{}: nothing started:\n{}", self.shell.label(), self.terminal.text());
            std::thread::sleep(Duration::from_millis(5));
        }
        let text = fs::read_to_string(&file).expect("the recorder writes what it was given");
        fs::remove_file(&file).expect("the recorder's file can be removed");
        text.split_terminator('\0').map(str::to_owned).collect()
    }

    /// Fails if a name was run.
    #[track_caller]
    pub(crate) fn assert_nothing_ran(&self) {
        let text = self.terminal.text();
        assert!(!self.home.join(CANARY).exists(), "{} ran a name:\n{text}", self.shell.label());
    }

    /// Types `keys`, and waits until the screen has come to rest, whether or not it changed.
    pub(crate) fn press_and_rest(&mut self, keys: &str) -> String {
        self.terminal.send(keys);
        let start = Instant::now();
        rest(&self.terminal, |_| start.elapsed() > REST * 5)
    }

    /// Gives up the line, however the shell is asked to.
    pub(crate) fn again(&mut self) {
        let before = self.terminal.text();
        self.terminal.send("\u{3}");
        self.press_and_rest("");
        if self.terminal.text() == before {
            self.terminal.send("\u{3}\r");
        }
        self.prompt();
    }

    /// Waits for the next prompt.
    pub(crate) fn prompt(&mut self) {
        self.terminal.wait_until("prompt", |screen| last_line(screen) == "READY>");
    }

    /// Types `keys` at the prompt, and waits until they stand there.
    pub(crate) fn type_in(&mut self, keys: &str) {
        self.prompt();
        self.terminal.send(keys);
        let wanted = format!("READY> {}", keys.trim_end());
        self.terminal.wait_until(&wanted, |screen| last_line(screen) == wanted);
    }
}

/// The last line that is not empty, without the blanks at its end.
fn last_line(screen: &str) -> &str {
    screen.lines().rev().map(str::trim_end).find(|line| !line.is_empty()).unwrap_or_default()
}

/// What the screen shows when it is as wanted and has come to rest; whatever it shows when that does not happen.
fn rest(terminal: &Terminal, wanted: impl Fn(&str) -> bool) -> String {
    let start = Instant::now();
    let mut last = (terminal.text(), Instant::now());
    loop {
        std::thread::sleep(Duration::from_millis(5));
        let now = terminal.text();
        if now != last.0 {
            last = (now, Instant::now());
        } else if (last.1.elapsed() > REST && wanted(&now)) || start.elapsed() > PATIENCE {
            return now;
        }
    }
}

fn executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("our own file");
}
