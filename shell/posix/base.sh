# shellcheck shell=sh
# awsenv's hook: what the shells of the sh family need at their start and before every prompt. Every start of a shell
# waits for this text, so the rest, core.sh, is asked for where it is needed for the first time. Each shell's own files
# say how the segment gets into the prompt, and how a subshell is told (__awsenv_in_subshell).
#
# The core may be a newer awsenv's than what is here: what it relies on is what `init` assigns (__awsenv_shell,
# __awsenv_binary, __awsenv_command) and __awsenv_segment.
#
# shellcheck disable=SC2154,SC2034  # assigned before this text, and used after it
#
# Backslashes keep aliases away.

# Makes the functions of core.sh, once, and without a trace of their text. It says itself that it is whole.
__awsenv_load() {
    case $__awsenv_loaded in
        yes) \return 0 ;;
    esac
    { \eval "$("$__awsenv_binary" __complete "$__awsenv_shell" core)"; } 2>/dev/null
    case $__awsenv_loaded in
        yes) \return 0 ;;
    esac
    \printf '%s\n' "awsenv: $__awsenv_binary is gone: install it again, or start a new shell [gone]" >&2
    \return 127
}

# The function behind `awsenv`. Where somebody evaluates what it prints, that has to fail when it does.
__awsenv_call() {
    if __awsenv_load; then
        __awsenv_main "$@"
    else
        case ${1-} in
            use | clear | back) [ -t 1 ] || \printf 'false\n' ;;
        esac
        \return 127
    fi
}

# Keeps what `back` gives back: the names that are exported now, --, those that are not. The snippets call it.
__awsenv_save() {
    __awsenv_load && __awsenv_quietly __awsenv_keep "$@"
}

# Gives it back, all or nothing. `eval "$(awsenv back)"` evaluates a call of this.
__awsenv_restore() {
    __awsenv_load && __awsenv_step_back
}

# Sets AWSENV_SEGMENT. The one place that knows how the segment is made.
__awsenv_segment() {
    AWSENV_SEGMENT=
    if [ -x "$__awsenv_prompt_binary" ]; then
        AWSENV_SEGMENT=$(\exec "$__awsenv_prompt_binary" --shell "$__awsenv_shell" --embed late --tell "$$" 2>/dev/null) ||
            # There is more to do.
            __awsenv_told "$?"
    fi
}

# What awsenv-prompt tells by its status: the end has come, or a renewal is due or done.
__awsenv_told() {
    case $1 in
        1[012]) __awsenv_load && __awsenv_look_after "$1" ;;
    esac
}

# The same, before a prompt: `set -x` shows nothing of it.
__awsenv_before_prompt() {
    case $- in
        *[ax]*) __awsenv_load && __awsenv_quietly __awsenv_segment ;;
        *) __awsenv_segment ;;
    esac
}
