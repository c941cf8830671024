# awsenv's hook for fish, 3.1 and later: what is needed at its start and before every prompt. Every start of a shell waits
# for this text, so the rest, core.fish, is asked for where it is needed for the first time.
#
# The core may be a newer awsenv's than what is here: what it relies on is what `init` assigns, and __awsenv_segment.

# Makes the functions of core.fish, once. They say themselves that they are whole.
function __awsenv_load
    set -q __awsenv_loaded[1]; and return
    if builtin test -x $__awsenv_binary
        command $__awsenv_binary __complete fish core 2>/dev/null | source
        set -q __awsenv_loaded[1]; and return
    end
    builtin echo "awsenv: $__awsenv_binary is gone: install it again, or start a new shell [gone]" >&2
    return 127
end

# The function behind `awsenv`. Where somebody evaluates what it prints, that has to fail when it does.
function __awsenv_call --no-scope-shadowing
    if __awsenv_load
        __awsenv_main $argv
    else
        contains -- "$argv[1]" use clear back; and not isatty stdout; and builtin echo false
        return 127
    end
end

# Keeps what `back` gives back; the snippets call it.
function __awsenv_save --no-scope-shadowing
    __awsenv_load; and __awsenv_keep $argv
end

# Gives it back, all or nothing. `awsenv back` in a command substitution prints a call of this.
function __awsenv_restore --no-scope-shadowing
    __awsenv_load; and __awsenv_give_back
end

# Sets AWSENV_SEGMENT. The one place that knows how the segment is made.
function __awsenv_segment
    set -gu AWSENV_SEGMENT
    if builtin test -x $__awsenv_prompt_binary
        set -gu AWSENV_SEGMENT (command $__awsenv_prompt_binary --shell fish --embed late --tell $fish_pid 2>/dev/null)
        set -l told $status
        # There is more to do: the end has come, or a renewal is due or done.
        if contains -- $told 10 11 12
            __awsenv_load; and __awsenv_look_after $told
        end
    end
end

function __awsenv_on_prompt --on-event fish_prompt
    # At the prompt and not at each change, because a command substitution that goes elsewhere comes back.
    if builtin test "$__awsenv_pwd" != "$PWD"
        set -gu __awsenv_pwd $PWD
        if builtin test -x $__awsenv_binary; and __awsenv_load
            builtin test "$__awsenv_folders" = yes; and __awsenv_may_mean; and __awsenv_enter
        end
    end
    __awsenv_segment
    # Again and again, because a prompt may be loaded late, or exchanged.
    if builtin test "$__awsenv_in_prompt" = yes
        if not builtin functions fish_prompt | builtin string match -q '*__awsenv_inner_prompt*'
            builtin functions -e __awsenv_inner_prompt
            builtin functions -c fish_prompt __awsenv_inner_prompt
            function fish_prompt
                # First, so that it sees the status of the last command.
                set -l inner (__awsenv_inner_prompt)
                if set -q AWSENV_SEGMENT[1]
                    builtin printf '%s ' $AWSENV_SEGMENT
                end
                builtin string join \n -- $inner
            end
        end
    end
end

set -gu AWSENV_SEGMENT
set -gu __awsenv_loaded
set -gu __awsenv_pwd
