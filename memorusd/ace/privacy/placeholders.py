"""Does a value only hold a secret's place, or describe it? `${X}`, `<token>`, `required`, `your-key`."""

from __future__ import annotations

import re

from .randomness import count_digits
from .rules.placeholder_words import DESCRIPTIONS, FILLERS

__all__ = ["is_placeholder", "is_prose", "is_stub"]

_CODE = re.compile(
    r"""^(?:[$%{\[(&@!]|<[^>]*>?|\*|\\?["'`]?$)         # ${X} %X% {x} [x] (x) &anchor @Value !ref <x> ***
    |\(|\)|\$\{|\{\{|\}\}|\[["']?\w*["']?\]              # f(x)  a["b"]
    |^[A-Za-z_]\w*(?:\[|(?:::|->|\?\.))             # Optional[str], Config::password
    |^[A-Za-z_]{1,24}(?:\.[A-Za-z_]{1,32}){1,5}$       # self.password, config.db.password
    |^(?:op|vault|file|env|ref|arn|projects|https?|ssm|secretsmanager)(?::/|:)  # a pointer to a vault
    |%[sdr](?!\w)|%\(                                   # %s %(name)s
    |^[.…_\-=x*\#?•●]+$|(?-i:x{5}|X{5})|\*{3}|\.\.\.|…                   # xxxx, ----, sk-...
    """,
    re.VERBOSE | re.IGNORECASE,
)
_STAND_IN = re.compile(
    r"^(?:the|an?|my|your|our|some|new|old|db|user|admin|test|app|[a-z]{2,16}[-_]"
    r"|enter|insert|replace|put|add|set|get)?[-_ ]?"
    r"(?:pass(?:word|wd|phrase|code)?|pwd|secret|token|(?:api|access|secret|private)?[-_ ]?key|credentials?)"
    r"(?:[-_ ]?(?:here|goes[-_ ]here|value|string|\d))?$|^(?:token|key|secret|apikey)\d{1,4}$"
    r"|^your(?:[-_ ]|[A-Z])|[-_ ](?:here|goes[-_ ]here)$"
    r"|^(?:insert|replace|enter|change)[-_ ]?(?:me|with|your|this)\b"
    r"|placeholder|redacted|\bexample[-_ ](?:key|token|secret|password)|^(?:todo|fixme|tbd|n/?a)$",
    re.IGNORECASE,
)
_DRAWN = re.compile(r"[A-Za-z0-9+/=_-]+")
_YOUR = re.compile(r"^YOUR[A-Z]*$")
_TALKS = re.compile(
    r"(?i:\b(?:the|is|are|must|should|your|you|cannot|at least|has been|too)\b)"
    r"|^[A-Z][a-z]* (?:[a-z]+ ){1,9}(?:for|of|to|with|a|an|and|or)\b"
)


def is_placeholder(value: str) -> bool:
    """True when `value` only names or describes a secret: `${X}`, `<token>`, `f("X")`, `required`, `***`."""
    bare = value.strip("\"'`.,;:!?\\ ")
    if len(bare) >= 12 and count_digits(bare) >= 4 and _DRAWN.fullmatch(bare) and not _is_filler(bare):
        return len(set(bare)) == 1  # drawn, so no stand-in; told apart early because it is the usual case
    return (
        not bare
        or bare.lower() in DESCRIPTIONS
        or _CODE.search(value) is not None
        or _STAND_IN.search(bare) is not None
        or _YOUR.match(bare) is not None
        or len(set(bare.lower())) == 1
    )


def _is_filler(value: str) -> bool:
    low = value.lower()
    return any(filler in low for filler in FILLERS)


def is_stub(rest: str) -> bool:
    """True when what follows a vendor's prefix is filler: `xxxx…`, `****`, `your_key_here`."""
    low = rest.lower()
    return "xxxxxxxx" in low or len(set(low)) <= 2 or low.startswith("your") or "_here" in low[-5:]


def is_prose(value: str) -> bool:
    """True for words that talk *about* a value ("must be set", "Your password") rather than being one."""
    return " " in value and _TALKS.search(value.lower() if value.isupper() else value) is not None
