"""What a search found, put so that it can stand in an agent's prompt: `integration.context_template`.

Each form says that it comes from memory, so that the Reflector knows it again and memory does not
feed on itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

__all__ = ["render"]


def render(memories: Sequence[dict[str, Any]], template: str) -> str:
    """The memories (as `search` returns them) as one text; empty for none.

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
