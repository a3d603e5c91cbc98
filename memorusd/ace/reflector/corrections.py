"""A user puts the agent right: that it is a correction, what is left of it, and which words it puts aside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from . import english
from .chatter import is_question, is_small_talk, is_task
from .distil import capitalised
from .lexicon import FAMILIES, TOOLS, VERB_FORMS, VERBS, word_set, words_of
from .sentences import end_of_sentence

__all__ = ["Correction", "opening", "put_aside", "read"]

_OPENING = re.compile(
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
    r"|(?:不对|不對|错了|錯了|不是的|不是这样|不是這樣|你错了|你錯了|其实|其實|应该是|應該是|更正"
    r"|纠正一下|糾正一下|不行|搞错了|搞錯了|写错了|弄错了|不[，,])[，,。.!！：: ]*"
    r")",
    re.IGNORECASE,
)
_STATES = re.compile(
    r"\b(?:is|are|'s|'re|use|uses|should|must|goes?|go|lives?|live|belongs?|runs?|need|needs|have|has"
    r"|don't|do not|never|always|call|called|named|put|keep|want|prefer|moved|changed|switched"
    r"|expects?|listens?|starts?|deploy|deploys)\b"
)
_LATIN = r"[\w@./:+#-]*\w"
_ASIDE = (
    re.compile(
        r"(?:(?:,| and|;| —| -)? not|, (?:and )?never) (?:on |in |to |at |from |with |by |for |against "
        r"|as |the |a |an "
        r"|version |port )*(?P<x>`[^`\n]{1,60}`|" + _LATIN + r"(?: \d[\w.]*)?)[.!]?"
        r"(?:$|[,;.!] ?| anymore| any more| because| since| as )",
        re.I,
    ),
    re.compile(
        r"\b(?:instead of|rather than|in place of|and never) (?:using |the |a |an |port "
        r"|version )*(?P<x>`[^`\n]{1,60}`|" + _LATIN + r")",
        re.I,
    ),
    re.compile(
        r"\b(?:don't|do not|never|no longer|not|stop|doesn't) (?:use|using|used|run|running|on|have"
        r"|deploy to|need|want) (?:the |a |an |port |version )*(?P<x>`[^`\n]{1,60}`|" + _LATIN + r")",
        re.I,
    ),
    re.compile(r"\bnot (?P<x>`[^`\n]{1,60}`|" + _LATIN + r"),? but\b", re.I),
    re.compile(
        r"(?:而不是|不再(?:使?用|是)|不(?:使用|用|是|要用|叫)) ?(?P<x>[A-Za-z0-9_@./:+-]+"
        r"|[\u4e00-\u9fff]{1,8}?(?=[，。,.]"
        r"|$))"
    ),
)
_NUMBERED = re.compile(
    r"([A-Za-z]{2,30}|[\u4e00-\u9fff]{2})(?: is| are| on| to| at|:| =|'s| 是|是|为| 为)? ?(v?\d[\w.:]*\w|\d)"
)
_EMPTY = word_set(
    """
    the a it that this them anymore now here there yet sure right true correct quite only
    """
)


def opening(text: str) -> int:
    """How many characters of it only say that something was wrong; 0 where it opens no correction."""
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
    if re.search(r"[\u4e00-\u9fff]", text):
        return bool(re.search(r"[是用在叫为改要]", text)) and len(text) >= 4
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
    if put_aside(text, "") and any(w in VERB_FORMS for w in words):
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


def put_aside(text: str, before: str) -> str:
    """The words that a correction puts aside, from its own text, else from what it answers; may be empty."""
    for pattern in _ASIDE:
        for match in pattern.finditer(text):
            found = str(match["x"]).strip("`.,;:")
            if found and found.lower() not in _EMPTY:
                return found
    said, answered = set(words_of(text)), words_of(before)
    for family in FAMILIES:
        if said & family:
            for word in answered:
                if word in family and word not in said:
                    return word
    numbers = {match[1].lower(): match[2] for match in _NUMBERED.finditer(text)}
    for match in _NUMBERED.finditer(before[:4000]):
        now = numbers.get(match[1].lower())
        if now is not None and now != match[2]:
            return match[2]
    return ""


@dataclass(frozen=True, slots=True)
class Correction:
    """What holds, the words that it puts aside (may be empty), and which of the sentences it is made of."""

    text: str
    aside: str
    taken: tuple[int, ...]


def read(sentences: Sequence[str], before: str, bare: bool) -> Correction | None:
    """The correction that a turn makes of what was said before it, or None.

    It begins with the first sentence that is no small talk and goes on, up to three sentences, until one asks
    or orders something.
    """
    alone = sentences[0] if len(sentences) == 1 and not bare and before else None
    if alone and (answered := _restated(alone, before) or _elided(alone, before)):
        return answered
    first = next((k for k, text in enumerate(sentences) if opening(text) or not is_small_talk(text)), None)
    if first is None:
        return None
    opened = opening(sentences[first])
    if not opened and (bare or not _contradicts(sentences[first], before)):
        return None
    if bare and len(sentences) > 3:  # a longer text that happens to begin with "Actually"
        return None
    rest = english.cleaned(sentences[first][opened:].strip())
    told = [] if not rest or is_small_talk(rest) else [rest]
    taken = [first]
    for k in range(first + 1, min(len(sentences), first + 4)):
        text = sentences[k]
        if len(told) == 3 or is_small_talk(text) or is_question(text) or _is_errand(text, bare):
            break
        told.append(text)
        taken.append(k)
    if not told or is_question(told[0]) or told[0].lower().startswith(("let's ", "let us ", "let me ")):
        return None
    ended = [
        capitalised(text) if text.endswith((".", "!", "。")) else f"{capitalised(text)}."
        for text in told[:-1]
    ]
    text = " ".join((*ended, capitalised(told[-1])))
    if not _has_content(text):
        return None
    aside = put_aside(text, before)
    if (
        aside
        and aside not in words_of(text)
        and len(words_of(text)) <= 3
        and any(aside in family for family in FAMILIES)
    ):
        text = f"{text.rstrip('.!')}, not {aside}"
    return Correction(text, aside, tuple(taken))


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


def _restated(text: str, before: str) -> Correction | None:
    """ "No, it's 9090": the one sentence it answers, said again with the one number in it put right."""
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
    """Whether it puts aside a word that was said right before it ("we don't have jest here")."""
    if not before or is_question(text):
        return False
    aside = put_aside(text, "")
    return len(aside) > 1 and aside.lower() in words_of(before[:4000])


def _elided(text: str, before: str) -> Correction | None:
    """ "Must be eu-central-1": what it has to be, where something of the same shape was said."""
    match = _HAS_TO_BE.match(text)
    if not match:
        return None
    if now := re.match(r"`(\S+)[^`]*`", text[match.start("now") :]):
        for said in re.findall(r"`([^`\n]{1,80})`", before[:4000]):
            if said != now[0].strip("`") and said.split()[0] == now[1]:
                return Correction(capitalised(text), said, (0,))
    if not (now := re.search(_LATIN, match["now"])):
        return None
    shape = _shape(now[0])
    for word in re.findall(_LATIN, before[:4000]):
        if word != now[0] and shape == _shape(word) and not shape.isalpha():
            return Correction(capitalised(text), word, (0,))
    return None


def _shape(word: str) -> str:
    """`us-east-1` and `eu-central-2` have one shape: a-a-9."""
    return re.sub(r"[0-9]+", "9", re.sub(r"[A-Za-z]+", "a", word))


def _is_errand(text: str, bare: bool) -> bool:
    """Whether a sentence behind the correction only says what to do now."""
    role = None if bare else "user"
    return english.detect(text, role) is None and is_task(text, bare) and not _has_content(text)
