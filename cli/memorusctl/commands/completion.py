"""`memorusctl completion`: the script that completes commands and options in a shell."""

from __future__ import annotations

from ..definitions import OUTPUT, Command, Param

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..definitions import Args, Result

__all__ = ["COMMAND"]

SHELLS = ("bash", "zsh", "fish")
_PROGRAMS = ("memorusctl", "memorus")


def run(args: Args) -> Result:
    from memorus_proto.errors import InvalidRequest

    shell = args["shell"]
    if shell not in SHELLS:
        raise InvalidRequest(f"the shell {shell!r:.80} is unknown", remedy=f"use {', '.join(SHELLS)}")
    from importlib import import_module

    completion = import_module("typer.completion")
    scripts = [
        completion.get_completion_script(
            prog_name=name, complete_var=f"_{name.upper()}_COMPLETE", shell=shell
        )
        for name in _PROGRAMS
    ]
    return {"shell": shell, "script": "\n".join(scripts)}


def show(result: Result) -> Iterator[str]:
    yield result["script"]


COMMAND = Command(
    "completion",
    'Print the completion script for bash, zsh or fish: eval "$(memorusctl completion bash)".',
    (Param("shell", "argument", "bash, zsh or fish."), *OUTPUT),
    run,
    show,
)
