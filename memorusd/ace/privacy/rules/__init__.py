"""What the detectors know, as data: vendors' keys, commands, webhooks, names, words in several languages.

A rule has an id or a kind, which stands in the marker, a pattern, an example and a source. A test redacts
every example, so a rule cannot be added without an example that works. Each module says at its top how to
add one.
"""

from __future__ import annotations

__all__ = ["word_list"]


def word_list(text: str) -> tuple[str, ...]:
    """The words of a block of text: lists of words are written so, because they are read so."""
    return tuple(text.split())
