"""Parses a text into clauses: its terms, which of them it affirms or denies, and which come before which.

A clause is denied as a whole ("passwords must never be logged"), except for what a contrast puts aside ("use
pnpm, not npm", "tabs instead of spaces"): that part alone is turned round.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from ...text.scripts import CJK, CJK_PUNCTUATION
from .cjk import cjk_pieces
from .comparison_terms import comparison_terms
from .languages import TABLES, role_words
from .parsed_text import ORDER, Clause, ParsedText, signs_and_times

__all__ = ["parse_clauses"]

_CHUNK = re.compile(rf"[{CJK}]+|[^\s,;!?()\[\]\"“”`—–…{CJK_PUNCTUATION}{CJK}]+|[,;!?，。；！？：—–\n]")
_CJK = re.compile(f"[{CJK}]")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_CJK_WEIGHT = 3
"""A word has one to three letters in CJK scripts, where others have five or six."""
_LETTERS = frozenset("bcdefghjklmnopqrvwxyz")
"""Things are called by these; `a` and `i` are words as well."""
_POSITIVES = {word: positive for table in TABLES for word, positive in table.positives.items()}
_PREPOSITIONS = role_words("preposition")
_CONJUNCTIONS = role_words("conjunction")
_AUXILIARIES = role_words("auxiliary")


@lru_cache(maxsize=2048)
def parse_clauses(text: str) -> ParsedText:
    """Parse a text, in time linear in its length. The result is shared: change nothing in it."""
    return _Parser().parse(text)


class _Parser:
    def __init__(self) -> None:
        self.clause = Clause(".")
        self.clauses = [self.clause]
        self.sequence: list[str] = []
        self.written: dict[str, str] = {}
        self.cues: list[str] = []
        self.function_words: set[str] = set()
        self.cjk_letters = self.other_letters = 0
        self.last = ""
        self.lettered = False
        """Whether things are called by letters, so that `a` may be one and no article."""

    def parse(self, text: str) -> ParsedText:
        if "," in text:
            text = _THOUSANDS.sub("", text)
        chunks = _CHUNK.findall(text.replace("’", "'"))
        self.lettered = any(len(chunk) == 1 and chunk.lower() in _LETTERS for chunk in chunks)
        chunks.append("")
        part_of_last = False
        for i, chunk in enumerate(chunks[:-1]):
            if part_of_last:
                part_of_last = False
            elif _CJK.match(chunk):
                self._cjk(chunk)
            elif len(chunk) == 1 and not chunk.isalnum():
                self._open(chunk)
                self.last = chunk
            else:
                bare = chunk.strip(":'").rstrip(".:'")
                if bare:
                    self.other_letters += len(bare)
                    part_of_last = self._word(bare.lower(), bare, chunks[i + 1].lower())
                    self.last = bare.lower()
                if chunk[-1] in ".:":
                    self._open(chunk[-1])
        return self._done()

    def _open(self, opener: str) -> None:
        """Begin a new clause, unless this one is still empty."""
        if self.clause.terms or self.clause.denied:
            self.clause = Clause(opener)
            self.clauses.append(self.clause)
        elif opener not in ",，":
            self.clause.opener = opener

    def _add(self, terms: tuple[str, ...], written: str) -> None:
        clause = self.clause
        for term in terms:
            clause.terms.append((term, clause.piece, 1 if clause.time else 0))
            self.sequence.append(term)
            self.written.setdefault(term, written)

    def _deny(self, cue: str) -> None:
        if self.clause.terms and (self.last in _CONJUNCTIONS or self.clause.joined):
            self._open("and")
        self.clause.denied = not self.clause.denied
        self.cues.append(cue)

    def _put_aside(self, cue: str) -> None:
        self.clause.piece = -1
        self.cues.append(cue)

    def _order(self, which: int, written: str) -> None:
        self.clause.time = which
        self.clause.fronted = not self.clause.terms
        self.sequence.append(ORDER)
        self.written.setdefault(ORDER, written)

    def _word(self, word: str, written: str, following: str) -> bool:
        """Take one word in; True when the next one is part of it."""
        role = _ROLES.get(word)
        if role is None:
            if word.endswith("n't"):
                self._deny(word)
            else:
                self._add(comparison_terms(word), written)
            return False
        if word in _PREPOSITIONS:
            self.function_words.add(word)
        return _METHODS[role](self, word, written, following)

    def _preposition(self, word: str, written: str, following: str) -> bool:
        if word in ("with", "by") and self.clause.earlier == "replacement":
            self.clause.piece = 1
        elif word in ("off", "out"):
            self._add((word,), written)
        return False

    def _conjunction(self, word: str, written: str, following: str) -> bool:
        self.clause.joined = self.clause.denied
        return False

    def _opener(self, word: str, written: str, following: str) -> bool:
        self._open(word)
        if word == "unless":
            self._deny(word)
        return False

    def _negation(self, word: str, written: str, following: str) -> bool:
        if following in ("only", "just") or (word == "no" and following in (",", "")):
            return True
        clause = self.clause
        contrast = word == "not" and bool(clause.terms) and not clause.joined
        if contrast and self.last not in _AUXILIARIES and not self.last.endswith("ly"):
            self._put_aside(word)
            return False
        self._deny("no longer" if following == "longer" else word)
        return following == "longer"

    def _denial(self, word: str, written: str, following: str) -> bool:
        self._deny(word)
        if word in _POSITIVES:
            self._add(comparison_terms(_POSITIVES[word]), written)
        return False

    def _contrast(self, word: str, written: str, following: str) -> bool:
        self._put_aside(word)
        return False

    def _replacing(self, word: str, written: str, following: str) -> bool:
        """ "instead of", "rather than"; alone the words say nothing."""
        if following not in ("of", "than"):
            return False
        self._put_aside(f"{word} {following}")
        return True

    def _time(self, word: str, written: str, following: str) -> bool:
        self._order(1 if word == "after" else -1, written)
        return following == "to"  # prior to

    def _over(self, word: str, written: str, following: str) -> bool:
        if self.clause.earlier == "choice":
            self._put_aside(word)
        else:
            self._add(comparison_terms(word), written)
        return False

    def _stop(self, word: str, written: str, following: str) -> bool:
        if following.endswith("ing"):
            self._deny(word)
        else:
            self._add(comparison_terms(word), written)
        return False

    def _replacement(self, word: str, written: str, following: str) -> bool:
        """ "Replace npm with pnpm" puts aside what follows, "npm is replaced by pnpm" what is there."""
        if self.last in _AUXILIARIES:
            self._turn()
        else:
            self.clause.piece = -1
        self.clause.earlier = "replacement"
        self.cues.append(word)
        return False

    def _choice(self, word: str, written: str, following: str) -> bool:
        self.clause.earlier = "choice"
        self._add(comparison_terms(word), written)
        return False

    def _departure(self, word: str, written: str, following: str) -> bool:
        self.clause.earlier = "departure"
        self._add(comparison_terms(word), written)
        return False

    def _article(self, word: str, written: str, following: str) -> bool:
        """`a` is a term where it is the name of a thing: "A depends on B"."""
        middle = written == "A" and self.last not in ("", ".", ":", "\n")
        if middle or self.lettered or following in _CONJUNCTIONS or _CJK.match(following):
            self._add((word,), written)
        return False

    def _direction(self, word: str, written: str, following: str) -> bool:
        self.sequence.append("use" if word == "uses" else word)
        if self.clause.earlier == "departure" and word in ("from", "to"):
            self.clause.piece = -1 if word == "from" else 1
        return False

    def _turn(self) -> None:
        """Put aside what the clause has said so far."""
        self.clause.terms = [(term, -piece, side) for term, piece, side in self.clause.terms]

    def _cjk(self, run: str) -> None:
        self.cjk_letters += _CJK_WEIGHT * len(run)
        for action, term, written in cjk_pieces(run):
            if action == "term":
                self._add((term,), written)
            elif action == "not":
                self._deny(written)
            elif action == "disable":
                self._deny(written)
                self._add(comparison_terms("enable"), written)
            elif action == "enable":
                self._add(comparison_terms("enable"), written)
            elif action == "aside":
                self._put_aside(written)
            elif action == "aside_before":
                self._turn()
                self.cues.append(written)
            elif action in ("before", "after"):
                # The other way round than in English: the word belongs to what stands ahead of it.
                self._order(1 if action == "before" else -1, written)
            elif action == "split":
                self._open(term)
        self.last = run[-1]

    def _done(self) -> ParsedText:
        is_cjk = self.cjk_letters > self.other_letters
        signs, times = signs_and_times(self.clauses, is_cjk)
        return ParsedText(
            signs,
            times,
            tuple(self.sequence),
            tuple((c.opener, tuple([term for term, _, _ in c.terms])) for c in self.clauses if c.terms),
            self.written,
            tuple(self.cues),
            frozenset(self.function_words),
            is_cjk,
        )


_METHODS: dict[str, Callable[[_Parser, str, str, str], bool]] = {
    "preposition": _Parser._preposition,
    "conjunction": _Parser._conjunction,
    "opener": _Parser._opener,
    "negation": _Parser._negation,
    "denial": _Parser._denial,
    "contrast": _Parser._contrast,
    "replacing": _Parser._replacing,
    "time": _Parser._time,
    "choice": _Parser._choice,
    "departure": _Parser._departure,
    "replacement": _Parser._replacement,
    "stop": _Parser._stop,
    "direction": _Parser._direction,
    "over": _Parser._over,
    "article": _Parser._article,
}
"""What the parser does at a word of each role."""
_ROLES = dict.fromkeys(_POSITIVES, "denial") | {word: role for role in _METHODS for word in role_words(role)}
"""Each word's role. Of a word with several, the last one of `_METHODS` counts."""
