# awsenv's hook for tcsh: what it does at a call of `awsenv`. hook.tcsh asks for it. Every line is one command, since they
# are joined by semicolons; a line that starts with a # is left out.
#
# A subshell is told by a program's parent: `$$` stays the shell's own.
#
# What is typed is expanded once, as in any command. From there on it goes through backquotes in octal digits, because
# in "`…`" tcsh reads a variable's text again.

# Prints each argument as x and three octal digits for a byte.
alias __awsenv_encode 'sh -c '\''for a do printf x; printf %s "$a" | od -An -v -to1 | tr -d " \n"; echo; done'\'' sh'
# Takes such words: a program, a command of it, and arguments; then says the status.
alias __awsenv_decode 'sh -c '\''b=$(printf "\134"); n=$#; for a do r=${a#x}; f=; while [ -n "$r" ]; do f=$f$b${r%"${r#???}"}; r=${r#???}; done; a=$(printf "$f."); set -- "$@" "${a%.}"; done; shift "$n"; p=$1; c=$2; shift 2; test -x "$p" || echo "awsenv: $p is gone: install it again, or start a new shell [gone]" >&2; "$p" "$c" --hook tcsh "$@"; echo ";set __awsenv_status=$?"'\'' sh'

# What the third command may be: the program, the program for a subshell, or a status.
alias __awsenv_set_call 'set __awsenv_call = ($__awsenv_binary:q)'
alias __awsenv_set_pass 'set __awsenv_call = (sh -c '\''p=$0; c=$1; shift; exec "$p" "$c" --hook tcsh "$@"'\'' $__awsenv_binary:q)'
alias __awsenv_set_pass_back 'set __awsenv_call = (sh -c '\''echo "if (! \$?__awsenv_loaded) eval __awsenv_load; eval __awsenv_go_back; \$__awsenv_call:q"'\'')'
alias __awsenv_set_status 'set __awsenv_call = (sh -c "exit $__awsenv_status")'

# Whether this is the shell itself or a subshell of it: backquotes start a lone program without one more shell between.
# Nothing in it fails, because under `tcsh -e` a subshell would end there.
alias __awsenv_where 'sh -c '\''test "$PPID" = "$1" && echo shell || echo subshell'\'' sh $$'

# What only shows goes to the program.
alias __awsenv_prepare '__awsenv_set_call; set __awsenv_way = ($__awsenv_words:q call); if ($#__awsenv_words > 0) set __awsenv_way = (`sh -c '\''for a do case $a in --) break;; --print|--help|-h|--shell|--shell=*) echo call; exit;; esac; done; case $1 in use|clear) echo switch;; back) test $# -eq 1 && echo back || echo call;; *) echo call;; esac'\'' sh $__awsenv_words:q`); if ("$__awsenv_way[1]" == switch) eval __awsenv_prepare_switch; if ("$__awsenv_way[1]" == back) eval __awsenv_prepare_back'
alias __awsenv_prepare_switch '__awsenv_set_pass; set __awsenv_way = (`__awsenv_where`); if ("$__awsenv_way" == shell) eval __awsenv_switch'
alias __awsenv_prepare_back '__awsenv_set_pass_back; set __awsenv_way = (`__awsenv_where`); if ("$__awsenv_way" == shell) eval __awsenv_go_back'

# Evaluates the text here. What a failing `use` prints is evaluated too: it may lock the shell.
alias __awsenv_switch 'set __awsenv_words = (`__awsenv_encode $__awsenv_binary:q $__awsenv_words:q`); set __awsenv_status = 127; eval "`__awsenv_decode $__awsenv_words`"; __awsenv_set_status'

# Gives back what the snippet kept: the list of names, those that were exported before --, and a variable for each
# value. A shell variable of the same name would have been read in place of the exported one, which is not given back.
alias __awsenv_steps 'sh -c '\''e=yes; for n do case $e,$n in *,--) e=no;; yes,*) printf "setenv %s \$__awsenv_back_%s:q;" "$n" "$n";; *) printf "unsetenv %s;" "$n";; esac; done'\'' sh'
alias __awsenv_say 'sh -c '\''printf "awsenv: %s\n" "$*" >&2'\'' sh'
alias __awsenv_go_back 'set __awsenv_status = 1; set __awsenv_way = give; if ($?__awsenv_back == 0) set __awsenv_way = no_step; if ($?__awsenv_hidden) eval __awsenv_look_hidden; eval __awsenv_$__awsenv_way; __awsenv_set_status'
alias __awsenv_look_hidden 'if ("$__awsenv_hidden" =~ *1*) set __awsenv_way = is_hidden'
alias __awsenv_no_step '__awsenv_say "there is nothing to go back to: no switch since the last one was taken back [no-step]"'
alias __awsenv_is_hidden '__awsenv_say "nothing was changed: shell variables of the same names hid what was there before [hidden-variable]"'
alias __awsenv_give 'eval "`__awsenv_steps $__awsenv_back`"; unset __awsenv_back __awsenv_back_* __awsenv_hidden; set __awsenv_status = 0'
