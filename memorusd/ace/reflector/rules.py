"""The Reflector without a model: segments, patterns, score, distilled text; in time linear in the text.

    RuleReflector().reflect([Message("user", "no, that's wrong, use pnpm")], ReflectorSettings()).candidates

Every message is split into segments. Each becomes a candidate or is skipped with a reason. A problem and its
fix, told over several turns, replace what these turns say alone, and near-duplicates merge.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...text.punctuation import COLONS
from ..options import ReflectorSettings
from .classify import section_of, tags_of, type_of
from .distil import capitalised, cut_to_length, rule_form
from .fixes import find_fixes
from .named_things import entities_of, tools_of
from .near_duplicates import merge_near_duplicates
from .recalled import recalled_lines
from .reflection import Candidate, Message, Reflection
from .score import instructivity
from .segments import Segment, segments_of
from .turn_reader import PendingCandidate, ReflectionBuilder, TurnReader
from .turns import Fix, Turn

__all__ = ["RuleReflector"]

_ROLES = {"human": "user", "ai": "assistant", "model": "assistant", "function": "tool", "developer": "system"}
_MAX_SEGMENTS = 512  # of one turn, half from its start and half from its end, so that time is bounded
_MAX_CHARACTERS = 32_768  # of these segments, likewise
_DANGLING = "".join((*COLONS, " ,;-—"))
"""Marks that a text does not end with."""
_OWN_KNOWLEDGE = ("request", "preference", "personal", "correction")
"""Patterns that a user's turn keeps even if the turn is part of a fix."""


class RuleReflector:
    """Distils by rules alone. Has no state, is safe in threads, and never raises, whatever the text."""

    def reflect(self, messages: Sequence[Message], settings: ReflectorSettings) -> Reflection:
        """What the messages teach, what was skipped and why, and which ones a model could judge better."""
        builder = ReflectionBuilder()
        segments = [segments_of(message.content) for message in messages]
        turns = [
            Turn(_role(message.role), message.content, _start_and_end(whole))
            for message, whole in zip(messages, segments, strict=True)
        ]
        for i, (turn, whole) in enumerate(zip(turns, segments, strict=True)):
            if len(turn.segments) < len(whole):
                reason = f"too long: {len(turn.segments)} of {len(whole)} parts are read"
                builder.skip(whole[len(whole) // 2].text, reason, i)
        fixes = find_fixes(turns)
        fixed = {i for fix in fixes for i in fix.turns}
        recalled = recalled_lines(segments)
        for i in range(len(turns)):
            TurnReader(turns, i, recalled, settings, builder).read()
        pending = [p for p in builder.pending if p.message not in fixed or _is_own_knowledge(p, turns)]
        pending += [_pending_fix(fix) for fix in fixes]
        pending.sort(key=lambda p: (p.message, p.segment))
        candidates = [c for p in pending if (c := _finish(p, settings, builder)) is not None]
        kept = merge_near_duplicates(candidates)
        kept_ids = {id(candidate) for candidate in kept}
        for candidate in candidates:
            if id(candidate) not in kept_ids:
                builder.skip(candidate.text, "much the same as another one that is kept", candidate.message)
        judged = {candidate.message for candidate in candidates} | fixed
        return Reflection(
            candidates=tuple(kept),
            skipped=tuple(s for s in builder.skipped if s.message not in fixed),
            mode="rules",
            doubtful=tuple(i for i in builder.doubtful if i not in judged),
        )


def _role(role: str | None) -> str | None:
    """The role by the name that OpenAI's API uses."""
    return None if role is None else _ROLES.get(role.lower(), role.lower())


def _start_and_end(segments: Sequence[Segment]) -> Sequence[Segment]:
    """The segments, or the first and the last of too many."""
    if len(segments) <= _MAX_SEGMENTS and sum(len(s.text) for s in segments) <= _MAX_CHARACTERS:
        return segments
    first = _first_half(segments)
    return [*first, *reversed(_first_half(segments[: len(first) - 1 : -1]))]


def _first_half(segments: Sequence[Segment]) -> list[Segment]:
    """The first segments, up to half of what is read of a turn."""
    half: list[Segment] = []
    room = _MAX_CHARACTERS // 2
    for segment in segments[: _MAX_SEGMENTS // 2]:
        room -= len(segment.text)
        if room < 0 and half:
            break
        half.append(segment)
    return half


def _is_own_knowledge(pending: PendingCandidate, turns: Sequence[Turn]) -> bool:
    """Whether a candidate from a turn that belongs to a fix is knowledge of its own."""
    return turns[pending.message].role == "user" and pending.pattern in _OWN_KNOWLEDGE


def _pending_fix(fix: Fix) -> PendingCandidate:
    return PendingCandidate(fix.text, fix.pattern, fix.message, 0, rule=fix.rule)


def _finish(
    pending: PendingCandidate, settings: ReflectorSettings, builder: ReflectionBuilder
) -> Candidate | None:
    """The candidate, cut to length, scored and classified; None (and a skip) if it teaches too little."""
    text = pending.text
    if not text.rstrip().endswith("`"):
        text = text.rstrip(_DANGLING)
    text = cut_to_length(capitalised(text), settings.max_content_length)
    if not text:
        builder.skip(pending.text, "nothing of it fits into max_content_length", pending.message)
        return None
    score = instructivity(text, pending.pattern)
    if score < settings.min_score:
        reason = f"teaches too little (score {score:g}, wanted {settings.min_score:g})"
        builder.skip(text, reason, pending.message)
        return None
    kind = type_of(text, pending.pattern)
    tools = tools_of(text)
    return Candidate(
        text=text,
        type=kind,
        section=section_of(text, kind, pending.pattern, tools),
        score=score,
        message=pending.message,
        pattern=pending.pattern,
        tools=tools,
        entities=entities_of(text, tools),
        tags=tags_of(text),
        rule=pending.rule or rule_form(text),
        corrects=pending.corrects,
    )
