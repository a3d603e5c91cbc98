"""Parses the plain forms of the everyday commands, without importing a library.

This parser never reports a mistake: it declines what it is not sure about, and typer takes over. A
test checks that typer reads the same values where it accepts.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .definitions import Args, Command, Param

__all__ = ["FAST_COMMANDS", "parse"]

FAST_COMMANDS = ("search", "learn", "get", "status", "list", "edit", "history", "forget")


def parse(words: list[str]) -> tuple[Command, Args] | None:
    """The command and its values by name, or None to leave the words to typer."""
    command = _find_command(words[0]) if words else None
    if command is None:
        return None
    args = values(command, words[1:])
    return None if args is None else (command, args)


def values(command: Command, words: list[str]) -> Args | None:
    """The values of the parameters of `command`, or None to leave the words to typer."""
    options = {flag: param for param in command.params for flag in param.flags}
    positional = [param for param in command.params if not param.flags]
    args: Args = {p.name: [] if p.kind == "texts" else p.default for p in command.params}
    positional_words: list[str] = []
    rest = iter(words)
    for word in rest:
        if word == "--":
            positional_words += rest
        elif word == "-" or not word.startswith("-"):
            positional_words.append(word)
        else:
            flag, equals, value = word.partition("=")
            param = options.get(flag)
            if param is None or (equals and (param.kind == "flag" or not flag.startswith("--"))):
                return None
            if param.kind == "flag":
                args[param.name] = True
            elif not _set_option(args, param, value if equals else next(rest, "-")):
                return None
    if not sum(p.kind == "argument" for p in positional) <= len(positional_words) <= len(positional):
        return None
    args.update(zip((p.name for p in positional), positional_words, strict=False))
    return args


def _set_option(args: Args, param: Param, value: str) -> bool:
    """Put the value of an option into `args`. False if it is not plainly valid."""
    if value.startswith("-") or (param.choices and value not in param.choices):
        return False
    if param.kind == "number":
        if not (value.isascii() and value.isdigit() and len(value) < 10):
            return False
        args[param.name] = int(value)
    elif param.kind == "texts":
        args[param.name].append(value)
    else:
        args[param.name] = value
    return True


def _find_command(name: str) -> Command | None:
    # Written out, so that only the module of this command is imported.
    match name:
        case "search":
            from .commands.search import COMMAND
        case "learn":
            from .commands.learn import COMMAND
        case "get":
            from .commands.get import COMMAND
        case "status":
            from .commands.status import COMMAND
        case "list":
            from .commands.list import COMMAND
        case "edit":
            from .commands.edit import COMMAND
        case "history":
            from .commands.history import COMMAND
        case "forget":
            from .commands.forget import COMMAND
        case _:
            return None
    return COMMAND
