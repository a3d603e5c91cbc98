"""A user corrects the agent: what is true instead, and which words the correction rejects."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ...text.han_patterns import HanPattern
from ...text.punctuation import FULL_STOPS, PAUSES
from ...text.sentences import end_of_sentence
from .distil import capitalised
from .languages import en
from .languages.en.lexicon import VERB_FORMS, VERBS
from .languages.en.small_talk import is_small_talk
from .languages.en.tasks import is_question, is_task
from .languages.zh import fragments as zh
from .languages.zh import is_chinese
from .tools import FAMILIES, TOOLS
from .word_sets import word_set, words_of

__all__ = ["Correction", "find_correction"]

_OPENING = HanPattern(
    r"^(?:(?:hey|hm+|um+|ah|oh|ok|okay|well|wait|sorry|hold on|stop|but|and)[,.! ]+)*(?:"
    r"(?:no|nope|nah|wrong|incorrect|not quite|not exactly|not right|correction|negative"
    r"|false)(?:[,.!:;—-]+| -) ?"
    r"|(?:wrong|incorrect) \w+[,.!:;] ?|(?:no|nope|nah) (?=(?:use|it's|it is|the|we|our|that|this|don't|i)\b)"
    r"|(?:that|this|it)(?:'s| is| was|s) (?:wrong|not right|not correct|incorrect|not how|not what"
    r"|not true|false|outdated|no longer (?:true|right|correct)"
    r"|not it)\b[^.,;:!—-]{0,60}(?:[.,;:!—-]+ ?|$)"
    r"|(?:that|this) (?:\w+ ){1,2}(?:is|has been) (?:\w+ )?(?:stale|outdated|out of date|obsolete|dead"
    r"|deprecated|gone"
    r"|wrong|ancient)[,.;:!—-]+ "
    r"|that isn't (?:right|correct|true)[.,;:! -]*|you(?:'re| are| were) (?:wrong|mistaken)[.,;:! -]*"
    r"|you (?:got|have) (?:it|that|this) wrong[.,;:! -]*"
    r"|actually[, ] ?|i (?:meant|said|told you)(?: to)? |not \S+[,;] |in fact[, ] ?"
    r"|just to correct(?: you| that)?[:, ] ?|small correction[:, ] ?"
    rf"|(?:{zh.CORRECTION})[{PAUSES}]*"
    r")",
    re.IGNORECASE,
)
_STATES = re.compile(
    r"\b(?:is|are|'s|'re|use|uses|should|must|goes?|go|lives?|live|belongs?|runs?|need|needs|have|has"
    r"|don't|do not|never|always|call|called|named|put|keep|want|prefer|moved|changed|switched"
    r"|expects?|listens?|starts?|deploy|deploys)\b"
)
_WORD = r"[\w@./:+#-]*\w"
_REJECTED = (
    re.compile(
        r"(?:(?:,| and|;| —| -)? not|, (?:and )?never) (?:on |in |to |at |from |with |by |for |against "
        r"|as |the |a |an "
        r"|version |port )*(?P<rejected>`[^`\n]{1,60}`|" + _WORD + r"(?: \d[\w.]*)?)[.!]?"
        r"(?:$|[,;.!] ?| anymore| any more| because| since| as )",
        re.I,
    ),
    re.compile(
        r"\b(?:instead of|rather than|in place of|and never) (?:using |the |a |an |port "
        r"|version )*(?P<rejected>`[^`\n]{1,60}`|" + _WORD + r")",
        re.I,
    ),
    re.compile(
        r"\b(?:don't|do not|never|no longer|not|stop|doesn't) (?:use|using|used|run|running|on|have"
        r"|deploy to|need|want) (?:the |a |an |port |version )*(?P<rejected>`[^`\n]{1,60}`|" + _WORD + r")",
        re.I,
    ),
    re.compile(r"\bnot (?P<rejected>`[^`\n]{1,60}`|" + _WORD + r"),? but\b", re.I),
    HanPattern(zh.REJECTED),
)
_NUMBERED = HanPattern(
    rf"([A-Za-z]{{2,30}}|{zh.LABEL})(?: is| are| on| to| at|:| =|'s|{zh.IS})? ?(v?\d[\w.:]*\w|\d)"
)
_EMPTY = word_set(
    """
    the a it that this them anymore now here there yet sure right true correct quite only
    """
)
_ANSWER = re.compile(
    r"(?:(?:no|nope|nah|wrong|actually|sorry)[,.!]? )*(?:it's|it is|its)?(?: actually"
    r"| now)? ?(?P<now>v?\d[\w.:]*\w|\d)"
    r"(?: actually| now)?(?:[.!]|,.{0,80})?",
    re.IGNORECASE,
)
_HAS_TO_BE = re.compile(
    r"(?:(?:no|nope|that|it|this)[,]? )*(?:must|should|has to|have to|needs to|is supposed to"
    r"|was supposed to) be (?P<now>\S+)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![\w.])v?\d[\w.:]*\w|(?<![\w.])\d(?!\w)")


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction: what is true."""

    text: str
    rejects: str
    """The words that it rejects; empty if it names none."""
    sentences: tuple[int, ...]
    """Which sentences of the turn it consists of."""


def find_correction(sentences: Sequence[str], before: str, bare: bool) -> Correction | None:
    """The correction that a turn makes of the message `before` it, or None.

    It begins with the first sentence that is not small talk and continues, up to three sentences, until one
    asks or orders something.

    bare: whether the turn is a bare text.
    """
    only = sentences[0] if len(sentences) == 1 and not bare and before else None
    if only and (correction := _restated(only, before) or _elided(only, before)):
        return correction
    first = next((k for k, s in enumerate(sentences) if _opening_length(s) or not is_small_talk(s)), None)
    if first is None:
        return None
    opening = _opening_length(sentences[first])
    if not opening and (bare or not _contradicts(sentences[first], before)):
        return None
    if bare and len(sentences) > 3:  # a longer text that happens to begin with "Actually"
        return None
    rest = en.without_filler(sentences[first][opening:].strip())
    texts = [] if not rest or is_small_talk(rest) else [rest]
    used = [first]
    for k in range(first + 1, min(len(sentences), first + 4)):
        text = sentences[k]
        if len(texts) == 3 or is_small_talk(text) or is_question(text) or _is_errand(text, bare):
            break
        texts.append(text)
        used.append(k)
    if not texts or is_question(texts[0]) or texts[0].lower().startswith(("let's ", "let us ", "let me ")):
        return None
    text = _as_sentences(texts)
    if not _has_content(text):
        return None
    rejects = _rejected_words(text, before)
    words = words_of(text)
    if rejects and rejects not in words and len(words) <= 3 and any(rejects in f for f in FAMILIES):
        text = f"{text.rstrip('.!')}, not {rejects}"
    return Correction(text, rejects, tuple(used))


def _as_sentences(texts: Sequence[str]) -> str:
    ended = [
        capitalised(text) if text.endswith(FULL_STOPS) else f"{capitalised(text)}." for text in texts[:-1]
    ]
    return " ".join((*ended, capitalised(texts[-1])))


def _opening_length(text: str) -> int:
    """How many characters only say that something was wrong; 0 if the text opens no correction."""
    text, end = text.replace("’", "'"), 0
    for _ in range(4):
        match = _OPENING.match(text[end : end + 400])
        if not match or not match.end():
            break
        end += match.end()
    return end


def _has_content(text: str) -> bool:
    """Whether what follows says how it is: "use pnpm", "the port is 9090"; not "do it again"."""
    lowered = text.lower().replace("’", "'")
    words = words_of(lowered)
    if not words:
        return False
    if is_chinese(text):
        return bool(re.search(zh.STATES, text)) and len(text) >= 4
    named = (
        "`" in text
        or any(word in TOOLS for word in words)
        or any(word in family for family in FAMILIES for word in words)
        or bool(re.search(r"\d|[\w-]+/[\w-]+|\w\.\w|_|[a-z][A-Z]|\S [A-Z][a-z]+", text))
    )
    if re.match(
        r"^(?:i|i've|i'm|i'd|my|didn't|haven't|never been|it's (?:my|just|been|so)|they|he|she)\b", lowered
    ) and not any(w in TOOLS for w in words):
        return False
    if _rejected_words(text, "") and any(w in VERB_FORMS for w in words):
        return True
    if named and (
        _STATES.search(lowered)
        or any(w in VERB_FORMS for w in words[1:])
        or (words[0] in VERBS and len(words) <= 6)
    ):
        return True
    return (
        len(words) >= 5
        and bool(re.search(r"\b(?:we|our|the \w+|always|never|don't|must|should)\b", lowered))
        and bool(_STATES.search(lowered))
        and not re.match(
            r"^(?:i|i'm|i'd|the (?:error|test|tests|build|button|page|file|code)|it|that|this)\b", lowered
        )
    )


def _rejected_words(text: str, before: str) -> str:
    """The words that a correction rejects, from its own text, else from the message before; may be empty."""
    for pattern in _REJECTED:
        for match in pattern.finditer(text):
            rejected = text[slice(*match.span("rejected"))].strip("`.,;:")
            if rejected and rejected.lower() not in _EMPTY:
                return rejected
    words = set(words_of(text))
    for family in FAMILIES:
        if words & family:
            for word in words_of(before):
                if word in family and word not in words:
                    return word
    numbers = {match[1].lower(): match[2] for match in _NUMBERED.finditer(text)}
    for match in _NUMBERED.finditer(before[:4000]):
        corrected = numbers.get(match[1].lower())
        if corrected is not None and corrected != match[2]:
            return match[2]
    return ""


def _restated(text: str, before: str) -> Correction | None:
    """ "No, it's 9090": the one sentence before it, repeated with its one number corrected."""
    match = _ANSWER.fullmatch(text.strip())
    numbers = _NUMBER.findall(before)
    if (
        not match
        or len(numbers) != 1
        or numbers[0] == match["now"]
        or end_of_sentence(before, 0) < len(before)
    ):
        return None
    return Correction(before.strip().replace(numbers[0], match["now"]), numbers[0], (0,))


def _contradicts(text: str, before: str) -> bool:
    """Whether it rejects a word that was said right before it ("we don't have jest here")."""
    if not before or is_question(text):
        return False
    rejected = _rejected_words(text, "")
    return len(rejected) > 1 and rejected.lower() in words_of(before[:4000])


def _elided(text: str, before: str) -> Correction | None:
    """ "Must be eu-central-1": what it has to be, if something of the same shape was said before."""
    match = _HAS_TO_BE.match(text)
    if not match:
        return None
    if now := re.match(r"`(\S+)[^`]*`", text[match.start("now") :]):
        for quoted in re.findall(r"`([^`\n]{1,80})`", before[:4000]):
            if quoted != now[0].strip("`") and quoted.split()[0] == now[1]:
                return Correction(capitalised(text), quoted, (0,))
    if not (now := re.search(_WORD, match["now"])):
        return None
    shape = _shape(now[0])
    for word in re.findall(_WORD, before[:4000]):
        if word != now[0] and shape == _shape(word) and not shape.isalpha():
            return Correction(capitalised(text), word, (0,))
    return None


def _shape(word: str) -> str:
    """`us-east-1` and `eu-central-2` have one shape: a-a-9."""
    return re.sub(r"[0-9]+", "9", re.sub(r"[A-Za-z]+", "a", word))


def _is_errand(text: str, bare: bool) -> bool:
    """Whether a sentence after the correction only says what to do now."""
    role = None if bare else "user"
    return en.detect(text, role) is None and is_task(text, bare) and not _has_content(text)
