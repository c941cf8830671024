# awsenv's completion for Nushell.
const __awsenv_complete_bin = 'awsenv'
const __awsenv_complete_command = 'awsenv'

# What awsenv answers to a request, quoted by it; nothing where it has no answer.
def __awsenv_complete_ask [...request: string] {
    let answer = try { do { ^$__awsenv_complete_bin __complete nu ...$request } | complete } catch { {exit_code: 127, stdout: ''} }
    if $answer.exit_code == 0 {
        $answer.stdout | lines | each {|line|
            let columns = $line | split row "\u{1f}"
            {value: $columns.0, description: $columns.2}
        }
    }
}

# Candidates for the words of an awsenv command line.
def __awsenv_complete [spans: list<string>] {
    let escape = $spans | enumerate | skip 2 | where item == '--' | get index | append ($spans | length) | first
    if ($spans | get 1?) != 'exec' or $escape >= (($spans | length) - 1) {
        __awsenv_complete_ask words $"(($spans | length) - 1)" '--' ...$spans
    }
}

# `aws` keeps the completion it has, but for profile names.
def __awsenv_complete_aws [spans: list<string>] {
    let typed = $spans | last
    if ($spans | length) > 2 and ($spans | get (($spans | length) - 2)) == '--profile' {
        __awsenv_complete_ask profiles $typed
    }
}

$env.config.completions.external.completer = do {
    let before = $env.config.completions.external.completer?
    {|spans|
        let answer = match ($spans | first) {
            $command if $command == $__awsenv_complete_command => (__awsenv_complete $spans)
            'aws' => (__awsenv_complete_aws $spans)
            _ => null
        }
        if $answer == null and $before != null { do $before $spans } else { $answer }
    }
}
