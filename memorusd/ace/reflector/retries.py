"""What an agent learns from its tools: a command that worked after another failed, an error it overcame."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .distil import as_order, capitalised
from .languages import en
from .languages.en.lexicon import BASES
from .languages.en.small_talk import is_small_talk
from .languages.en.tasks import is_question
from .outcomes import FAULT, LESSON, SUCCESS
from .tools import TOOLS
from .turns import Fix, Turn
from .word_sets import words_of

__all__ = ["fault_line", "find_recoveries", "find_retries"]

_NO_FAULT = re.compile(r"\b(?:0|no) (?:errors?|failed|failures?)\b", re.I)
_FAILED_TEST = re.compile(
    r"assert|^\W*(?:\d+ (?:tests? )?fail|FAILED? |=+ )|\btests? failed\b|traceback", re.I
)
_NAMED_FAULT = re.compile(r"\w+(?:Error|Exception)\b", re.I)
_PROMPT = re.compile(r"^[ \t]*(?:[$%❯>]|\(\w+\) \$) +(?P<command>[A-Za-z./~][^\n]{0,300})$", re.M)
_QUOTED_COMMAND = re.compile(r"`([a-z][\w./-]*(?: [^`\n]{1,200})?)`")
_SPOKEN_COMMAND = re.compile(
    r"(?:^|[.:,!] )(?:(?:now|then|ok|so|let me|i'll|i'm|again|next),? )*(?:run|running|try|trying|retry"
    r"|retrying"
    r"|use|using|execute|executing)(?: (?:it|this|again|once more|instead))*(?: (?:with|as|via))?:? "
    r"(?P<command>[a-z][\w./-]*(?: [^`\n,;]{1,200})?)$",
    re.I | re.M,
)
"""A command that an agent says it runs, without backticks."""
_PLAN = re.compile(r"(?:i|i'll|i'm|let me|we|let's)\b", re.I)
_MAX_TURNS = 8  # from a fault to what overcame it
_MAX_FAILURES = 8  # latest failed commands that a later one is compared with
_MAX_LINES = 40  # of a tool's output, searched for its fault


@dataclass(frozen=True, slots=True)
class _FailedCommand:
    """A command that failed in one turn."""

    turn: int
    command: str
    fault: str


def fault_line(output: str) -> str:
    """The line of an output that says what went wrong, best one that names an exception; may be empty."""
    lines = [line.strip() for line in output.split("\n")[:_MAX_LINES]]
    faults = [line for line in lines if FAULT.search(line[:400]) and not _NO_FAULT.search(line[:400])]
    return next((line for line in faults if _NAMED_FAULT.search(line[:400])), faults[0] if faults else "")


def find_retries(turns: Sequence[Turn]) -> list[Fix]:
    """Every command that worked after a similar one failed."""
    fixes: list[Fix] = []
    failures: list[_FailedCommand] = []
    last_named = ""
    for i, turn in enumerate(turns):
        if turn.role == "assistant":
            quoted = _QUOTED_COMMAND.findall(turn.content[:4000])
            last_named = quoted[-1] if quoted else _spoken_command(turn.content) or last_named
        if turn.role not in ("tool", "assistant"):
            continue
        for command, output in _executed(turn, last_named):
            fault = fault_line(output)
            if fault:
                failures.append(_FailedCommand(i, command, fault))
                failures = failures[-_MAX_FAILURES:]
            elif failure := _failure_before(command, failures):
                text = f'`{failure.command}` fails with "{failure.fault[:140]}"; `{command}` works.'
                fixes.append(Fix(text, "retry", i, (failure.turn, i)))
                failures.remove(failure)
    return fixes


def _failure_before(command: str, failures: Sequence[_FailedCommand]) -> _FailedCommand | None:
    """The latest failure that `command` is another attempt of."""
    for failure in reversed(failures):
        same_program = _program(command) == _program(failure.command)
        if command != failure.command and same_program and _is_similar(command, failure.command):
            return failure
    return None


def find_recoveries(turns: Sequence[Turn]) -> list[Fix]:
    """Every error of a tool that the agent overcame, with the cause it names or what it did.

    A test that failed until the code was right teaches nothing. A service that was down, or a package or
    setting that was missing, does.
    """
    fixes: list[Fix] = []
    start, fault, answered = -1, "", False
    for i, turn in enumerate(turns):
        line = fault_line(turn.content) if turn.role == "tool" else ""
        if line:
            start, fault, answered = (-1, "", False) if _FAILED_TEST.search(line[:400]) else (i, line, False)
            continue
        if turn.role == "user" or i - start > _MAX_TURNS:
            start = -1
        if start < 0:
            continue
        answered = answered or turn.role == "tool"
        is_last = i + 1 == len(turns) or turns[i + 1].role not in ("tool", "assistant")
        if not is_last or not (answered or SUCCESS.search(turn.content[:600])):
            continue
        if lesson := _lesson(turns[start + 1 : i + 1]):
            text = f"{_shortened(fault)}. Fix: {lesson}"
            fixes.append(Fix(text, "error_fix", i, tuple(range(start, i + 1))))
        start = -1
    return fixes


def _shortened(fault: str) -> str:
    """The fault without a console's marks, cut at a word."""
    text = re.sub(r"^(?:E|>|\$|npm ERR!|error:)\s+", "", fault).rstrip(". ")
    return text if len(text) <= 160 else text[:160].rsplit(" ", 1)[0]


def _lesson(turns: Sequence[Turn]) -> str:
    """What the agent concludes; otherwise the cause it names and the command it ran against it."""
    causes: list[str] = []
    actions: list[str] = []
    for turn in turns:
        for segment in turn.segments if turn.role == "assistant" else ():
            if segment.kind != "sentence" or len(segment.text) > 300 or is_question(segment.text):
                continue
            conclusion = en.conclusion(segment.text)
            if conclusion and SUCCESS.search(segment.text[: -len(conclusion)]):
                return capitalised(conclusion)
            text = en.without_filler(segment.text)
            order = as_order(text)
            first = words_of(order[:60])[:1]
            if first and first[0] in BASES and "`" in order:
                actions.append(order)
            elif LESSON.search(text) and not is_small_talk(text) and not _PLAN.match(text):
                causes.append(capitalised(text))
    if turns and turns[-1].role == "assistant" and causes and causes[-1] in _sentences(turns[-1]):
        return causes[-1] if not actions else f"{actions[-1]} {causes[-1]}"
    return " ".join((*causes[-1:], *actions[-1:])) if actions else ""


def _sentences(turn: Turn) -> list[str]:
    return [capitalised(en.without_filler(segment.text)) for segment in turn.segments]


def _executed(turn: Turn, named: str) -> list[tuple[str, str]]:
    """The commands that a turn shows as executed, each with its output.

    named: the command that the agent named last, which a tool's output without a prompt belongs to.
    """
    prompts = list(_PROMPT.finditer(turn.content[:20_000]))
    if prompts:
        ends = [p.start() for p in prompts[1:]] + [len(turn.content)]
        return [
            (p["command"].strip(), turn.content[p.end() : end].strip())
            for p, end in zip(prompts, ends, strict=True)
        ]
    if turn.role == "tool" and " " in named and turn.content.strip():
        return [(named, turn.content)]
    return []


def _spoken_command(text: str) -> str:
    """The command at the end of an agent's sentence, if it begins with a known tool's name; may be empty."""
    match = _SPOKEN_COMMAND.search(text[:1000])
    command = match["command"].rstrip(" .:!…") if match else ""
    return command if command.split(" ", 1)[0] in TOOLS else ""


def _program(command: str) -> str:
    words = [word for word in command.split() if word != "sudo" and "=" not in word]
    return words[0].rsplit("/", 1)[-1] if words else ""


def _is_similar(one: str, other: str) -> bool:
    """Whether most words of two commands are the same."""
    left, right = set(one.split()), set(other.split())
    return len(left & right) * 2 >= min(len(left), len(right))
