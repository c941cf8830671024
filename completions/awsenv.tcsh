# awsenv's completion for tcsh. Every line is one command, since `awsenv init` joins them by semicolons; a line that
# starts with a # is left out.
#
# tcsh splits what a command prints at blanks and then expands it, quotes or not: names can only be candidates as the
# elements of a list. So there is a list, made again before a prompt where one of the two files has changed.
set __awsenv_complete_bin = 'awsenv'
set __awsenv_complete_command = 'awsenv'

set __awsenv_complete_names = ( )
set __awsenv_complete_seen = ''

alias __awsenv_complete_locate 'set __awsenv_complete_files = ( ~/.aws/config ~/.aws/credentials ); if ( $?AWS_CONFIG_FILE ) eval '"'"'set __awsenv_complete_files[1] = $AWS_CONFIG_FILE:q'"'"'; if ( $?AWS_SHARED_CREDENTIALS_FILE ) eval '"'"'set __awsenv_complete_files[2] = $AWS_SHARED_CREDENTIALS_FILE:q'"'"
alias __awsenv_complete_look '@ __awsenv_complete_a = ( -M $__awsenv_complete_files[1]:q ); @ __awsenv_complete_b = ( -Z $__awsenv_complete_files[1]:q ); @ __awsenv_complete_c = ( -M $__awsenv_complete_files[2]:q ); @ __awsenv_complete_d = ( -Z $__awsenv_complete_files[2]:q ); set __awsenv_complete_now = $__awsenv_complete_a,$__awsenv_complete_b,$__awsenv_complete_c,$__awsenv_complete_d'
alias __awsenv_complete_read 'set __awsenv_complete_names = ( "`$__awsenv_complete_bin:q __complete tcsh profiles`" ); set __awsenv_complete_seen = $__awsenv_complete_now; if ( $%__awsenv_complete_names == 0 ) set __awsenv_complete_names = ( )'
alias __awsenv_complete_refresh '__awsenv_complete_locate; __awsenv_complete_look; if ( $__awsenv_complete_now != "$__awsenv_complete_seen" ) eval __awsenv_complete_read'

# Behind what is in the alias already, once.
alias __awsenv_complete_hook 'set __awsenv_complete_precmd = "`alias precmd`"; if ( "$__awsenv_complete_precmd" == "" ) alias precmd __awsenv_complete_refresh; if ( "$__awsenv_complete_precmd" != "" && "$__awsenv_complete_precmd" !~ *__awsenv_complete_refresh* ) alias precmd "$__awsenv_complete_precmd; __awsenv_complete_refresh"'
if ( $?prompt ) eval __awsenv_complete_hook

complete $__awsenv_complete_command:q 'c@--@(all as by cmd device-code duration embed for force format help json lock long mfa names no-browser or-clear print prompt refresh region role-session-name shell sso-session tree verify version yes)@' 'n@--as@(keys profile)@' 'n@--embed@(early late)@' 'n@--format@(env env-no-export fish powershell windows-cmd process json dotenv docker github)@' 'n@{allow,deny}@d@' 'n@{--shell,completions,init}@(bash zsh fish dash ash ksh mksh yash posix tcsh elvish nu xonsh powershell cmd)@' 'n@--@c@' 'p@1@(use clear back current list explain exec export login logout init allow deny completions prompt)@' 'p@*@$__awsenv_complete_names@'

# What the user has for these commands stays: tcsh has no way to ask it for a part.
if ( "`complete aws`" == '' ) complete aws 'n@--profile@$__awsenv_complete_names@'
if ( "`complete setenv`" == '' ) complete setenv 'n@AWS_PROFILE@$__awsenv_complete_names@' 'n@AWS_DEFAULT_PROFILE@$__awsenv_complete_names@' 'p@1@e@'
