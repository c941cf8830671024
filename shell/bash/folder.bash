# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034,SC2086  # names and lists of the core's; lists of plain names are split on purpose
# Folders that mean a profile, and guarded commands.

# Whether a folder may mean something here: the settings bind folders, one is to be left, or a file is here or above. By
# way of `..`, which leads to the real folders above, whatever links led here.
__awsenv_may_mean() {
    \local up=. count=0
    if [[ -n $__awsenv_folder || $__awsenv_bound == yes ]]; then
        \return 0
    fi
    while [[ $count -lt 64 ]]; do
        if [[ -e $up/.awsenv ]]; then
            \return 0
        elif [[ $up -ef / ]]; then
            \return 1
        fi
        up=$up/..
        count=$((count + 1))
    done
    \return 1
}

# Asks what is meant in the folder that the shell has come to, and does it.
__awsenv_enter() {
    \local text
    text=$("$__awsenv_binary" __folder --hook bash --was "$__awsenv_folder" "$PWD") || \return 0
    if [[ -n $text ]]; then
        \eval "$text" || \return 0
    fi
}

# A folder has switched to this profile: what `back` would give back now is what leaving gives back, and stays so in the
# folders below.
__awsenv_keep_folder() {
    \local name
    if [[ -z $__awsenv_outside ]]; then
        for name in $__awsenv_back; do
            if [[ $name != -- ]]; then
                \eval "case \${__awsenv_back_$name+x} in x) __awsenv_outside_$name=\$__awsenv_back_$name ;; esac"
            fi
        done
        __awsenv_outside=$__awsenv_back
    fi
    __awsenv_folder_profile=$1
}

# Puts back what was there before the folder, unless somebody has switched to something else in it.
__awsenv_leave_folder() {
    \local name names is_the_folders
    names=$__awsenv_outside
    is_the_folders=
    if [[ -z $names ]]; then
        \return 0
    fi
    case ${AWSENV_PROFILE-}:${AWS_PROFILE-} in
        "$__awsenv_folder_profile":* | :awsenv-expired) is_the_folders=yes ;;
    esac
    if [[ $is_the_folders == yes ]]; then
        __awsenv_forget
        __awsenv_back=$names
    fi
    for name in $names; do
        if [[ $name != -- ]]; then
            if [[ $is_the_folders == yes ]]; then
                \eval "case \${__awsenv_outside_$name+x} in x) __awsenv_back_$name=\$__awsenv_outside_$name ;; esac"
            fi
            \unset -v "__awsenv_outside_$name"
        fi
    done
    __awsenv_outside='' __awsenv_folder_profile=''
    if [[ $is_the_folders == yes ]]; then
        __awsenv_give_back
    fi
}

# A guarded command: asks first, then is what it always was.
__awsenv_guarded() {
    "$__awsenv_binary" __guard -- "$@" </dev/null || \return
    \command "$@"
}

# Makes a function for each guarded command, unless there is one already.
__awsenv_guard_commands() {
    \local name
    for name do
        case " ${__awsenv_guarding-} " in
            *" $name "*) ;;
            *)
                if \declare -F "$name" >/dev/null; then
                    \printf '%s\n' "awsenv: $name is a function of yours, and not guarded [not-guarded]" >&2
                    \continue
                fi
                __awsenv_guarding="${__awsenv_guarding-} $name"
                ;;
        esac
        \eval "function $name { __awsenv_guarded $name \"\$@\"; }"
    done
}

# A shell that was started in a folder with a pin need not be in it.
\unset -v __awsenv_folder __awsenv_outside __awsenv_folder_profile __awsenv_pwd AWSENV_FOLDER_ACCOUNT
__awsenv_folder='' __awsenv_outside='' __awsenv_folder_profile='' __awsenv_pwd=''
