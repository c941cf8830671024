# awsenv's completion for xonsh: Python alone.
__awsenv_complete_bin = 'awsenv'
__awsenv_complete_command = 'awsenv'


def __awsenv_complete_install(binary, command):
    import subprocess

    from xonsh.completers.completer import add_one_completer
    from xonsh.completers.tools import RichCompletion, contextual_command_completer

    def ask(context, *request):
        """What awsenv answers to a request, quoted by it, in place of the word with its open quote."""
        try:
            done = subprocess.run(
                [binary, "__complete", "xonsh", *request],
                env=__xonsh__.env.detype(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError:
            return None
        if done.returncode != 0:
            return None
        length = len(context.opening_quote) + len(context.prefix)
        found = []
        for line in done.stdout.decode().split("\n")[:-1]:
            word, value, description = line.split("\x1f")
            found.append(
                RichCompletion(
                    word,
                    prefix_len=length,
                    display=value,
                    description=description,
                    append_closing_quote=False,
                    append_space=True,
                )
            )
        return set(found)

    @contextual_command_completer
    def awsenv(context):
        if not context.args or context.arg_index < 1 or context.is_after_closing_quote:
            return None
        words = [arg.value for arg in context.args[: context.arg_index]]
        typed = context.prefix
        # xonsh looks through the hook's alias at the path behind it, blanks and all.
        path = binary.split()
        if words[: len(path)] == path:
            words[: len(path)] = [command]
        if words[0] == command:
            return ask(context, "words", str(len(words)), "--", *words, typed)
        # `aws` keeps the completion it has, but for profile names.
        if words[0] == "aws" and words[-1] == "--profile":
            return ask(context, "profiles", typed)
        return None

    add_one_completer("__awsenv_complete", awsenv, "start")


__awsenv_complete_install(__awsenv_complete_bin, __awsenv_complete_command)
del __awsenv_complete_install
