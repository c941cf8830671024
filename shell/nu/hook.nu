# awsenv's hook for Nushell.
#
# In nu nothing is a subshell: what a command does to the environment holds wherever it stands in a pipeline. So
# `awsenv use p | from json | …` switches inside the command, and what goes on is JSON that changes nothing. No secret
# ever gets into a pipe.
#
# What is kept is no text, and nu hands nothing but text on to programs.

# Whether these arguments ask for something to look at, or for another shell's text.
def __awsenv_is_shown [arguments: list<string>]: nothing -> bool {
    $arguments
    | take while {|argument| $argument != '--' }
    | any {|argument| $argument in ['--print' '--help' '-h' '--shell'] or ($argument | str starts-with '--shell=') }
}

def __awsenv_require_binary []: nothing -> nothing {
    if not ($__awsenv_binary | path exists) {
        error make --unspanned {msg: $"awsenv: ($__awsenv_binary) is gone: install it again, or start a new shell [gone]"}
    }
}

# Applies what the program said, and keeps what `back` gives back.
def --env __awsenv_apply [change: record]: nothing -> nothing {
    if 'set' in $change {
        let names = ($change.set | columns) ++ $change.unset
        let there = $env | columns
        let set = $names | where {|name| $name in $there } | reduce --fold {} {|name, kept| $kept | insert $name ($env | get $name) }
        $env.__awsenv_back = {set: $set, unset: ($names | where {|name| $name not-in $there })}
        load-env $change.set
        hide-env --ignore-errors ...$change.unset
    }
    if 'error' in $change {
        error make --unspanned {msg: $"awsenv: ($change.error)"}
    }
}

def --env __awsenv_restore []: nothing -> nothing {
    let back = $env.__awsenv_back? | default {}
    if ($back | is-empty) {
        error make --unspanned {msg: 'awsenv: there is nothing to go back to: no switch since the last one was taken back [no-step]'}
    }
    load-env $back.set
    hide-env --ignore-errors ...$back.unset
    $env.__awsenv_back = {}
}

# The command behind `awsenv`.
def --env --wrapped __awsenv_main [...arguments: string] {
    let command = $arguments | get 0? | default ''
    if $arguments == ['back'] {
        __awsenv_restore
        __awsenv_done
    } else {
        __awsenv_require_binary
        if $command in ['use' 'clear'] and not (__awsenv_is_shown $arguments) {
            # A program that fails inside a pipe stops nothing; its text says so.
            __awsenv_apply (^$__awsenv_binary $command --hook nu ...($arguments | skip 1) | from json)
            __awsenv_done
        } else {
            ^$__awsenv_binary ...$arguments
        }
    }
}

# A pipeline that goes on gets JSON to read. Only a program can see whether one does: its standard output is what this
# call's is. /proc tells it from the shell's own; where there is none, a shell whose output goes into a pipe looks the
# same.
def __awsenv_done [] {
    if $nu.os-info.name != 'windows' {
        ^sh -c 'if test -p /dev/stdout && ! test /dev/stdout -ef "/proc/$PPID/fd/1"; then echo "{\"set\": {}, \"unset\": []}"; fi'
    }
}

# Sets AWSENV_SEGMENT: a record, because a text would be exported. The one place that knows how the segment is made.
def --env __awsenv_segment []: nothing -> nothing {
    if ($__awsenv_prompt_binary | path exists) {
        let told = do { ^$__awsenv_prompt_binary --shell nu --embed late --tell $nu.pid } | complete
        $env.AWSENV_SEGMENT = {text: $told.stdout}
        if $told.exit_code in [10 11 12] {
            __awsenv_look_after $told.exit_code
        }
    } else {
        $env.AWSENV_SEGMENT = {text: ''}
    }
}

# What is to be done near the end of an identity: it locks the shell, or a process in the background gets new credentials
# and a later prompt takes them over. The numbers are awsenv-prompt's.
def --env __awsenv_look_after [told: int]: nothing -> nothing {
    if $told == 11 {
        ^sh -c '("$0" __renew "$1" </dev/null >/dev/null 2>&1 &)' $__awsenv_binary $nu.pid
        return
    }
    let request = if $told == 10 { '__end' } else { '__take' }
    let text = ^$__awsenv_binary $request --hook nu $nu.pid
    if ($text | is-not-empty) {
        let change = $text | from json
        load-env $change.set
        hide-env --ignore-errors ...$change.unset
        $env.AWSENV_SEGMENT = {text: (do { ^$__awsenv_prompt_binary --shell nu --embed late } | complete | get stdout)}
    }
}

$env.AWSENV_SEGMENT = {text: ''}
$env.__awsenv_back = $env.__awsenv_back? | default {}
# By its name, so that sourcing this again finds it.
$env.config.hooks.pre_prompt = $env.config.hooks?.pre_prompt? | default [] | append [] | where {|hook| $hook != '__awsenv_segment' } | append '__awsenv_segment'
if $__awsenv_in_prompt == 'yes' {
    $env.__awsenv_inner_prompt = $env.__awsenv_inner_prompt? | default { $env.PROMPT_COMMAND? }
    $env.PROMPT_COMMAND = {||
        let inner = $env.__awsenv_inner_prompt? | default ''
        let inner = if ($inner | describe) == 'closure' { do $inner } else { $inner }
        let segment = $env.AWSENV_SEGMENT.text
        if $segment == '' { $inner } else { $"($segment) ($inner)" }
    }
}
