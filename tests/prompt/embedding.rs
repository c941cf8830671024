//! How the segment gets into a prompt in each shell: by the hook, and by hand as docs/shells.md says.

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
    /// What stands around it, without the space at the end.
    pub(crate) around: [&'static str; 2],
    /// Whether the text is on the screen as it is: where options make a prompt mean something else, it is only
    /// harmless.
    pub(crate) exact: bool,
}

const fn late(setup: &'static [&'static str]) -> Embedding {
    Embedding { embed: "late", setup, refresh: "", around: ["[", "]>"], exact: true }
}

const fn early(setup: &'static [&'static str], refresh: &'static str) -> Embedding {
    Embedding { embed: "early", setup, refresh, around: ["[", "]>"], exact: true }
}

const fn inexact(embedding: Embedding) -> Embedding {
    Embedding { exact: false, ..embedding }
}

/// awsenv's own hook.
const fn hooked(setup: &'static [&'static str]) -> Embedding {
    Embedding { around: ["", " >"], ..late(setup) }
}

/// awsenv's own hook in the shells where it asks again only when a variable has changed: one that is looked at, and that
/// no program sees.
const fn hooked_learning(setup: &'static [&'static str]) -> Embedding {
    Embedding { refresh: "AWSENV_CLASS=$((${AWSENV_CLASS:-0} + 1))", ..hooked(setup) }
}

const SH_SUBSTITUTION: Embedding = late(&["PS1='[$(./segment)]> '"]);
const SH_EARLY: Embedding = early(&[], "PS1=\"[$(./segment)]> \"");

/// Every way for `shell`.
pub(crate) fn embeddings(shell: RealShell) -> &'static [Embedding] {
    match shell {
        RealShell::Bash => {
            const {
                &[
                    hooked_learning(&["PS1='> '; eval \"$(awsenv init bash --prompt)\""]),
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
                    hooked_learning(&["setopt prompt_subst; PS1='> '; eval \"$(awsenv init zsh --prompt)\""]),
                    late(&["precmd() { psvar[1]=$(./segment) }; PS1='[%1v]> '"]),
                    late(&["setopt prompt_subst; precmd() { psvar[1]=$(./segment) }; PS1='[%1v]> '"]),
                    early(&["precmd() { PS1=\"[$(./segment)]> \" }"], ""),
                    early(&["setopt prompt_subst; precmd() { PS1=\"[$(./segment)]> \" }"], ""),
                    inexact(early(&["setopt prompt_subst prompt_bang; precmd() { PS1=\"[$(./segment)]> \" }"], "")),
                ]
            }
        }
        RealShell::Dash => {
            const { &[hooked(&["PS1='> '; eval \"$(awsenv init dash --prompt)\""]), SH_SUBSTITUTION, SH_EARLY] }
        }
        RealShell::Ksh93 => {
            const { &[hooked(&["PS1='> '; eval \"$(awsenv init ksh --prompt)\""]), SH_SUBSTITUTION, SH_EARLY] }
        }
        RealShell::Mksh => {
            const { &[hooked(&["PS1='> '; eval \"$(awsenv init mksh --prompt)\""]), SH_SUBSTITUTION, SH_EARLY] }
        }
        RealShell::Ash => {
            const { &[hooked(&["PS1='> '; eval \"$(awsenv init ash --prompt)\""]), SH_SUBSTITUTION, SH_EARLY] }
        }
        RealShell::Yash => {
            const {
                &[
                    hooked(&["PS1='> '; eval \"$(awsenv init yash --prompt)\""]),
                    SH_SUBSTITUTION,
                    SH_EARLY,
                    inexact(early(&["set -o posix"], "PS1=\"[$(./segment)]> \"")),
                ]
            }
        }
        RealShell::Fish => {
            const {
                &[
                    hooked(&["function fish_prompt; echo -n '> '; end; awsenv init fish --prompt | source"]),
                    late(&["function fish_prompt; echo -n '['(./segment)']> '; end"]),
                ]
            }
        }
        RealShell::Elvish => {
            const {
                &[
                    hooked(&[
                        "set edit:rprompt = { }; set edit:prompt = { put '> ' }; eval (awsenv init elvish --prompt | slurp)",
                    ]),
                    late(&["set edit:rprompt = { }; set edit:prompt = { put '['(./segment | slurp)']> ' }"]),
                ]
            }
        }
        RealShell::Tcsh => {
            const {
                &[
                    hooked(&["set prompt='> '", "eval \"`awsenv init tcsh --prompt`\""]),
                    late(&["alias precmd 'set AWSENV_SEGMENT=\"`./segment`\"'", "set prompt='[%$AWSENV_SEGMENT]> '"]),
                    early(&["alias precmd 'set prompt=\"[`./segment`]> \"'"], ""),
                ]
            }
        }
        RealShell::Xonsh => {
            const {
                &[
                    hooked(&["$PROMPT = '> '", "execx($(awsenv init xonsh --prompt))"]),
                    late(&["$PROMPT_FIELDS['awsenv'] = lambda: $(./segment)", "$PROMPT = '[{awsenv}]> '"]),
                    early(&[], "$PROMPT = '[' + $(./segment) + ']> '"),
                ]
            }
        }
        RealShell::Nu => {
            const {
                &[
                    hooked(&[
                        "$env.PROMPT_INDICATOR = '> '; $env.PROMPT_COMMAND_RIGHT = ''; $env.PROMPT_COMMAND = {|| '' }",
                        "awsenv init nu --prompt | save hook.nu",
                        "source hook.nu",
                    ]),
                    late(&[
                        "$env.PROMPT_INDICATOR = '> '; $env.PROMPT_COMMAND_RIGHT = ''; $env.PROMPT_COMMAND = {|| '[' + (^./segment) + ']' }",
                    ]),
                ]
            }
        }
    }
}
