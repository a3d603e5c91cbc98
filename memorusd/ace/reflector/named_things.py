"""What a candidate names: programs and libraries, and other names such as files, identifiers and people."""

from __future__ import annotations

import re

from .languages.en.lexicon import VERBS
from .tools import TOOLS
from .word_sets import word_set

__all__ = ["entities_of", "tools_of"]

_NAME = re.compile(r"[A-Za-z][\w+-]*(?:\.[a-z]+)?")
_TICKED = re.compile(r"`([^`\n]{1,200})`")
_PROGRAM = re.compile(r"(?:\$ )?(?:sudo )?([a-z][\w.-]{1,30})(?= [^ ])")
_COMPOUND = re.compile(
    r"\b(docker compose|github actions|visual studio code|google cloud|circle ?ci|react native)\b", re.I
)
_AMBIGUOUS = word_set(
    """
    make fish black express spring buf sentry vault slack nx tilt turbo typer prisma express
    bash
    """
)
_NOT_PROGRAMS = word_set("src the a from import def class const let return if")
"""First words of quoted code that is not a command."""
_ENTITY = re.compile(
    r"https?://[^\s)\]>\"'`,]{3,200}|(?<![\w/])(?:~|\.{1,2})?/?(?:[\w.@-]{1,80}/){1,12}[\w.@*-]{0,80}"
    r"|\b[\w-]{1,80}\.(?:py|js|ts|tsx|jsx|go|rs|java|md|json|ya?ml|toml|env|sh|sql|txt|cfg|ini|lock"
    r"|css|html|rb|php)\b|\b[A-Z][A-Z0-9]{0,40}_[A-Z0-9_]{1,60}\b|\b[a-z]\w{0,40}_\w{1,60}\b"
    r"|\b[a-z]{1,40}[A-Z]\w{1,60}\b|\b[A-Z][a-z]{1,40}[A-Z]\w{0,60}\b"
)
_PROPER = re.compile(r"(?<=[a-z,0-9] )[A-Z][a-z]{2,30}(?: [A-Z][a-z]{2,30}){0,2}\b")
_CALENDAR = word_set(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april may
    june july august september october november december
    """
)
_SUBJECT = re.compile(
    r"([A-Z][a-z]{2,30}) (?:owns|wants|prefers|is|likes|has|lives|handles|maintains|works|holds|hates"
    r"|loves|needs)\b"
)
_NOT_NAMES = VERBS | word_set("this that there the everyone everything what debug each")


def tools_of(text: str) -> tuple[str, ...]:
    """Programs and libraries that a text names, as they are written; each once, at most eight."""
    names: dict[str, str] = {}
    for match in _COMPOUND.finditer(text):
        names.setdefault(match[1].lower(), match[1])
    ticked = _TICKED.findall(text)
    for code in ticked:
        program = _PROGRAM.match(code)
        if program and program[1] not in _NOT_PROGRAMS:
            names.setdefault(program[1].lower(), program[1])
    coded = " ".join(ticked).lower()
    for match in _NAME.finditer(text):
        name = match[0].rstrip(".")
        low = name.lower()
        if low not in TOOLS:
            low, name = low.removesuffix(".js"), name.removesuffix(".js")
            if low not in TOOLS:
                continue
        if low in _AMBIGUOUS and low not in coded and not name[:1].isupper():
            continue
        if low in _AMBIGUOUS and match.start() == 0 and low not in coded:
            continue
        names.setdefault(low, name)
    return tuple(names.values())[:8]


def entities_of(text: str, tools: tuple[str, ...]) -> tuple[str, ...]:
    """Other names in a text: files, identifiers, addresses, people; each once, at most twelve."""
    names: dict[str, None] = {}
    for match in _TICKED.finditer(text):
        if " " not in match[1].strip() and len(match[1]) <= 80:
            names.setdefault(match[1].strip())
    for match in _ENTITY.finditer(text):
        name = match[0].rstrip(".,;:")
        if len(name) > 2 and "REDACTED" not in name:
            names.setdefault(name)
    for match in _PROPER.finditer(text):
        if match[0].lower() not in _CALENDAR:
            names.setdefault(match[0])
    first = _SUBJECT.match(text)
    if first and first[1].lower() not in _NOT_NAMES:
        names.setdefault(first[1])
    known = {tool.lower() for tool in tools}
    return tuple(name for name in names if name.lower() not in known)[:12]
