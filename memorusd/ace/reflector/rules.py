"""The Reflector without a model: parts, patterns, score, distilled text; in time linear in the text.

    RuleReflector().reflect([Message("user", "no, that's wrong, use pnpm")], ReflectorSettings()).candidates

Every message is cut into parts, each kept or passed over with a reason; what several turns tell together
takes the place of what they tell alone, and near-identical ones merge.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..options import ReflectorSettings
from . import corrections, english, episodes
from .asked import answers, explains, question_before, question_from_agent
from .candidate import Candidate, Message, Reflection, Skipped
from .chatter import is_small_talk
from .classify import entities_of, section_of, tags_of, tools_of, type_of
from .distil import DEPENDENT, capitalised, fit, rule_form, with_code
from .judge import goes_on, hints, judge, statement
from .lexicon import words_of
from .match import Match
from .merge import merge
from .recalled import plain_line, recalled_lines
from .score import score
from .sentences import Part, parts_of
from .turns import Episode, Turn

__all__ = ["RuleReflector"]

_ROLES = {"human": "user", "ai": "assistant", "model": "assistant", "function": "tool", "developer": "system"}
_BLOCKS = {
    "code": "code", "log": "a log or a command's output", "table": "a table or a rule",
    "heading": "a heading", "link": "a link, no statement", "long": "too long for one statement",
    "recalled": "recalled from Memorus itself",
}  # fmt: skip
_STATEMENTS = 12  # sentences up to which a bare text is taken as statements that the caller chose
_MOST = 512  # parts of one turn that are read, half from its start, half from its end: time has a bound
_READ = 32_768  # characters of them, likewise
_EXCERPT = 200  # characters of a skipped text that are handed on
_CONTEXT = 240  # characters of a sentence that is repeated because the next one leans on it


_ABOUT_ONE = re.compile(r"(?:it|he|she|they|that|this)(?:['’]\w+)?\b", re.IGNORECASE)
"""A pronoun first: behind a sentence that was passed over, nobody knows whom or what it means."""


@dataclass(slots=True)
class _Draft:
    """A candidate in the making."""

    text: str
    pattern: str
    message: int
    part: int
    corrects: str | None = None
    rule: str | None = None


@dataclass(slots=True)
class _Notes:
    """What is collected on the way."""

    drafts: list[_Draft] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    doubtful: list[int] = field(default_factory=list)

    def skip(self, text: str, reason: str, message: int) -> None:
        self.skipped.append(
            Skipped(text if len(text) <= _EXCERPT else text[: _EXCERPT - 1] + "…", reason, message)
        )


class RuleReflector:
    """Distils by rules alone. Holds no state; safe in threads; never raises on any text."""

    def reflect(self, messages: Sequence[Message], settings: ReflectorSettings) -> Reflection:
        """What the messages teach, what was passed over and why, and which a model could judge better."""
        notes = _Notes()
        whole = [parts_of(message.content) for message in messages]
        recalled = recalled_lines(whole)
        turns = [Turn(_role(m.role), m.content, _ends(p)) for m, p in zip(messages, whole, strict=True)]
        for i, (turn, parts) in enumerate(zip(turns, whole, strict=True)):
            if len(turn.parts) < len(parts):
                reason = f"too long: {len(turn.parts)} of {len(parts)} parts are read"
                notes.skip(parts[len(parts) // 2].text, reason, i)
        told = episodes.find(turns)
        used = {i for episode in told for i in episode.used}
        for i, turn in enumerate(turns):
            _read(i, turn, turns, recalled, settings, notes)
        notes.drafts = [d for d in notes.drafts if d.message not in used or _stands_alone(d, turns)]
        notes.drafts += [_told(episode) for episode in told]
        notes.drafts.sort(key=lambda draft: (draft.message, draft.part))
        candidates = [c for draft in notes.drafts if (c := _candidate(draft, settings, notes)) is not None]
        kept = merge(candidates)
        left = {id(candidate) for candidate in kept}
        for candidate in candidates:
            if id(candidate) not in left:
                notes.skip(candidate.text, "much the same as another one that is kept", candidate.message)
        matched = {candidate.message for candidate in candidates} | used
        return Reflection(
            candidates=tuple(kept),
            skipped=tuple(s for s in notes.skipped if s.message not in used),
            mode="rules",
            doubtful=tuple(i for i in notes.doubtful if i not in matched),
        )


def _ends(parts: Sequence[Part]) -> Sequence[Part]:
    """The parts, or the first and the last of too many."""
    if len(parts) <= _MOST and sum(len(part.text) for part in parts) <= _READ:
        return parts
    first = _within(parts)
    return [*first, *reversed(_within(parts[: len(first) - 1 : -1]))]


def _within(parts: Sequence[Part]) -> list[Part]:
    """The first parts, up to half of what is read of a turn."""
    taken: list[Part] = []
    room = _READ // 2
    for part in parts[: _MOST // 2]:
        room -= len(part.text)
        if room < 0 and taken:
            break
        taken.append(part)
    return taken


def _role(role: str | None) -> str | None:
    """The role by the name that OpenAI's API gives it."""
    return None if role is None else _ROLES.get(role.lower(), role.lower())


def _read(
    i: int,
    turn: Turn,
    turns: Sequence[Turn],
    recalled: frozenset[str],
    settings: ReflectorSettings,
    notes: _Notes,
) -> None:
    """One message: drafts and skips."""
    if turn.role == "system":
        notes.skip(turn.content, "instructions to the agent (a system message)", i)
        return
    if not turn.parts:
        notes.skip(turn.content, "empty", i)
        return
    if turn.role == "tool":
        notes.skip(turn.content, "a tool's output", i)
        return
    before = turns[i - 1].content if i and turns[i - 1].role != "user" else ""
    taken = _correct(i, turn, before, recalled, notes) if turn.role in (None, "user") else set()
    chosen = turn.role is None and sum(part.kind == "sentence" for part in turn.parts) <= _STATEMENTS
    asked = question_before(turns, i) if turn.role == "assistant" else None
    wanted = question_from_agent(turns, i) if turn.role == "user" else None
    doubt = False
    for number, part in enumerate(turn.parts):
        if number in taken:
            continue
        last = notes.drafts[-1] if notes.drafts else None
        if last is not None and (last.message, last.part) != (i, number - 1):
            last = None  # only what stands right before can be gone on with
        if part.kind != "sentence":
            if part.kind != "code" or last is None or not _quote(part, number, last, settings):
                notes.skip(part.text, _BLOCKS[part.kind], i)
            continue
        if plain_line(part.text) in recalled:
            notes.skip(part.text, _BLOCKS["recalled"], i)
            continue
        reason, match = judge(part.text, turn.role)
        if asked and match is None and answers(part.text, asked):
            reason, match = None, Match("fact", english.cleaned(part.text))
        if wanted and number == 0 and match is None and explains(part.text) and not is_small_talk(part.text):
            reason, match = None, Match("fact", f"{wanted} {english.cleaned(part.text)}")
        if match is not None and match.weak and turn.role is not None:
            reason, match, doubt = "unsure, says nothing firm", None, doubt or turn.role == "user"
        room = last is not None and len(last.text) + len(part.text) < settings.max_content_length
        if last is not None and room and part.follows and goes_on(part.text, match, reason, turn.role):
            last.text, last.part = f"{last.text} {part.text}", number
            continue
        if match is None and reason is None:
            leans = part.follows and last is None and bool(_ABOUT_ONE.match(part.text))
            match = statement(part.text) if chosen and not leans else None
            reason = "a fragment, no statement" if chosen else "ordinary talk, nothing lasting"
            doubt = doubt or (turn.role is not None and hints(part.text, turn.role))
        if match is None:
            notes.skip(part.text, reason or "nothing lasting", i)
        elif part.text.endswith((":", "：")) and not _announces(turn.parts, number):
            notes.skip(part.text, "opens a list, says nothing by itself", i)
        else:
            notes.drafts.append(_Draft(_in_context(match.text, number, i, turns), match.pattern, i, number))
    if doubt:
        notes.doubtful.append(i)


def _in_context(text: str, number: int, i: int, turns: Sequence[Turn]) -> str:
    """A sentence with what it leans on: its list's opening, the sentence or the question before it."""
    part = turns[i].parts[number]
    if part.lead:
        text = _under(part.lead, text)
    if not DEPENDENT.match(text):
        return text
    if part.follows and number and turns[i].parts[number - 1].kind == "sentence":
        context = turns[i].parts[number - 1].text
        if not context.endswith(("?", "？")) and not is_small_talk(context) and len(context) < _CONTEXT:
            return f"{english.cleaned(context)} {text}"
    elif turns[i].role == "assistant" and not number and (asked := question_before(turns, i)):
        return f"{asked} {text}"
    return text


def _announces(parts: Sequence[Part], number: int) -> bool:
    """Whether the next part is the code that a sentence ending in a colon announces."""
    return number + 1 < len(parts) and parts[number + 1].kind in ("code", "log")


def _correct(i: int, turn: Turn, before: str, recalled: frozenset[str], notes: _Notes) -> set[int]:
    """A turn that puts something right becomes a draft; which of its parts that takes, else none."""
    spoken = [
        (number, part.text)
        for number, part in enumerate(turn.parts)
        if part.kind == "sentence" and plain_line(part.text) not in recalled
    ]
    correction = corrections.read([text for _, text in spoken], before, bare=turn.role is None)
    if correction is None:
        return set()
    if before:  # what the agent said wrongly is not kept beside what puts it right
        aside = correction.aside.lower()
        wrong = [
            d for d in notes.drafts if d.message == i - 1 and not (aside and aside not in d.text.lower())
        ]
        for draft in wrong:
            notes.drafts.remove(draft)
            notes.skip(draft.text, "put right in the next turn", i - 1)
    taken = {spoken[k][0] for k in correction.taken}
    notes.drafts.append(_Draft(correction.text, "correction", i, max(taken), corrects=correction.aside))
    return taken


def _quote(part: Part, number: int, last: _Draft, settings: ReflectorSettings) -> bool:
    """Code right behind a draft that announces it with a colon goes with it; whether it did."""
    if not last.text.rstrip().endswith((":", "：")):
        return False
    text = with_code(last.text, part.text, settings.max_code_lines, settings.max_content_length)
    done = text != last.text
    last.text, last.part = text, number
    return done


def _under(lead: str, text: str) -> str:
    """A list item with its opening line, where that says when or where the item holds ("In tests:")."""
    opening = lead.rstrip(":： ")
    first = words_of(opening)[:1]
    if (
        len(opening) <= 60
        and first
        and first[0] in ("when", "if", "before", "after", "for", "in", "on", "inside", "during", "while")
    ):
        return f"{capitalised(opening)}: {text}"
    return text


def _stands_alone(draft: _Draft, turns: Sequence[Turn]) -> bool:
    """Whether a draft from a turn that an episode used up is knowledge of its own."""
    return turns[draft.message].role == "user" and draft.pattern in (
        "request",
        "preference",
        "personal",
        "correction",
    )


def _told(episode: Episode) -> _Draft:
    return _Draft(episode.text, episode.pattern, episode.message, 0, rule=episode.rule)


def _candidate(draft: _Draft, settings: ReflectorSettings, notes: _Notes) -> Candidate | None:
    """A draft cut to the limits, judged and classified; None (and a skip) where it teaches too little."""
    text = fit(
        capitalised(draft.text.rstrip(" ,;:：-—") if not draft.text.rstrip().endswith("`") else draft.text),
        settings.max_content_length,
    )
    if not text:
        notes.skip(draft.text, "nothing of it fits into max_content_length", draft.message)
        return None
    value = score(text, draft.pattern)
    if value < settings.min_score:
        notes.skip(
            text, f"teaches too little (score {value:g}, wanted {settings.min_score:g})", draft.message
        )
        return None
    kind = type_of(text, draft.pattern)
    tools = tools_of(text)
    return Candidate(
        text=text,
        type=kind,
        section=section_of(text, kind, draft.pattern, tools),
        score=value,
        message=draft.message,
        pattern=draft.pattern,
        tools=tools,
        entities=entities_of(text, tools),
        tags=tags_of(text),
        rule=draft.rule or rule_form(text),
        corrects=draft.corrects,
    )
