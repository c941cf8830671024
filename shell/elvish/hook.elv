# awsenv's hook for elvish, 0.18 and later.
#
# In elvish nothing is a subshell: a function in a pipe or an output capture runs in the shell itself, whose
# environment is that of the process. So `eval (awsenv use p | slurp)` switches inside the function, prints nothing,
# and no secret ever gets into a pipe. What fails is an exception.

use str

var AWSENV_SEGMENT = ''

# What `back` gives back: values by name, $nil for a variable that was not there; or $nil alone.
var __awsenv_back = $nil

# The snippets call it.
fn __awsenv_save {|@names|
    var kept = [&]
    for name $names {
        if (has-env $name) {
            set kept[$name] = (get-env $name)
        } elif (not-eq $name --) {
            set kept[$name] = $nil
        }
    }
    set __awsenv_back = $kept
}

fn __awsenv_restore {
    if (eq $__awsenv_back $nil) {
        fail 'awsenv: there is nothing to go back to: no switch since the last one was taken back [no-step]'
    }
    for name [(keys $__awsenv_back)] {
        if (eq $__awsenv_back[$name] $nil) {
            unset-env $name
        } else {
            set-env $name $__awsenv_back[$name]
        }
    }
    set __awsenv_back = $nil
}

# Whether these arguments ask for something to look at, or for another shell's text.
fn __awsenv_is_shown {|@arguments|
    for argument $arguments {
        if (eq $argument --) {
            put $false
            return
        } elif (or (has-value [--print --help -h --shell] $argument) (str:has-prefix $argument --shell=)) {
            put $true
            return
        }
    }
    put $false
}

# The function behind `awsenv`.
fn __awsenv_main {|@arguments|
    var command = (if (> (count $arguments) 0) { put $arguments[0] } else { put '' })
    if (eq $arguments [back]) {
        __awsenv_restore
    } elif (not (has-external $__awsenv_binary)) {
        fail 'awsenv: '$__awsenv_binary' is gone: install it again, or start a new shell [gone]'
    } elif (and (has-value [use clear] $command) (not (__awsenv_is_shown $@arguments))) {
        var rest = $arguments[1..]
        var text = ((external $__awsenv_binary) $command --hook elvish $@rest | slurp)
        eval $text &ns=(ns [&__awsenv_save~=$__awsenv_save~])
    } else {
        (external $__awsenv_binary) $@arguments
    }
}

# What is to be done near the end of an identity: it locks the shell, or a process in the background gets new credentials
# and a later prompt takes them over. The numbers are awsenv-prompt's.
fn __awsenv_look_after {|told|
    if (== $told 11) {
        (external sh) -c '("$0" __renew "$1" </dev/null >/dev/null 2>&1 &)' $__awsenv_binary $pid
        return
    }
    var request = (if (== $told 10) { put __end } else { put __take })
    var text = ((external $__awsenv_binary) $request --hook elvish $pid | slurp)
    if (not-eq $text '') {
        eval $text
        set AWSENV_SEGMENT = ((external $__awsenv_prompt_binary) --shell elvish --embed late 2>/dev/null | slurp)
    }
}

# Sets AWSENV_SEGMENT. The one place that knows how the segment is made.
fn __awsenv_segment {
    set AWSENV_SEGMENT = ''
    if (has-external $__awsenv_prompt_binary) {
        var told = 0
        # A status other than 0 is an exception, which would take the text along.
        set AWSENV_SEGMENT = ({
            try {
                (external $__awsenv_prompt_binary) --shell elvish --embed late --tell $pid 2>/dev/null
            } catch __awsenv_failed {
                try { set told = $__awsenv_failed[reason][exit-status] } catch _ { }
            }
        } | slurp)
        if (and (>= $told 10) (<= $told 12)) {
            try { __awsenv_look_after $told } catch _ { }
        }
    }
}
