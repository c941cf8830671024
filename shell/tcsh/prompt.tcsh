# awsenv's hook for tcsh: what it does before every prompt. hook.tcsh asks for it, together with the completion, at the
# first one. Every line is one command, since they are joined by semicolons; a line that starts with a # is left out.

# Sets AWSENV_SEGMENT. The one place that knows how the segment is made.
alias __awsenv_segment 'set AWSENV_SEGMENT = ""; if (-x "$__awsenv_prompt_binary") set AWSENV_SEGMENT = "`__awsenv_run_prompt`"'
alias __awsenv_run_prompt 'sh -c '\''exec "$0" --shell tcsh --embed late 2>/dev/null'\'' $__awsenv_prompt_binary:q'

# Before every prompt, since a prompt may be exchanged.
alias __awsenv_before_prompt '__awsenv_segment; set __awsenv_shown = ""; if ($%AWSENV_SEGMENT > 0) set __awsenv_shown = "$AWSENV_SEGMENT:q "; if ("$__awsenv_in_prompt" == yes) eval __awsenv_show'
alias __awsenv_show 'set __awsenv_way = "$prompt:q"; if ("$__awsenv_way:q" =~ *__awsenv_shown*) set __awsenv_way = ""; if ($%__awsenv_way > 0) set prompt = '\''%$__awsenv_shown'\''"$prompt:q"'


# Around what is in the alias precmd.
alias __awsenv_install_new 'alias precmd __awsenv_before_prompt'
alias __awsenv_install_wrap 'alias __awsenv_inner_precmd "$__awsenv_precmd:q"; alias precmd "__awsenv_before_prompt; __awsenv_inner_precmd"'
alias __awsenv_install_again :
set __awsenv_precmd = "`alias precmd`"
set __awsenv_way = new
if ($%__awsenv_precmd > 0) set __awsenv_way = wrap
if ("$__awsenv_precmd:q" =~ *__awsenv_before_prompt*) set __awsenv_way = again
eval __awsenv_install_$__awsenv_way
