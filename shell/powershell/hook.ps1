# awsenv's hook for Windows PowerShell 5.1 and PowerShell 7.
#
# A process has one environment here, so a switch holds wherever the command stands. Only at the head of a pipeline, as
# in `awsenv use p | Out-String | Invoke-Expression`, is the text handed on.

# Keeps what `back` gives back: values by name, $null for a variable that was not there. The snippets call it.
function global:__awsenv_save {
    $kept = @{}
    foreach ($name in $args) {
        if ($name -cne '--') { $kept[$name] = [Environment]::GetEnvironmentVariable($name) }
    }
    $global:__awsenv_back = $kept
}

# `awsenv back` at the head of a pipeline prints a call of this.
function global:__awsenv_restore {
    if ($null -eq $global:__awsenv_back) {
        throw 'awsenv: there is nothing to go back to: no switch since the last one was taken back [no-step]'
    }
    foreach ($name in @($global:__awsenv_back.Keys)) {
        [Environment]::SetEnvironmentVariable($name, $global:__awsenv_back[$name])
    }
    $global:__awsenv_back = $null
}

# Whether these arguments ask for something to look at, or for another shell's text.
function global:__awsenv_is_shown {
    foreach ($argument in $args) {
        if ("$argument" -ceq '--') { return $false }
        if (@('--print', '--help', '-h', '--shell') -ccontains "$argument" -or "$argument".StartsWith('--shell=')) { return $true }
    }
    return $false
}

# The function behind `awsenv`: its arguments, and whether it is at the head of a pipeline.
function global:__awsenv_main([object[]] $Words, [bool] $HandOn) {
    $command = "$($Words | Select-Object -First 1)"
    if ($command -ceq 'back' -and $Words.Count -eq 1) {
        if ($HandOn) { '__awsenv_restore' } else { __awsenv_restore }
        return
    }
    if (-not (Test-Path -LiteralPath $global:__awsenv_binary)) {
        throw "awsenv: $($global:__awsenv_binary) is gone: install it again, or start a new shell [gone]"
    }
    if (-not (@('use', 'clear') -ccontains $command) -or (__awsenv_is_shown @Words)) {
        & $global:__awsenv_binary @Words
        return
    }
    $rest = @($Words | Select-Object -Skip 1)
    if ($HandOn) {
        & $global:__awsenv_binary $command --hook powershell @rest
        return
    }
    # What a failing `use` prints is evaluated too: it may lock the shell.
    $text = & $global:__awsenv_binary $command --hook powershell @rest | Out-String
    Invoke-Expression $text
}

# Sets AWSENV_SEGMENT. The one place that knows how the segment is made.
function global:__awsenv_segment {
    $global:AWSENV_SEGMENT = ''
    if (Test-Path -LiteralPath $global:__awsenv_prompt_binary) {
        $global:AWSENV_SEGMENT = (& $global:__awsenv_prompt_binary --shell powershell --embed late 2>$null) -join ''
    }
}

# The prompt that is there now, wrapped once. It sees the statuses of the last command.
if ("$function:prompt" -cnotlike '*__awsenv_inner_prompt*') {
    $global:__awsenv_inner_prompt = $function:prompt
    function global:prompt {
        $succeeded = $?
        $status = $global:LASTEXITCODE
        __awsenv_segment
        $global:LASTEXITCODE = $status
        if (-not $succeeded) { Write-Error '' -ErrorAction Ignore }
        $inner = & $global:__awsenv_inner_prompt
        if ($global:__awsenv_in_prompt -ceq 'yes' -and $global:AWSENV_SEGMENT) {
            "$($global:AWSENV_SEGMENT) $inner"
        } else {
            $inner
        }
    }
}

$global:AWSENV_SEGMENT = ''
