# awsenv's hook for zsh: what is needed at its start and before every prompt. Every start of a shell waits for this
# text, so the rest, core.zsh, is asked for where it is needed for the first time.
#
# The core may be a newer awsenv's than what is here: what it relies on is what `init` assigns, and __awsenv_segment.
#
# Every function that could meet the user's options begins with `emulate -L zsh`. Backslashes and `builtin` keep aliases
# and functions away.

# Makes the functions of core.zsh, once. They say themselves that they are whole.
__awsenv_load() {
    \builtin emulate -L zsh
    \builtin setopt no_all_export no_xtrace
    [[ -n $__awsenv_loaded ]] || \builtin eval "$("$__awsenv_binary" __complete zsh core 2>/dev/null)"
    [[ -n $__awsenv_loaded ]] || {
        \builtin print -ru2 -- "awsenv: $__awsenv_binary is gone: install it again, or start a new shell [gone]"
        \builtin return 127
    }
}

# The function behind `awsenv`. Where somebody evaluates what it prints, that has to fail when it does.
__awsenv_call() {
    if __awsenv_load; then
        __awsenv_main "$@"
    else
        [[ ${1-} != (use|clear|back) || -t 1 ]] || \builtin print -r -- false
        \builtin return 127
    fi
}

# Keeps what `back` gives back; the snippets call it. The -- that is for other shells is no name.
__awsenv_save() {
    __awsenv_load && __awsenv_keep "$@"
}

# Gives it back, all or nothing. `eval "$(awsenv back)"` evaluates a call of this.
__awsenv_restore() {
    __awsenv_load && __awsenv_give_back
}

# Sets AWSENV_SEGMENT, without a process where nothing has changed: core.zsh knows how.
__awsenv_segment() {
    if [[ -n $__awsenv_loaded || -x $__awsenv_binary ]] && __awsenv_load; then
        __awsenv_look
    else
        AWSENV_SEGMENT=
    fi
}

# zsh keeps $? and $_ around it. The segment gets into the prompt by way of psvar, whose text is never expanded; far
# from the first elements, which are the user's.
__awsenv_precmd() {
    \builtin emulate -L zsh
    \builtin setopt no_all_export no_xtrace
    if [[ -n $__awsenv_loaded ]]; then
        __awsenv_look
    else
        __awsenv_segment
    fi
    if [[ $__awsenv_in_prompt == yes ]]; then
        psvar[90]=$AWSENV_SEGMENT
        # The color stands around it: letters alone, whatever else may be in that variable.
        \builtin local shown='%(90V.%90v .)'
        [[ -z ${__awsenv_color-} || $__awsenv_color == *[^a-z]* ]] || shown="%(90V.%F{$__awsenv_color}%90v%f .)"
        # Again and again, because prompt tools write PROMPT anew.
        if [[ $PROMPT != *%90v* ]]; then
            PROMPT=$shown$PROMPT
        elif [[ -n ${__awsenv_shown-} ]]; then
            PROMPT=${PROMPT/"$__awsenv_shown"/"$shown"}
        fi
        __awsenv_shown=$shown
    fi
    # Now, because compinit may come later in the start-up files; at the first prompt it has run.
    [[ -n $__awsenv_tab_installed ]] || __awsenv_tab_install
}

# Completion is asked for at the first TAB, by core.zsh; until then this stands for it.
__awsenv_tab() {
    __awsenv_load && __awsenv_tab_first "$@"
}

__awsenv_tab_install() {
    \builtin emulate -L zsh
    __awsenv_tab_installed=yes
    (( ${+functions[compdef]} )) || \builtin return 0
    [[ ${_comps[aws]-} == __awsenv_* ]] || __awsenv_tab_aws=${_comps[aws]-}
    compdef __awsenv_tab $__awsenv_command aws -value-,AWS_PROFILE,-default- -value-,AWS_DEFAULT_PROFILE,-default-
}

__awsenv_tab_installed=
# The hooks' own order is kept; a function is called once, however often this is evaluated.
if [[ -o interactive ]]; then
    () {
        \builtin emulate -L zsh
        \builtin setopt no_all_export
        \builtin typeset -ga precmd_functions
        (( ${precmd_functions[(Ie)__awsenv_precmd]} )) || precmd_functions+=(__awsenv_precmd)
    }
fi
