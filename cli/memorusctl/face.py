"""The typer app, generated from the definitions: help, completion, and every form that fast.py declines."""

from __future__ import annotations

import inspect
import sys
from enum import Enum
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import conflicts, daemon, export, forget, get, import_, learn, search, status
from . import list as list_
from .execute import execute, fail
from .spec import EXIT

if TYPE_CHECKING:
    from collections.abc import Callable

    from .spec import Args, Command, Param

__all__ = ["app", "main"]

TOP = (
    learn.COMMAND,
    search.COMMAND,
    list_.COMMAND,
    get.COMMAND,
    forget.COMMAND,
    conflicts.COMMAND,
    export.COMMAND,
    import_.COMMAND,
    status.COMMAND,
)

# typer imports click in older versions and carries it in newer ones; this names the base of its usage
# errors in both: BadParameter, UsageError, ClickException.
UsageProblem: Any = typer.BadParameter.__mro__[2]

EPILOG = (
    "Exit status: 0 done, 1 failed, 2 wrong usage, 3 not found, 4 daemon or store unavailable. "
    "MEMORUS_HOME moves the store (default ~/.memorus)."
)


def main(words: list[str]) -> int:
    """Run a command line through typer; returns its exit status."""
    try:
        found = app(execute)(words or ["--help"], prog_name=_called_as(), standalone_mode=False)
    except UsageProblem as error:
        return _usage(error, words)
    except (typer.Abort, KeyboardInterrupt):
        return 130
    return int(found or EXIT["done"])


def app(handle: Callable[[Command, Args], int]) -> typer.Typer:
    """The whole app; `handle` gets the command and its values by name, and returns the exit status."""
    settings: dict[str, Any] = {
        "rich_markup_mode": None,  # plain help: agents read it, and rich is slow to import
        "pretty_exceptions_enable": False,
        "context_settings": {"help_option_names": ["--help", "-h"]},
    }
    top = typer.Typer(help="One memory for every agent on this machine.", epilog=EPILOG, **settings)
    top.callback()(_top)
    for command in TOP:
        top.command(command.name, help=command.help)(_function(command, handle))
    group = typer.Typer(help="The daemon that holds the memory.", **settings)
    for command in daemon.COMMANDS:
        group.command(command.name, help=command.help)(_function(command, handle))
    top.add_typer(group, name="daemon")
    return top


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"memorus {version('memorus')}")
        raise typer.Exit


def _top(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_version)
    ] = False,
) -> None:
    pass


def _function(command: Command, handle: Callable[[Command, Args], int]) -> Callable[..., int]:
    """What typer wants: a function whose signature says what the definition says."""

    def call(**values: Any) -> int:
        return handle(command, {p.name: _value(p, values[p.name]) for p in command.params})

    parameters = [_parameter(param) for param in command.params]
    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    call.__annotations__ = {p.name: p.annotation for p in parameters}
    return call


def _parameter(param: Param) -> inspect.Parameter:
    match param.kind:
        case "argument":
            kind: Any = str
        case "flag":
            kind = bool
        case "number":
            kind = int | None
        case "texts":
            kind = list[str] | None
        case _ if param.choices:
            choice: Any = Enum(param.name, {c: c for c in param.choices}, type=str)  # type: ignore[misc]
            kind = choice | None
        case _:
            kind = str | None
    info = typer.Option(*param.flags, help=param.help) if param.flags else typer.Argument(help=param.help)
    return inspect.Parameter(
        param.name,
        inspect.Parameter.KEYWORD_ONLY,
        annotation=Annotated[kind, info],
        default=inspect.Parameter.empty if param.kind == "argument" else param.default or None,
    )


def _value(param: Param, value: Any) -> Any:
    """typer's value in the words of the definition."""
    match param.kind:
        case "texts":
            return list(value or ())
        case "flag":
            return bool(value)
        case _:
            return value.value if isinstance(value, Enum) else value


def _usage(error: Any, words: list[str]) -> int:
    from memorus_proto.errors import InvalidRequest

    context = getattr(error, "ctx", None)
    path = context.command_path if context else "memorusctl"
    said = error.format_message()
    options = words[: words.index("--")] if "--" in words else words
    problem = InvalidRequest(f"{said.rstrip('.')}; run: {path} --help")
    return fail(problem, json="--json" in options, debug="--debug" in options)


def _called_as() -> str:
    # Completion is looked up under the name that was typed; `python -m` has no such name.
    name = PurePath(sys.argv[0]).name
    return name if name == "memorus" else "memorusctl"
