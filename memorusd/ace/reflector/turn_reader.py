"""Reads one turn: each of its segments becomes a candidate or is skipped with a reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ...text.punctuation import COLONS, QUESTION_MARKS
from ..options import ReflectorSettings
from .corrections import find_correction
from .distil import DEPENDENT, capitalised, with_code
from .languages import en
from .languages.en.small_talk import is_small_talk
from .match import Match
from .question_and_answer import (
    agent_question_before,
    answers_question,
    gives_reason,
    user_question_before,
)
from .recalled import plain_line
from .reflection import Skipped
from .segments import Segment
from .triage import bare_statement, continues_previous, may_hold_knowledge, triage
from .turns import Turn
from .word_sets import words_of

__all__ = ["PendingCandidate", "ReflectionBuilder", "TurnReader"]

_BLOCK_REASONS = {
    "code": "code", "log": "a log or a command's output", "table": "a table or a rule",
    "heading": "a heading", "link": "a link, no statement", "long": "too long for one statement",
    "recalled": "recalled from Memorus itself",
}  # fmt: skip
_MAX_STATEMENTS = 12  # sentences of a bare text that is read as statements chosen by the caller
_EXCERPT = 200  # characters of a skipped text in its report
_MAX_CONTEXT = 240  # characters of a sentence that is repeated because the next one depends on it
_OPENS_WITH_PRONOUN = re.compile(r"(?:it|he|she|they|that|this)(?:['’]\w+)?\b", re.IGNORECASE)
"""After a sentence that was skipped, nobody knows what such a pronoun means."""
_LEADS = ("when", "if", "before", "after", "for", "in", "on", "inside", "during", "while")
"""First words of a list's opening line that says when or where its items hold."""


@dataclass(slots=True)
class PendingCandidate:
    """The text of a candidate, before it is cut to length, scored and classified."""

    text: str
    pattern: str
    message: int
    segment: int
    """Number of the last segment of the turn that it includes."""
    corrects: str | None = None
    rule: str | None = None


@dataclass(slots=True)
class ReflectionBuilder:
    """Collects the candidates, skips and doubts of an interaction."""

    pending: list[PendingCandidate] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    doubtful: list[int] = field(default_factory=list)

    def skip(self, text: str, reason: str, message: int) -> None:
        """Reports a text as skipped, by its first characters."""
        excerpt = text if len(text) <= _EXCERPT else text[: _EXCERPT - 1] + "…"
        self.skipped.append(Skipped(excerpt, reason, message))


class TurnReader:
    """Reads turn `i` of an interaction into a builder, which has read the turns before it.

    recalled: lines recalled from memory (see `recalled_lines`), which are not learned again.
    """

    def __init__(
        self,
        turns: Sequence[Turn],
        i: int,
        recalled: frozenset[str],
        settings: ReflectorSettings,
        builder: ReflectionBuilder,
    ) -> None:
        self._turns = turns
        self._i = i
        self._turn = turns[i]
        self._recalled = recalled
        self._settings = settings
        self._builder = builder
        self._user_question = user_question_before(turns, i) if self._turn.role == "assistant" else None
        self._agent_question = agent_question_before(turns, i) if self._turn.role == "user" else None
        sentences = sum(segment.kind == "sentence" for segment in self._turn.segments)
        self._is_chosen = self._turn.role is None and sentences <= _MAX_STATEMENTS

    def read(self) -> None:
        """Adds the turn's candidates and skips to the builder."""
        if reason := _reason_to_skip(self._turn):
            self._builder.skip(self._turn.content, reason, self._i)
            return
        corrected = self._read_correction() if self._turn.role in (None, "user") else set()
        doubt = False
        for number, segment in enumerate(self._turn.segments):
            if number in corrected:
                continue
            if segment.kind != "sentence":
                self._read_block(segment, number)
            elif plain_line(segment.text) in self._recalled:
                self._builder.skip(segment.text, _BLOCK_REASONS["recalled"], self._i)
            else:
                doubt = self._read_sentence(segment, number) or doubt
        if doubt:
            self._builder.doubtful.append(self._i)

    def _previous(self, number: int) -> PendingCandidate | None:
        """The candidate made of the segment right before segment `number`."""
        last = self._builder.pending[-1] if self._builder.pending else None
        return last if last is not None and (last.message, last.segment) == (self._i, number - 1) else None

    def _read_block(self, segment: Segment, number: int) -> None:
        """Code that the sentence before it announces with a colon joins it; other blocks are skipped."""
        previous = self._previous(number) if segment.kind == "code" else None
        if previous is not None and previous.text.rstrip().endswith(COLONS):
            limits = self._settings.max_code_lines, self._settings.max_content_length
            text = with_code(previous.text, segment.text, *limits)
            joined = text != previous.text
            previous.text, previous.segment = text, number
            if joined:
                return
        self._builder.skip(segment.text, _BLOCK_REASONS[segment.kind], self._i)

    def _read_sentence(self, segment: Segment, number: int) -> bool:
        """Reads one sentence; returns whether a model could judge it better."""
        role, text = self._turn.role, segment.text
        previous = self._previous(number)
        reason, match, doubt = self._match(text, number)
        room = previous is not None and len(previous.text) + len(text) < self._settings.max_content_length
        continues = segment.follows and continues_previous(text, match, reason, role)
        if previous is not None and room and continues:
            previous.text, previous.segment = f"{previous.text} {text}", number
            return doubt
        if match is None and reason is None:
            if self._is_chosen:
                dangling = segment.follows and previous is None and bool(_OPENS_WITH_PRONOUN.match(text))
                match = None if dangling else bare_statement(text)
                reason = "a fragment, no statement"
            else:
                reason = "ordinary talk, nothing lasting"
            doubt = doubt or (role is not None and may_hold_knowledge(text, role))
        if match is None:
            self._builder.skip(text, reason or "nothing lasting", self._i)
        elif text.endswith(COLONS) and not _announces_code(self._turn.segments, number):
            self._builder.skip(text, "opens a list, says nothing by itself", self._i)
        else:
            whole = self._in_context(match.text, number)
            self._builder.pending.append(PendingCandidate(whole, match.pattern, self._i, number))
        return doubt

    def _match(self, text: str, number: int) -> tuple[str | None, Match | None, bool]:
        """A sentence's reason to be skipped, its pattern, and whether its author is unsure."""
        role = self._turn.role
        reason, match = triage(text, role)
        if match is None and self._user_question and answers_question(text, self._user_question):
            return None, Match("fact", en.without_filler(text)), False
        is_reply = number == 0 and self._agent_question is not None and gives_reason(text)
        if match is None and is_reply and not is_small_talk(text):
            return None, Match("fact", f"{self._agent_question} {en.without_filler(text)}"), False
        if match is not None and match.weak and role is not None:
            return "unsure, says nothing firm", None, role == "user"
        return reason, match, False

    def _in_context(self, text: str, number: int) -> str:
        """A sentence with what it depends on: its list's opening line, the sentence or question before it."""
        segment = self._turn.segments[number]
        if segment.lead:
            text = _under_lead(segment.lead, text)
        if not DEPENDENT.match(text):
            return text
        if segment.follows and number and self._turn.segments[number - 1].kind == "sentence":
            context = self._turn.segments[number - 1].text
            asks = context.endswith(QUESTION_MARKS)
            if not asks and not is_small_talk(context) and len(context) < _MAX_CONTEXT:
                return f"{en.without_filler(context)} {text}"
        elif not number and self._user_question:
            return f"{self._user_question} {text}"
        return text

    def _read_correction(self) -> set[int]:
        """Makes a candidate of the turn's correction, if any; returns the segments that belong to it."""
        before = self._turns[self._i - 1] if self._i else None
        corrected = "" if before is None or before.role == "user" else before.content
        sentences = [
            (number, segment.text)
            for number, segment in enumerate(self._turn.segments)
            if segment.kind == "sentence" and plain_line(segment.text) not in self._recalled
        ]
        texts = [text for _, text in sentences]
        correction = find_correction(texts, corrected, bare=self._turn.role is None)
        if correction is None:
            return set()
        if corrected:
            self._drop_rejected(correction.rejects.lower())
        numbers = {sentences[k][0] for k in correction.sentences}
        pending = PendingCandidate(correction.text, "correction", self._i, max(numbers), correction.rejects)
        self._builder.pending.append(pending)
        return numbers

    def _drop_rejected(self, rejected: str) -> None:
        """What the agent said wrongly in the turn before is not kept beside its correction."""
        for pending in list(self._builder.pending):
            if pending.message == self._i - 1 and (not rejected or rejected in pending.text.lower()):
                self._builder.pending.remove(pending)
                self._builder.skip(pending.text, "put right in the next turn", self._i - 1)


def _reason_to_skip(turn: Turn) -> str | None:
    """Why a whole turn is not read, or None."""
    if turn.role == "system":
        return "instructions to the agent (a system message)"
    if not turn.segments:
        return "empty"
    return "a tool's output" if turn.role == "tool" else None


def _announces_code(segments: Sequence[Segment], number: int) -> bool:
    """Whether the next segment is the code that a sentence ending in a colon announces."""
    return number + 1 < len(segments) and segments[number + 1].kind in ("code", "log")


def _under_lead(lead: str, text: str) -> str:
    """A list item after its opening line, if that line says when or where the item holds ("In tests:")."""
    opening = lead.rstrip("".join((*COLONS, " ")))
    first = words_of(opening)[:1]
    return f"{capitalised(opening)}: {text}" if len(opening) <= 60 and first and first[0] in _LEADS else text
