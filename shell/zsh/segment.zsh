# The segment without a process: awsenv-prompt is asked when a variable that it looks at, or a file that it read, has
# changed; from then on only the time left is added here.

# Everything that the segment depends on, in one text; of secrets only that they are there. Whether a variable is
# exported counts too, because programs see no other.
__awsenv_fingerprint() {
    \builtin local s=$'\x1f'
    __awsenv_print=${AWS_ACCESS_KEY_ID+${(t)AWS_ACCESS_KEY_ID}$AWS_ACCESS_KEY_ID}$s
    __awsenv_print+=${AWS_SECRET_ACCESS_KEY+${(t)AWS_SECRET_ACCESS_KEY}${AWS_SECRET_ACCESS_KEY:+x}}$s
    __awsenv_print+=${AWS_SESSION_TOKEN+${(t)AWS_SESSION_TOKEN}${AWS_SESSION_TOKEN:+x}}$s
    __awsenv_print+=${AWS_PROFILE+${(t)AWS_PROFILE}$AWS_PROFILE}$s
    __awsenv_print+=${AWS_DEFAULT_PROFILE+${(t)AWS_DEFAULT_PROFILE}$AWS_DEFAULT_PROFILE}$s
    __awsenv_print+=${AWS_REGION+${(t)AWS_REGION}$AWS_REGION}$s
    __awsenv_print+=${AWS_DEFAULT_REGION+${(t)AWS_DEFAULT_REGION}$AWS_DEFAULT_REGION}$s
    __awsenv_print+=${AWSENV_PROFILE+${(t)AWSENV_PROFILE}$AWSENV_PROFILE}$s
    __awsenv_print+=${AWSENV_KEY_ID+${(t)AWSENV_KEY_ID}$AWSENV_KEY_ID}$s
    __awsenv_print+=${AWSENV_EXPIRATION+${(t)AWSENV_EXPIRATION}$AWSENV_EXPIRATION}$s
    __awsenv_print+=${AWSENV_ACCOUNT-}$s${AWSENV_CLASS-}$s${AWSENV_UNTIL-}$s${AWSENV_CONFIG-}$s
    __awsenv_print+=${AWS_CONFIG_FILE-}$s${AWS_SHARED_CREDENTIALS_FILE-}$s${AWS_CREDENTIAL_EXPIRATION-}$s
    __awsenv_print+=${AWS_SESSION_EXPIRATION-}$s${AWS_SECURITY_TOKEN:+x}$s${AWS_ACCESS_KEY:+x}$s${AWS_SECRET_KEY:+x}$s
    __awsenv_print+=${HOME-}$s${XDG_CONFIG_HOME-}$s${NO_COLOR-}$s${AWSENV_FOLDER_ACCOUNT-}$s
    # These are the machine's; what beats every signature for its service has many names.
    __awsenv_print+=${AWS_WEB_IDENTITY_TOKEN_FILE+${(t)AWS_WEB_IDENTITY_TOKEN_FILE}}$s
    __awsenv_print+=${AWS_CONTAINER_CREDENTIALS_RELATIVE_URI+${(t)AWS_CONTAINER_CREDENTIALS_RELATIVE_URI}}$s
    __awsenv_print+=${AWS_CONTAINER_CREDENTIALS_FULL_URI+${(t)AWS_CONTAINER_CREDENTIALS_FULL_URI}}$s
    (( ! $+AWS_BEARER_TOKEN_BEDROCK )) || __awsenv_print+=${(t)AWS_BEARER_TOKEN_BEDROCK}
}

# Whether a file that awsenv-prompt looked at has changed, come or gone since.
__awsenv_is_news() {
    \builtin local file
    for file in "${__awsenv_watched[@]}"; do
        [[ ! $file -nt $__awsenv_stamp ]] || \builtin return 0
    done
    for file in "${__awsenv_present[@]}"; do
        [[ -e $file ]] || \builtin return 0
    done
    \builtin return 1
}

# Asks awsenv-prompt. What is kept is all of it or nothing: without a stamp it is asked again at the next prompt.
__awsenv_learn() {
    \builtin local text=
    __awsenv_end= __awsenv_head= __awsenv_tail= __awsenv_near= __awsenv_over= __awsenv_stamp=
    __awsenv_renew_at= __awsenv_locks= __awsenv_shows_left= __awsenv_color= __awsenv_watched=() __awsenv_present=()
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

# What is done before a prompt; sets AWSENV_SEGMENT.
__awsenv_look() {
    if [[ $PWD != "$__awsenv_pwd" ]]; then
        __awsenv_pwd=$PWD
        if [[ $__awsenv_folders == yes ]] && __awsenv_may_mean; then
            __awsenv_enter
        fi
    fi
    __awsenv_make_segment
}

__awsenv_make_segment() {
    \builtin emulate -L zsh
    \builtin setopt no_all_export no_xtrace
    __awsenv_fingerprint
    if [[ $__awsenv_print != "$__awsenv_seen" ]] || __awsenv_is_news; then
        __awsenv_learn
    fi
    AWSENV_SEGMENT=$__awsenv_head
    if [[ -n $__awsenv_end ]]; then
        # Loaded with this text; the parameter itself may have been unset.
        \builtin strftime -s __awsenv_now %s
        __awsenv_left=$(( __awsenv_end - __awsenv_now ))
        if (( __awsenv_left <= 0 )); then
            AWSENV_SEGMENT=$__awsenv_over
        elif [[ $__awsenv_shows_left == yes ]]; then
            __awsenv_say_left
            (( __awsenv_left >= 600 )) || __awsenv_text=$__awsenv_near$__awsenv_text
            AWSENV_SEGMENT=$__awsenv_head$__awsenv_text$__awsenv_tail
        fi
        __awsenv_look_after
    fi
}

# At the end the shell is locked; before it, a process in the background gets new credentials, and a later prompt takes
# them over. Nothing here is waited for but a program that reads files.
__awsenv_look_after() {
    if (( __awsenv_left <= 0 )); then
        if [[ $__awsenv_locks == yes ]]; then
            __awsenv_locks=
            __awsenv_ask __end --hook zsh
        fi
    elif [[ -n $__awsenv_stamp && ( -e $__awsenv_stamp.renewed || -e $__awsenv_stamp.person ) ]]; then
        __awsenv_ask __take --hook zsh $$
    elif [[ -n $__awsenv_renew_at ]] && (( __awsenv_now >= __awsenv_renew_at && __awsenv_now >= __awsenv_try_at )); then
        __awsenv_try_at=$(( __awsenv_now + 60 ))
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
        __awsenv_make_segment
    fi
}

# None of it from the environment.
\builtin unset -v __awsenv_seen __awsenv_head __awsenv_end __awsenv_stamp __awsenv_watched __awsenv_present
\builtin typeset -g __awsenv_seen= __awsenv_head= __awsenv_end= __awsenv_stamp= __awsenv_print= __awsenv_text=
\builtin unset -v __awsenv_color
\builtin typeset -g __awsenv_color=
\builtin typeset -g __awsenv_tail= __awsenv_near= __awsenv_over= __awsenv_renew_at= __awsenv_locks= __awsenv_shows_left=
\builtin typeset -gi __awsenv_now=0 __awsenv_left=0 __awsenv_try_at=0
\builtin typeset -ga __awsenv_watched __awsenv_present
\builtin zmodload -F zsh/datetime b:strftime
