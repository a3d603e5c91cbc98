"""The pattern that was recognised in one sentence."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Match"]


@dataclass(frozen=True, slots=True)
class Match:
    """A pattern found in a sentence. `text` is the sentence without the words that only announce it."""

    pattern: str
    text: str
    weak: bool = False
    """Whether it counts only in a bare text, which the caller wants kept."""
