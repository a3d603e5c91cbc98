"""The plain forms of the everyday commands, parsed with the bare language.

Whatever is not certain here is left to typer: this parser never reports a mistake, it only
declines. A test holds that where it accepts, typer reads the same values.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .spec import Args, Command, Param

__all__ = ["FAST", "parse"]

FAST = ("search", "learn", "get", "status", "list", "edit", "history", "forget")


def parse(words: list[str]) -> tuple[Command, Args] | None:
    """The command and its values by name, or None when typer has to look at it."""
    command = _command(words[0]) if words else None
    if command is None:
        return None
    args = values(command, words[1:])
    return None if args is None else (command, args)


def values(command: Command, words: list[str]) -> Args | None:
    """The values that `words` give the parameters of `command`, or None when typer has to look at them."""
    options = {flag: param for param in command.params for flag in param.flags}
    positional = [param for param in command.params if not param.flags]
    args: Args = {p.name: [] if p.kind == "texts" else p.default for p in command.params}
    plain: list[str] = []
    rest = iter(words)
    for word in rest:
        if word == "--":
            plain += rest
        elif word == "-" or not word.startswith("-"):
            plain.append(word)
        else:
            flag, equals, value = word.partition("=")
            param = options.get(flag)
            if param is None or (equals and (param.kind == "flag" or not flag.startswith("--"))):
                return None
            if param.kind == "flag":
                args[param.name] = True
            elif not _take(args, param, value if equals else next(rest, "-")):
                return None
    if not sum(p.kind == "argument" for p in positional) <= len(plain) <= len(positional):
        return None
    args.update(zip((p.name for p in positional), plain, strict=False))
    return args


def _take(args: Args, param: Param, value: str) -> bool:
    """Put the value of an option into `args`; False when it is not plainly one."""
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


def _command(name: str) -> Command | None:
    # Spelt out, so that the module of one command is all that is imported.
    match name:
        case "search":
            from .search import COMMAND
        case "learn":
            from .learn import COMMAND
        case "get":
            from .get import COMMAND
        case "status":
            from .status import COMMAND
        case "list":
            from .list import COMMAND
        case "edit":
            from .edit import COMMAND
        case "history":
            from .history import COMMAND
        case "forget":
            from .forget import COMMAND
        case _:
            return None
    return COMMAND
