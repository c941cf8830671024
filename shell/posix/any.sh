# shellcheck shell=sh
# shellcheck disable=SC2154
# Any sh whose name is not known. Read where core.sh is.

\unset -v __awsenv_tells
__awsenv_tells=

# Whether its answer about subshells can be trusted: one that says yes can be, and in the shell itself it is asked once.
__awsenv_can_tell() {
    case $__awsenv_tells in
        '')
            if __awsenv_in_subshell; then
                \return 0
            fi
            __awsenv_tells=$(__awsenv_in_subshell && \echo yes) || __awsenv_tells=no
            ;;
    esac
    [ "$__awsenv_tells" = yes ]
}
