# awsenv's hook for fish: what it does at a call of `awsenv`. hook.fish asks for it.
#
# In fish nothing is a subshell: a function in a pipe runs in the shell itself. So `awsenv use p | source` switches
# inside the function, and no secret ever gets into a pipe, whoever reads it. Only a command substitution, which
# somebody wants the text from, gets the text.
#
# No function shadows the scopes of its caller: a local variable there would hide what is set.

# Keeps what `back` gives back: a list of KIND:NAME, and a variable for each value.
function __awsenv_keep --no-scope-shadowing
    __awsenv_forget
    for __awsenv_name in $argv
        if builtin test $__awsenv_name = --
            continue
        else if not set -q $__awsenv_name
            set -a __awsenv_back none:$__awsenv_name
        else if not set -ql $__awsenv_name; and not set -qg $__awsenv_name
            set -a __awsenv_back universal:$__awsenv_name
        else
            if set -qx $__awsenv_name
                set -a __awsenv_back exported:$__awsenv_name
            else
                set -a __awsenv_back unexported:$__awsenv_name
            end
            set -gu __awsenv_back_$__awsenv_name $$__awsenv_name
        end
    end
end

function __awsenv_forget
    for name in (set -ng | builtin string match -- '__awsenv_back_*')
        set -eg $name
    end
    set -gu __awsenv_back
end

function __awsenv_give_back --no-scope-shadowing
    if not set -q __awsenv_back[1]
        __awsenv_no_step
        return 1
    end
    for __awsenv_entry in $__awsenv_back
        set -l __awsenv_name (builtin string split : $__awsenv_entry)
        if builtin test "$__awsenv_name[1]" = none; and set -qUx $__awsenv_name[2]
            builtin echo "awsenv: nothing was changed: universal variables belong to every session; to erase it: set -eU $__awsenv_name[2]" >&2
            return 1
        end
    end
    for __awsenv_entry in $__awsenv_back
        set -l __awsenv_name (builtin string split : $__awsenv_entry)
        while set -ql $__awsenv_name[2]
            set -el $__awsenv_name[2]
        end
        set -eg $__awsenv_name[2]
        set -l __awsenv_value __awsenv_back_$__awsenv_name[2]
        switch $__awsenv_name[1]
            case exported
                set -gx $__awsenv_name[2] $$__awsenv_value
            case unexported
                set -gu $__awsenv_name[2] $$__awsenv_value
        end
    end
    __awsenv_forget
    builtin true
end

function __awsenv_no_step
    builtin echo 'awsenv: there is nothing to go back to: no switch since the last one was taken back [no-step]' >&2
end

# Whether the program is still where it was when this was made.
function __awsenv_is_there
    if not builtin test -x $__awsenv_binary
        builtin echo "awsenv: $__awsenv_binary is gone: install it again, or start a new shell [gone]" >&2
        return 127
    end
end

# Whether these arguments ask for something to look at, or for another shell's text.
function __awsenv_is_shown
    for argument in $argv
        switch $argument
            case --
                return 1
            case --print --help -h --shell '--shell=*'
                return 0
        end
    end
    return 1
end

# Whether somebody reads what this call prints. A program's standard output is what the call's is; /proc tells it from
# the shell's own, and where there is none, a shell whose output goes into a pipe looks the same.
function __awsenv_is_piped
    command test -p /dev/stdout; and not command test /dev/stdout -ef /proc/$fish_pid/fd/1
end

# The function behind `awsenv`.
function __awsenv_main --no-scope-shadowing
    switch "$argv[1]:"(builtin count $argv)
        case 'use:*' 'clear:*' 'back:*'
        case '*'
            __awsenv_is_there; or return
            # What is meant in a folder may be something else from now on.
            if contains -- "$argv[1]" allow deny
                set -gu __awsenv_pwd
                set -gu __awsenv_folder
            end
            command $__awsenv_binary $argv
            return
    end
    if __awsenv_is_shown $argv; or builtin test "$argv[1]" = back -a (builtin count $argv) -gt 1
        __awsenv_is_there; or return
        command $__awsenv_binary $argv
    else if status is-command-substitution
        __awsenv_pass $argv
    else
        __awsenv_switch $argv
        set -l __awsenv_status $status
        if __awsenv_is_piped
            # `source` of nothing would leave the status that was there before.
            if builtin test $__awsenv_status -eq 0
                builtin echo 'builtin true'
            else
                builtin echo 'builtin false'
            end
        end
        return $__awsenv_status
    end
end

# Hands the text on to whoever evaluates it.
function __awsenv_pass
    if builtin test "$argv[1]" = back
        if set -q __awsenv_back[1]
            builtin echo __awsenv_restore
            return 0
        end
        __awsenv_no_step
        builtin echo false
        return 1
    end
    set -l result 127
    if __awsenv_is_there
        command $__awsenv_binary $argv[1] --hook fish $argv[2..-1]
        set result $status
    end
    # A program that was killed, or is not there, could not print what makes the evaluation fail.
    if builtin test $result -gt 125
        builtin printf '\nfalse\n'
    end
    return $result
end

# Evaluates the text here. What a failing `use` prints is evaluated too: it may lock the shell.
function __awsenv_switch --no-scope-shadowing
    if builtin test "$argv[1]" = back
        __awsenv_give_back
        return
    end
    __awsenv_is_there; or return
    builtin true
    command $__awsenv_binary $argv[1] --hook fish $argv[2..-1] | source
    set -l __awsenv_statuses $pipestatus
    if builtin test $__awsenv_statuses[1] -ne 0
        return $__awsenv_statuses[1]
    end
    return $__awsenv_statuses[2]
end
