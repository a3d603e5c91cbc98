"""Asks the person at the terminal before anything is done that is hard to undo."""

from __future__ import annotations

import sys

from .formatting import one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["choose", "confirm"]


def confirm(preview: Iterable[str], question: str, alternative: str = "use --yes") -> None:
    """Show `preview` and ask a yes-or-no question. `alternative` is what a script does instead.

    Raises:
        InvalidRequest: there is no terminal.
        Cancelled: the answer is not yes.
    """
    from memorus_proto.errors import Cancelled

    if choose(preview, f"{question} [y/N]", alternative) not in ("y", "yes"):
        raise Cancelled("not confirmed, so nothing was done", remedy=f"answer y, or {alternative}")


def choose(preview: Iterable[str], question: str, alternative: str) -> str:
    """Show `preview`, ask, and return the answer in lower case.

    Raises:
        InvalidRequest: there is no terminal.
    """
    from memorus_proto.errors import InvalidRequest

    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise InvalidRequest(f"there is no terminal on which to ask {question!r}", remedy=alternative)
    # On standard error, so that standard output holds the result and nothing else.
    for line in preview:
        print(one_line(line), file=sys.stderr)
    print(f"{question} ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower()
