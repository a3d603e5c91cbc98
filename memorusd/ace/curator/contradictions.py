"""What speaks against two texts being the same: a denial, another value, swapped parts, contrary words."""

from __future__ import annotations

from collections.abc import Sequence

from .base_forms import base_forms
from .contraries import contrary
from .languages import merged_words
from .literals import VALUE, is_literal
from .parsed_text import ParsedText
from .relation import EMPTY, VERBS, Kind, Relation, quote_terms

__all__ = ["contradiction"]

_EVEN = frozenset(("and", "or")) | VERBS
"""What two names can be exchanged around without a change of meaning."""
_NUMBERED = base_forms(merged_words("numbered"))
_DIGITS = "0123456789"
_SURE = 1.3
"""What cosine and share of common terms must add up to, so that a denial is of the same statement. On half
of SICK: 93 % of such pairs contradict each other, of all with a denial and a cosine of 0.5 82 %."""
_MANY = 200
"""Terms from which no exchange of parts is looked for: the search is quadratic."""


def contradiction(
    one: ParsedText,
    other: ParsedText,
    shared: set[str],
    only_a: list[str],
    only_b: list[str],
    overlap: float,
    near: float,
) -> Relation | None:
    """The conflict, or why the two are only related; None when they may well be the same."""
    first, second = one.signs, other.signs
    turned = {t for t in shared if first[t] * second[t] < 0}
    moved = {t for t in shared if one.times.get(t, 0) * other.times.get(t, 0) < 0}
    close = overlap >= 0.6
    if turned and moved:
        return Relation("related", "one denies what the other orders differently")
    if turned - VERBS or (turned and len(turned) == len(shared)):
        close = close and near + overlap >= _SURE
        if close and len(turned) * 2 >= len(shared):
            return Relation("conflict", _denial(one, other), "negation")
        if close and len(turned) * 3 >= len(shared):
            return Relation(
                "conflict",
                f"{quote_terms(one, [t for t in first if t in turned])}: wanted in one, put aside in the "
                "other",
                "negation",
            )
        return Relation("related", _denial(one, other))
    if moved:
        kind: Kind = "conflict" if close else "related"
        return Relation(kind, "before and after are swapped", "order" if close else None)
    opposite = _opposite(one, other, only_a, only_b)
    if opposite is not None:
        return opposite
    swap = _exchanged(one, other, only_a, only_b)
    if swap is not None:
        alike = one.function_words == other.function_words
        return Relation("conflict" if alike else "related", swap, "order" if alike else None)
    return _replaced(one, other, shared, only_a, only_b)


def _opposite(one: ParsedText, other: ParsedText, only_a: list[str], only_b: list[str]) -> Relation | None:
    """Contrary words, one in each: `single quotes` against `double quotes`."""
    mine = [*only_a[:40], *sorted(one.function_words - other.function_words - set(only_a))]
    its = [*only_b[:40], *sorted(other.function_words - one.function_words - set(only_b))]
    for t in mine:
        for u in its:
            kind = contrary(t, u)
            if kind is None:
                continue
            reason = f"{one.written.get(t, t)} against {other.written.get(u, u)}"
            alone = not any(x not in EMPTY for x in (*only_a, *only_b) if x not in (t, u))
            decides = (
                kind == "contrary"
                or t in one.function_words
                or (_says_of_subject(one, t) and _says_of_subject(other, u))
                or (kind == "actions" and one.sequence[0] == t and other.sequence[0] == u)
            )
            if alone and decides:
                return Relation("conflict", reason, "contrary")
            return Relation("related", reason)
    return None


def _says_of_subject(parsed: ParsedText, t: str) -> bool:
    """Whether the word is what the text says of its subject, not which subject it has."""
    return _chooses(parsed, t) or parsed.sequence[-1:] == (t,)


def _denial(one: ParsedText, other: ParsedText) -> str:
    mine, its = (cues[0] if cues else "" for cues in (one.cues, other.cues))
    if mine and its:
        return f"one affirms what the other denies ({mine}, {its})"
    return f"one says {mine or its or 'no'}, the other does not"


def _replaced(
    one: ParsedText, other: ParsedText, shared: set[str], only_a: list[str], only_b: list[str]
) -> Relation | None:
    """One value, or one choice, in the place of another: `port 8080` against `port 9090`."""
    mine = [t for t in only_a if t not in EMPTY]
    its = [t for t in only_b if t not in EMPTY]
    if not mine or not its:
        return None
    reason = f"{quote_terms(one, mine)} against {quote_terms(other, its)}"
    denied = all(one.signs[t] < 0 for t in mine) and all(other.signs[t] < 0 for t in its)
    if len(mine) == len(its) == 1 and not denied:
        x, y = mine[0], its[0]
        if _gives_value(one, x) and _gives_value(other, y) and x.startswith(VALUE) == y.startswith(VALUE):
            return Relation("conflict", reason, "value")
        if _says_of_subject(one, x) and _says_of_subject(other, y) and x.strip(_DIGITS) == y.strip(_DIGITS):
            return Relation("conflict", reason, "value")  # Q1 against Q2
        if _chooses(one, x) and _chooses(other, y):
            return Relation("conflict", reason, "alternative")
    return Relation("related", reason)


def _gives_value(parsed: ParsedText, t: str) -> bool:
    """Whether the term is a value of something, as in `port 8080`; `issue 12` is the name of a thing."""
    if not is_literal(t):
        return False
    at = parsed.sequence.index(t)
    if t.startswith(VALUE):
        return at == 0 or parsed.sequence[at - 1] not in _NUMBERED
    return at > 0 and "/" in t


def _chooses(parsed: ParsedText, name: str) -> bool:
    """Whether the text chooses `name`: `we use PostgreSQL for staging`."""
    sequence = parsed.sequence
    at = sequence.index(name) if name in sequence else 0
    return at > 0 and sequence[at - 1] == "use"


def _exchanged(
    one: ParsedText, other: ParsedText, only_a: Sequence[str], only_b: Sequence[str]
) -> str | None:
    """The reason, when two parts have changed places around a word that gives a direction.

    `X m Y` in one is `Y m X` in the other, where m is more than `and`: "A depends on B", "B depends on A".
    """
    if any(t not in EMPTY for t in (*only_a, *only_b)) or ("by" in one.function_words) != (
        "by" in other.function_words
    ):
        return None
    if ("use" in one.sequence) != ("use" in other.sequence) and one.function_words != other.function_words:
        return None  # "dates are formatted as ISO 8601", "use ISO 8601 format for dates"
    common = set(one.sequence) & set(other.sequence)
    a = [t for t in one.sequence if t in common]
    b = [t for t in other.sequence if t in common]
    if a == b or len(a) != len(b) or len(a) > _MANY or sorted(a) != sorted(b):
        return None
    start = next(i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y)
    end = next(i for i, (x, y) in enumerate(zip(reversed(a), reversed(b), strict=True)) if x != y)
    a, b = a[start : len(a) - end], b[start : len(b) - end]
    n = len(a)
    for i in range(1, n - 1):
        if a[:i] != b[n - i :]:
            continue
        for j in range(1, n - i):
            if a[n - j :] == b[:j] and sorted(a[i : n - j]) == sorted(b[j : n - i]):
                if all(t in _EVEN for t in a[i : n - j]):
                    continue
                return f"{quote_terms(one, a[:i])} and {quote_terms(one, a[n - j :])} are swapped"
    return None
