# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034  # what awsenv-prompt tells is assigned by its text
# The segment without a process: awsenv-prompt is asked when a variable that it looks at, or a file that it read, has
# changed; from then on only the time left is added here.

# Everything that the segment depends on, in one text, made anew at every prompt: the names of all such variables, the
# values that are looked at, and of secrets only that they are there. Whether the deciding ones are exported counts too,
# because programs see no other; before 4.4 bash can't tell.
if [[ ${BASH_VERSINFO[0]}${BASH_VERSINFO[1]} -ge 44 ]]; then
    __awsenv_fingerprint() {
        __awsenv_print="${AWS_ACCESS_KEY_ID+${AWS_ACCESS_KEY_ID@a}$AWS_ACCESS_KEY_ID}|\
${AWS_SECRET_ACCESS_KEY+${AWS_SECRET_ACCESS_KEY@a}${AWS_SECRET_ACCESS_KEY:+x}}|${AWS_SESSION_TOKEN:+x}|\
${AWS_PROFILE+${AWS_PROFILE@a}$AWS_PROFILE}|${AWS_DEFAULT_PROFILE+${AWS_DEFAULT_PROFILE@a}$AWS_DEFAULT_PROFILE}|\
${AWS_REGION-}|${AWS_DEFAULT_REGION-}|${AWSENV_PROFILE-}|${AWSENV_KEY_ID-}|${AWSENV_EXPIRATION-}|${AWSENV_ACCOUNT-}|\
${AWSENV_CLASS-}|${AWSENV_UNTIL-}|${AWSENV_CONFIG-}|${AWSENV_FOLDER_ACCOUNT-}|${AWS_CONFIG_FILE-}|\
${AWS_SHARED_CREDENTIALS_FILE-}|${AWS_CREDENTIAL_EXPIRATION-}|${AWS_SESSION_EXPIRATION-}|${HOME-}|\
${XDG_CONFIG_HOME-}|${NO_COLOR-}|${!AWS@}"
    }
else
    __awsenv_fingerprint() {
        __awsenv_print="${AWS_ACCESS_KEY_ID-}|${AWS_SECRET_ACCESS_KEY:+x}|${AWS_SESSION_TOKEN:+x}|${AWS_PROFILE-}|\
${AWS_DEFAULT_PROFILE-}|${AWS_REGION-}|${AWS_DEFAULT_REGION-}|${AWSENV_PROFILE-}|${AWSENV_KEY_ID-}|\
${AWSENV_EXPIRATION-}|${AWSENV_ACCOUNT-}|${AWSENV_CLASS-}|${AWSENV_UNTIL-}|${AWSENV_CONFIG-}|\
${AWSENV_FOLDER_ACCOUNT-}|${AWS_CONFIG_FILE-}|${AWS_SHARED_CREDENTIALS_FILE-}|${AWS_CREDENTIAL_EXPIRATION-}|\
${AWS_SESSION_EXPIRATION-}|${HOME-}|${XDG_CONFIG_HOME-}|${NO_COLOR-}|${!AWS@}"
    }
fi

# Asks awsenv-prompt. What is kept is all of it or nothing: without a stamp it is asked again at the next prompt. Its text
# also makes __awsenv_is_news: whether a file that it read has changed or come since.
__awsenv_learn() {
    \local text=
    __awsenv_end='' __awsenv_head='' __awsenv_tail='' __awsenv_near='' __awsenv_over='' __awsenv_stamp=''
    __awsenv_renew_at='' __awsenv_locks='' __awsenv_shows_left='' __awsenv_minute=''
    if [ -x "$__awsenv_prompt_binary" ]; then
        text=$(\exec "$__awsenv_prompt_binary" --learn bash "$$" 2>/dev/null) || text=
    fi
    \eval "$text"
    # Shell arithmetic would run what is no number.
    case $__awsenv_end in *[!0-9]*) __awsenv_end='' ;; esac
    case $__awsenv_renew_at in *[!0-9]*) __awsenv_renew_at='' ;; esac
    __awsenv_seen=$__awsenv_print
    if [[ -z $__awsenv_stamp ]]; then
        __awsenv_seen=
    fi
    __awsenv_try_at=0
    if [[ -n $__awsenv_end ]]; then
        __awsenv_when_learned
    fi
}

# Sets __awsenv_now. bash before 4.2 has no clock but the seconds since its own start; it shows the time of day at
# which the end comes, since that text can stay.
if [[ ${BASH_VERSINFO[0]}${BASH_VERSINFO[1]} -ge 42 ]]; then
    __awsenv_clock() {
        \builtin printf -v __awsenv_now '%(%s)T' -1
    }
    __awsenv_when_learned() { :; }
else
    __awsenv_clock() {
        __awsenv_now=$((__awsenv_learned_at + SECONDS - __awsenv_learned_seconds))
    }
    __awsenv_when_learned() {
        __awsenv_learned_at=$(\command date +%s) || __awsenv_learned_at=0
        __awsenv_learned_seconds=$SECONDS
        __awsenv_time_of_day=$(\command date -r "$__awsenv_end" +%H:%M 2>/dev/null ||
            \command date -d "@$__awsenv_end" +%H:%M 2>/dev/null) || __awsenv_time_of_day=
    }
fi

# In the two units that matter, as awsenv-prompt says it.
__awsenv_say_left() {
    \local left=$__awsenv_left
    if [[ -n ${__awsenv_time_of_day-} ]]; then
        __awsenv_text="until $__awsenv_time_of_day"
    elif [[ $left -ge 86400 ]]; then
        __awsenv_text=$((left / 86400))d$((left / 3600 % 24))h
    elif [[ $left -ge 3600 ]]; then
        \builtin printf -v __awsenv_text %dh%02dm $((left / 3600)) $((left / 60 % 60))
    elif [[ $left -ge 60 ]]; then
        __awsenv_text=$((left / 60))m
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
    __awsenv_fingerprint
    if [[ $__awsenv_print != "${__awsenv_seen-}" ]] || __awsenv_is_news; then
        __awsenv_learn
    fi
    AWSENV_SEGMENT=$__awsenv_head
    if [[ -n $__awsenv_end ]]; then
        __awsenv_clock
        __awsenv_left=$((__awsenv_end - __awsenv_now))
        if [[ $__awsenv_left -le 0 ]]; then
            AWSENV_SEGMENT=$__awsenv_over
        elif [[ $__awsenv_shows_left == yes ]]; then
            # What was said a moment ago, as long as it says minutes.
            if [[ $((__awsenv_left / 60)) != "$__awsenv_minute" || $__awsenv_left -lt 600 ]]; then
                __awsenv_minute=$((__awsenv_left / 60))
                __awsenv_say_left
                if [[ $__awsenv_left -lt 600 ]]; then
                    __awsenv_text=$__awsenv_near$__awsenv_text
                fi
                __awsenv_said=$__awsenv_head$__awsenv_text$__awsenv_tail
            fi
            AWSENV_SEGMENT=$__awsenv_said
        fi
        __awsenv_tend
    fi
}

# At the end the shell is locked; before it, a process in the background gets new credentials, and a later prompt takes
# them over. Nothing here is waited for but a program that reads files.
__awsenv_tend() {
    if [[ $__awsenv_left -le 0 ]]; then
        if [[ $__awsenv_locks == yes ]]; then
            __awsenv_locks=
            __awsenv_ask __end --hook bash
        fi
    elif [[ -n $__awsenv_stamp && (-e $__awsenv_stamp.renewed || -e $__awsenv_stamp.person) ]]; then
        __awsenv_ask __take --hook bash "$$"
    elif [[ -n $__awsenv_renew_at && $__awsenv_now -ge $__awsenv_renew_at && $__awsenv_now -ge $__awsenv_try_at ]]; then
        __awsenv_try_at=$((__awsenv_now + 60))
        # A subshell of its own, so that no shell tells of a job.
        (\exec "$__awsenv_binary" __renew "$$" </dev/null >/dev/null 2>&1 &)
    fi
}

# Evaluates what awsenv says, and shows what has come of it at once.
__awsenv_ask() {
    \local text
    text=$("$__awsenv_binary" "$@") || \return 0
    if [[ -n $text ]]; then
        \eval "$text" || \return 0
        __awsenv_make_segment
    fi
}

# None of it from the environment.
\unset -v __awsenv_seen __awsenv_end __awsenv_time_of_day __awsenv_stamp
__awsenv_seen='' __awsenv_head='' __awsenv_end='' __awsenv_stamp='' __awsenv_time_of_day=''
__awsenv_minute='' __awsenv_said=''
