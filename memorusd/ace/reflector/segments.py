"""Splits a turn into segments: sentences, and blocks that are not prose (code, logs, tables, recalled text).

It takes one pass over the lines and one over each paragraph. Every expression is bounded, so time is linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ...text.markdown import without_markup
from ...text.punctuation import COLONS, SENTENCE_ENDS
from ...text.sentences import sentences
from .line_kinds import SegmentKind, kind_of_line

__all__ = ["Segment", "segments_of"]


@dataclass(frozen=True, slots=True)
class Segment:
    """One sentence, or one block that is not prose."""

    text: str
    kind: SegmentKind = "sentence"
    lead: str = ""
    """The line that opens the list in which it stands ("When deploying:")."""
    follows: bool = False
    """Whether it continues the paragraph of the sentence before it."""


_RECALLED = re.compile(
    r"<memorus_context[\s\S]*?(?:</memorus_context>|\Z)"
    r"|^[ \t>]*(?:\#{1,6}[ \t]+)?From[ ]memory[ ]\(Memorus\):?[ \t]*$(?:\n[ \t]*$)?"
    r"(?:\n(?:[ \t>]*(?:[-*•]|\d{1,4}[.)])[ \t]|[ ]{2,}\S)[^\n]*)*",
    re.IGNORECASE | re.MULTILINE,
)
"""Every form in which recalled text appears in an agent's prompt (see `context`), even if it is cut off."""
_LONGEST = 1200
"""Characters of one sentence. A longer text, or one with an unbroken run, is data; so patterns stay fast."""
_RUN = re.compile(r"[!-~]{240}|\w{120}")

_FENCE = re.compile(r"[ \t]{0,8}(`{3,}|~{3,})")
_ITEM = re.compile(r"[ \t]*(?:[-*+•‣·–][ \t]{1,4}|\(?\d{1,3}[.)][ \t]{1,4})(?:\[[ xX]\][ \t]{1,4})?(?=\S)")
_QUOTE = re.compile(r"[ \t]{0,3}(?:>[ \t]?){1,4}")


def segments_of(text: str) -> list[Segment]:
    """The segments of a turn, in order."""
    segments: list[Segment] = []
    position = 0
    for block in _RECALLED.finditer(text):
        segments += _Parser().parse(text[position : block.start()])
        segments.append(Segment(block[0], "recalled"))
        position = block.end()
    if position < len(text):
        segments += _Parser().parse(text[position:] if position else text)
    return segments


class _Parser:
    """Joins lines to paragraphs, list items and blocks."""

    def __init__(self) -> None:
        self._segments: list[Segment] = []
        self._paragraph: list[str] = []
        self._block: list[str] = []  # code or log lines that stand together
        self._kind: SegmentKind = "code"
        self._fence = ""
        self._lead = ""
        self._in_list = False

    def parse(self, text: str) -> list[Segment]:
        """The segments of a text without recalled blocks."""
        for line in text.split("\n"):
            self._read_line(line.rstrip("\r"))
        if self._fence:
            self._close_fence()
        self._close()
        return self._segments

    def _read_line(self, line: str) -> None:
        if self._fence:
            if line.strip().startswith(self._fence):
                self._close_fence()
            else:
                self._block.append(line)
            return
        if fence := _FENCE.match(line):
            self._close()
            self._fence, self._kind = fence[1], "code"
            return
        if not line.strip():
            if not (self._block and self._kind == "code"):  # code continues after an empty line
                self._close()
            return
        if line.lstrip().startswith(">") and not line.startswith(">>>"):
            line = _QUOTE.sub("", line, count=1)
        kind = kind_of_line(line, bool(self._block), self._kind)
        if kind in ("code", "log"):
            if not self._block or self._kind != kind:
                self._close()
                self._kind = kind
            self._block.append(line)
        elif kind == "sentence":
            self._read_prose(line)
        else:
            self._close()
            self._in_list, self._lead = False, ""
            self._segments.append(Segment(line.strip(), kind))

    def _read_prose(self, line: str) -> None:
        if self._block:
            self._close()
        if item := _ITEM.match(line):
            before = self._paragraph[-1].strip() if self._paragraph and not self._in_list else ""
            self._close()
            if before.endswith(COLONS):
                self._lead = before
            self._in_list = True
            self._paragraph = [line[item.end() :].strip()]
        elif self._paragraph and _is_wrapped(self._paragraph[-1], line, self._in_list):
            self._paragraph.append(line.strip())
        else:
            self._close()
            if self._in_list and not line.startswith((" ", "\t")):
                self._in_list, self._lead = False, ""
            self._paragraph = [line.strip()]

    def _close_fence(self) -> None:
        self._segments.append(Segment("\n".join(self._block), "code"))
        self._block, self._fence = [], ""

    def _close(self) -> None:
        if self._block:
            self._segments.append(Segment("\n".join(self._block), self._kind))
            self._block = []
        if self._paragraph:
            self._segments += _sentences(" ".join(self._paragraph), self._lead if self._in_list else "")
            self._paragraph = []


def _is_wrapped(before: str, line: str, in_list: bool) -> bool:
    """Whether a line continues the one before it, rather than being a thought of its own."""
    if before.endswith(SENTENCE_ENDS) and not (len(before) >= 60 or (in_list and line.startswith(" "))):
        return False
    if in_list:
        return line.startswith((" ", "\t")) or line[:1].islower()
    return len(before) >= 56 or line.lstrip()[:1].islower()


def _sentences(text: str, lead: str) -> Iterator[Segment]:
    """The sentences of a paragraph."""
    first = True
    for sentence in sentences(without_markup(text)):
        if len(sentence) > _LONGEST or _RUN.search(sentence):
            yield Segment(sentence, "long")
        else:
            yield Segment(sentence, "sentence", lead if first else "", not first)
            first = False
