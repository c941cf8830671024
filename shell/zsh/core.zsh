# awsenv's hook for zsh: what it does at a call of `awsenv`. hook.zsh asks for it.

# Whether there are steps is in the association: NAME → x and the value (exported), - and the value, or nothing (unset).
# An association can't have come from the environment.
[[ ${(t)__awsenv_back-} == association* ]] || {
    \builtin unset -v __awsenv_back
    \builtin typeset -gA __awsenv_back
}

__awsenv_keep() {
    \builtin emulate -L zsh
    \builtin setopt no_all_export no_xtrace
    \builtin local __awsenv_name
    __awsenv_back=()
    for __awsenv_name; do
        if [[ $__awsenv_name == -- ]]; then
            \builtin continue
        elif [[ ${(tP)__awsenv_name} == *-export* ]]; then
            __awsenv_back[$__awsenv_name]=x${(P)__awsenv_name}
        elif [[ -n ${(tP)__awsenv_name} ]]; then
            __awsenv_back[$__awsenv_name]=-${(P)__awsenv_name}
        else
            __awsenv_back[$__awsenv_name]=
        fi
    done
}

__awsenv_give_back() {
    \builtin emulate -L zsh
    \builtin setopt no_all_export no_xtrace
    \builtin local __awsenv_name __awsenv_value
    if (( ! ${#__awsenv_back} )); then
        \builtin print -ru2 -- 'awsenv: there is nothing to go back to: no switch since the last one was taken back [no-step]'
        \builtin return 1
    fi
    for __awsenv_name in ${(k)__awsenv_back}; do
        if [[ ${(tP)__awsenv_name} == *-readonly* ]]; then
            \builtin print -ru2 -- "awsenv: nothing was changed: $__awsenv_name is readonly [readonly]"
            \builtin return 1
        fi
    done
    for __awsenv_name __awsenv_value in "${(@kv)__awsenv_back}"; do
        \builtin unset -v $__awsenv_name
        case $__awsenv_value in
            x*) \builtin typeset -gx "$__awsenv_name=${__awsenv_value#x}" ;;
            -*) \builtin typeset -g "$__awsenv_name=${__awsenv_value#-}" ;;
        esac
    done
    __awsenv_back=()
}

# Whether the program is still where it was when this was made.
__awsenv_is_there() {
    if [[ ! -x $__awsenv_binary ]]; then
        \builtin print -ru2 -- "awsenv: $__awsenv_binary is gone: install it again, or start a new shell [gone]"
        \builtin return 127
    fi
}

# The function behind `awsenv`.
__awsenv_main() {
    case "${1-}:$#" in
        use:* | clear:*) ;;
        back:1)
            __awsenv_go_back
            \builtin return
            ;;
        back:*) ;;
        *)
            __awsenv_is_there || \builtin return
            # What is meant in a folder may be something else from now on.
            [[ ${1-} != (allow|deny) ]] || __awsenv_pwd= __awsenv_folder=
            "$__awsenv_binary" "$@"
            \builtin return
            ;;
    esac
    if (( ${ZSH_SUBSHELL:-1} )) || __awsenv_is_shown "$@"; then
        __awsenv_pass "$@"
    else
        __awsenv_switch "$@"
    fi
}

# Whether these arguments ask for something to look at, or for another shell's text.
__awsenv_is_shown() {
    \builtin emulate -L zsh
    \builtin local argument
    for argument; do
        case $argument in
            --) \builtin return 1 ;;
            --print | --help | -h | --shell | --shell=*) \builtin return 0 ;;
        esac
    done
    \builtin return 1
}

# Hands the text on to whoever evaluates it.
__awsenv_pass() {
    \builtin emulate -L zsh
    \builtin local subcommand=$1 result=127
    \builtin shift
    if __awsenv_is_there; then
        result=0
        "$__awsenv_binary" $subcommand --hook zsh "$@" || result=$?
    fi
    # A program that was killed, or is not there, could not print what makes the evaluation fail.
    if (( result > 125 )) && [[ ! -t 1 ]]; then
        \builtin print -r -- $'\nfalse'
    fi
    \builtin return $result
}

# Evaluates the text here. What a failing `use` prints is evaluated too: it may lock the shell.
__awsenv_switch() {
    \builtin emulate -L zsh
    \builtin setopt no_all_export no_xtrace
    __awsenv_is_there || \builtin return
    \builtin local __awsenv_subcommand=$1 __awsenv_text __awsenv_result=0
    \builtin shift
    __awsenv_text=$("$__awsenv_binary" $__awsenv_subcommand --hook zsh "$@") || __awsenv_result=$?
    if ! \builtin eval "$__awsenv_text" && (( ! __awsenv_result )); then
        __awsenv_result=1
    fi
    \builtin return $__awsenv_result
}

__awsenv_go_back() {
    \builtin emulate -L zsh
    if (( ! ${ZSH_SUBSHELL:-1} )); then
        __awsenv_restore
    elif [[ -t 1 ]]; then
        \builtin print -ru2 -- 'awsenv: nothing was changed: in a subshell there is nobody to give it back to [not-evaluated]'
        \builtin return 1
    elif (( ${#__awsenv_back} )); then
        \builtin print -r -- __awsenv_restore
    else
        \builtin print -r -- false
        __awsenv_restore
    fi
}

# The script registers its own functions, and keeps for `aws` what was there before the hook.
__awsenv_tab_first() {
    \builtin local __awsenv_text __awsenv_function=__awsenv_complete
    __awsenv_text=$("$__awsenv_binary" __complete zsh script "$__awsenv_command" 2>/dev/null) || \builtin return 1
    [[ $__awsenv_text == *__awsenv_complete_bin=* ]] || \builtin return 1
    if [[ $_comps[aws] == __awsenv_tab ]]; then
        _comps[aws]=$__awsenv_tab_aws
    fi
    \builtin eval "$__awsenv_text"
    case $service in
        -value-*) __awsenv_function=__awsenv_complete_assigned ;;
        aws) __awsenv_function=__awsenv_complete_aws ;;
    esac
    $__awsenv_function "$@"
}
