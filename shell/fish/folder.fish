# Folders that mean a profile, guarded commands, and what is to be done near the end of an identity.

# Whether a folder may mean something here: the settings bind folders, one is to be left, or a file is here or above. By
# way of `..`, which leads to the real folders above, whatever links led here.
function __awsenv_may_mean
    builtin test -n "$__awsenv_folder"; and return 0
    builtin test "$__awsenv_bound" = yes; and return 0
    set -l up .
    while builtin test (builtin string length $up) -lt 200
        builtin test -e $up/.awsenv; and return 0
        builtin test (builtin realpath $up 2>/dev/null; or builtin echo /) = /; and return 1
        set up $up/..
    end
    return 1
end

# Asks what is meant in the folder that the shell has come to, and does it.
function __awsenv_enter --no-scope-shadowing
    command $__awsenv_binary __folder --hook fish --was "$__awsenv_folder" $PWD | source
end

# A folder has switched to this profile: what `back` would give back now is what leaving gives back, and stays so in the
# folders below.
function __awsenv_keep_folder
    if not set -q __awsenv_outside[1]
        set -gu __awsenv_outside $__awsenv_back
        for entry in $__awsenv_back
            set -l name (builtin string split : $entry)[2]
            set -l value __awsenv_back_$name
            if set -q $value
                set -gu __awsenv_outside_$name $$value
            end
        end
    end
    set -gu __awsenv_folder_profile $argv[1]
end

# Puts back what was there before the folder, unless somebody has switched to something else in it.
function __awsenv_leave_folder --no-scope-shadowing
    if set -q __awsenv_outside[1]
        if builtin test "$AWSENV_PROFILE" = "$__awsenv_folder_profile" -o "$AWSENV_PROFILE:$AWS_PROFILE" = :awsenv-expired
            __awsenv_forget
            set -gu __awsenv_back $__awsenv_outside
            for __awsenv_entry in $__awsenv_outside
                set -l __awsenv_name (builtin string split : $__awsenv_entry)[2]
                set -l __awsenv_value __awsenv_outside_$__awsenv_name
                if set -q $__awsenv_value
                    set -gu __awsenv_back_$__awsenv_name $$__awsenv_value
                end
            end
            __awsenv_give_back
        end
        for __awsenv_name in (set -ng | builtin string match -- '__awsenv_outside_*')
            set -eg $__awsenv_name
        end
        set -gu __awsenv_outside
        set -gu __awsenv_folder_profile
    end
end

# At the end the shell is locked; before it, a process in the background gets new credentials, and a later prompt takes
# them over. The numbers are awsenv-prompt's.
function __awsenv_look_after --no-scope-shadowing
    switch $argv[1]
        case 10
            command $__awsenv_binary __end --hook fish | source
        case 11
            command $__awsenv_binary __renew $fish_pid </dev/null >/dev/null 2>&1 &
            builtin disown 2>/dev/null
        case 12
            command $__awsenv_binary __take --hook fish $fish_pid | source
    end
    if builtin test $argv[1] -ne 11
        set -gu AWSENV_SEGMENT (command $__awsenv_prompt_binary --shell fish --embed late 2>/dev/null)
    end
end

# A guarded command: asks first, then is what it always was.
function __awsenv_guarded
    command $__awsenv_binary __guard -- $argv </dev/null; or return
    command $argv
end

# Makes a function for each guarded command, unless there is one already. It is completed as the command.
function __awsenv_guard_commands
    for name in $argv
        if not builtin functions -q $name
            builtin echo "function $name --wraps $name; __awsenv_guarded $name \$argv; end" | source
        else if not builtin functions $name | builtin string match -q '*__awsenv_guarded*'
            builtin echo "awsenv: $name is a function of yours, and not guarded [not-guarded]" >&2
        end
    end
end

set -gu __awsenv_outside
set -gu __awsenv_folder_profile
set -gu __awsenv_folder
# A shell that was started in a folder with a pin need not be in it.
set -eg AWSENV_FOLDER_ACCOUNT
