"""What a candidate is (type), where it belongs (section), and which topics it has (tags)."""

from __future__ import annotations

import re

from ...knowledge.bullet import KnowledgeType, Section
from ...text.han_patterns import HanPattern
from .languages import other, zh
from .languages.en import knowledge_type as english
from .languages.en import topics
from .languages.identify import Language, language_of
from .languages.zh import fragments
from .word_sets import words_of

__all__ = ["section_of", "tags_of", "type_of"]


def _joined(english: str, chinese: str | None) -> HanPattern:
    return HanPattern(f"{english}|{chinese}" if chinese else english)


_SECTIONS = {name: _joined(words, fragments.SECTIONS.get(name)) for name, words in topics.SECTIONS.items()}
_TOPICS = {name: _joined(words, fragments.TOPICS.get(name)) for name, words in topics.TOPICS.items()}
_SECTION_OF_PATTERN: dict[str, Section] = {
    "error_fix": "debugging",
    "retry": "commands",
    "personal": "general",
    "preference": "preferences",
    "tool": "commands",
    "decision": "architecture",
}
_TYPE_OF_PATTERN: dict[str, KnowledgeType] = {
    "error_fix": "trick",
    "retry": "trick",
    "preference": "preference",
    "personal": "knowledge",
}


def type_of(text: str, pattern: str) -> KnowledgeType:
    """The knowledge type of a text, by the pattern that was recognised and its own words."""
    if known := _TYPE_OF_PATTERN.get(pattern):
        return known
    language = language_of(text)
    return (
        english.type_of(text, pattern) if language == "english" else _type_of_foreign(text, pattern, language)
    )


def _type_of_foreign(text: str, pattern: str, language: Language) -> KnowledgeType:
    forbids = zh.is_negative(text) if language == "chinese" else other.is_negative(text)
    if pattern == "pitfall" or (forbids and pattern in ("norm", "request", "statement")):
        return "pitfall"
    if pattern == "norm" or (pattern == "request" and not zh.says_how_it_is(text)):
        return "method"
    if pattern == "correction" and zh.says_what_to_use(text) and not re.search(r"\d", text):
        return "preference"
    return "knowledge"


def section_of(text: str, kind: KnowledgeType, pattern: str, tools: tuple[str, ...]) -> Section:
    """The section that a candidate is filed under."""
    if section := _SECTION_OF_PATTERN.get(pattern):
        return section
    if kind == "preference" and (english.STYLE.search(text.lower()) or not tools):
        return "preferences"
    if tools and (kind == "preference" or len(words_of(text)) <= 6):
        return "tools"
    for section, words in _SECTIONS.items():
        if words.search(text):
            return section
    return "tools" if tools else "general"


def tags_of(text: str) -> tuple[str, ...]:
    """The topics of a text, from a short fixed list."""
    return tuple(name for name, words in _TOPICS.items() if words.search(text))
