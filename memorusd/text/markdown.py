"""Takes Markdown off a line of text, by expressions, because what people type is rarely valid Markdown."""

from __future__ import annotations

import re

__all__ = ["without_markup"]

_LINK = re.compile(r"!?\[([^\[\]\n]{1,200})\]\(([^()\s]{0,300})\)")
_BOLD = re.compile(r"(\*\*\*|\*\*|__)(?=\S)([^*_\n]{1,300}?)(?<=\S)\1")
_EMPHASIS = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]{1,200}?)(?<=[^\s*])\*(?![\w*])")
_SPACE = re.compile(r"\s+")


def without_markup(text: str) -> str:
    """The text without emphasis, with links written out and one space between words.

    Inline code keeps its backticks.
    """
    if "](" in text:
        text = _LINK.sub(lambda m: m[1] if not m[2] or m[2][0] in "#" else f"{m[1]} ({m[2]})", text)
    if "**" in text or "__" in text:
        text = _BOLD.sub(r"\2", text)
    if "*" in text:
        text = _EMPHASIS.sub(r"\1", text)
    return _SPACE.sub(" ", text).strip()
