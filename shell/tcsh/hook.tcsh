# awsenv's hook for tcsh: what is needed at its start. Every start of a shell waits for it, so the rest is asked for where
# it is needed for the first time: core.tcsh at a call, prompt.tcsh at a prompt. Every line is one command, since they are
# joined by semicolons; a line that starts with a # is left out.
#
# tcsh has no functions. `awsenv` is an alias of these commands: the first keeps the words of the call, the next ones do
# what is to be done in this shell, and the last is the call itself, of the program or of something that has the status
# of what was done. It is last, so that pipes, redirections and && see it. What stands behind an `eval` is looked up when
# it is run, and so after it was loaded.

# The path goes through backquotes as the argument of a program alone.
alias __awsenv_core 'sh -c '\''exec "$0" __complete tcsh core 2>/dev/null'\'' $__awsenv_binary:q'
alias __awsenv_load 'eval "`__awsenv_core`"'
# Until core.tcsh is there, and where it is not to be had.
alias __awsenv_prepare 'set __awsenv_call = (sh -c '\''echo "awsenv: $0 is gone: install it again, or start a new shell [gone]" >&2; case $1 in use|clear|back) test -t 1 || echo false;; esac; exit 127'\'' $__awsenv_binary:q)'
unset __awsenv_loaded

set AWSENV_SEGMENT = ""
# At the first prompt, not before: the start-up files may set the alias precmd after the hook.
alias __awsenv_install 'if (-x "$__awsenv_binary") eval __awsenv_install_prompt'
alias __awsenv_install_prompt 'eval "`__awsenv_script`"'
if ($?prompt) sched +0:00 __awsenv_install
