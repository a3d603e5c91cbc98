"""Long work shows how far it is: on a terminal, on standard error, and nowhere else."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["progress"]

_BAR = 30


def progress() -> Callable[[int, int], None] | None:
    """What is to be called with the number of things done and of all; None where nobody would see it."""
    return _draw if sys.stderr.isatty() else None


def _draw(done: int, of: int) -> None:
    bar = f"[{'#' * (_BAR * done // max(of, 1)):{_BAR}}] {done}/{of}"
    # At the end it makes room for the result.
    gone = f"\r{' ' * len(bar)}\r" if done >= of else ""
    print(f"\r{bar}{gone}", end="", file=sys.stderr, flush=True)
