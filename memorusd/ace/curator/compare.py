"""Whether two short statements say the same, contradict each other, or are merely about similar things.

The cosine of their embeddings shows that two texts are about the same thing. It does not show that one says
`never`, or 9090. So the cosine only raises the question, and the words decide it: two texts are merged only
if they agree in every term, value, name, direction and polarity. Where they differ, the difference tells the
kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from ..options import CuratorSettings
from .clauses import parse_clauses
from .contradictions import contradiction
from .languages import merged_words
from .parsed_text import ParsedText
from .relation import EMPTY, EQUAL_VERBS, VERBS, Relation, quote_terms

__all__ = ["Relation", "compare", "relate"]

_ADDING = frozenset((".", "。", ";", "；", "—", "–")) | merged_words("reasons")
"""What begins a clause that adds and narrows nothing."""
_DIFFERENT = Relation("different", "about different things")


def compare(a: str, b: str, cosine: float, settings: CuratorSettings) -> Relation:
    """Like `relate`, except that without `conflict_detection` a conflict is "related" (and never "same")."""
    relation = relate(a, b, cosine, settings)
    if relation.kind == "conflict" and not settings.conflict_detection:
        return Relation("related", relation.reason)
    return relation


def relate(a: str, b: str, cosine: float, settings: CuratorSettings) -> Relation:
    """How two texts stand to each other. The kind does not depend on their order.

    "same" needs a cosine of `similarity_threshold`, "conflict" and "related" need one of
    `conflict_min_similarity`, and "conflict" one of at most `conflict_max_similarity`. The same words in the
    same order need none.

    Args:
        a, b: the texts, of any length.
        cosine: of their embeddings. For Chinese, Japanese and Korean the share of common terms takes its
            place, because the default model hardly knows their words.
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
        _drop_same_stems(only_a, only_b)
    overlap = _share(shared, only_a, only_b)
    near = 2 * len(shared) / ((len(first) + len(second)) or 1) if one.is_cjk or other.is_cjk else cosine
    if near < settings.conflict_min_similarity or not shared:
        return _DIFFERENT

    against = contradiction(one, other, shared, only_a, only_b, overlap, near)
    # A cosine may exceed 1 by a rounding error.
    if against is not None and min(near, 1.0) <= settings.conflict_max_similarity:
        return against
    if near < settings.similarity_threshold:
        return Relation("related", "similar, but not the same")
    extra = only_a or only_b
    if not extra or (only_a and only_b and any(g.issuperset((*only_a, *only_b)) for g in EQUAL_VERBS)):
        return Relation("same", "same meaning")
    if only_a and only_b:
        return Relation("related", f"{quote_terms(one, only_a)} against {quote_terms(other, only_b)}")
    if all(t in EMPTY or (t == "#1" and (one.written.get(t) or other.written[t]).isalpha()) for t in extra):
        return Relation("same", "same meaning")
    longer, letter = (one, "a") if only_a else (other, "b")
    covers: Literal["a", "b"] | None = None
    if _adds(longer, extra):
        covers = "a" if letter == "a" else "b"
    return Relation("related", f"one adds {quote_terms(longer, extra)}", covers=covers)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip(" .!。！")


def _drop_same_stems(only_a: list[str], only_b: list[str]) -> None:
    """Remove from both what differs in form alone: expir(e), expir(ation)."""
    for mine in [t for t in only_a if len(t) > 4 and t.isalpha() and t.isascii()][:40]:
        for its in only_b:
            if mine[:5] == its[:5] and its.isalpha() and (mine.startswith(its) or its.startswith(mine)):
                only_a.remove(mine)
                only_b.remove(its)
                break


def _share(shared: set[str], only_a: Sequence[str], only_b: Sequence[str]) -> float:
    """How much of the shorter text is in the longer, by terms that carry meaning, 0 to 1."""
    both = sum(t not in VERBS for t in shared)
    left = min(sum(t not in VERBS for t in only_a), sum(t not in VERBS for t in only_b))
    return both / ((both + left) or 1)


def _adds(parsed: ParsedText, extra: Iterable[str]) -> bool:
    """Whether all that is extra stands in clauses of its own, which add something and narrow nothing."""
    left = set(extra)
    for opener, terms in parsed.clauses[1:]:
        if opener in _ADDING:
            left.difference_update(terms)
    return not left
