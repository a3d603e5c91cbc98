"""A progress bar for long work: on standard error, and only on a terminal."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["progress_bar"]

_WIDTH = 30
"""Characters."""


def progress_bar() -> Callable[[int, int], None] | None:
    """A function to call with the number of things done and of all; None without a terminal."""
    return _draw if sys.stderr.isatty() else None


def _draw(done: int, total: int) -> None:
    bar = f"[{'#' * (_WIDTH * done // max(total, 1)):{_WIDTH}}] {done}/{total}"
    # At the end the bar is erased, to make room for the result.
    erased = f"\r{' ' * len(bar)}\r" if done >= total else ""
    print(f"\r{bar}{erased}", end="", file=sys.stderr, flush=True)
