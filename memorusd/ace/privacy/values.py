"""Is this value a secret, or a stand-in for one? Judged by its form alone; the caller knows the context."""

from __future__ import annotations

import re
from itertools import pairwise

__all__ = ["is_opaque", "is_placeholder", "is_prose", "is_stub", "is_unspeakable", "looks_chosen"]

_ALNUM = re.compile(r"[A-Za-z0-9]+")
_HUMPS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_RARE_IN_WORDS = re.compile(r"[bcdfghjklmnpqrstvwxz]{5}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_VERSION = re.compile(r"v?\d{1,8}(?:\.\d{1,8}){1,6}[-+.a-z0-9]{0,24}", re.IGNORECASE)
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
_YOUR = re.compile(r"^YOUR[A-Z]*$")
# Words that stand where a password could and describe it instead: types, states, verbs, rules.
_WORDS_TEXT = """
a an any all and are array as auto await basic bearer blank bool boolean bytes by can cannot char column
const correct could default deprecated digest disabled empty enabled encrypted error expired export
expression extends external failed false field file first for forgot form from function generate
generated global hash hashed hidden if import in incorrect input int integer internal invalid is it
keyword last leave length let list literal local long managed manual mandatory masked match max min
mismatch missing must mutable name nil no none not null number object of off omitted on one only
optional or params plain plaintext present prompt prompted protected provided public random raw read
readonly reference refresh request required reset response result return row sensitive set short should
some static stored str string strong struct symbol text that the then this to true type undefined unique
unknown unset update updated use used user username valid validate value variable varchar void was weak
when where which will with without wrong yes you your bcrypt argon argon2 scrypt secretstr session stdin
element item entry data key keys id self args kwargs request query body parse signed unsigned base64 hex
json xml html csrf oauth oauth2 jwt saml ldap kerberos ntlm hmac aes rsa
"""
_WORDS = frozenset(_WORDS_TEXT.split())
_TALKS = re.compile(
    r"(?i:\b(?:the|is|are|must|should|your|you|cannot|at least|has been|too)\b)"
    r"|^[A-Z][a-z]* (?:[a-z]+ ){1,9}(?:for|of|to|with|a|an|and|or)\b"
)


def is_placeholder(value: str) -> bool:
    """True when `value` only names or describes a secret: `${X}`, `<token>`, `f("X")`, `required`, `***`."""
    bare = value.strip("\"'`.,;:!?\\ ")
    return (
        not bare
        or bare.lower() in _WORDS
        or _CODE.search(value) is not None
        or _STAND_IN.search(bare) is not None
        or _YOUR.match(bare) is not None
        or len(set(bare.lower())) == 1
    )


def is_stub(rest: str) -> bool:
    """True when what follows a vendor's prefix is filler: `xxxx…`, `****`, `your_key_here`."""
    low = rest.lower()
    return "xxxxxxxx" in low or len(set(low)) <= 2 or low.startswith("your") or "_here" in low[-5:]


def is_prose(value: str) -> bool:
    """True for words that talk *about* a value ("must be set", "Your password") rather than being one."""
    return " " in value and _TALKS.search(value.lower() if value.isupper() else value) is not None


def is_opaque(value: str, least: int = 16) -> bool:
    """True when `value` (of `least` characters or more) looks machine-made rather than named by people."""
    if len(value) < least or _DATE.search(value) or _VERSION.fullmatch(value):
        return False
    if not any(map(str.isdigit, value)) and len(value) < 20:
        return False
    chunk = max(_ALNUM.findall(value), key=len, default="")
    digits = sum(c.isdigit() for c in chunk)
    letters = len(chunk) - digits
    if digits and letters:
        return (len(chunk) >= 8 and digits >= 2) or (len(value) >= 16 and _restless(value))
    if digits:
        return digits >= 24 or (len(value) >= 24 and any(c.isalpha() for c in value))
    # Letters alone: hex, or a stretch without the vowels that words have (and not where CamelCase joins two).
    word = max(_HUMPS.findall(chunk), key=len, default="").lower()
    if letters >= 20 and (
        set(chunk.lower()) <= set("abcdef") or (len(word) >= 16 and _RARE_IN_WORDS.search(word))
    ):
        return True
    return len(value) >= 24 and sum(map(str.isdigit, value)) >= 6


def _restless(value: str) -> bool:
    """True when capitals, small letters, digits and symbols change places all the time (`u+Lx2_N2MC`)."""
    sorts = ["d" if c.isdigit() else "u" if c.isupper() else "l" if c.islower() else "s" for c in value[:200]]
    return sorts.count("d") >= 2 and 2 * sum(a != b for a, b in pairwise(sorts)) >= len(sorts)


def is_unspeakable(value: str) -> bool:
    """True for 20 characters or more, five consonants in a row among them (CamelCase may look so too)."""
    return len(value) >= 20 and " " not in value and _RARE_IN_WORDS.search(value.lower()) is not None


def looks_chosen(value: str) -> bool:
    """True when an unquoted word looks like a password: digits or symbols among letters, or no word."""
    if _DATE.search(value) or _VERSION.fullmatch(value) or len(value) < 5:
        return False
    letters = sum(c.isalpha() for c in value)
    digits = sum(c.isdigit() for c in value)
    symbols = sum(c in "!@#$%^&*+~?=" for c in value.rstrip("!?*="))
    if (letters >= 2 and (digits >= 1 or symbols >= 1)) or (digits >= 6 and letters == 0):
        return True
    # Letters alone, in both cases, with fewer vowels than the names that people give have.
    mixed = not (value.islower() or value.isupper() or value[1:].islower())
    return letters >= 16 and mixed and 4 * sum(c in "aeiou" for c in value.lower()) < letters
