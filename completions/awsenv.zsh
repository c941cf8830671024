# awsenv's completion for zsh.
typeset -g __awsenv_complete_bin='awsenv'
typeset -g __awsenv_complete_command='awsenv'

# What has been typed of the word at the cursor, without quotes.
function __awsenv_complete_typed {
    emulate -L zsh
    case ${compstate[quote]} in
        (\'*) REPLY=$PREFIX ;;
        (*) REPLY=${(Q)PREFIX} ;;
    esac
}

# Adds what awsenv answers to a request. compadd quotes it.
function __awsenv_complete_add {
    emulate -L zsh
    local answer
    answer=$(command $__awsenv_complete_bin __complete zsh "$@" 2>/dev/null) || { REPLY=$answer; return $? }
    local -a values displays expl
    values=("${(@f)answer}")
    local kind=$values[1]
    shift values
    (( $#values )) || return 1
    if [[ $kind == described ]]; then
        displays=("${(@)values[$#values/2+1,-1]}")
        values=("${(@)values[1,$#values/2]}")
        _wanted -V awsenv expl candidate compadd -l -d displays -a -- values
    else
        _wanted -V awsenv expl candidate compadd -a -- values
    fi
}

function __awsenv_complete {
    local REPLY answered
    __awsenv_complete_typed
    local -a __awsenv_words
    __awsenv_words=("${(@Q)words[1,CURRENT-1]}" "$REPLY")
    __awsenv_complete_add words $(( CURRENT - 1 )) -- "${(@)__awsenv_words}"
    answered=$?
    if (( answered == 10 )); then
        # Behind `exec PROFILE --` stands another command.
        words=("${(@)words[REPLY+1,-1]}")
        (( CURRENT -= REPLY ))
        _normal
        return
    fi
    return $answered
}

function __awsenv_complete_profiles {
    local REPLY
    __awsenv_complete_typed
    __awsenv_complete_add profiles "$REPLY"
}

function __awsenv_complete_assigned {
    local REPLY
    __awsenv_complete_typed
    __awsenv_complete_add assigned "$REPLY"
}

# `aws` keeps the completion it has, but for profile names.
function __awsenv_complete_aws {
    if [[ $words[CURRENT-1] == --profile ]]; then
        __awsenv_complete_profiles
    elif compset -P '--profile='; then
        __awsenv_complete_assigned
    elif [[ -n $__awsenv_complete_aws_before ]]; then
        eval "$__awsenv_complete_aws_before"
    else
        _default
    fi
}

function __awsenv_complete_register {
    if (( ! ${+functions[compdef]} )); then
        return 1
    fi
    compdef __awsenv_complete "$__awsenv_complete_command"
    compdef __awsenv_complete_assigned -value-,AWS_PROFILE,-default- -value-,AWS_DEFAULT_PROFILE,-default-
    if [[ ${_comps[aws]-} != __awsenv_complete_aws ]]; then
        typeset -g __awsenv_complete_aws_before=${_comps[aws]-}
        compdef __awsenv_complete_aws aws
    fi
}

# compinit may come later in the start-up files; at the first prompt it has run.
function __awsenv_complete_later {
    add-zsh-hook -d precmd __awsenv_complete_later
    __awsenv_complete_register
}

if [[ -o interactive ]] && ! __awsenv_complete_register; then
    autoload -Uz add-zsh-hook
    add-zsh-hook precmd __awsenv_complete_later
fi
