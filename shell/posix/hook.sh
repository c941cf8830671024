# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034,SC2016
# dash, busybox ash, and any other sh.

# Prints the segment and a space: nothing but PS1 runs before a prompt here, and that in a process of its own, which
# can set no variable of this one.
__awsenv_prompt() {
    __awsenv_segment
    case $AWSENV_SEGMENT in
        ?*) \printf '%s ' "$AWSENV_SEGMENT" ;;
    esac
}

case $-:$__awsenv_in_prompt:${PS1-} in
    *i*:yes:*__awsenv_prompt*) ;;
    *i*:yes:*)
        # It may be exported, and a shell below has no such function: it says nothing then.
        PS1='$(__awsenv_prompt 2>/dev/null)'${PS1-}
        ;;
esac

# The segment is made in a subshell, from where nothing can be changed here: the end is shown, and locks nothing.
__awsenv_told() {
    :
}
