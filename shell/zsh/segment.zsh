# The segment without a process: awsenv-prompt is asked when a variable that it looks at, or a file that it read, has
# changed; from then on only the time left is added here.

# Asks awsenv-prompt. What is kept is all of it or nothing: without a stamp it is asked again at the next prompt. Its text
# also names the files that it read, or makes __awsenv_is_news: whether one of them has changed or come since.
__awsenv_learn() {
    \builtin local text=
    __awsenv_end= __awsenv_head= __awsenv_tail= __awsenv_near= __awsenv_over= __awsenv_stamp=
    __awsenv_renew_at= __awsenv_locks= __awsenv_shows_left= __awsenv_color= __awsenv_minute=-1 __awsenv_has_more=
    __awsenv_file1= __awsenv_file2= __awsenv_file3= __awsenv_file4= __awsenv_file5= __awsenv_file6=
    if [[ -x $__awsenv_prompt_binary ]]; then
        text=$("$__awsenv_prompt_binary" --learn zsh $$ 2>/dev/null) || text=
    fi
    \builtin eval "$text"
    # Shell arithmetic would run what is no number.
    [[ $__awsenv_end != *[^0-9]* ]] || __awsenv_end=
    [[ $__awsenv_renew_at != *[^0-9]* ]] || __awsenv_renew_at=
    __awsenv_seen=$__awsenv_print
    if [[ -z $__awsenv_stamp ]]; then
        __awsenv_seen=
    fi
    __awsenv_try_at=0
}

# In the two units that matter, as awsenv-prompt says it.
__awsenv_say_left() {
    \builtin local left=$__awsenv_left
    if (( left >= 86400 )); then
        __awsenv_text=$(( left / 86400 ))d$(( left / 3600 % 24 ))h
    elif (( left >= 3600 )); then
        \builtin printf -v __awsenv_text %dh%02dm $(( left / 3600 )) $(( left / 60 % 60 ))
    elif (( left >= 60 )); then
        __awsenv_text=$(( left / 60 ))m
    else
        __awsenv_text=${left}s
    fi
}

# What is done before a prompt; sets AWSENV_SEGMENT. All of it is here, because a call of a function takes zsh longer than
# what most functions would do. The options are zsh's own: its callers see to that.
__awsenv_look() {
    if [[ $PWD != "$__awsenv_pwd" ]]; then
        __awsenv_pwd=$PWD
        if [[ $__awsenv_folders == yes ]] && __awsenv_may_mean; then
            __awsenv_enter
        fi
    fi
    # Everything that the segment depends on, in one text: the values that are looked at, and of secrets only that they
    # are there. Whether the deciding ones are exported counts too, because programs see no other.
    __awsenv_print="${(t)AWS_ACCESS_KEY_ID-}${AWS_ACCESS_KEY_ID-}|${AWS_SECRET_ACCESS_KEY:+x}|\
${AWS_SESSION_TOKEN:+x}|${(t)AWS_PROFILE-}${AWS_PROFILE-}|${(t)AWS_DEFAULT_PROFILE-}${AWS_DEFAULT_PROFILE-}|\
${AWS_REGION-}|${AWS_DEFAULT_REGION-}|${AWSENV_PROFILE-}|${AWSENV_KEY_ID-}|${AWSENV_EXPIRATION-}|${AWSENV_ACCOUNT-}|\
${AWSENV_CLASS-}|${AWSENV_CONFIG-}|${AWSENV_FOLDER_ACCOUNT-}|${AWS_CONFIG_FILE-}|\
${AWS_SHARED_CREDENTIALS_FILE-}|${AWS_CREDENTIAL_EXPIRATION-}|${AWS_SESSION_EXPIRATION-}|${AWS_SECURITY_TOKEN:+x}|\
${AWS_ACCESS_KEY:+x}|${AWS_SECRET_KEY:+x}|${AWS_WEB_IDENTITY_TOKEN_FILE:+x}|${AWS_BEARER_TOKEN_BEDROCK:+x}|\
${AWS_CONTAINER_CREDENTIALS_RELATIVE_URI:+x}|${AWS_CONTAINER_CREDENTIALS_FULL_URI:+x}|${HOME-}|${NO_COLOR-}"
    if [[ $__awsenv_print != "$__awsenv_seen" || $__awsenv_file1 -nt $__awsenv_stamp || \
        $__awsenv_file2 -nt $__awsenv_stamp || $__awsenv_file3 -nt $__awsenv_stamp || \
        $__awsenv_file4 -nt $__awsenv_stamp || $__awsenv_file5 -nt $__awsenv_stamp || \
        $__awsenv_file6 -nt $__awsenv_stamp ]] || { [[ -n $__awsenv_has_more ]] && __awsenv_is_news }; then
        __awsenv_learn
    fi
    AWSENV_SEGMENT=$__awsenv_head
    [[ -n $__awsenv_end ]] || \builtin return 0
    __awsenv_now=$EPOCHSECONDS
    __awsenv_left=$(( __awsenv_end - __awsenv_now ))
    if (( __awsenv_left <= 0 )); then
        AWSENV_SEGMENT=$__awsenv_over
        if [[ $__awsenv_locks == yes ]]; then
            __awsenv_locks=
            __awsenv_ask __end --hook zsh
        fi
        \builtin return 0
    elif [[ $__awsenv_shows_left == yes ]]; then
        # What was said a moment ago, as long as it says minutes.
        if (( __awsenv_left / 60 != __awsenv_minute || __awsenv_left < 600 )); then
            __awsenv_minute=$(( __awsenv_left / 60 ))
            __awsenv_say_left
            (( __awsenv_left >= 600 )) || __awsenv_text=$__awsenv_near$__awsenv_text
            __awsenv_said=$__awsenv_head$__awsenv_text$__awsenv_tail
        fi
        AWSENV_SEGMENT=$__awsenv_said
    fi
    # Near the end a process in the background gets new credentials, and a later prompt takes them over. Nothing here is
    # waited for but a program that reads files.
    if [[ -n $__awsenv_renewing && ( -e $__awsenv_stamp.renewed || -e $__awsenv_stamp.person ) ]]; then
        __awsenv_ask __take --hook zsh $$
    elif [[ -n $__awsenv_renew_at ]] && (( __awsenv_now >= __awsenv_renew_at && __awsenv_now >= __awsenv_try_at )); then
        __awsenv_try_at=$(( __awsenv_now + 60 ))
        __awsenv_renewing=yes
        # A subshell of its own, so that no shell tells of a job.
        ( "$__awsenv_binary" __renew $$ </dev/null &>/dev/null & )
    fi
}

# Evaluates what awsenv says, and shows what has come of it at once.
__awsenv_ask() {
    \builtin local text
    text=$("$__awsenv_binary" "$@") || \builtin return 0
    if [[ -n $text ]]; then
        \builtin eval "$text" || \builtin return 0
        __awsenv_look
    fi
}

# None of it from the environment.
\builtin unset -v __awsenv_seen __awsenv_head __awsenv_end __awsenv_stamp
\builtin typeset -g __awsenv_has_more= __awsenv_file1= __awsenv_file2= __awsenv_file3= __awsenv_file4= __awsenv_file5=
\builtin typeset -g __awsenv_file6= __awsenv_renewing= __awsenv_said= __awsenv_seen= __awsenv_head= __awsenv_end=
\builtin typeset -g __awsenv_stamp= __awsenv_print= __awsenv_text=
\builtin unset -v __awsenv_color
\builtin typeset -g __awsenv_color=
\builtin typeset -g __awsenv_tail= __awsenv_near= __awsenv_over= __awsenv_renew_at= __awsenv_locks= __awsenv_shows_left=
\builtin typeset -gi __awsenv_minute=-1 __awsenv_now=0 __awsenv_left=0 __awsenv_try_at=0
\builtin zmodload -F zsh/datetime p:EPOCHSECONDS
