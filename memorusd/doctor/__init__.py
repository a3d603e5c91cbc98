"""Looks at everything that a support answer would ask for, and says what to do.

Each check is one line: its name, `ok`, `warn` or `fail`, what was found, what to do. Looking changes
nothing. `mend` makes anew what is derived, that is vectors; an index is made anew with its daemon.
"""

from __future__ import annotations

from .checks import Check
from .machine import machine
from .stored import mend, stored

__all__ = ["Check", "machine", "mend", "stored"]
