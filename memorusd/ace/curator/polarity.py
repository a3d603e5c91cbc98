"""What turns a statement into its opposite: negations, rejected alternatives, and pairs of contrary words."""

from __future__ import annotations

from .words import split, term

__all__ = ["CONTRAST", "DENIED", "FLIPS", "NEGATIONS", "contrary"]

NEGATIONS = split(
    """
    not never no none nobody nothing neither cannot cant dont doesnt isnt arent wont shouldnt mustnt
    nicht nie niemals kein keine keinen keinem keiner pas jamais nunca jamás não nem не никогда нельзя
    нет
    """
)
"""Words that deny the whole clause. Other forms: every word that ends in n't."""

FLIPS = split(
    """
    avoid avoids avoided avoiding forbid forbids forbidden prohibit prohibited prohibits ban banned
    disallow disallowed refrain deny denied illegal unacceptable discouraged discourage dislike dislikes
    hate hates refuse refuses unnecessary needless skip skips forget omit nor deprecated lack lacks
    """
)
"""Words that deny the clause by what they mean, and say no more."""

DENIED = {
    "disable": "enable", "disabled": "enable", "disables": "enable", "disabling": "enable",
    "deactivate": "enable", "deactivated": "enable", "uninstall": "install", "uninstalled": "install",
    "unsupported": "support",
}  # fmt: skip
"""Words that deny the clause and leave another: to disable is not to enable."""

CONTRAST = split("without except excluding minus versus vs ohne sans sem без")
"""Words that put aside what follows them, up to the end of the clause."""

_PAIRS = split(
    """
    increase/decrease allow/deny manual/automatic manual/auto singular/plural single/double tab/space
    minimum/maximum oldest/newest older/newer synchronous/asynchronous true/false fast/slow large/small
    high/low bright/dark optional/mandatory optional/required optional/must some/all some/every some/each
    sometimes/always rarely/always usually/always safe/dangerous safe/risky success/failure
    succeed/fail pass/fail above/under more/under least/most long/short early/late asleep/awake
    empty/full hot/cold wet/dry strict/loose strict/lenient strong/weak mutable/frozen eager/lazy
    ascending/descending asc/desc few/many rarely/often lowercase/uppercase static/dynamic
    explicit/implicit stable/unstable clean/dirty noisy/quiet serial/parallel sequential/parallel
    并/串 並/直 同/异 增/减 升/降 大/小 单/双 手/自 多/少 高/低 长/短 快/慢
    second/minute second/hour minute/hour hour/day day/week week/month month/year
    millisecond/second kilobyte/megabyte megabyte/gigabyte gigabyte/terabyte
    happy/sad near/far sit/stand permanent/temporary
    """
)
"""Words of which a thing is one or the other: in two texts about it, they contradict each other."""

_SIDES = split(
    """
    old/new first/last public/private upper/lower left/right internal/external local/remote input/output
    import/export client/server front/back inside/outside foreground/background horizontal/vertical
    light/dark young/old on/off in/out into/out up/down to/from 新/旧 左/右 内/外 公/私 明/暗 深/浅
    """
)
"""Words of which there are often both, each with its own truth: the public API and the private one."""

_ACTIONS = split(
    """
    start/stop open/close add/delete accept/reject push/pull encrypt/decrypt lock/unlock show/hide
    connect/disconnect load/unload enter/leave merge/rebase send/receive create/delete read/write
    """
)
"""What one can be told to do: contradictions at the head of a sentence, else as `_SIDES`."""

_PREFIXES = ("un", "in", "im", "non", "dis", "a", "ir", "anti", "de")
_SURE_PREFIXES = ("un", "im", "non")
"""What turns even three letters round: (un)saf(e); `put` and `input` have nothing to do with each other."""
_SUFFIXES = ("less", "ful")
_KEPT = split("all every each some always must required")


def _known() -> dict[str, dict[str, str]]:
    known: dict[str, dict[str, str]] = {}
    for kind, pairs in (("contrary", _PAIRS), ("sides", _SIDES), ("actions", _ACTIONS)):
        for pair in pairs:
            one, other = (word if word in _KEPT else term(word) or word for word in pair.split("/"))
            known.setdefault(one, {})[other] = kind
            known.setdefault(other, {})[one] = kind
    return known


_KNOWN = _known()


def contrary(one: str, other: str) -> str | None:
    """How two terms (words.term) exclude each other; None when they do not.

    "contrary": a known pair, or one is the other with `un-`, `non-` …, or `-less` and `-ful`;
    "sides": there may well be both; "actions": likewise, but one cannot be told both.
    """
    known = _KNOWN.get(one)
    if known is not None and other in known:
        return known[other]
    if one[-2:] == other[-2:]:
        short, long = (one, other) if len(one) < len(other) else (other, one)
        if len(short) > 2 and long.endswith(short):
            prefixes = _PREFIXES if len(short) > 3 else _SURE_PREFIXES
            return "contrary" if long[: -len(short)] in prefixes else None
    elif one.endswith(_SUFFIXES) and other.endswith(_SUFFIXES):
        return "contrary" if _root(one) == _root(other) else None
    return None


def _root(word: str) -> str:
    return word.removesuffix("less").removesuffix("ful")
