# shellcheck shell=bash
# shellcheck disable=SC2154,SC2016,SC2178,SC2128,SC2034
# bash, 3.2 and later.

# Both, because bash counts no level inside <(…), and 3.2 has no BASHPID.
__awsenv_in_subshell() {
    [ "${BASH_SUBSHELL:-1}:${BASHPID:-$$}" != "0:$$" ]
}

# Keeps $?, as bash itself keeps it and $_ for the next command. Under `set -e` it must not fail.
__awsenv_precmd() {
    \set -- "$?"
    __awsenv_quietly __awsenv_segment
    if [ "$__awsenv_in_prompt" = yes ]; then
        # Again and again, because prompt tools write PS1 anew before every prompt.
        case ${PS1-} in
            *'$AWSENV_SEGMENT'*) ;;
            *) PS1='${AWSENV_SEGMENT:+$AWSENV_SEGMENT }'${PS1-} ;;
        esac
    fi
    case $- in
        *e*) \return 0 ;;
    esac
    \return "$1"
}

# After what is there, so that a tool that writes PS1 has done so.
__awsenv_install() {
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

case $- in
    *i*) __awsenv_install ;;
esac
