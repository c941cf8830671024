# shellcheck shell=ksh
# shellcheck disable=SC2296
# Read where core.sh is.

__awsenv_in_subshell() {
    [ "${.sh.subshell}" -ne 0 ]
}
