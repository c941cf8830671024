# awsenv's completion for fish, 3.1 and later.
set -g __awsenv_complete_bin 'awsenv'
set -g __awsenv_complete_command 'awsenv'

# The words before the cursor go to awsenv without their quotes, the one at the cursor as it is typed.
function __awsenv_complete
    set -l words (commandline -opc)
    set -l answer (command $__awsenv_complete_bin __complete fish words (count $words) -- $words (commandline -ct) 2>/dev/null)
    switch $status
        case 0
            printf '%s\n' $answer
        case 10
            # Behind `exec PROFILE --` stands another command.
            set -l line (string escape -- $words[(math $answer + 1)..-1])
            complete -C (string join ' ' -- $line (commandline -ct))
    end
end

function __awsenv_complete_profiles
    command $__awsenv_complete_bin __complete fish profiles (commandline -ct | string replace -r '^--profile=' '') 2>/dev/null
end

# AWS_PROFILE=NAME as one word.
function __awsenv_complete_assignments
    set -l parts (string split -m 1 = -- (commandline -ct))
    command $__awsenv_complete_bin __complete fish assigned $parts[2] 2>/dev/null | string replace -r '^' $parts[1]=
end

complete -c $__awsenv_complete_command -f -k -a '(__awsenv_complete)'
# What fish or the user knows of these commands stays.
complete -c aws -l profile -x -k -a '(__awsenv_complete_profiles)'
complete -c set -n 'contains -- (commandline -opc)[-1] AWS_PROFILE AWS_DEFAULT_PROFILE' -x -k -a '(__awsenv_complete_profiles)'
for __awsenv_complete_name in export env
    complete -c $__awsenv_complete_name -n 'string match -qr "^AWS_(DEFAULT_)?PROFILE=" -- (commandline -ct)' -x -k -a '(__awsenv_complete_assignments)'
end
set -e __awsenv_complete_name
