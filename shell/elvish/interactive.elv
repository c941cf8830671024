# What the hook does where there is an editor, evaluated there alone: elsewhere `$edit:` is an error before anything
# runs. `$hook` has the variables of hook.elv, `$command` is what the command is called.

use str

# Whatever an earlier evaluation of this text left behind. A closure shows its text.
fn is-ours {|function|
    try {
        str:contains $function[body] '$hook[__awsenv_'
    } catch _ {
        put $false
    }
}

# Before every prompt, because a prompt may be exchanged.
fn wrap-prompt {
    if (and (eq $hook[__awsenv_in_prompt] yes) (not (is-ours $edit:prompt))) {
        var inner = $edit:prompt
        set edit:prompt = {|&__awsenv_inner=$false|
            if $__awsenv_inner {
                put $inner
            } else {
                if (not-eq $hook[AWSENV_SEGMENT] '') { put $hook[AWSENV_SEGMENT]' ' }
                nop $hook[__awsenv_in_prompt]
                $inner
            }
        }
    }
}

edit:add-var $command'~' $hook[__awsenv_main~]
if (is-ours $edit:prompt) {
    set edit:prompt = ($edit:prompt &__awsenv_inner=$true)
}
set edit:before-readline = [
    (each {|function| if (not (is-ours $function)) { put $function } } $edit:before-readline)
    {
        $hook[__awsenv_segment~]
        edit:add-var AWSENV_SEGMENT $hook[AWSENV_SEGMENT]
        wrap-prompt
    }
]
