# shellcheck shell=sh
# shellcheck disable=SC2154
# How dash, busybox ash and any other sh tell a subshell. Read where core.sh is.

# There is no variable for it, but $$ stays, and the parent of a program started here is this very process. A shell
# that starts no process for $(…) gives the same answer everywhere.
__awsenv_in_subshell() {
    [ "$(\exec sh -c 'echo $PPID')" != "$$" ]
}
