# zsh.
__awsenv_main() {
    "$__awsenv_binary" "$@"
}
