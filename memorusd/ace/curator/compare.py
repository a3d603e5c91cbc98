"""Whether two short statements say the same, contradict each other, or are merely about similar things.

The cosine of their embeddings says that two texts are about the same; it does not see that one says
`never`, or 9090. So the cosine only opens the question, and the words decide it: what is merged must agree in
every term, value, name, direction and polarity, and where it does not the difference tells the kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from ..options import CuratorSettings
from .base_forms import base_forms
from .clauses import ParsedText, parse_clauses
from .contraries import contrary
from .languages import merged_words
from .literals import VALUE, is_literal

__all__ = ["Relation", "compare", "relate"]

Kind = Literal["same", "conflict", "related", "different"]


@dataclass(frozen=True, slots=True)
class Relation:
    """How two texts stand to each other."""

    kind: Kind
    reason: str
    """For people, as a phrase: "8080 against 9090"."""
    conflict: str | None = None
    """For a conflict: `negation`, `value`, `order`, `contrary` or `alternative`."""
    covers: Literal["a", "b"] | None = None
    """For related texts: the one that says all that the other says, and adds to it without narrowing it."""


_GROUPS = tuple(base_forms(merged_words(column)) for column in ("placing_verbs", "doing_verbs"))
"""Verbs of which one stands for another."""
_VERBS = _GROUPS[0] | _GROUPS[1] | base_forms(merged_words("empty_verbs"))
_EMPTY = _VERBS | base_forms(merged_words("empty_nouns"))
_EVEN = frozenset(("and", "or")) | _VERBS
"""What two names can be exchanged around without a change of meaning."""
_NUMBERED = base_forms(merged_words("numbered"))
_ADDING = frozenset((".", "。", ";", "；", "—", "–")) | merged_words("reasons")
"""What begins a clause that adds and narrows nothing."""
_DIGITS = "0123456789"
_SURE = 1.3
"""What cosine and share of common terms must add up to, so that a denial is of the same statement. On half
of SICK: 93 % of such pairs contradict each other, of all with a denial and a cosine of 0.5 82 %."""
_MANY = 200
"""Terms from which no exchange of parts is looked for: the search is quadratic."""


_DIFFERENT = Relation("different", "about different things")


def compare(a: str, b: str, cosine: float, settings: CuratorSettings) -> Relation:
    """See relate; with `conflict_detection` off, a conflict is merely related (and still never the same)."""
    relation = relate(a, b, cosine, settings)
    if relation.kind == "conflict" and not settings.conflict_detection:
        return Relation("related", relation.reason)
    return relation


def relate(a: str, b: str, cosine: float, settings: CuratorSettings) -> Relation:
    """How two texts stand to each other; swapping them changes no kind.

    "same" takes a cosine of `similarity_threshold`, "conflict" and "related" one of
    `conflict_min_similarity`; the same words in the same order take none.

    Args:
        a, b: the texts, of any length.
        cosine: of their embeddings. For Chinese, Japanese and Korean the share of common terms is taken
            instead: the default model hardly knows their words.
        settings: the two thresholds.
    """
    if a == b or _plain(a) == _plain(b):
        return Relation("same", "the same words")
    if cosine < settings.conflict_min_similarity and a.isascii() and b.isascii():
        return _DIFFERENT
    one, other = parse_clauses(a), parse_clauses(b)
    first, second = one.signs, other.signs
    shared = first.keys() & second.keys()
    only_a = [t for t in first if t not in second]
    only_b = [t for t in second if t not in first]
    if only_a and only_b:
        _match_stems(only_a, only_b, shared)
    overlap = _share(shared, only_a, only_b)
    near = 2 * len(shared) / ((len(first) + len(second)) or 1) if one.is_cjk or other.is_cjk else cosine
    if near < settings.conflict_min_similarity or not shared:
        return _DIFFERENT

    contradiction = _contradiction(one, other, shared, only_a, only_b, overlap, near)
    if contradiction is not None:
        return contradiction
    if near < settings.similarity_threshold:
        return Relation("related", "similar, but not the same")
    extra = only_a or only_b
    if not extra or (only_a and only_b and any(g.issuperset((*only_a, *only_b)) for g in _GROUPS)):
        return Relation("same", "same meaning")
    if only_a and only_b:
        return Relation("related", f"{_say(one, only_a)} against {_say(other, only_b)}")
    if all(t in _EMPTY or (t == "#1" and (one.written.get(t) or other.written[t]).isalpha()) for t in extra):
        return Relation("same", "same meaning")
    longer, letter = (one, "a") if only_a else (other, "b")
    covers: Literal["a", "b"] | None = None
    if _adds(longer, extra):
        covers = "a" if letter == "a" else "b"
    return Relation("related", f"one adds {_say(longer, extra)}", covers=covers)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip(" .!。！")


def _match_stems(only_a: list[str], only_b: list[str], shared: set[str]) -> None:
    """Move to `shared` what differs in form alone: expir(e), expir(ation)."""
    for mine in [t for t in only_a if len(t) > 4 and t.isalpha() and t.isascii()][:40]:
        for its in only_b:
            if mine[:5] == its[:5] and its.isalpha() and (mine.startswith(its) or its.startswith(mine)):
                only_a.remove(mine)
                only_b.remove(its)
                break


def _share(shared: set[str], only_a: Sequence[str], only_b: Sequence[str]) -> float:
    """How much of the shorter text is in the longer, by terms that carry meaning, 0 to 1."""
    both = sum(t not in _VERBS for t in shared)
    left = min(sum(t not in _VERBS for t in only_a), sum(t not in _VERBS for t in only_b))
    return both / ((both + left) or 1)


def _contradiction(
    one: ParsedText,
    other: ParsedText,
    shared: set[str],
    only_a: list[str],
    only_b: list[str],
    overlap: float,
    near: float,
) -> Relation | None:
    """The conflict, or why the two are no more than related; None when nothing speaks against them."""
    first, second = one.signs, other.signs
    turned = {t for t in shared if first[t] * second[t] < 0}
    moved = {t for t in shared if one.times.get(t, 0) * other.times.get(t, 0) < 0}
    close = overlap >= 0.6
    if turned and moved:
        return Relation("related", "one denies what the other orders differently")
    if turned - _VERBS or (turned and len(turned) == len(shared)):
        close = close and near + overlap >= _SURE
        if close and len(turned) * 2 >= len(shared):
            return Relation("conflict", _denial(one, other), "negation")
        if close and len(turned) * 3 >= len(shared):
            return Relation(
                "conflict",
                f"{_say(one, [t for t in first if t in turned])}: wanted in one, put aside in the other",
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
            alone = not any(x not in _EMPTY for x in (*only_a, *only_b) if x not in (t, u))
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
    mine = [t for t in only_a if t not in _EMPTY]
    its = [t for t in only_b if t not in _EMPTY]
    if not mine or not its:
        return None
    reason = f"{_say(one, mine)} against {_say(other, its)}"
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
    if any(t not in _EMPTY for t in (*only_a, *only_b)) or ("by" in one.function_words) != (
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
                return f"{_say(one, a[:i])} and {_say(one, a[n - j :])} are swapped"
    return None


def _adds(parsed: ParsedText, extra: Iterable[str]) -> bool:
    """Whether all that is extra stands in clauses of its own that add and narrow nothing."""
    left = set(extra)
    for opener, terms in parsed.clauses[1:]:
        if opener in _ADDING:
            left.difference_update(terms)
    return not left


def _say(parsed: ParsedText, terms: Iterable[str]) -> str:
    """The terms as the text writes them, at most five."""
    written = list(dict.fromkeys(parsed.written.get(t, t) for t in terms))
    joiner = "" if parsed.is_cjk and all(len(w) == 1 for w in written) else " "
    return joiner.join(written[:5]) + (" …" if len(written) > 5 else "")
