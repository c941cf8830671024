# Folders that mean a profile, and guarded commands.

# Whether a folder may mean something here: the settings bind folders, one is to be left, or a file is here or above. By
# way of `..`, which leads to the real folders above, whatever links led here.
__awsenv_may_mean() {
    \builtin emulate -L zsh
    \builtin local up=. count=0
    [[ -z $__awsenv_folder && $__awsenv_bound != yes ]] || \builtin return 0
    while (( count++ < 64 )); do
        [[ ! -e $up/.awsenv ]] || \builtin return 0
        [[ ! $up -ef / ]] || \builtin return 1
        up=$up/..
    done
    \builtin return 1
}

# Asks what is meant in the folder that the shell has come to, and does it.
__awsenv_enter() {
    \builtin emulate -L zsh
    \builtin setopt no_all_export no_xtrace
    \builtin local text
    text=$("$__awsenv_binary" __folder --hook zsh --was "$__awsenv_folder" "$PWD") || \builtin return 0
    [[ -z $text ]] || \builtin eval "$text" || \builtin return 0
}

# A folder has switched to this profile: what `back` would give back now is what leaving gives back, and stays so in the
# folders below.
__awsenv_keep_folder() {
    \builtin emulate -L zsh
    (( ${#__awsenv_outside} )) || __awsenv_outside=("${(@kv)__awsenv_back}")
    __awsenv_folder_profile=$1
}

# Puts back what was there before the folder, unless somebody has switched to something else in it.
__awsenv_leave_folder() {
    \builtin emulate -L zsh
    (( ${#__awsenv_outside} )) || \builtin return 0
    if [[ ${AWSENV_PROFILE-} == "$__awsenv_folder_profile" || ${AWSENV_PROFILE-}:${AWS_PROFILE-} == :awsenv-expired ]]; then
        __awsenv_back=("${(@kv)__awsenv_outside}")
        __awsenv_give_back
    fi
    __awsenv_outside=() __awsenv_folder_profile=
}

# A guarded command: asks first, then is what it always was. Its options are the user's.
__awsenv_guarded() {
    "$__awsenv_binary" __guard -- "$@" </dev/null || \builtin return
    \builtin command "$@"
}

# Makes a function for each guarded command, unless there is one already.
__awsenv_guard_commands() {
    \builtin emulate -L zsh
    \builtin local name
    for name; do
        if [[ ${functions[$name]-} == *__awsenv_guarded* ]]; then
            \builtin continue
        elif (( ${+functions[$name]} )); then
            \builtin print -ru2 -- "awsenv: $name is a function of yours, and not guarded [not-guarded]"
        else
            functions[$name]="__awsenv_guarded $name \"\$@\""
        fi
    done
}

# A shell that was started in a folder with a pin need not be in it.
\builtin unset -v __awsenv_outside __awsenv_folder_profile __awsenv_folder __awsenv_pwd AWSENV_FOLDER_ACCOUNT
\builtin typeset -g __awsenv_folder= __awsenv_pwd=
\builtin typeset -gA __awsenv_outside
\builtin typeset -g __awsenv_folder_profile=
