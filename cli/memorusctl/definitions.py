"""What a command and a parameter are, and the parameters that commands share.

Both parsers read the same definitions. Nothing is imported here, because every import would slow down
the start of every command.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, Literal

    from .formatting import Table

    Kind = Literal["argument", "optional", "text", "texts", "number", "flag"]
    Args = dict[str, Any]
    Result = dict[str, Any]

__all__ = [
    "COMMON",
    "EXIT",
    "FILTERS",
    "LIMIT",
    "OUTPUT",
    "OWNER",
    "SCOPE",
    "SECTIONS",
    "TYPES",
    "Command",
    "Param",
]

EXIT = {"done": 0, "failed": 1, "usage": 2, "not found": 3, "unavailable": 4}
"""Exit statuses. An interrupted command ends with 130, as shells expect."""

TYPES = ("method", "trick", "pitfall", "preference", "knowledge")
SECTIONS = (
    "commands",
    "debugging",
    "architecture",
    "workflow",
    "tools",
    "patterns",
    "preferences",
    "general",
)


class Param:
    """One argument or option.

    kind      argument: required and positional;  optional: positional, str or None;  text: str or None;
              texts: list of str, may be repeated;  number: int or None;  flag: bool
    flags     how an option is written, the long form first; empty for positional ones
    choices   the allowed values of a text; None for any
    """

    __slots__ = ("choices", "default", "flags", "help", "kind", "name")

    def __init__(
        self,
        name: str,
        kind: Kind,
        help: str,
        *short: str,
        choices: tuple[str, ...] | None = None,
        default: int | None = None,
    ) -> None:
        self.name = name
        self.kind = kind
        self.help = help
        self.flags = () if kind in ("argument", "optional") else ("--" + name.replace("_", "-"), *short)
        self.choices = choices
        self.default = {"flag": False, "texts": []}.get(kind, default)


class Command:
    """One command: its parameters, what it does, and how its result is shown.

    run     takes the parsed values by parameter name, and returns the object that --json prints
    show    turns that object into lines and tables for people (see formatting.py)
    failed  whether a result means that the command failed in part (exit status 1)
    stream  whether `run` yields objects as things happen; --json then prints one per line
    """

    __slots__ = ("failed", "help", "name", "params", "run", "show", "stream")

    def __init__(
        self,
        name: str,
        help: str,
        params: tuple[Param, ...],
        run: Callable[[Args], Any],
        show: Callable[[Result], Iterable[str | Table]],
        *,
        failed: Callable[[Result], bool] | None = None,
        stream: bool = False,
    ) -> None:
        self.name = name
        self.help = help
        self.params = params
        self.run = run
        self.show = show
        self.failed = failed
        self.stream = stream


OUTPUT = (
    Param("json", "flag", "Print one JSON object instead of text, also for an error."),
    Param("debug", "flag", "Show the traceback of an error."),
)
COMMON = (*OUTPUT, Param("no_daemon", "flag", "Open the store in this process, without the daemon."))
OWNER = (
    Param("user_id", "text", "The user that the memory belongs to."),
    Param("agent_id", "text", "The agent that the memory belongs to."),
    Param("run_id", "text", "The run that the memory belongs to."),
)
SCOPE = Param("scope", "text", "Where the memory applies: private, project:<name>, workspace:<id> or global.")
TYPE = Param("type", "text", "The kind of knowledge.", choices=TYPES)
SECTION = Param("section", "text", "The section that the memory belongs to.", choices=SECTIONS)
FILTERS = (SCOPE, TYPE, SECTION, *OWNER)
LIMIT = Param("limit", "number", "The maximum number of results.", "-n")
