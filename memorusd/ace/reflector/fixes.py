"""Problems and their fixes, told over several turns: an error and its solution, or a command tried again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ...text.han_patterns import HanPattern
from ...text.punctuation import QUESTION_MARKS
from .distil import as_order, capitalised
from .languages import en
from .languages.en.lexicon import VERB_FORMS, VERBS
from .languages.en.small_talk import is_small_talk
from .languages.en.tasks import is_question, is_task
from .languages.en.verbs import is_order
from .languages.zh import is_chinese, join_problem_and_fix
from .languages.zh.fragments import PLAN
from .outcomes import (
    CAUSE,
    CONFIRMED,
    DENIED,
    FAILURE,
    FAULT,
    FOUND_CAUSE,
    IMPROVED,
    PLEASED,
    PLEASED_END,
    REMEDY,
)
from .retries import fault_line, find_recoveries, find_retries
from .segments import Segment
from .turns import Fix, Turn
from .word_sets import words_of

__all__ = ["find_fixes"]

_REPORTS = re.compile(
    r"^(?:(?:hi|hey|hello|ok|so|help|hmm|now|and|but|also)[,! ]+)*(?:i(?:'m| am)? (?:keep |always "
    r"|still |just |now )?(?:getting|get|got|see|seeing|have|having|hit|hitting)|we(?:'re"
    r"| are)? (?:keep |still )?(?:getting|get|see|seeing|have|hit)|there(?:'s| is)|getting|why (?:do i"
    r"|am i) (?:get|getting)) (?:this |the following |an? |the |some )?(?=\S)",
    re.I,
)
_LEAD_IN = re.compile(
    r"^(?:either|simply|just|found it|got it|i found (?:it|the (?:issue|problem|cause))|ah|ok|okay|i see"
    r"|right|good catch"
    r"|done|the good news|good news|sure)(?:[.!,:—-]+ ?|(?<=either|simply) |(?<=just) )",
    re.I,
)
_REQUEST = re.compile(
    r"(?:^|[,;] )(?:any ideas?|how (?:do|can) i fix (?:it|this)|please help|help|what(?:'s| is) wrong"
    r"|can you (?:fix|help|look|check)[^.?!]*)[?.! ]*$",
    re.I,
)
_SECOND_CLAUSE = re.compile(
    r"(?:; |, so |: | — | - |, )(?:just |please |you can |try to )?([a-z]+) (?:the|a|an|your|it|to)\b"
)
"""Where an order may follow its reason: "it is off by default; serve the tiles over https"."""
_PLAN = HanPattern(rf"(?:let me|i'll|i will|let's|looking|checking|{PLAN})\b")
"""How an agent's sentence about its own next step begins."""
_MAX_TURNS = 8  # turns from an error to its fix


@dataclass(frozen=True, slots=True)
class _Answer:
    """An agent's answer to a problem."""

    message: int
    cause: str
    action: str
    text: str
    """Cause and action as they were said."""


def find_fixes(turns: Sequence[Turn]) -> list[Fix]:
    """Every error that found its fix and every command that worked after another; no turn is used twice."""
    fixes = _find_answered(turns) + find_retries(turns)
    used = {i for fix in fixes for i in fix.turns}
    return fixes + [fix for fix in find_recoveries(turns) if used.isdisjoint(fix.turns)]


def _find_answered(turns: Sequence[Turn]) -> list[Fix]:
    """Every problem of a user that an agent's answer solved."""
    fixes: list[Fix] = []
    position = 0
    while position < len(turns):
        fix = _fix_from(turns, position)
        if fix is not None:
            fixes.append(fix)
            position = fix.turns[-1]
        position += 1
    return fixes


def _fix_from(turns: Sequence[Turn], start: int) -> Fix | None:
    """The fix of the problem that turn `start` reports, if it reports one and a later turn solves it."""
    if turns[start].role != "user":
        return None
    problem = _problem(turns[start])
    is_complaint = problem is None
    problem = problem or _complaint(turns[start])
    if problem is None:
        return None
    answer: _Answer | None = None
    certain = confirmed = False
    end = start
    for i in range(start + 1, min(len(turns), start + 1 + _MAX_TURNS)):
        turn = turns[i]
        if turn.role == "assistant":
            if (latest := _answer(i, turn)) is not None:
                answer, end = latest, i
                certain = bool(FOUND_CAUSE.search(latest.text)) and bool(latest.action) and not is_complaint
        elif turn.role == "user":
            reply = turn.content[:400]
            if DENIED.search(reply) and not CONFIRMED.search(reply):
                answer, certain = None, False
            elif answer and _confirms(reply, is_complaint):
                confirmed, end = True, i
                break
            elif answer or CONFIRMED.search(reply):
                break
    if answer is None or not (confirmed or certain):
        return None
    if is_complaint and not (answer.action and _is_about_work(f"{problem} {answer.text}")):
        return None
    if is_chinese(problem + answer.text):
        text = join_problem_and_fix(problem, answer.text)
    else:
        text = f"{problem.rstrip('.!:; ')}. Fix: {answer.text}"
    rule = _as_rule(problem, answer.cause, answer.action)
    return Fix(text, "error_fix", answer.message, tuple(range(start, end + 1)), rule)


def _confirms(reply: str, is_complaint: bool) -> bool:
    """Whether a user says that the remedy worked; thanks alone are not enough after a complaint."""
    if CONFIRMED.search(reply):
        return True
    pleased = bool(PLEASED.match(reply.strip())) or (
        bool(PLEASED_END.search(reply)) and reply.count(" ") < 14 and "?" not in reply
    )
    return pleased and (not is_complaint or bool(IMPROVED.search(reply)))


def _is_about_work(text: str) -> bool:
    """Whether it names a path, a tool, a part of software, or an abbreviation in capitals."""
    named = en.has_specifics(text) or en.is_technical(text, words_of(text))
    return named or bool(re.search(r"\b[A-Z]{2,}\b", text))


def _problem(turn: Turn) -> str | None:
    """The user's sentence that says what goes wrong, with the console's message if there is one."""
    for number, segment in enumerate(turn.segments):
        text = segment.text
        if segment.kind != "sentence" or not FAILURE.search(text[:600]) or len(text) > 600:
            continue
        if is_small_talk(text) or len(text) < 10:
            continue
        text = _REQUEST.sub("", _REPORTS.sub("", text)).strip(" .")
        if text.endswith("?") or (is_question(text) and not FAULT.search(text)):
            continue
        following = turn.segments[number + 1] if number + 1 < len(turn.segments) else None
        if following and following.kind in ("code", "log") and len(text) < 120:
            line = fault_line(following.text)
            if line and line not in text:
                text = f"{text.rstrip(':')}: {line[:160]}"
        return capitalised(text) if len(text) >= 8 else None
    return None


def _complaint(turn: Turn) -> str | None:
    """A user's only sentence, about how something is, without a word of failure.

    It is a problem only if the user confirms the remedy in the answer ("that did it").
    """
    if len(turn.segments) != 1 or turn.segments[0].kind != "sentence":
        return None
    text = en.without_filler(turn.segments[0].text).rstrip(" .!")
    words = words_of(text)
    if (
        not 4 <= len(words) <= 30
        or words[0] in ("i", "i'm", "i'll", "we", "you", "let's")
        or not text.isascii()
    ):
        return None
    if is_question(text) or is_small_talk(text) or is_task(text, bare=False) or words[0] in VERBS:
        return None
    says = any(word in VERB_FORMS for word in words[1:])
    return capitalised(text) if says and en.detect(text, "user") is None else None


def _answer(i: int, turn: Turn) -> _Answer | None:
    """The cause and the remedy that an agent's turn `i` names; None if it names neither."""
    causes: list[str] = []
    actions: list[str] = []
    sentences: list[str] = []
    for number, segment in enumerate(turn.segments):
        short_code = segment.kind == "code" and segment.text.count("\n") < 3
        if short_code and sentences and sentences[-1].rstrip().endswith(":"):
            sentences[-1] = _with_command(sentences[-1], segment.text)
            continue
        if segment.kind != "sentence" or len(segment.text) > 400:
            continue
        text = _LEAD_IN.sub("", segment.text).strip()
        lowered = text.lower()
        if len(text) < 8 or text.endswith(QUESTION_MARKS) or is_small_talk(text) or _PLAN.match(lowered):
            continue
        words = words_of(lowered[:80])
        order = bool(words) and (words[0] in VERBS or (len(words) > 1 and is_order(words)))
        second = _SECOND_CLAUSE.search(lowered)
        is_action = order or bool(REMEDY.search(text)) or (second is not None and second[1] in VERBS)
        # What comes right before a remedy explains it, whatever its words.
        explains = not is_action and _is_followed_by_remedy(turn.segments, number)
        if not (is_action or explains or CAUSE.search(text)):
            continue
        text = as_order(text) if is_action and not order else text
        (actions if is_action else causes).append(text)
        sentences.append(capitalised(text))
        if len(sentences) == 3:
            break
    if not sentences:
        return None
    return _Answer(i, causes[0] if causes else "", actions[0] if actions else "", " ".join(sentences))


def _with_command(sentence: str, code: str) -> str:
    """A sentence that ends in a colon, with the short command after it."""
    command = " && ".join(line.strip() for line in code.strip().split("\n") if line.strip())
    return f"{sentence} `{command}`" if command and "`" not in command else sentence


def _is_followed_by_remedy(segments: Sequence[Segment], number: int) -> bool:
    """Whether the next sentence is a remedy."""
    if number + 1 >= len(segments) or segments[number + 1].kind != "sentence":
        return False
    text = segments[number + 1].text
    words = words_of(text[:80])
    return bool(words) and (words[0] in VERBS or bool(REMEDY.search(text)))


def _as_rule(problem: str, cause: str, action: str) -> str | None:
    """The rule "When <problem>, <remedy>, because <cause>"; None without a cause or an order."""
    match = re.search(r"\bbecause (.{5,200})", cause) or re.match(
        r"(?:the )?(?:tests?|service|script|app|code|library|server) .{5,200}", cause, re.I
    )
    words = words_of(action[:80])
    if not match or not words or words[0] not in VERBS or re.match(r"^(?:error|\w+Error)\b", problem):
        return None
    reason = (match[1] if match.re.groups and match.lastindex else match[0]).rstrip(". ")
    first = problem[0].lower() + problem[1:] if problem[1:2].islower() else problem
    order = action.rstrip(". ")
    order, reason = order[0].lower() + order[1:], reason[0].lower() + reason[1:]
    return f"When {first.rstrip('. ')}, {order}, because {reason}."
