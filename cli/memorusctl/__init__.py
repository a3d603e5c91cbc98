"""The command line: `memorusctl`, also installed as `memorus`.

Agents call it in loops, so a fast parser (fast_parser.py) reads the plain forms of the everyday commands,
and typer (app.py) is imported only for the rest: help, completion, mistakes and the rarer commands.
Both read the same definitions: definitions.py, and one module per command in commands/.
"""

from __future__ import annotations

import os
import sys

__all__ = ["main"]


def main(argv: list[str] | None = None) -> int:
    """Run one command line and return its exit status (definitions.EXIT).

    Without `argv` it reads the program's own arguments, and may end the process itself.
    """
    words = sys.argv[1:] if argv is None else argv
    from .fast_parser import parse

    parsed = parse(words)
    if parsed is None:
        from .app import main as typer_main

        return typer_main(words)
    from .execute import execute

    status = execute(*parsed)
    if argv is None:
        # Everything is written and closed. A regular exit would take a third as long as the start.
        os._exit(status)
    return status
