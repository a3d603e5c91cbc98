"""Words that show what a question asks for and what a text can answer, by language (ISO 639-1).

To add a language, add a row to each table. English phrases are whole words, lower case unless the case
matters; phrases in scripts without spaces match anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import chain

from .calendar_names import MONTH_ABBREVIATIONS, MONTHS, WEEKDAYS
from .scripts import is_unspaced

__all__ = [
    "ASSISTANT",
    "FIRST_PERSON",
    "FIRST_PERSON_CONTRACTIONS",
    "FIRST_PERSON_PLURAL",
    "FORMER",
    "NOW",
    "NUMBERED_TIME",
    "ROLE_NAMES",
    "TIME_WORDS",
    "WHEN",
    "cue_pattern",
]

Cues = Mapping[str, tuple[str, ...]]

WHEN: Cues = {
    "en": (
        "when", "what date", "what day", "what month", "what year", "what time",
        "which date", "which day", "which month", "which year", "which time", "how long",
    ),
    "zh": ("什么时候", "什麼時候", "何时", "何時", "哪天", "哪月", "哪年", "哪一天", "哪一月", "哪一年"),
    "ja": ("いつ", "何時"),
}  # fmt: skip
"""A question with one of these is answered by a text that names a time."""

NOW: Cues = {
    "en": (
        "current", "currently", "now", "nowadays", "these days", "latest", "newest",
        "most recent", "most recently", "still",
    ),
    "zh": ("目前", "现在", "現在", "最新", "最近"),
    "ja": ("現在", "最新", "最近"),
}  # fmt: skip
"""A question with one of these asks how things are now, so newer memories answer it better."""

FORMER: Cues = {
    "en": (
        "original", "originally", "initial", "initially", "at first", "used to",
        "previous", "previously", "former", "formerly",
    ),
    "zh": ("一开始", "一開始", "原本", "最初", "以前", "之前"),
    "ja": ("最初", "以前"),
}  # fmt: skip
"""A question with one of these asks how things were at first, so older memories answer it better."""

ASSISTANT: Cues = {
    "en": (
        "you", "your", "remind me",
        "previous chat", "last chat", "earlier chat", "our chat",
        "previous conversation", "last conversation", "earlier conversation", "our conversation",
    ),
    "zh": ("你", "您"),
    "ja": ("あなた",),
}  # fmt: skip
"""A question with one of these asks for what the assistant said."""

FIRST_PERSON: Cues = {"en": ("I", "me", "my", "mine"), "zh": ("我",), "ja": ("私", "僕")}
"""A question with one of these is about whoever asks, so a text in the first person answers it better."""

FIRST_PERSON_PLURAL: Cues = {"en": ("we", "us", "our")}
"""A text with one of these is in the first person, too."""

FIRST_PERSON_CONTRACTIONS: Cues = {"en": ("I'm", "I've", "I'd", "I'll", "we're", "we've")}
"""So is a text with one of these."""

TIME_WORDS: Cues = {
    "en": (
        "yesterday", "today", "tonight", "tomorrow", "ago", "last", "next", "since", "recently",
        "week", "weeks", "weekend", "weekends", "month", "months", "year", "years", "morning",
        *MONTHS["en"], *chain.from_iterable(MONTH_ABBREVIATIONS["en"]), *WEEKDAYS["en"],
    ),
    "zh": (
        "今天", "昨天", "明天", "前天", "去年", "今年", "明年",
        "上周", "上週", "下周", "下週",
    ),
    "ja": ("昨日", "今日", "明日", "先週", "来週", "先月", "来月", "去年", "今年"),
}  # fmt: skip
"""A text with one of these names a time."""

NUMBERED_TIME = re.compile(r"[0-9一二三四五六七八九十]+[月日年號号点點時时]")
"""So does a text with a number before a Chinese or Japanese unit of dates or of the clock."""

ROLE_NAMES = frozenset(
    {"user", "assistant", "system", "tool", "human", "ai", "bot", "agent", "function"}
)  # fmt: skip
"""Roles that callers give as a speaker's name; they name nobody."""


def cue_pattern(cues: Cues, *, ignore_case: bool = True) -> re.Pattern[str]:
    """A pattern that finds any phrase of any language.

    With `ignore_case` false only the first letter of a phrase may be a capital that the table does not have.
    """
    phrases = dict.fromkeys(chain.from_iterable(cues.values()))
    if not ignore_case:
        phrases |= dict.fromkeys(phrase[0].upper() + phrase[1:] for phrase in phrases)
    longest_first = sorted(phrases, key=len, reverse=True)
    spaced = "|".join(re.escape(phrase) for phrase in longest_first if not is_unspaced(phrase[0]))
    unspaced = [re.escape(phrase) for phrase in longest_first if is_unspaced(phrase[0])]
    alternatives = [rf"\b(?:{spaced})\b"] * bool(spaced) + unspaced
    return re.compile("|".join(alternatives), re.IGNORECASE if ignore_case else 0)
