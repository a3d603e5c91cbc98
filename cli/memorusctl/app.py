"""The typer app, built from the definitions: help, completion, and whatever fast_parser.py declines."""

from __future__ import annotations

import inspect
import sys
from enum import Enum
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .commands import (
    backup,
    completion,
    config,
    conflicts,
    daemon,
    doctor,
    edit,
    export,
    forget,
    get,
    history,
    import_,
    learn,
    search,
    service,
    status,
    store,
    sweep,
    unarchive,
    watch,
)
from .commands import list as list_
from .definitions import EXIT
from .execute import execute, report_error

if TYPE_CHECKING:
    from collections.abc import Callable

    from .definitions import Args, Command, Param

__all__ = ["GROUPS", "TOP_LEVEL", "all_commands", "build_app", "main"]

TOP_LEVEL = (
    learn.COMMAND,
    search.COMMAND,
    list_.COMMAND,
    get.COMMAND,
    edit.COMMAND,
    history.COMMAND,
    forget.COMMAND,
    unarchive.COMMAND,
    sweep.COMMAND,
    export.COMMAND,
    import_.COMMAND,
    watch.COMMAND,
    status.COMMAND,
    doctor.DOCTOR,
    doctor.VERIFY,
    backup.BACKUP,
    backup.RESTORE,
    completion.COMMAND,
)
GROUPS = {
    "conflicts": ("", conflicts.COMMANDS),
    "config": ("Show and change the settings.", config.COMMANDS),
    "daemon": ("Control the daemon.", daemon.COMMANDS),
    "store": ("Manage the store that keeps the memories.", store.COMMANDS),
    "service": ("Run the daemon as a service of systemd or launchd.", service.COMMANDS),
}
"""Name: (help, commands). The command without a name is what the group does on its own."""

# Older versions of typer import click, newer ones contain it. This finds the base class of its usage errors
# in both (BadParameter, UsageError, ClickException).
UsageProblem: Any = typer.BadParameter.__mro__[2]

EPILOG = (
    "Exit status: 0 done, 1 failed, 2 wrong usage, 3 not found, 4 daemon or store unavailable. "
    "MEMORUS_HOME moves the store (default ~/.memorus)."
)


def main(words: list[str]) -> int:
    """Run a command line through typer; returns its exit status."""
    try:
        status = build_app(execute)(words or ["--help"], prog_name=_program_name(), standalone_mode=False)
    except UsageProblem as error:
        return _report_usage_problem(error, words)
    except (typer.Abort, KeyboardInterrupt):
        return 130
    return int(status or EXIT["done"])


def build_app(handle: Callable[[Command, Args], int]) -> typer.Typer:
    """The whole app. `handle` takes a command and its values by name, and returns the exit status."""
    settings: dict[str, Any] = {
        "rich_markup_mode": None,  # plain help, because agents read it, and rich is slow to import
        "pretty_exceptions_enable": False,
        "context_settings": {"help_option_names": ["--help", "-h"]},
    }
    top = typer.Typer(help="One memory for every agent on this machine.", epilog=EPILOG, **settings)
    top.callback()(_top_level_options)
    for command in TOP_LEVEL:
        top.command(command.name, help=command.help)(_typer_function(command, handle))
    for name, (help, commands) in GROUPS.items():
        own = next((command for command in commands if not command.name), None)
        group = typer.Typer(help=own.help if own else help, **settings)
        if own is not None:
            group.callback(invoke_without_command=True)(_group_function(_typer_function(own, handle)))
        for command in commands:
            if command.name:
                group.command(command.name, help=command.help)(_typer_function(command, handle))
        top.add_typer(group, name=name)
    return top


def all_commands() -> list[tuple[tuple[str, ...], Command]]:
    """Every command, with the words that call it."""
    grouped = [((name, c.name) if c.name else (name,), c) for name, (_, cs) in GROUPS.items() for c in cs]
    return [*(((command.name,), command) for command in TOP_LEVEL), *grouped]


def _print_version(requested: bool) -> None:
    if requested:
        from importlib.metadata import version

        print(f"memorus {version('memorus')}")
        raise typer.Exit


def _top_level_options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    pass


def _typer_function(command: Command, handle: Callable[[Command, Args], int]) -> Callable[..., int]:
    """The function that typer needs, with the signature that the definition describes."""

    def call(**values: Any) -> int:
        return handle(command, {p.name: _plain_value(p, values[p.name]) for p in command.params})

    parameters = [_parameter(param) for param in command.params]
    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    call.__annotations__ = {p.name: p.annotation for p in parameters}
    return call


def _group_function(call: Callable[..., int]) -> Callable[..., int | None]:
    """`call` for a group: runs only if none of the group's commands is named."""

    def call_alone(context: typer.Context, **values: Any) -> int | None:
        return call(**values) if context.invoked_subcommand is None else None

    context = inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
    signature = inspect.signature(call)
    parameters = [context, *signature.parameters.values()]
    call_alone.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    call_alone.__annotations__ = {p.name: p.annotation for p in parameters}
    return call_alone


def _parameter(param: Param) -> inspect.Parameter:
    match param.kind:
        case "argument":
            kind: Any = str
        case "optional":
            kind = str | None
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


def _plain_value(param: Param, value: Any) -> Any:
    """typer's value as the definition has it."""
    match param.kind:
        case "texts":
            return list(value or ())
        case "flag":
            return bool(value)
        case _:
            return value.value if isinstance(value, Enum) else value


def _report_usage_problem(error: Any, words: list[str]) -> int:
    from memorus_proto.errors import InvalidRequest

    context = getattr(error, "ctx", None)
    path = context.command_path if context else "memorusctl"
    message = error.format_message().rstrip(".")
    options = words[: words.index("--")] if "--" in words else words
    problem = InvalidRequest(message, remedy=f"run: {path} --help")
    return report_error(problem, json="--json" in options, debug="--debug" in options)


def _program_name() -> str:
    # Shells look up completion under the name that was typed; `python -m` has no such name.
    name = PurePath(sys.argv[0]).name
    return name if name == "memorus" else "memorusctl"
