//! The command line, as clap knows it. One function a command: the hot ones are built alone, without the rest of the
//! tree.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Command, ValueHint};

/// Every command, for help, man pages and completions.
pub fn command() -> Command {
    Command::new("awsenv")
        .version(env!("CARGO_PKG_VERSION"))
        .about("The right AWS identity in every shell, or a loud failure")
        .after_help(
            "Exit status: 0 done, 1 refused by files, arguments or AWS, 2 usage, 3 a person is needed, 130 interrupted, 255 a bug.",
        )
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommands(SUBCOMMANDS.iter().map(|(_, build)| build()))
}

/// Builds the definition of one command.
type Build = fn() -> Command;

/// Every command by name, so that one can be built without the others.
const SUBCOMMANDS: &[(&str, Build)] = &[
    ("use", use_),
    ("clear", clear),
    ("back", back),
    ("current", current),
    ("list", list),
    ("explain", explain),
    ("exec", exec),
    ("export", export),
    ("login", login),
    ("logout", logout),
    ("init", init),
    ("allow", allow),
    ("deny", deny),
    ("completions", completions),
    ("prompt", prompt),
];

/// The command of this name.
pub(crate) fn subcommand(name: &str) -> Option<Command> {
    SUBCOMMANDS.iter().find(|(known, _)| *known == name).map(|(_, build)| build())
}

/// `awsenv use`
pub fn use_() -> Command {
    identity_options(Command::new("use"))
        .bin_name("awsenv use")
        .about("Make PROFILE the identity of this shell; without the hook, print the snippet that does")
        .long_about(
            "Make PROFILE the identity of this shell: everything it needs is set, every other variable that could speak \
             for another identity is unset. Without the hook (`awsenv init`) it prints the snippet that does, to be \
             evaluated: eval \"$(awsenv use client1)\".\n\n\
             `awsenv use -` goes back to the profile before; without PROFILE, a picker asks on the terminal.",
        )
        .arg(profile().help("The profile, exactly as it is called; - is the one before; without it a picker asks"))
        .arg(shell())
        .arg(hook())
        .arg(print())
        .arg(
            Arg::new("or-clear")
                .long("or-clear")
                .action(ArgAction::SetTrue)
                .help("If it fails, lock the shell: no identity is better than the old one"),
        )
}

/// `awsenv clear`
pub fn clear() -> Command {
    Command::new("clear")
        .bin_name("awsenv clear")
        .about("Leave no identity but the machine's own; without the hook, print the snippet that does")
        .arg(
            Arg::new("lock")
                .long("lock")
                .action(ArgAction::SetTrue)
                .help("Leave none at all: every AWS tool stops, none slides into [default]"),
        )
        .arg(shell())
        .arg(hook())
        .arg(print())
}

/// `awsenv back`
pub fn back() -> Command {
    Command::new("back")
        .bin_name("awsenv back")
        .about("Give back exactly the variables that were there before the last use (done by the shell hook)")
        .arg(shell())
        .arg(hook())
}

/// `awsenv current`
pub fn current() -> Command {
    Command::new("current")
        .bin_name("awsenv current")
        .about("Say who the environment says you are, why, until when, and what speaks against it")
        .arg(
            Arg::new("verify")
                .long("verify")
                .action(ArgAction::SetTrue)
                .help("Ask AWS (STS GetCallerIdentity) whose the credentials are"),
        )
        .arg(json())
}

/// `awsenv list`
pub fn list() -> Command {
    let form = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).action(ArgAction::SetTrue).help(help).group("form")
    };
    Command::new("list")
        .bin_name("awsenv list")
        .about("List the profiles, with kind, account, region and the state of their session")
        .arg(
            Arg::new("filter")
                .value_name("FILTER")
                .num_args(0..)
                .help("Only names that hold every FILTER; * and ? match as in file names; env=prod asks for a part of the name, as the settings' naming tells them"),
        )
        .arg(Arg::new("by").long("by").value_name("FIELD").conflicts_with_all(["json", "names", "tree"]).help(
            "Group by a part of the names, such as client",
        ))
        .arg(form("long", "Also the role, the class and where each profile is written"))
        .arg(form("json", "As a JSON array"))
        .arg(form("names", "Names alone, one a line"))
        .arg(form("tree", "Roles below the profile or session they start from"))
}

/// `awsenv explain`
pub fn explain() -> Command {
    Command::new("explain")
        .bin_name("awsenv explain")
        .about("Show the way to a profile's credentials, step by step, with the file and line of every value")
        .arg(profile().required(true))
        .arg(json())
}

/// `awsenv exec`
pub fn exec() -> Command {
    identity_options(Command::new("exec"))
        .bin_name("awsenv exec")
        .about("Run a command with the identity of PROFILE")
        .after_help("Exit status: the command's own; 125 if awsenv failed before it, 126 if it can't be run, 127 if it isn't there.")
        .arg(profile().required(true))
        .arg(
            Arg::new("command")
                .value_name("COMMAND")
                .required(true)
                .num_args(1..)
                .last(true)
                .value_parser(clap::value_parser!(std::ffi::OsString))
                .value_hint(ValueHint::CommandWithArguments)
                .help("The command and its arguments, behind --"),
        )
}

/// `awsenv export`
pub fn export() -> Command {
    identity_options(Command::new("export"))
        .mut_arg("as", |arg| arg.hide(true))
        .bin_name("awsenv export")
        .about("Print the credentials of PROFILE in a format that other tools read")
        .arg(profile().required(true))
        .arg(
            Arg::new("format")
                .long("format")
                .value_name("FORMAT")
                .default_value("process")
                .value_parser(PossibleValuesParser::new(crate::commands::export::FORMATS))
                .help("How"),
        )
        .arg(print())
}

/// `awsenv login`
pub fn login() -> Command {
    let switch =
        |name: &'static str, help: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue).help(help);
    Command::new("login")
        .bin_name("awsenv login")
        .about("Log in to IAM Identity Center (SSO)")
        .long_about(
            "Log in to IAM Identity Center (SSO): in the browser, or, with --device-code or where no browser can be had \
             (over SSH, without a display), with a code that is typed into any browser. The login is shared with the \
             AWS CLI and the SDKs, and renews itself as long as it may.\n\n\
             Without PROFILE and --sso-session, the only [sso-session] of the config file is meant.",
        )
        .arg(profile().help("The login that this profile's credentials start from"))
        .arg(sso_session().conflicts_with("profile"))
        .arg(switch("device-code", "Show a code that is typed into any browser, here or elsewhere"))
        .arg(switch("no-browser", "Open no browser: show its address alone"))
        .arg(switch("force", "Log in anew, also where a login is still good"))
}

/// `awsenv logout`
pub fn logout() -> Command {
    Command::new("logout")
        .bin_name("awsenv logout")
        .about("End a login of IAM Identity Center (SSO), at AWS and on this machine")
        .long_about(
            "End a login of IAM Identity Center (SSO), at AWS and on this machine: the token and the role credentials that \
             were got with it, wherever the AWS CLI shares them, and nothing else. Role credentials that are already in a \
             shell live on until they end by themselves: `awsenv clear` takes them out of it.\n\n\
             Without PROFILE, --sso-session and --all, the only [sso-session] of the config file is meant.",
        )
        .arg(profile().help("The login that this profile's credentials start from"))
        .arg(sso_session().conflicts_with("profile"))
        .arg(
            Arg::new("all")
                .long("all")
                .action(ArgAction::SetTrue)
                .conflicts_with_all(["profile", "sso-session"])
                .help("Every login that the config file knows"),
        )
}

/// `awsenv init`
pub fn init() -> Command {
    Command::new("init")
        .bin_name("awsenv init")
        .about("Print the hook for a shell's start-up file")
        .long_about(
            "Print the hook for a shell's start-up file. With it, `awsenv use client1` alone switches, `awsenv back` \
             gives back what was there before, and AWSENV_SEGMENT holds what to show in a prompt.\n\n\
             In ~/.bashrc: eval \"$(awsenv init bash)\".",
        )
        .arg(Arg::new("shell").value_name("SHELL").required(true).help("The shell").value_parser(shells()))
        .arg(
            Arg::new("prompt")
                .long("prompt")
                .action(ArgAction::SetTrue)
                .help("Show the identity at the left of the prompt"),
        )
        .arg(
            Arg::new("cmd")
                .long("cmd")
                .value_name("NAME")
                .default_value(crate::commands::init::COMMAND)
                .help("What to call the command in the shell"),
        )
}

/// `awsenv prompt`
pub fn prompt() -> Command {
    Command::new("prompt")
        .bin_name("awsenv prompt")
        .about("Print the prompt segment: who the environment says you are, where, and for how long")
        .long_about(
            "Print the prompt segment: who the environment says you are, where, and for how long; nothing where nobody \
             chose an identity. The program awsenv-prompt is the same and starts faster.\n\n\
             It reads the environment and awsenv's settings, no other file. At its end `!` means that something in the \
             environment does not belong to the identity (`awsenv current` tells what), and `?` that the settings \
             can't be read. It never fails.",
        )
        .arg(
            Arg::new("shell")
                .long("shell")
                .value_name("SHELL")
                .help("Escape it for the prompt of this shell; by default it is plain text")
                .value_parser(shells()),
        )
        .arg(
            Arg::new("format")
                .long("format")
                .value_name("TEXT")
                .help("This format in place of the settings', such as '{profile}{ left}'"),
        )
        .arg(Arg::new("json").long("json").action(ArgAction::SetTrue).help("Everything as data, in one line"))
        .arg(
            Arg::new("embed")
                .long("embed")
                .value_name("WAY")
                .default_value("late")
                .help("How it gets into the prompt: by a variable that the prompt names (late), or pasted into it (early)")
                .value_parser(PossibleValuesParser::new(awsenv_shell::prompt::Embed::ALL.map(awsenv_shell::prompt::Embed::name))),
        )
}

/// `awsenv allow`
pub fn allow() -> Command {
    Command::new("allow")
        .bin_name("awsenv allow")
        .about("Let the .awsenv file of a folder switch the identity, as long as it stays as it is")
        .long_about(
            "Let the .awsenv file of a folder switch the identity on entering (hook = switch in the settings), as long \
             as it stays where and as it is. Such a file says `profile = NAME`, and `region` and `account` where \
             wanted; it is never evaluated.",
        )
        .arg(folder())
}

/// `awsenv deny`
pub fn deny() -> Command {
    Command::new("deny")
        .bin_name("awsenv deny")
        .about("Hear no more of a folder's .awsenv file, whatever it says")
        .arg(folder())
}

fn folder() -> Arg {
    Arg::new("folder")
        .value_name("FOLDER")
        .default_value(".")
        .value_parser(clap::value_parser!(std::path::PathBuf))
        .value_hint(ValueHint::DirPath)
        .help("The folder; the file is in it, or in the nearest one above")
}

/// `awsenv completions`
pub fn completions() -> Command {
    Command::new("completions").bin_name("awsenv completions").about("Print the completion script for a shell").arg(
        Arg::new("shell")
            .value_name("SHELL")
            .required(true)
            .value_parser(PossibleValuesParser::new(awsenv_shell::completion::SHELLS.map(awsenv_shell::Shell::name)))
            .help("The shell"),
    )
}

fn identity_options(command: Command) -> Command {
    let option = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help)
    };
    command
        .arg(option("region", "REGION", "This region in place of the profile's"))
        .arg(
            option("as", "MODE", "Hand over keys (the default), or the profile's name alone")
                .value_parser(PossibleValuesParser::new(["keys", "profile"])),
        )
        .arg(option("duration", "DURATION", "Length of the role session, 15m to 12h"))
        .arg(option("for", "DURATION", "How long this shell keeps the identity, such as 20m"))
        .arg(option("role-session-name", "NAME", "The name of the role session"))
        .arg(option("mfa", "CODE", "The one-time code of the MFA device, in place of the question on the terminal"))
        .arg(Arg::new("refresh").long("refresh").action(ArgAction::SetTrue).help("Pass over cached sessions"))
        .arg(
            Arg::new("yes")
                .long("yes")
                .short('y')
                .action(ArgAction::SetTrue)
                .help("Ask no confirmation for a class that wants one"),
        )
}

fn profile() -> Arg {
    Arg::new("profile").value_name("PROFILE").help("The profile, exactly as it is called")
}

fn shell() -> Arg {
    Arg::new("shell")
        .long("shell")
        .value_name("SHELL")
        .help("The shell that evaluates; by default the one that runs awsenv")
        .value_parser(shells())
}

/// What the hook alone says: which shell it is in.
fn hook() -> Arg {
    Arg::new("hook").long("hook").value_name("SHELL").hide(true).value_parser(shells())
}

fn shells() -> PossibleValuesParser {
    PossibleValuesParser::new(awsenv_shell::Shell::ALL.map(awsenv_shell::Shell::name))
}

fn print() -> Arg {
    Arg::new("print").long("print").action(ArgAction::SetTrue).help("Print even to a terminal, secrets and all")
}

fn sso_session() -> Arg {
    Arg::new("sso-session").long("sso-session").value_name("NAME").help("The login of this [sso-session]")
}

fn json() -> Arg {
    Arg::new("json").long("json").action(ArgAction::SetTrue).help("As JSON")
}
