"""The results of a search as text for an agent's prompt, in the form of `integration.context_template`.

Each form says that it comes from memory, so that the Reflector recognises it and memory does not learn from
itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from ..requests import Json

__all__ = ["render"]


def render(memories: Sequence[Json], template: str) -> str:
    """One text from `memories` (as `search` returns them); empty if there are none.

    `template` is xml, markdown or plain.
    """
    if not memories:
        return ""
    match template:
        case "xml":
            lines = [f"<memory type={quoteattr(m['type'])}>{escape(m['memory'])}</memory>" for m in memories]
            return "\n".join(["<memorus_context>", *lines, "</memorus_context>"])
        case "markdown":
            lines = [f"- {_indented(m['memory'])} *({m['type']})*" for m in memories]
            return "\n".join(["## From memory (Memorus)", "", *lines])
        case _:
            lines = [f"{n}. {_indented(m['memory'])}" for n, m in enumerate(memories, start=1)]
            return "\n".join(["From memory (Memorus):", *lines])


def _indented(text: str) -> str:
    return "\n   ".join(text.splitlines())
