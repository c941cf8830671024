# awsenv's completion for Windows PowerShell 5.1 and PowerShell 7.
$global:__awsenv_complete_bin = 'awsenv'
$global:__awsenv_complete_command = 'awsenv'

Register-ArgumentCompleter -Native -CommandName $global:__awsenv_complete_command -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    # Words are taken as they stand: nothing that was typed is evaluated.
    $words = @(foreach ($element in $commandAst.CommandElements) {
            if ($element.Extent.EndOffset -lt $cursorPosition) {
                if ($element -is [System.Management.Automation.Language.StringConstantExpressionAst]) {
                    $element.Value
                } else {
                    $element.Extent.Text
                }
            }
        })
    $typed = $wordToComplete
    if ($typed.StartsWith("'") -or $typed.StartsWith('"')) {
        $typed = $typed.Substring(1)
    }
    # An empty last word goes without saying: Windows PowerShell would drop it.
    $request = @('__complete', 'powershell', 'words', $words.Count, '--') + $words
    if ($typed -ne '') {
        $request += $typed
    }
    $encoding = [Console]::OutputEncoding
    try {
        [Console]::OutputEncoding = [System.Text.UTF8Encoding]::new()
        $answer = @(& $global:__awsenv_complete_bin @request 2>$null)
        if ($LASTEXITCODE -ne 0) {
            $answer = @()
        }
    } catch {
        $answer = @()
    } finally {
        [Console]::OutputEncoding = $encoding
    }
    foreach ($line in $answer) {
        $word, $value, $description = $line.Split([char]0x1f)
        if ($description -eq '') {
            $description = $value
        }
        [System.Management.Automation.CompletionResult]::new($word, $value, 'ParameterValue', $description)
    }
}
