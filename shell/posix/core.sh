# shellcheck shell=sh
# awsenv's hook: what the shells of the sh family do at a call of `awsenv`. base.sh asks for it.
#
# shellcheck disable=SC2154,SC2034  # assigned before this text, and used after it
#
# Backslashes keep aliases away. Names are split by `eval`, never by IFS, and only after they were looked at.

# Runs a function while `set -a` would export what it keeps and `set -x` would show it.
__awsenv_quietly() {
    case $- in
        *a*)
            \set +a
            __awsenv_result=0
            __awsenv_quietly "$@" || __awsenv_result=$?
            \set -a
            \return "$__awsenv_result"
            ;;
        *x*)
            { \set +x; } 2>/dev/null
            __awsenv_result=0
            __awsenv_quietly "$@" || __awsenv_result=$?
            \set -x
            \return "$__awsenv_result"
            ;;
    esac
    "$@"
}

# Keeps the names that are exported now, --, those that are not.
__awsenv_keep() {
    __awsenv_forget
    for __awsenv_name do
        __awsenv_back="$__awsenv_back $__awsenv_name"
        case $__awsenv_name in
            --) ;;
            *) \eval "case \${$__awsenv_name+x} in x) __awsenv_back_$__awsenv_name=\$$__awsenv_name ;; esac" ;;
        esac
    done
    \unset -v __awsenv_name
}

# Whether there is a step to go back. What else may stand in that variable is never evaluated.
__awsenv_has_step() {
    case ${__awsenv_back-} in
        '' | *[!A-Za-z0-9_\ -]*) \return 1 ;;
    esac
}

__awsenv_no_step() {
    \printf '%s\n' 'awsenv: there is nothing to go back to: no switch since the last one was taken back [no-step]' >&2
    \return 1
}

__awsenv_forget() {
    if __awsenv_has_step; then
        \eval "\\set -- $__awsenv_back"
        for __awsenv_name do
            case $__awsenv_name in
                --) ;;
                *) \unset -v "__awsenv_back_$__awsenv_name" ;;
            esac
        done
    fi
    # Unset first: it may have come from the environment, and would go on to children.
    \unset -v __awsenv_back
    __awsenv_back=
}

__awsenv_step_back() {
    __awsenv_has_step || __awsenv_no_step || \return 1
    __awsenv_quietly __awsenv_give_back
}

__awsenv_give_back() {
    \eval "\\set -- $__awsenv_back"
    if ! (__awsenv_unset "$@"); then
        \printf '%s\n' 'awsenv: nothing was changed: a managed variable is readonly' >&2
        \return 1
    fi
    __awsenv_unset "$@"
    __awsenv_export=\\export
    for __awsenv_name do
        case $__awsenv_name in
            --) __awsenv_export=: ;;
            *)
                \eval "case \${__awsenv_back_$__awsenv_name+x} in
                    x) $__awsenv_name=\$__awsenv_back_$__awsenv_name; $__awsenv_export $__awsenv_name ;;
                esac"
                ;;
        esac
    done
    __awsenv_forget
    \unset -v __awsenv_name __awsenv_export
}

__awsenv_unset() {
    for __awsenv_name do
        case $__awsenv_name in
            --) ;;
            *) \unset -v "$__awsenv_name" || \return 1 ;;
        esac
    done
}

# Whether the program is still where it was when this was made.
__awsenv_is_there() {
    if ! [ -x "$__awsenv_binary" ]; then
        \printf '%s\n' "awsenv: $__awsenv_binary is gone: install it again, or start a new shell [gone]" >&2
        \return 127
    fi
}

# The function behind `awsenv`. In a shell that can't tell a subshell it is the program and no more: it would switch where
# nobody sees it.
__awsenv_main() {
    case $__awsenv_shell in
        posix)
            if ! __awsenv_can_tell; then
                "$__awsenv_binary" "$@"
                \return
            fi
            ;;
    esac
    case ${1-}:$# in
        use:* | clear:*) ;;
        back:1)
            __awsenv_go_back
            \return
            ;;
        back:*) ;;
        *)
            __awsenv_is_there || \return
            # What is meant in a folder may be something else from now on.
            case ${1-} in
                allow | deny) __awsenv_pwd='' __awsenv_folder='' ;;
            esac
            "$__awsenv_binary" "$@"
            \return
            ;;
    esac
    if __awsenv_in_subshell || __awsenv_is_shown "$@"; then
        __awsenv_pass "$@"
    else
        __awsenv_quietly __awsenv_switch "$@"
    fi
}

# Whether these arguments ask for something to look at, or for another shell's text.
__awsenv_is_shown() {
    for __awsenv_argument do
        case $__awsenv_argument in
            --) \return 1 ;;
            --print | --help | -h | --shell | --shell=*) \return 0 ;;
        esac
    done
    \return 1
}

# Hands the text on to whoever evaluates it.
__awsenv_pass() {
    __awsenv_command=$1
    \shift
    __awsenv_status=0
    if __awsenv_is_there; then
        "$__awsenv_binary" "$__awsenv_command" --hook "$__awsenv_shell" "$@" || __awsenv_status=$?
    else
        __awsenv_status=127
    fi
    # A program that was killed, or is not there, could not print what makes the evaluation fail.
    if [ "$__awsenv_status" -gt 125 ] && ! [ -t 1 ]; then
        \printf '\nfalse\n'
    fi
    \return "$__awsenv_status"
}

# Evaluates the text here. What a failing `use` prints is evaluated too: it may lock the shell.
__awsenv_switch() {
    __awsenv_is_there || \return
    __awsenv_command=$1
    \shift
    __awsenv_status=0
    __awsenv_text=$("$__awsenv_binary" "$__awsenv_command" --hook "$__awsenv_shell" "$@") || __awsenv_status=$?
    if \eval "$__awsenv_text"; then
        \unset -v __awsenv_text
    elif [ "$__awsenv_status" -eq 0 ]; then
        __awsenv_status=1
    fi
    \unset -v __awsenv_text
    \return "$__awsenv_status"
}

__awsenv_go_back() {
    if ! __awsenv_in_subshell; then
        __awsenv_restore
    elif [ -t 1 ]; then
        \printf '%s\n' 'awsenv: nothing was changed: in a subshell there is nobody to give it back to [not-evaluated]' >&2
        \return 1
    elif __awsenv_has_step; then
        \printf '%s\n' __awsenv_restore
    else
        \printf '%s\n' false
        __awsenv_no_step
    fi
}

# At the end the shell is locked; before it, a process in the background gets new credentials, and a later prompt takes
# them over. The numbers are awsenv-prompt's.
__awsenv_look_after() {
    __awsenv_text=
    case $1 in
        10) __awsenv_text=$("$__awsenv_binary" __end --hook "$__awsenv_shell") || \return 0 ;;
        # A subshell of its own, so that no shell tells of a job.
        11) (\exec "$__awsenv_binary" __renew "$$" </dev/null >/dev/null 2>&1 &) ;;
        12) __awsenv_text=$("$__awsenv_binary" __take --hook "$__awsenv_shell" "$$") || \return 0 ;;
    esac
    case $__awsenv_text in
        '') ;;
        *)
            if \eval "$__awsenv_text"; then
                \unset -v __awsenv_text
                AWSENV_SEGMENT=$("$__awsenv_prompt_binary" --shell "$__awsenv_shell" --embed late 2>/dev/null) || :
            fi
            \unset -v __awsenv_text
            ;;
    esac
}
