# shellcheck shell=ksh
# shellcheck disable=SC2154,SC2034,SC2016,SC2296
# ksh93 and ksh93u+m.

# Stands in PS1 as ${ __awsenv_precmd; }, which runs in this process and prints nothing. ksh93 itself keeps $? around a
# prompt; to return it would interrupt the prompt after Ctrl-C (status 258), and the next one, without end.
__awsenv_precmd() {
    __awsenv_before_prompt
}

# PS1 is unset on the way, so that it is not exported: another shell could make nothing of it.
__awsenv_install() {
    case ${PS1-} in
        *__awsenv_precmd*) ;;
        *)
            \set -- "${PS1-}"
            \unset -v PS1
            case $__awsenv_in_prompt in
                yes) PS1='${ __awsenv_precmd; }${AWSENV_SEGMENT:+$AWSENV_SEGMENT }'$1 ;;
                *) PS1='${ __awsenv_precmd; }'$1 ;;
            esac
            ;;
    esac
}

case $- in
    *i*) __awsenv_install ;;
esac
