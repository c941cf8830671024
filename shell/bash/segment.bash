# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034  # what awsenv-prompt tells is assigned by its text
# The segment without a process: awsenv-prompt is asked when a variable that it looks at, or a file that it read, has
# changed; from then on only the time left is added here.

# Everything that the segment depends on, in one text; of secrets only that they are there. Whether a variable is
# exported counts too, because programs see no other; before 4.4 bash can't tell.
if [[ ${BASH_VERSINFO[0]}${BASH_VERSINFO[1]} -ge 44 ]]; then
    __awsenv_fingerprint() {
        \local s=$'\x1f'
        __awsenv_print=${AWS_ACCESS_KEY_ID+${AWS_ACCESS_KEY_ID@a}$AWS_ACCESS_KEY_ID}$s
        __awsenv_print+=${AWS_SECRET_ACCESS_KEY+${AWS_SECRET_ACCESS_KEY@a}${AWS_SECRET_ACCESS_KEY:+x}}$s
        __awsenv_print+=${AWS_SESSION_TOKEN+${AWS_SESSION_TOKEN@a}${AWS_SESSION_TOKEN:+x}}$s
        __awsenv_print+=${AWS_PROFILE+${AWS_PROFILE@a}$AWS_PROFILE}$s
        __awsenv_print+=${AWS_DEFAULT_PROFILE+${AWS_DEFAULT_PROFILE@a}$AWS_DEFAULT_PROFILE}$s
        __awsenv_print+=${AWS_REGION+${AWS_REGION@a}$AWS_REGION}$s
        __awsenv_print+=${AWS_DEFAULT_REGION+${AWS_DEFAULT_REGION@a}$AWS_DEFAULT_REGION}$s
        __awsenv_print+=${AWSENV_PROFILE+${AWSENV_PROFILE@a}$AWSENV_PROFILE}$s
        __awsenv_print+=${AWSENV_KEY_ID+${AWSENV_KEY_ID@a}$AWSENV_KEY_ID}$s
        __awsenv_print+=${AWSENV_EXPIRATION+${AWSENV_EXPIRATION@a}$AWSENV_EXPIRATION}$s
        __awsenv_common
        # Names alone: each of these beats every signature for its service.
        __awsenv_print+=${!AWS_BEARER_TOKEN_@}$s${!AWS_WEB_IDENTITY@}$s${!AWS_CONTAINER_@}
    }
else
    __awsenv_fingerprint() {
        \local s=$'\x1f'
        __awsenv_print=${AWS_ACCESS_KEY_ID-}$s${AWS_SECRET_ACCESS_KEY:+x}$s${AWS_SESSION_TOKEN:+x}$s${AWS_PROFILE-}
        __awsenv_print+=$s${AWS_DEFAULT_PROFILE-}$s${AWS_REGION-}$s${AWS_DEFAULT_REGION-}$s${AWSENV_PROFILE-}
        __awsenv_print+=$s${AWSENV_KEY_ID-}$s${AWSENV_EXPIRATION-}
        __awsenv_common
        __awsenv_print+=${!AWS_BEARER_TOKEN_@}$s${!AWS_WEB_IDENTITY@}$s${!AWS_CONTAINER_@}
    }
fi

# What every bash can say.
__awsenv_common() {
    \local s=$'\x1f'
    __awsenv_print+=${AWSENV_ACCOUNT-}$s${AWSENV_CLASS-}$s${AWSENV_UNTIL-}$s${AWSENV_CONFIG-}$s
    __awsenv_print+=${AWS_CONFIG_FILE-}$s${AWS_SHARED_CREDENTIALS_FILE-}$s${AWS_CREDENTIAL_EXPIRATION-}$s
    __awsenv_print+=${AWS_SESSION_EXPIRATION-}$s${AWS_SECURITY_TOKEN:+x}$s${AWS_ACCESS_KEY:+x}$s${AWS_SECRET_KEY:+x}$s
    __awsenv_print+=${HOME-}$s${XDG_CONFIG_HOME-}$s${NO_COLOR-}$s${AWSENV_FOLDER_ACCOUNT-}$s
}

# Whether a file that awsenv-prompt looked at has changed, come or gone since.
__awsenv_is_news() {
    \local file
    for file in ${__awsenv_watched[@]+"${__awsenv_watched[@]}"}; do
        [[ $file -nt $__awsenv_stamp ]] && \return 0
    done
    for file in ${__awsenv_present[@]+"${__awsenv_present[@]}"}; do
        [[ -e $file ]] || \return 0
    done
    \return 1
}

# Asks awsenv-prompt. What is kept is all of it or nothing: without a stamp it is asked again at the next prompt.
__awsenv_learn() {
    \local text=
    __awsenv_end='' __awsenv_head='' __awsenv_tail='' __awsenv_near='' __awsenv_over='' __awsenv_stamp=''
    __awsenv_renew_at='' __awsenv_locks='' __awsenv_shows_left='' __awsenv_watched=() __awsenv_present=()
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
            __awsenv_say_left
            if [[ $__awsenv_left -lt 600 ]]; then
                __awsenv_text=$__awsenv_near$__awsenv_text
            fi
            AWSENV_SEGMENT=$__awsenv_head$__awsenv_text$__awsenv_tail
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
__awsenv_watched=() __awsenv_present=()
