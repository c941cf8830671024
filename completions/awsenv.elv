# awsenv's completion for elvish, 0.18 and later.
var __awsenv_complete_bin = 'awsenv'
var __awsenv_complete_command = 'awsenv'

use str

# What awsenv answers to a request. elvish quotes it.
fn ask {|@request|
    try {
        (external $__awsenv_complete_bin) __complete elvish $@request 2>/dev/null | from-lines | each {|line|
            var word value description = (str:split "\x1f" $line)
            if (eq $description '') {
                put $word
            } else {
                edit:complex-candidate $word &display=$value'  ('$description')'
            }
        }
    } catch _ {
        nop
    }
}

set edit:completion:arg-completer[$__awsenv_complete_command] = {|@words|
    # Behind `exec PROFILE --` stands another command.
    var escape = 0
    if (and (> (count $words) 2) (eq $words[1] exec)) {
        for at [(range 2 (- (count $words) 1))] {
            if (and (eq $escape 0) (eq $words[$at] --)) {
                set escape = $at
            }
        }
    }
    if (== $escape 0) {
        ask words (- (count $words) 1) -- $@words
    } else {
        edit:complete-sudo $@words[$escape..]
    }
}

# `aws` keeps the completion it has, but for profile names.
var aws = $edit:complete-filename~
if (has-key $edit:completion:arg-completer aws) {
    set aws = $edit:completion:arg-completer[aws]
}
set edit:completion:arg-completer[aws] = {|@words|
    if (and (> (count $words) 2) (eq $words[-2] --profile)) {
        ask profiles $words[-1]
    } elif (str:has-prefix $words[-1] --profile=) {
        ask assigned (str:trim-prefix $words[-1] --profile=) | each {|candidate|
            var stem = $candidate
            if (not-eq (kind-of $candidate) string) {
                set stem = $candidate[stem]
            }
            put --profile=$stem
        }
    } else {
        $aws $@words
    }
}

if (not (has-key $edit:completion:arg-completer set-env)) {
    set edit:completion:arg-completer[set-env] = {|@words|
        if (and (== (count $words) 3) (has-value [AWS_PROFILE AWS_DEFAULT_PROFILE] $words[1])) {
            ask assigned $words[2]
        }
    }
}
