# shellcheck shell=bash
# shellcheck disable=SC2154,SC2128,SC2178
# bash, 3.2 and later. Read where core.sh is.

# Both, because bash counts no level inside <(…), and 3.2 has no BASHPID.
__awsenv_in_subshell() {
    [ "${BASH_SUBSHELL:-1}:${BASHPID:-$$}" != "0:$$" ]
}

# Puts the hook after what is in PROMPT_COMMAND, so that a tool that writes PS1 has done so.
__awsenv_prompt_command() {
    \local attributes
    attributes=
    if [[ ${BASH_VERSINFO[0]}${BASH_VERSINFO[1]} -ge 51 ]]; then
        attributes=${PROMPT_COMMAND[*]@a}
    fi
    case ${PROMPT_COMMAND[*]-} in
        *__awsenv_precmd*) \return 0 ;;
    esac
    case $attributes in
        *r*) ;;
        *a*) PROMPT_COMMAND+=(__awsenv_precmd) ;;
        *) PROMPT_COMMAND=${PROMPT_COMMAND:+$PROMPT_COMMAND$'\n'}__awsenv_precmd ;;
    esac
}

# Completion at the first TAB.

# Notes how COMMAND is completed, in an array, because no array can have come from the environment; its first element
# could. What is ours is no news.
__awsenv_tab_keep() { # aws|export
    \local spec
    spec=$(\complete -p "$1" 2>/dev/null)
    case $spec in
        *" -F __awsenv_"*) ;;
        *) __awsenv_tab_specs[$(__awsenv_tab_index "$1")]=$spec ;;
    esac
}

__awsenv_tab_index() { # aws|export
    case $1 in
        aws) \printf 1 ;;
        *) \printf 2 ;;
    esac
}

# With status 124, bash begins anew with what is there now.
__awsenv_tab_first() { # COMMAND WORD PREVIOUS
    COMPREPLY=()
    if ! __awsenv_quietly __awsenv_tab_read; then
        case $1 in
            aws | export) \return 124 ;;
        esac
        \return 0
    fi
    if [[ ${BASH_VERSINFO[0]}${BASH_VERSINFO[1]} -ge 41 ]]; then
        \return 124
    fi
    case $1 in
        aws | export) "__awsenv_complete_$1" "$@" ;;
        *) __awsenv_complete "$@" ;;
    esac
}

# Gives `aws` and `export` back the completion that they had, before which the script puts its own.
__awsenv_tab_read() {
    \local name spec text
    for name in aws export; do
        case $(\complete -p "$name" 2>/dev/null) in
            *" -F __awsenv_tab "*)
                spec=${__awsenv_tab_specs[$(__awsenv_tab_index "$name")]-}
                # bash quoted it to be read again.
                \eval "${spec:-\\complete -r $name}"
                ;;
        esac
    done
    text=$("$__awsenv_binary" __complete bash script "$__awsenv_command" 2>/dev/null) || \return
    \eval "$text"
}
