"""A lock that a fork waits for: hold it around whatever a child process must not find half done."""

from __future__ import annotations

import os
from _thread import allocate_lock  # threading would cost the light client an import

__all__ = ["fork_guard"]

fork_guard = allocate_lock()
os.register_at_fork(
    before=fork_guard.acquire, after_in_parent=fork_guard.release, after_in_child=fork_guard.release
)
