//! How the segment gets into a prompt, by hand, in each shell.

use awsenv_testkit::shells::RealShell;

/// One way to embed.
#[derive(Clone, Copy)]
pub(crate) struct Embedding {
    /// `late` or `early`, as in `--embed`.
    pub(crate) embed: &'static str,
    /// What is typed first.
    pub(crate) setup: &'static [&'static str],
    /// What is typed for each prompt; empty where Enter is enough.
    pub(crate) refresh: &'static str,
    /// Whether the text is on the screen as it is: where options make a prompt mean something else, it is only
    /// harmless.
    pub(crate) exact: bool,
}

const fn late(setup: &'static [&'static str]) -> Embedding {
    Embedding { embed: "late", setup, refresh: "", exact: true }
}

const fn early(setup: &'static [&'static str], refresh: &'static str) -> Embedding {
    Embedding { embed: "early", setup, refresh, exact: true }
}

const fn inexact(embedding: Embedding) -> Embedding {
    Embedding { exact: false, ..embedding }
}

const SH_SUBSTITUTION: Embedding = late(&["PS1='[$(./segment)]> '"]);
const SH_EARLY: Embedding = early(&[], "PS1=\"[$(./segment)]> \"");

/// Every way for `shell`.
pub(crate) fn embeddings(shell: RealShell) -> &'static [Embedding] {
    match shell {
        RealShell::Bash => {
            const {
                &[
                    late(&["PROMPT_COMMAND='AWSENV_SEGMENT=$(./segment)'; PS1='[$AWSENV_SEGMENT]> '"]),
                    late(&[
                        "PROMPT_COMMAND='AWSENV_SEGMENT=$(./segment)'; PS1='[${AWSENV_SEGMENT:+$AWSENV_SEGMENT}]> '",
                    ]),
                    SH_SUBSTITUTION,
                    early(&["PROMPT_COMMAND='PS1=\"[$(./segment)]> \"'"], ""),
                    inexact(early(&["shopt -u promptvars; PROMPT_COMMAND='PS1=\"[$(./segment)]> \"'"], "")),
                ]
            }
        }
        RealShell::BashPosix => const { &[SH_SUBSTITUTION, SH_EARLY] },
        RealShell::Zsh => {
            const {
                &[
                    late(&["precmd() { psvar[1]=$(./segment) }; PS1='[%1v]> '"]),
                    late(&["setopt prompt_subst; precmd() { psvar[1]=$(./segment) }; PS1='[%1v]> '"]),
                    early(&["precmd() { PS1=\"[$(./segment)]> \" }"], ""),
                    early(&["setopt prompt_subst; precmd() { PS1=\"[$(./segment)]> \" }"], ""),
                    inexact(early(&["setopt prompt_subst prompt_bang; precmd() { PS1=\"[$(./segment)]> \" }"], "")),
                ]
            }
        }
        RealShell::Dash | RealShell::Ksh93 | RealShell::Mksh | RealShell::Ash => {
            const { &[SH_SUBSTITUTION, late(&["PS1='[${AWSENV_SEGMENT:-$(./segment)}]> '"]), SH_EARLY] }
        }
        RealShell::Yash => {
            const {
                &[
                    late(&["PROMPT_COMMAND='AWSENV_SEGMENT=$(./segment)'; PS1='[$AWSENV_SEGMENT]> '"]),
                    SH_SUBSTITUTION,
                    SH_EARLY,
                    inexact(early(&["set -o posix"], "PS1=\"[$(./segment)]> \"")),
                ]
            }
        }
        RealShell::Fish => const { &[late(&["function fish_prompt; echo -n '['(./segment)']> '; end"])] },
        RealShell::Elvish => {
            const { &[late(&["set edit:rprompt = { }; set edit:prompt = { put '['(./segment | slurp)']> ' }"])] }
        }
        RealShell::Tcsh => {
            const {
                &[
                    late(&["alias precmd 'set AWSENV_SEGMENT=\"`./segment`\"'", "set prompt='[%$AWSENV_SEGMENT]> '"]),
                    early(&["alias precmd 'set prompt=\"[`./segment`]> \"'"], ""),
                ]
            }
        }
        RealShell::Xonsh => {
            const {
                &[
                    late(&["$PROMPT_FIELDS['awsenv'] = lambda: $(./segment)", "$PROMPT = '[{awsenv}]> '"]),
                    early(&[], "$PROMPT = '[' + $(./segment) + ']> '"),
                ]
            }
        }
        RealShell::Nu => {
            const {
                &[late(&[
                    "$env.PROMPT_INDICATOR = '> '; $env.PROMPT_COMMAND_RIGHT = ''; $env.PROMPT_COMMAND = {|| '[' + (^./segment) + ']' }",
                ])]
            }
        }
    }
}
