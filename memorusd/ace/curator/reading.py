"""A text as the Curator reads it: its terms, what it says yes and no to, what comes before what.

A clause is denied as a whole ("passwords must never be logged"), except for what a contrast puts aside
("use pnpm, not npm", "tabs instead of spaces"): that part alone is turned round.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from .polarity import CONTRAST, DENIED, FLIPS, NEGATIONS
from .terms import terms
from .wide import WIDE, pieces
from .words import split

__all__ = ["Reading", "read"]

_CHUNK = re.compile(
    rf"[{WIDE}]+|[^\s,;!?()\[\]\"“”`，。；！？、：（）「」《》—–…{WIDE}]+|[,;!?，。；！？：—–\n]"
)
_WIDE = re.compile(rf"[{WIDE}]")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_AND = split("and or but und et y")
_AUXILIARY = split(
    """
    do does did is are was were be been being am should must can could would will may might need needs has
    have had shall ought please if or and but when to why it that this they we you i also just
    """
)
_LITTLE = split(
    """
    on off in into out from to up down over at by for with of as about onto all every each some always must
    required
    """
)
_LETTERS = frozenset("bcdefghjklmnopqrvwxyz")
_OPENERS = split(
    """
    but because if when whenever unless while whereas until otherwise then wenn weil aber sondern si mais sino
    """
)
_ACTS: dict[str, str] = {
    word: act
    for act, words in (
        ("little", _LITTLE),
        ("and", _AND),
        ("open", _OPENERS),
        ("not", NEGATIONS),
        ("deny", FLIPS | DENIED.keys()),
        ("aside", CONTRAST),
        ("rather", split("instead rather")),
        ("time", split("before after prior")),
        ("choice", split("prefer prefers preferred favor favors favour chosen choose pick")),
        ("leave", split("switch switched migrate migrated move moved")),
        ("replace", split("replace replaces replaced replacing")),
        ("stop", split("stop quit")),
        ("direction", split("from to into use uses than for as")),
        ("over", split("over")),
        ("letter", split("a")),
    )
    for word in words
}
"""What the Reader does at a word; later groups win."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What compare() needs to know of one text."""

    signs: dict[str, int]
    """Each term: 1 where the text affirms it, -1 where it denies it or puts it aside, 0 for both."""
    times: dict[str, int]
    """-1 for the terms that come before, 1 for those that come after, where the text says so."""
    sequence: tuple[str, ...]
    """The terms in their order, with the little words that give a direction ("from", "to", "use")."""
    clauses: tuple[tuple[str, tuple[str, ...]], ...]
    """What each clause begins with (".", "because", "if" …) and its terms."""
    words: dict[str, str]
    """Each term as the text writes it."""
    cues: tuple[str, ...]
    """The words that deny, as they are written."""
    little: frozenset[str]
    """Its prepositions and quantifiers."""
    wide: bool
    """Whether it is Chinese, Japanese or Korean, where a cosine says little."""


@lru_cache(maxsize=2048)
def read(text: str) -> Reading:
    """Read a text; linear in its length. The reading is shared: change nothing in it."""
    return _Reader().read(text)


@dataclass(slots=True)
class _Clause:
    opener: str
    denied: bool = False
    joined: bool = False
    """Whether an `and` came after the denial: a second denial is then another clause's."""
    piece: int = 1
    """-1 while what follows is put aside."""
    terms: list[tuple[str, int, int]] = field(default_factory=list)
    """(term, sign of its piece, side of a before or after: 0 ahead of it, 1 behind)"""
    time: int = 0
    """-1 for `before`, 1 for `after`."""
    fronted: bool = False
    """Whether the before or after stands first: "before each commit, …"."""
    seen: str = ""
    """An earlier word of choice, departure or replacement, which tells what `over`, `from`, `with` do."""


class _Reader:
    def __init__(self) -> None:
        self.clause = _Clause(".")
        self.clauses = [self.clause]
        self.sequence: list[str] = []
        self.words: dict[str, str] = {}
        self.cues: list[str] = []
        self.little: set[str] = set()
        self.letters = [0, 0]
        """Of wide scripts, of others."""
        self.last = ""
        self.lettered = False
        """Whether things are called by letters, so that `a` may be one and no article."""

    def read(self, text: str) -> Reading:
        if "," in text:
            text = _THOUSANDS.sub("", text)
        chunks = _CHUNK.findall(text.replace("’", "'"))
        self.lettered = any(len(chunk) == 1 and chunk.lower() in _LETTERS for chunk in chunks)
        chunks.append("")
        taken = False
        for i, chunk in enumerate(chunks[:-1]):
            if taken:
                taken = False
            elif _WIDE.match(chunk):
                self._wide(chunk)
            elif len(chunk) == 1 and not chunk.isalnum():
                self._open(chunk)
                self.last = chunk
            else:
                bare = chunk.strip(":'").rstrip(".:'")
                if bare:
                    self.letters[1] += len(bare)
                    taken = self._word(bare.lower(), bare, chunks[i + 1].lower())
                    self.last = bare.lower()
                if chunk[-1] in ".:":
                    self._open(chunk[-1])
        return self._done()

    def _open(self, opener: str) -> None:
        """Begin a new clause, unless this one is still empty."""
        if self.clause.terms or self.clause.denied:
            self.clause = _Clause(opener)
            self.clauses.append(self.clause)
        elif opener not in ",，":
            self.clause.opener = opener

    def _add(self, found: tuple[str, ...], written: str) -> None:
        clause = self.clause
        for one in found:
            clause.terms.append((one, clause.piece, 1 if clause.time else 0))
            self.sequence.append(one)
            self.words.setdefault(one, written)

    def _deny(self, cue: str) -> None:
        if self.clause.terms and (self.last in _AND or self.clause.joined):
            self._open("and")
        self.clause.denied = not self.clause.denied
        self.cues.append(cue)

    def _aside(self, cue: str) -> None:
        self.clause.piece = -1
        self.cues.append(cue)

    def _time(self, which: int, written: str) -> None:
        self.clause.time = which
        self.clause.fronted = not self.clause.terms
        self.sequence.append("@order")
        self.words.setdefault("@order", written)

    def _word(self, word: str, written: str, following: str) -> bool:
        """Take one word in; True when the next one is part of it."""
        act = _ACTS.get(word)
        if act is None:
            if word.endswith("n't"):
                self._deny(word)
            else:
                self._add(terms(word), written)
            return False
        clause = self.clause
        if word in _LITTLE:
            self.little.add(word)
        if act == "not":
            if following in ("only", "just") or (word == "no" and following in (",", "")):
                return True
            if (
                word == "not"
                and clause.terms
                and not clause.joined
                and self.last not in _AUXILIARY
                and not self.last.endswith("ly")
            ):
                self._aside(word)
                return False
            self._deny("no longer" if following == "longer" else word)
            return following == "longer"
        if act == "rather":
            if following in ("of", "than"):
                self._aside(f"{word} {following}")
                return True
        elif act == "and":
            clause.joined = clause.denied
        elif act == "open":
            self._open(word)
            if word == "unless":
                self._deny(word)
        elif act == "deny":
            self._deny(word)
            if word in DENIED:
                self._add(terms(DENIED[word]), written)
        elif act == "aside":
            self._aside(word)
        elif act == "time":
            self._time(1 if word == "after" else -1, written)
            return following == "to"
        elif act == "over":
            if clause.seen == "choice":
                self._aside(word)
            else:
                self._add(terms(word), written)
        elif act == "stop":
            if following.endswith("ing"):
                self._deny(word)
            else:
                self._add(terms(word), written)
        elif act == "replace":
            # "Replace npm with pnpm" puts aside what follows, "npm is replaced by pnpm" what is there.
            if self.last in _AUXILIARY:
                self._turn()
            else:
                clause.piece = -1
            clause.seen = act
            self.cues.append(word)
        elif act in ("choice", "leave"):
            clause.seen = act
            self._add(terms(word), written)
        elif act == "letter":
            middle = written == "A" and self.last not in ("", ".", ":", "\n")
            if middle or self.lettered or following in _AND or _WIDE.match(following):
                self._add((word,), written)
        elif act == "direction":
            self._direct(word, written)
        elif word in ("with", "by") and clause.seen == "replace":
            clause.piece = 1
        elif word in ("off", "out"):
            self._add((word,), written)
        return False

    def _direct(self, word: str, written: str) -> None:
        self.sequence.append("use" if word == "uses" else word)
        if self.clause.seen == "leave" and word in ("from", "to"):
            self.clause.piece = -1 if word == "from" else 1

    def _turn(self) -> None:
        """Put aside what the clause has said so far."""
        self.clause.terms = [(one, -piece, side) for one, piece, side in self.clause.terms]

    def _wide(self, run: str) -> None:
        self.letters[0] += 3 * len(run)  # a word has one to three characters where others have five or six
        for action, text in pieces(run):
            if action == "term":
                self._add((text,), text)
            elif action == "not":
                self._deny(text)
            elif action == "disable":
                self._deny(text)
                self._add(terms("enable"), text)
            elif action == "enable":
                self._add(terms("enable"), text)
            elif action == "aside":
                self._aside(text)
            elif action == "aside_before":
                self._turn()
                self.cues.append(text)
            elif action in ("before", "after"):
                # The other way round than in English: the word belongs to what stands ahead of it.
                self._time(1 if action == "before" else -1, text)
            elif action == "split":
                self._open(text)
        self.last = run[-1]

    def _done(self) -> Reading:
        signs: dict[str, int] = {}
        times: dict[str, int] = {}
        wide = self.letters[0] > self.letters[1]
        ahead = 0
        for i, clause in enumerate(self.clauses):
            turn = -1 if clause.denied else 1
            following = self.clauses[i + 1].opener if i + 1 < len(self.clauses) else ""
            # Without a comma nobody can tell where `before deploying run migrations` has its middle.
            vague = clause.fronted and following not in (",", "，")
            for one, piece, side in clause.terms:
                sign = piece * turn
                signs[one] = sign if signs.get(one, sign) == sign else 0
                time = ahead
                if clause.time and not vague:
                    time = -clause.time if side else clause.time
                if time:
                    times[one] = time if times.get(one, time) == time else 0
            ahead = 0
            if clause.time:
                signs["@order"] = turn
                if clause.fronted:
                    ahead = clause.time
                elif wide and not any(side for _, _, side in clause.terms):
                    ahead = -clause.time
        return Reading(
            signs,
            times,
            tuple(self.sequence),
            tuple((c.opener, tuple([t for t, _, _ in c.terms])) for c in self.clauses if c.terms),
            self.words,
            tuple(self.cues),
            frozenset(self.little),
            wide,
        )
