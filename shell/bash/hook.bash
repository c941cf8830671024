# shellcheck shell=bash
# shellcheck disable=SC2154,SC2016,SC2034
# bash, 3.2 and later.

# Keeps $?, as bash itself keeps it and $_ for the next command. Under `set -e` it must not fail.
__awsenv_precmd() {
    \set -- "$?"
    __awsenv_before_prompt
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

# As base.sh's, without a process where nothing has changed: core.bash knows how.
__awsenv_segment() {
    if [ "$__awsenv_loaded" = yes ] || { [ -x "$__awsenv_binary" ] && __awsenv_load; }; then
        __awsenv_look
    else
        AWSENV_SEGMENT=
    fi
}

# Completion is asked for at the first TAB, by core.bash; until then this stands for it.
__awsenv_tab() { # COMMAND WORD PREVIOUS
    __awsenv_load && __awsenv_tab_first "$@"
}

# What has to be looked at closely is core.bash's. `printf` says so where PROMPT_COMMAND is readonly; an assignment would
# end the evaluation.
case $- in
    *i*)
        case ${PROMPT_COMMAND[*]+x} in
            '') \printf -v PROMPT_COMMAND __awsenv_precmd 2>/dev/null || : ;;
            *) __awsenv_load && __awsenv_prompt_command ;;
        esac
        \complete -F __awsenv_tab "$__awsenv_command"
        for __awsenv_name in aws export; do
            \complete -p $__awsenv_name && __awsenv_load && __awsenv_tab_keep $__awsenv_name
        done >/dev/null 2>&1
        \complete -o bashdefault -o default -F __awsenv_tab aws export
        ;;
esac
