# shellcheck shell=bash
# awsenv's completion for bash, 3.2 and later. Load it behind other completions of `aws`.
__awsenv_complete_bin='awsenv'
__awsenv_complete_command='awsenv'

# Sets COMPREPLY to what awsenv answers for the text before the cursor. The answer is inserted as it is: awsenv quotes.
__awsenv_complete_ask() { # awsenv|aws|assignments TAIL
    # Declared first: with `set -k`, `local` sees no assignment.
    local IFS glob status answer
    IFS=$'\n'
    glob=yes
    status=0
    answer=$(
        printf '%s\0%s' "$2" "${COMP_LINE:0:COMP_POINT}" |
            command "$__awsenv_complete_bin" __complete bash line "$1" 2>/dev/null
    ) || status=$?
    if [[ $status -ne 0 ]]; then
        return "$status"
    fi
    case $- in
        *f*) glob= ;;
    esac
    set -f
    # shellcheck disable=SC2206 # split at line breaks, and at nothing else
    COMPREPLY=($answer)
    if [[ -n $glob ]]; then
        set +f
    fi
    return 0
}

__awsenv_complete() { # COMMAND WORD PREVIOUS
    local status at
    status=0
    COMPREPLY=()
    __awsenv_complete_ask awsenv "$2" || status=$?
    if [[ $status -eq 10 ]]; then
        # Behind `exec PROFILE --` stands another command.
        for ((at = 0; at < COMP_CWORD; at++)); do
            if [[ ${COMP_WORDS[at]} == -- ]]; then
                break
            fi
        done
        if declare -F _comp_command_offset >/dev/null; then
            _comp_command_offset "$((at + 1))" || :
        elif declare -F _command_offset >/dev/null; then
            _command_offset "$((at + 1))" || :
        else
            compopt -o bashdefault -o default 2>/dev/null || :
        fi
    fi
    return 0
}

# How COMMAND was completed before: the way of the user's own that is kept for everything but profile names.
__awsenv_complete_spec_aws=
__awsenv_complete_spec_export=

# Puts __awsenv_complete_COMMAND before the completion that COMMAND has now. One that can't be called is left alone.
__awsenv_complete_wrap() { # aws|export
    local spec options IFS
    IFS=' '
    spec=''
    # No process is started where there is nothing to ask for.
    if complete -p "$1" >/dev/null 2>&1; then
        spec=$(complete -p "$1")
    fi
    case $spec in
        *" -F __awsenv_complete_"*) return 0 ;;
        '') options='-o bashdefault -o default' ;;
        *)
            options=$(__awsenv_complete_parse "$spec" options) || return 0
            ;;
    esac
    printf -v "__awsenv_complete_spec_$1" %s "$spec"
    # shellcheck disable=SC2086 # options such as `-o nospace`, each a word
    complete $options -F "__awsenv_complete_$1" "$1"
}

# A part of what `complete -p` printed: its options, its function, or its program. Fails where there is more in it.
__awsenv_complete_parse() { # SPEC options|function|program
    local options function program wanted
    options=''
    function=''
    program=''
    # bash quoted it to be read again.
    eval "set -- \"\$2\" ${1#complete }" || return 1
    wanted=$1
    shift
    while [[ $# -gt 0 ]]; do
        case $1 in
            -o)
                options+=" $2"
                shift
                ;;
            -F)
                function=$2
                shift
                ;;
            -C)
                program=$2
                shift
                ;;
            -D | -E | --) ;;
            -*) return 1 ;;
            *) ;;
        esac
        shift
    done
    case $wanted in
        function) printf %s "$function" ;;
        program) printf %s "$program" ;;
        *)
            local IFS option
            IFS=' '
            for option in $options; do
                printf ' -o %s' "$option"
            done
            ;;
    esac
}

# Completes as if awsenv were not there.
__awsenv_complete_delegate() { # aws|export COMMAND WORD PREVIOUS
    local ref name spec function program status
    ref="__awsenv_complete_spec_$1"
    name=$1
    status=0
    shift
    spec=${!ref-}
    if [[ -z $spec ]]; then
        # bash-completion loads what it knows on the first TAB.
        spec=$(complete -p -D 2>/dev/null) || return 0
        spec=${spec/ -D/}
    fi
    function=$(__awsenv_complete_parse "$spec" function) || return 0
    program=$(__awsenv_complete_parse "$spec" program) || return 0
    if [[ -n $function ]]; then
        "$function" "$@" || status=$?
        if [[ $status -eq 124 ]]; then
            # It has put another in its place, which is to be asked now.
            __awsenv_complete_wrap "$name"
            spec=${!ref-}
            if [[ -n $spec ]]; then
                function=$(__awsenv_complete_parse "$spec" function) || return 0
                program=$(__awsenv_complete_parse "$spec" program) || return 0
                if [[ -n $function ]]; then
                    "$function" "$@" || :
                fi
            fi
        fi
    fi
    if [[ -z $function && -n $program ]]; then
        local IFS glob
        IFS=$'\n'
        glob=yes
        case $- in
            *f*) glob= ;;
        esac
        set -f
        # shellcheck disable=SC2207 # split at line breaks, and at nothing else
        COMPREPLY=($(
            export COMP_LINE COMP_POINT COMP_KEY COMP_TYPE
            eval "$program"' "$@"'
        )) || :
        if [[ -n $glob ]]; then
            set +f
        fi
    fi
    return 0
}

__awsenv_complete_aws() { # COMMAND WORD PREVIOUS
    COMPREPLY=()
    if [[ ${COMP_LINE:0:COMP_POINT} == *--profile* ]] && __awsenv_complete_ask aws "$2"; then
        compopt +o bashdefault +o default +o filenames +o nospace 2>/dev/null || :
    else
        __awsenv_complete_delegate aws "$@"
    fi
}

__awsenv_complete_export() { # COMMAND WORD PREVIOUS
    COMPREPLY=()
    if [[ ${COMP_LINE:0:COMP_POINT} == *AWS_*PROFILE=* ]] && __awsenv_complete_ask assignments "$2"; then
        compopt +o bashdefault +o default +o filenames +o nospace 2>/dev/null || :
    else
        __awsenv_complete_delegate export "$@"
    fi
}

case $- in
    *i*)
        complete -F __awsenv_complete "$__awsenv_complete_command"
        __awsenv_complete_wrap aws
        __awsenv_complete_wrap export
        ;;
esac
