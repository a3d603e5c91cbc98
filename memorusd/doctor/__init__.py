"""Checks everything that a support answer would ask for, and says what to do about it.

A check has a name, a state (`ok`, `warn` or `fail`), a finding and a remedy. Checks change nothing.
`rebuild_vectors` makes derived data again; a daemon makes its index again when it starts.
"""

from __future__ import annotations

from .machine import check_machine
from .outcome import Check
from .stored import check_store, rebuild_vectors

__all__ = ["Check", "check_machine", "check_store", "rebuild_vectors"]
