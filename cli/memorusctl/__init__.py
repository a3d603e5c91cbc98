"""The command line: `memorusctl`, also installed as `memorus`.

Agents call this in loops, so the plain forms of the everyday commands are parsed with the bare
language (fast.py) and typer is imported only for what is left: help, completion, mistakes and the
rarer commands (face.py). Both read the same definitions (spec.py and one module a command).
"""

from __future__ import annotations

import os
import sys

__all__ = ["main"]


def main(argv: list[str] | None = None) -> int:
    """Run one command line and return its exit status, see spec.EXIT.

    Without `argv` it is the program's own, and the process may end here.
    """
    words = sys.argv[1:] if argv is None else argv
    from .fast import parse

    parsed = parse(words)
    if parsed is None:
        from .app import main as full

        return full(words)
    from .execute import execute

    status = execute(*parsed)
    if argv is None:
        # All is written and closed. Tidying up the interpreter would take a third as long as starting it.
        os._exit(status)
    return status
