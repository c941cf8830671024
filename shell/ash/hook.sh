# shellcheck shell=sh
# ash.

# Not told yet: everything is passed through.
__awsenv_in_subshell() {
    :
}
