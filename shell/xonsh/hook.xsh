# awsenv's hook for xonsh: Python alone.
#
# Everything runs in one process, so a switch holds wherever the command stands. Only where somebody captures its
# output, as `execx($(awsenv use p))` does, is the text handed on.


def __awsenv_install(binary, prompt_binary, in_prompt, command):
    import builtins
    import os
    import subprocess
    import sys

    shell = __xonsh__
    environment = shell.env
    # What `back` gives back: values by name, None for a variable that was not there. Survives a second evaluation.
    steps = getattr(getattr(builtins, "__awsenv_save", None), "steps", [])

    def save(names):
        steps[:] = [{name: environment.get(name) for name in names.split() if name != "--"}]

    save.steps = steps
    # The snippets call it, wherever they are evaluated.
    builtins.__awsenv_save = save

    def restore():
        for name, value in steps.pop().items():
            environment.pop(name, None)
            if value is not None:
                environment[name] = value

    # `execx($(awsenv back))` evaluates a call of this.
    builtins.__awsenv_restore = restore

    def complain(text):
        print("awsenv:", text, file=sys.stderr, flush=True)

    def is_shown(arguments):
        for argument in arguments:
            if argument == "--":
                return False
            if argument in ("--print", "--help", "-h", "--shell") or argument.startswith("--shell="):
                return True
        return False

    def go_back(hand_on):
        if not steps:
            complain("there is nothing to go back to: no switch since the last one was taken back [no-step]")
            if hand_on:
                hand_on("raise RuntimeError('awsenv')\n")
            return 1
        if hand_on:
            hand_on("__awsenv_restore()\n")
        else:
            restore()
        return 0

    def switch(arguments, stdin=None, stdout=None, stderr=None, spec=None, stack=None):
        def hand_on(text):
            print(text, end="", file=stdout, flush=True)

        captured = spec is not None and (spec.captured in ("stdout", "object") or not spec.last_in_pipeline)
        arguments = take(arguments)
        if arguments == ["back"]:
            return go_back(hand_on if captured else None)
        if not os.access(binary, os.X_OK):
            complain(f"{binary} is gone: install it again, or start a new shell [gone]")
            if captured:
                hand_on("raise RuntimeError('awsenv')\n")
            return 127
        done = subprocess.run(
            [binary, arguments[0], "--hook", "xonsh", *arguments[1:]],
            env=environment.detype(),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
        )
        text = done.stdout.decode()
        if captured:
            hand_on(text)
            return done.returncode
        try:
            shell.execer.exec(text, glbs=shell.ctx)
        except Exception as error:
            if done.returncode == 0:
                complain(error)
            return done.returncode or 1
        return done.returncode

    def run(arguments, stdin=None, stdout=None, stderr=None, spec=None, stack=None):
        return subprocess.run(
            [binary, *take(arguments)], env=environment.detype(), stdin=stdin, stdout=stdout, stderr=stderr
        ).returncode

    # xonsh expands what an alias gives back, so the arguments take another way.
    waiting = {}

    def take(arguments):
        return waiting.pop(int(arguments[0]), [])

    def leave(alias, arguments):
        number = max(waiting, default=0) + 1
        waiting[number] = arguments
        return [alias, str(number)]

    # A program of its own where it can be, so that it has the terminal.
    @shell.aliases.return_command
    def main(arguments, **_):
        if arguments == ["back"] or arguments[:1] in (["use"], ["clear"]) and not is_shown(arguments):
            return leave("__awsenv_switch", arguments)
        if any("$" in argument or "~" in argument for argument in [binary, *arguments]):
            return leave("__awsenv_run", arguments)
        return [binary, *arguments]

    shell.aliases["__awsenv_switch"] = switch
    shell.aliases["__awsenv_run"] = run
    shell.aliases[command] = main

    def look_after(told):
        """What is to be done near the end of an identity; the numbers are awsenv-prompt's."""
        number = str(os.getpid())
        if told == 11:
            quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            subprocess.Popen([binary, "__renew", number], env=environment.detype(), start_new_session=True, **quiet)
            return
        request = "__end" if told == 10 else "__take"
        done = subprocess.run(
            [binary, request, "--hook", "xonsh", number], env=environment.detype(), stdout=subprocess.PIPE
        )
        shell.execer.exec(done.stdout.decode(), glbs=shell.ctx)

    def segment(tell=True):
        """The one place that knows how the segment is made."""
        if not os.access(prompt_binary, os.X_OK):
            return ""
        arguments = [prompt_binary, "--shell", "xonsh", "--embed", "late"]
        if tell:
            arguments += ["--tell", str(os.getpid())]
        done = subprocess.run(
            arguments, env=environment.detype(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        if done.returncode in (10, 11, 12) and os.access(binary, os.X_OK):
            look_after(done.returncode)
            return segment(tell=False)
        return done.stdout.decode(errors="replace")

    # In the environment, where prompts look, but handed to no program.
    environment.register(
        "AWSENV_SEGMENT", default="", validate=lambda v: isinstance(v, str), convert=str, detype=lambda v: None
    )
    environment["AWSENV_SEGMENT"] = ""
    environment["PROMPT_FIELDS"]["awsenv"] = lambda: environment["AWSENV_SEGMENT"] or None

    def __awsenv_before_prompt(**_):
        last = environment.get("LAST_RETURN_CODE")
        environment["AWSENV_SEGMENT"] = segment()
        # Again and again, because a prompt may be exchanged. One that is a function makes itself.
        prompt = environment.get("PROMPT")
        if in_prompt and isinstance(prompt, str) and "{awsenv" not in prompt:
            environment["PROMPT"] = "{awsenv:{} }" + prompt
        if last is not None:
            environment["LAST_RETURN_CODE"] = last

    for handler in list(events.on_pre_prompt_format):
        if handler.__name__ == "__awsenv_before_prompt":
            events.on_pre_prompt_format.discard(handler)
    events.on_pre_prompt_format(__awsenv_before_prompt)
