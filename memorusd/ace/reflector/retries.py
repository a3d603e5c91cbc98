"""What an agent learns from its tools: a command that worked after another failed, an error it got over."""

from __future__ import annotations

import re
from collections.abc import Sequence

from . import english
from .chatter import is_question, is_small_talk
from .distil import as_order, capitalised
from .lexicon import BASES, TOOLS, words_of
from .turns import Episode, Turn

__all__ = ["FAULT", "fault_in", "recoveries", "retries"]

FAULT = re.compile(
    r"(?:\berr!|\b(?:could not|error|exception|traceback|failed|failure|fatal|denied|refused|not found"
    r"|no such file|does(?:n't| not) exist|cannot|unable to|panic|killed|timed out|no rule|usage:"
    r"|unrecogni[sz]ed|unknown (?:option|command|flag)|no matches|illegal option"
    r"|conflict|invalid|rejected"
    r"|command not found|exit (?:code|status) [1-9])\b|\w+(?:Error|Exception)\b)",
    re.I,
)
"""A line that a program writes when something went wrong."""

_NO_FAULT = re.compile(r"\b(?:0|no) (?:errors?|failed|failures?)\b", re.I)
_MERE_TEST = re.compile(r"assert|^\W*(?:\d+ (?:tests? )?fail|FAILED? |=+ )|\btests? failed\b|traceback", re.I)
_NAMED_FAULT = re.compile(r"\w+(?:Error|Exception)\b", re.I)
_PROMPT = re.compile(r"^[ \t]*(?:[$%❯>]|\(\w+\) \$) +(?P<command>[A-Za-z./~][^\n]{0,300})$", re.M)
_TICKED = re.compile(r"`([a-z][\w./-]*(?: [^`\n]{1,200})?)`")
_TRIED = re.compile(
    r"(?:^|[.:,!] )(?:(?:now|then|ok|so|let me|i'll|i'm|again|next),? )*(?:run|running|try|trying|retry"
    r"|retrying"
    r"|use|using|execute|executing)(?: (?:it|this|again|once more|instead))*(?: (?:with|as|via))?:? "
    r"(?P<command>[a-z][\w./-]*(?: [^`\n,;]{1,200})?)$",
    re.I | re.M,
)
"""A command that an agent says it runs, without ticks around it."""
_LESSON = re.compile(
    r"\b(?:has to|have to|must|needs? to|needs?|requires?|because|root cause|turn(?:s|ed) out|was missing"
    r"|is missing"
    r"|only|the (?:problem|issue|cause|culprit|reason) (?:was|is)|wasn't|isn't|aren't|not (?:set|running"
    r"|installed|up)|without|instead|expects?|before|conflicts? with|stale|outdated)\b|原因|需要|必须|必須"
    r"|因为|因為|没有|沒有",
    re.I,
)
_REACH = 8  # turns from a fault to what got over it
_LINES = 40  # lines of a tool's output that are looked at for its fault


def fault_in(output: str) -> str:
    """The line that tells what went wrong, the one that names an exception before others; else empty."""
    lines = [line.strip() for line in output.split("\n")[:_LINES]]
    bad = [line for line in lines if FAULT.search(line[:400]) and not _NO_FAULT.search(line[:400])]
    return next((line for line in bad if _NAMED_FAULT.search(line[:400])), bad[0] if bad else "")


def retries(turns: Sequence[Turn]) -> list[Episode]:
    """Every command that worked after one much like it failed."""
    found: list[Episode] = []
    failed: list[tuple[int, str, str]] = []  # turn, command, error
    last_named = ""
    for i, turn in enumerate(turns):
        if turn.role == "assistant":
            named = _TICKED.findall(turn.content[:4000])
            last_named = named[-1] if named else _spoken(turn.content) or last_named
        if turn.role not in ("tool", "assistant"):
            continue
        for command, output in _runs(turn, last_named):
            error = fault_in(output)
            if error:
                failed.append((i, command, error))
                failed = failed[-_REACH:]
                continue
            for before in reversed(failed):
                if (
                    command != before[1]
                    and _program(command) == _program(before[1])
                    and _similar(command, before[1])
                ):
                    text = f'`{before[1]}` fails with "{before[2][:140]}"; `{command}` works.'
                    found.append(Episode(text, "retry", i, (before[0], i)))
                    failed.remove(before)
                    break
    return found


def recoveries(turns: Sequence[Turn]) -> list[Episode]:
    """Every error of a tool that the agent got over, with what it says it was or what it did.

    A test that failed until the code was right teaches nothing; a service that was down, a package or a
    setting that was missing does.
    """
    found: list[Episode] = []
    start, error, over = -1, "", False
    for i, turn in enumerate(turns):
        line = fault_in(turn.content) if turn.role == "tool" else ""
        if line:
            start, error, over = (-1, "", False) if _MERE_TEST.search(line[:400]) else (i, line, False)
            continue
        if turn.role == "user" or i - start > _REACH:
            start = -1
        if start < 0:
            continue
        over = over or turn.role == "tool"
        more = i + 1 < len(turns) and turns[i + 1].role in ("tool", "assistant")
        if more or not (over or english.SUCCESS.search(turn.content[:600])):
            continue
        if lesson := _lesson(turns[start + 1 : i + 1]):
            text = f"{_short(error)}. Fix: {lesson}"
            found.append(Episode(text, "error_fix", i, tuple(range(start, i + 1))))
        start = -1
    return found


def _short(error: str) -> str:
    """The fault without a console's marks, cut at a word."""
    text = re.sub(r"^(?:E|>|\$|npm ERR!|error:)\s+", "", error).rstrip(". ")
    return text if len(text) <= 160 else text[:160].rsplit(" ", 1)[0]


def _lesson(turns: Sequence[Turn]) -> str:
    """What the agent concludes; failing that, the cause it names and the command it ran against it."""
    causes: list[str] = []
    acts: list[str] = []
    for turn in turns:
        for part in turn.parts if turn.role == "assistant" else ():
            if part.kind != "sentence" or len(part.text) > 300 or is_question(part.text):
                continue
            behind = english.conclusion(part.text)
            if behind and english.SUCCESS.search(part.text[: -len(behind)]):
                return capitalised(behind)
            text = english.cleaned(part.text)
            order = as_order(text)
            first = words_of(order[:60])[:1]
            if first and first[0] in BASES and "`" in order:
                acts.append(order)
            elif _LESSON.search(text) and not is_small_talk(text) and not _PLAN.match(text):
                causes.append(capitalised(text))
    if turns and turns[-1].role == "assistant" and causes and causes[-1] in _capitalised(turns[-1]):
        return causes[-1] if not acts else f"{acts[-1]} {causes[-1]}"
    return " ".join((*causes[-1:], *acts[-1:])) if acts else ""


_PLAN = re.compile(r"(?:i|i'll|i'm|let me|we|let's)\b", re.I)


def _capitalised(turn: Turn) -> list[str]:
    return [capitalised(english.cleaned(part.text)) for part in turn.parts]


def _runs(turn: Turn, named: str) -> list[tuple[str, str]]:
    """The commands that a turn shows as run, each with its output."""
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


def _spoken(text: str) -> str:
    """The command at the end of an agent's sentence, if it begins with a known tool's name; else empty."""
    match = _TRIED.search(text[:1000])
    command = match["command"].rstrip(" .:!…") if match else ""
    return command if command.split(" ", 1)[0] in TOOLS else ""


def _program(command: str) -> str:
    words = [word for word in command.split() if word != "sudo" and "=" not in word]
    return words[0].rsplit("/", 1)[-1] if words else ""


def _similar(one: str, other: str) -> bool:
    """Whether one command is the other tried again: most of its words are the same."""
    left, right = set(one.split()), set(other.split())
    return len(left & right) * 2 >= min(len(left), len(right))
