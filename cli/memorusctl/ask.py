"""Asking the person at the terminal, before something is done that is hard to undo."""

from __future__ import annotations

import sys

from .text import one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["choose", "confirm"]


def confirm(shown: Iterable[str], question: str, instead: str = "say --yes") -> None:
    """Show lines and ask. Raises InvalidRequest where nobody can answer, Cancelled unless it is a yes."""
    from memorus_proto.errors import Cancelled

    if choose(shown, f"{question} [y/N]", instead) not in ("y", "yes"):
        raise Cancelled(f"you did not confirm it, so nothing was done; answer y, or {instead}")


def choose(shown: Iterable[str], question: str, instead: str) -> str:
    """Show lines, ask, and return the answer in lower case. Raises InvalidRequest where nobody can answer."""
    from memorus_proto.errors import InvalidRequest

    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise InvalidRequest(f"nobody is at the terminal to answer {question!r}; {instead}")
    # On stderr, so that standard output holds the result and nothing else.
    for line in shown:
        print(one_line(line), file=sys.stderr)
    print(f"{question} ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower()
