"""What the command line is made of, as plain data: one definition that two parsers read.

Imports nothing at run time, because the fast path pays for everything that it imports.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, Literal

    from .text import Table

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

    kind      argument: required, by position;  optional: by position, or None;  text: str or None;
              texts: list of str, may be repeated;  number: int or None;  flag: bool
    flags     how it is written, the long form first; empty for what goes by position
    choices   the only values of a text; None for any
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
    """One command: what it takes, what it does, how its result reads.

    run     called with the parsed values by parameter name; returns the object that --json prints
    show    the same object as lines and tables for people (see text.py)
    failed  whether a result that was got is a failure in part: exit status 1
    stream  `run` gives one object after the other, as things happen; --json prints each on a line
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
    Param("json", "flag", "Print one JSON object instead of text; an error too."),
    Param("debug", "flag", "Show the traceback of an error."),
)
COMMON = (*OUTPUT, Param("no_daemon", "flag", "Work on the store in this process, without the daemon."))
OWNER = (
    Param("user_id", "text", "Whose memory."),
    Param("agent_id", "text", "Which agent's memory."),
    Param("run_id", "text", "Which run's memory."),
)
SCOPE = Param("scope", "text", "Where it holds: global, project:<name> or workspace:<id>.")
TYPE = Param("type", "text", "What kind of knowledge it is.", choices=TYPES)
SECTION = Param("section", "text", "Which section it belongs to.", choices=SECTIONS)
FILTERS = (SCOPE, TYPE, SECTION, *OWNER)
LIMIT = Param("limit", "number", "How many at most.", "-n")
