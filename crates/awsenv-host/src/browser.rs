//! Opening a page in the user's browser.
//!
//! The address comes from a server. It is checked ([`check_url`]), handed over as one argument and never through a
//! shell. Nothing of AWS's is in the browser's environment.

use std::ffi::{OsStr, OsString};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use awsenv_core::environment::Environment;
use thiserror::Error;

use crate::credential_process::split_words;
use crate::programs;

/// The most that an address may have, in bytes: more than any browser takes.
const LONGEST_URL: usize = 16 << 10;

/// How long a program that opens a browser is watched for failing. One that runs on has a browser to show for it.
const WATCHED: Duration = Duration::from_millis(300);

/// Why an address is not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum UrlError {
    /// Neither https, nor http to this machine itself.
    #[error("it is neither https nor of this machine")]
    Scheme,
    /// It names nobody, or a user and a password.
    #[error("it names no plain host")]
    Host,
    /// A character that no address has: a control character, a blank, a quote, something that is not ASCII.
    #[error("it holds a character that no address has")]
    Character,
    /// Longer than any browser takes.
    #[error("it is longer than any browser takes")]
    TooLong,
}

/// Whether `url` may be shown and opened: https, or http on a loopback address, of printable ASCII.
pub fn check_url(url: &str) -> Result<(), UrlError> {
    if url.len() > LONGEST_URL {
        return Err(UrlError::TooLong);
    }
    let forbidden =
        |byte: u8| !byte.is_ascii_graphic() || matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'\\' | b'^' | b'`');
    if url.bytes().any(forbidden) {
        return Err(UrlError::Character);
    }
    let (is_tls, rest) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => (true, rest),
        (None, Some(rest)) => (false, rest),
        (None, None) => return Err(UrlError::Scheme),
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.contains('@') {
        return Err(UrlError::Host);
    }
    let name = match host.strip_prefix('[') {
        Some(address) => address.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    match name {
        "" => Err(UrlError::Host),
        _ if is_tls => Ok(()),
        "localhost" => Ok(()),
        _ if name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback()) => Ok(()),
        _ => Err(UrlError::Scheme),
    }
}

/// Whether a page opened here would be seen by the person: not over SSH, whose browser is elsewhere and can't reach a
/// listener here, and on Unix systems without a desktop of their own only where there is a display or `BROWSER` is set.
pub fn can_open(environment: &Environment) -> bool {
    let is_set = |name| environment.get_os(name).is_some_and(|value| !value.is_empty());
    if is_set("SSH_CONNECTION") || is_set("SSH_TTY") {
        return false;
    }
    cfg!(any(windows, target_os = "macos"))
        || ["BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"].into_iter().any(is_set)
}

/// Opens `url` with `BROWSER`, else with what the desktop has for it; whether something took it. Doesn't wait for the
/// browser.
pub fn open(url: &str, environment: &Environment) -> bool {
    if check_url(url).is_err() {
        return false;
    }
    let own = environment.get_nonempty("BROWSER").map(|list| browsers_of(list, url)).unwrap_or_default();
    own.into_iter().chain(of_the_desktop(url)).any(|opener| opener.runs(environment))
}

/// A program that opens an address.
struct Opener {
    program: OsString,
    arguments: Vec<OsString>,
    /// What it needs in its environment besides.
    variables: Vec<(OsString, OsString)>,
}

/// The commands of `BROWSER`, as Python's `webbrowser`, which the AWS CLI uses, reads it: a list like `PATH`; `%s` is
/// the address, which else comes last; a `&` at the end is for shells and says nothing here.
fn browsers_of(list: &str, url: &str) -> Vec<Opener> {
    let separator = if cfg!(windows) { ';' } else { ':' };
    let mut openers = Vec::new();
    for entry in list.split(separator) {
        let Ok(mut words) = split_words(entry) else { continue };
        words.pop_if(|last| last == "&");
        let mut words = words.into_iter();
        let Some(program) = words.next().filter(|program| !program.is_empty()) else { continue };
        let mut arguments: Vec<String> = words.collect();
        if arguments.iter().any(|word| word.contains("%s")) {
            arguments.iter_mut().for_each(|word| *word = word.replace("%s", url));
        } else {
            arguments.push(url.to_owned());
        }
        let arguments = arguments.into_iter().map(Into::into).collect();
        openers.push(Opener { program: program.into(), arguments, variables: Vec::new() });
    }
    openers
}

/// Those of the crate `open`. It hands the address over as an argument, or as a variable to PowerShell (Windows, WSL).
fn of_the_desktop(url: &str) -> Vec<Opener> {
    let words = |command: &Command| Opener {
        program: command.get_program().to_owned(),
        arguments: command.get_args().map(OsStr::to_owned).collect(),
        variables: command.get_envs().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned()))).collect(),
    };
    open::commands(url).iter().map(words).collect()
}

impl Opener {
    fn runs(self, environment: &Environment) -> bool {
        let Some(path) = self.program.to_str().and_then(|name| programs::find(name, environment)) else {
            return false;
        };
        let mut command = Command::new(path);
        command.args(self.arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.env_clear().envs(environment.iter().filter(|(name, _)| !name.starts_with("AWS"))).envs(self.variables);
        #[cfg(unix)]
        {
            use std::os::unix::process::CommandExt;
            // Ctrl-C is meant for awsenv; the browser stays.
            command.process_group(0);
        }
        command.spawn().is_ok_and(|mut child| !fails(&mut child))
    }
}

/// Whether it ends with a failure at once.
fn fails(child: &mut Child) -> bool {
    let start = Instant::now();
    while start.elapsed() < WATCHED {
        match child.try_wait() {
            Ok(Some(status)) => return !status.success(),
            Ok(None) => std::thread::sleep(Duration::from_millis(5)),
            Err(_) => return true,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for good in [
            "https://device.sso.eu-central-1.amazonaws.com/?user_code=ABCD-EFGH",
            "https://oidc.eu-central-1.amazonaws.com/authorize?a=b%20c&d=(e)*,;~$!#/f",
            "http://127.0.0.1:8080/x",
            "http://127.8.9.10/x",
            "http://[::1]:80/x",
            "http://localhost/x",
        ] {
            assert_eq!(check_url(good), Ok(()), "{good}");
        }
        for (bad, why) in [
            ("http://example.com/", UrlError::Scheme),
            ("http://127.0.0.1.example.com/", UrlError::Scheme),
            ("http://localhost.example.com/", UrlError::Scheme),
            ("http://2130706433/", UrlError::Scheme),
            ("file:///etc/passwd", UrlError::Scheme),
            ("javascript:alert(1)", UrlError::Scheme),
            ("HTTPS://example.com", UrlError::Scheme),
            ("-x", UrlError::Scheme),
            ("--profile=x", UrlError::Scheme),
            ("", UrlError::Scheme),
            ("https://", UrlError::Host),
            ("https:///x", UrlError::Host),
            ("https://example.com@other/", UrlError::Host),
            ("http://localhost@example.com/", UrlError::Host),
            ("https://example.com/\u{1b}]0;x\u{7}", UrlError::Character),
            ("https://example.com/a b", UrlError::Character),
            ("https://example.com/\n", UrlError::Character),
            ("https://example.com/\"&calc&\"", UrlError::Character),
            ("https://example.com/'`id`'", UrlError::Character),
            ("https://exämple.com/", UrlError::Character),
            ("https://example.com/\u{202e}x", UrlError::Character),
        ] {
            assert_eq!(check_url(bad), Err(why), "{bad}");
        }
        assert_eq!(check_url(&format!("https://x/{}", "a".repeat(LONGEST_URL))), Err(UrlError::TooLong));
    }

    #[test]
    fn the_variable_is_read_as_python_does() {
        let openers = browsers_of("firefox -new-tab %s:'/opt/my browser' --x &::w3m", "https://x/?a=b:c");
        let shown: Vec<_> = openers
            .iter()
            .map(|opener| {
                let mut words = vec![opener.program.to_str().unwrap()];
                words.extend(opener.arguments.iter().map(|word| word.to_str().unwrap()));
                words.join("|")
            })
            .collect();
        assert_eq!(
            shown,
            ["firefox|-new-tab|https://x/?a=b:c", "/opt/my browser|--x|https://x/?a=b:c", "w3m|https://x/?a=b:c"]
        );
    }

    #[cfg(all(unix, not(target_os = "macos")))]
    #[test]
    fn where_a_browser_can_be_had() {
        let can = |variables: &[(&str, &str)]| can_open(&variables.iter().copied().collect());
        assert!(!can(&[]));
        assert!(!can(&[("DISPLAY", "")]));
        assert!(can(&[("DISPLAY", ":0")]));
        assert!(can(&[("WAYLAND_DISPLAY", "wayland-0")]));
        assert!(can(&[("BROWSER", "w3m")]));
        assert!(!can(&[("DISPLAY", ":0"), ("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22")]));
        assert!(!can(&[("DISPLAY", ":0"), ("SSH_TTY", "/dev/pts/1")]));
    }

    #[cfg(unix)]
    #[test]
    fn one_argument_whatever_is_in_it_and_nothing_of_aws() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (browser, seen) = (folder.path().join("browser"), folder.path().join("seen"));
        let script = format!("#!/bin/sh\n{{ printf '%s\\n' \"$#\" \"$1\"; env; }} > '{}'\n", seen.display());
        std::fs::write(&browser, script).unwrap();
        std::fs::set_permissions(&browser, PermissionsExt::from_mode(0o755)).unwrap();
        let environment: Environment = [
            ("BROWSER", browser.to_str().unwrap()),
            ("PATH", "/usr/bin:/bin"),
            ("AWS_SECRET_ACCESS_KEY", "canary"),
            ("AWSENV_PROFILE", "x"),
        ]
        .into_iter()
        .collect();
        let url = "https://x.example/?a=$(id);b|c&d=*%20";
        assert!(open(url, &environment));
        let seen = std::fs::read_to_string(&seen).unwrap();
        let mut lines = seen.lines();
        assert_eq!((lines.next(), lines.next()), (Some("1"), Some(url)));
        assert!(!seen.contains("AWS"), "{seen}");
        assert!(!open("https://x.example/\u{7}", &environment));
    }

    #[cfg(unix)]
    #[test]
    fn a_browser_that_fails_is_passed_over() {
        let environment: Environment =
            [("BROWSER", "/no/such/browser:false:relative/x:true"), ("PATH", "/usr/bin:/bin")].into_iter().collect();
        assert!(open("https://x.example/", &environment));
    }
}
