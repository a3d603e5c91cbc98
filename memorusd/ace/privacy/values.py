"""Is this value a secret, or a stand-in for one? Judged by its form alone; the caller knows the context."""

from __future__ import annotations

import re
from itertools import pairwise

__all__ = [
    "count_digits",
    "is_mixed",
    "is_opaque",
    "is_placeholder",
    "is_prose",
    "is_stub",
    "is_unspeakable",
    "looks_chosen",
]

_ALNUM = re.compile(r"[A-Za-z0-9]+")
_LETTERS = re.compile(r"[A-Za-z]+")
_SYMBOLS = re.compile(r"[!@#$%^&*+~?=]")
_VOWELS = re.compile(r"[aeiouAEIOU]")
_HEX = frozenset("0123456789abcdef")
# The 200 most frequent pairs of letters in the words and identifiers of Python code (88 % of all there).
_PAIRS_TEXT = """
abacadagaialamanaparasatauaybabebiblbobucacechcickclcocrctcudadddedidldodrdseaecedeeefegelemenepeqer
esetevexfafefffifofugegigrgsguhahehihohriaibicidieifigiliminioipirisitivizkelaldlelilllolsltlulymame
mimompmsnancndnenfngninnnonsntnvoaobocodogoiokolomonoooporosotouovowpapepiplpoppprptpupyqurarcrdrerg
rirmrnrorrrsrtrurysascseshsisospssstsusytatctethtitotptrtstttutyuaubueulumunupurusutvaveviwawextypze
"""
_COMMON_PAIRS = frozenset(line[i : i + 2] for line in _PAIRS_TEXT.split() for i in range(0, len(line), 2))
_DIGIT = re.compile(r"[0-9]")
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
_DRAWN = re.compile(r"[A-Za-z0-9+/=_-]+")
_FILLERS = ("xxxxx", "your", "placeholder", "redacted", "example", "here")
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
element item entry data key keys option options flag flags argument arguments parameter parameters
switch id self args kwargs request query body parse signed unsigned base64 hex json xml html csrf oauth
oauth2 jwt saml ldap kerberos ntlm hmac aes rsa
"""
_WORDS = frozenset(_WORDS_TEXT.split())
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
        or bare.lower() in _WORDS
        or _CODE.search(value) is not None
        or _STAND_IN.search(bare) is not None
        or _YOUR.match(bare) is not None
        or len(set(bare.lower())) == 1
    )


def _is_filler(value: str) -> bool:
    low = value.lower()
    return any(filler in low for filler in _FILLERS)


def is_stub(rest: str) -> bool:
    """True when what follows a vendor's prefix is filler: `xxxx…`, `****`, `your_key_here`."""
    low = rest.lower()
    return "xxxxxxxx" in low or len(set(low)) <= 2 or low.startswith("your") or "_here" in low[-5:]


def is_prose(value: str) -> bool:
    """True for words that talk *about* a value ("must be set", "Your password") rather than being one."""
    return " " in value and _TALKS.search(value.lower() if value.isupper() else value) is not None


def is_opaque(value: str, least: int = 16) -> bool:
    """True when `value` (of `least` characters or more) looks machine-made rather than named by people."""
    if len(value) < least or _is_date(value) or _VERSION.fullmatch(value):
        return False
    digits = count_digits(value)
    if not digits and len(value) < 20:
        return False
    chunk = max(_ALNUM.findall(value), key=len, default="")
    inside = count_digits(chunk)
    if inside == len(chunk):
        return inside >= 24 or (len(value) >= 24 and digits < len(value) and any(map(str.isalpha, value)))
    if inside and ((inside >= 2 and len(chunk) >= 8) or (len(value) >= 16 and _restless(value, digits))):
        return True
    if not inside and len(chunk) >= 20 and set(chunk.lower()) <= _HEX:
        return True
    return (len(value) >= 24 and digits >= 6) or (
        (len(chunk) >= 14 or len(value) >= 20) and is_unspeakable(value)
    )


def _is_date(value: str) -> bool:
    return "-" in value and _DATE.search(value) is not None


def count_digits(value: str) -> int:
    """How many ASCII digits `value` has."""
    return len(_DIGIT.findall(value))


def _restless(value: str, digits: int) -> bool:
    """True when capitals, small letters, digits and symbols change places all the time (`u+Lx2_N2MC`)."""
    if digits < 2:
        return False
    sorts = ["d" if c.isdigit() else "u" if c.isupper() else "l" if c.islower() else "s" for c in value[:200]]
    return 2 * sum(a != b for a, b in pairwise(sorts)) >= len(sorts)


def is_unspeakable(value: str) -> bool:
    """True when the letters of `value` (16 or more) do not follow each other as they do in words and names.

    Measured on the identifiers of a few thousand Python files: of 20 letters or more, 1 % of the names and
    97 % of random letters are below the threshold.
    """
    pairs = [pair for run in _LETTERS.findall(value[:200]) for pair in map("".join, pairwise(run.lower()))]
    if len(pairs) < 12 or len(value) < 16 or " " in value:
        return False
    common = sum(pair in _COMMON_PAIRS for pair in pairs)
    return 20 * common < (11 if len(pairs) >= 18 else 9) * len(pairs)


def looks_chosen(value: str) -> bool:
    """True when an unquoted word looks like a password: digits or symbols among letters, or no word."""
    if _is_date(value) or _VERSION.fullmatch(value) or len(value) < 5:
        return False
    letters = sum(map(str.isalpha, value))
    digits = count_digits(value)
    symbols = _SYMBOLS.search(value.rstrip("!?*=")) is not None
    if (letters >= 2 and (digits or symbols)) or (digits >= 6 and letters == 0):
        return True
    # Letters alone, in both cases, with fewer vowels than the names that people give have.
    mixed = not (value.islower() or value.isupper() or value[1:].islower())
    return letters >= 16 and mixed and (4 * len(_VOWELS.findall(value)) < letters or is_unspeakable(value))


def is_mixed(value: str) -> bool:
    """True when a word is of so many sorts of characters that nothing else beside a password's name is so.

    Digits with capitals and small letters, or with a symbol, or two digits and more among letters.
    """
    digits = count_digits(value)
    if len(value) < 6 or not digits or "(" in value or "/" in value or not looks_chosen(value):
        return False
    upper, lower = any(map(str.isupper, value)), any(map(str.islower, value))
    if _SYMBOLS.search(value) is not None and (upper or lower):
        return True
    if upper and lower and digits >= 2 and value.replace("-", "").replace("_", "").isalnum():
        return True
    return value.isalnum() and len(value) >= 8 and ((upper and lower) or digits >= 2)
