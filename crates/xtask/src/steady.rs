//! What the hook adds to a steady prompt, for `cargo xtask bench`: a shell that looks hundreds of times, against one that
//! does nothing as often.

/// How often a shell looks.
pub(crate) const PROMPTS: u32 = 500;

/// The shells that need no process, and how much a prompt may take there, in microseconds.
pub(crate) const SHELLS: [(&str, f64); 2] = [("bash", 100.0), ("zsh", 60.0)];

/// The words after `shell` that make it do `what` [`PROMPTS`] times, once it has looked for the first time.
pub(crate) fn words(shell: &str, awsenv: &str, what: &str) -> Vec<String> {
    let script = format!(
        "eval \"$('{awsenv}' init {shell})\"; __awsenv_precmd; i=0; while [ $i -lt {PROMPTS} ]; do {what}; i=$((i+1)); done; \
         printf %s \"$AWSENV_SEGMENT\""
    );
    let mut words = vec!["-c".to_owned(), script];
    if shell == "zsh" {
        words.insert(0, "-f".to_owned());
    }
    words
}
