"""Reads the labelled cases and scores a Reflector on them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from memorusd.ace.options import ReflectorSettings
from memorusd.ace.reflector.reflection import Candidate, Message
from memorusd.ace.reflector.rules import RuleReflector

__all__ = ["Scores", "cases", "judge", "messages_of", "scores"]

_FILE = Path(__file__).with_name("cases.jsonl")


@dataclass
class Scores:
    """Counts over a set of cases. The share of an empty set is 1."""

    wanted: int = 0
    found: int = 0
    kept: int = 0
    right: int = 0
    typed: int = 0
    typed_right: int = 0
    filed: int = 0
    filed_right: int = 0
    chat: int = 0
    chat_kept: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """The share of wanted pieces of knowledge that a candidate contains."""
        return self.found / self.wanted if self.wanted else 1.0

    @property
    def precision(self) -> float:
        """The share of candidates that contain a wanted piece."""
        return self.right / self.kept if self.kept else 1.0

    @property
    def type_accuracy(self) -> float:
        """The share of found pieces with an allowed knowledge type."""
        return self.typed_right / self.typed if self.typed else 1.0

    @property
    def section_accuracy(self) -> float:
        """The share of found pieces in an allowed section, of the cases that name one."""
        return self.filed_right / self.filed if self.filed else 1.0

    @property
    def chitchat_kept(self) -> float:
        """The share of chit-chat that yields anything."""
        return self.chat_kept / self.chat if self.chat else 0.0


def cases(held: bool | None = None) -> list[dict[str, Any]]:
    """The labelled cases: all of them, the held-out part, or the rest."""
    rows = [json.loads(line) for line in _FILE.read_text(encoding="utf-8").splitlines() if line]
    return [row for row in rows if held is None or row["held"] == held]


def messages_of(case: dict[str, Any]) -> list[Message]:
    """The messages of a case."""
    return [Message(m["role"], m["content"], m.get("name")) for m in case["messages"]]


def _holds(candidate: Candidate, words: list[str]) -> bool:
    text = candidate.text.casefold()
    return all(word.casefold() in text for word in words)


def judge(case: dict[str, Any], candidates: tuple[Candidate, ...], into: Scores) -> None:
    """Adds one case to the counts."""
    wanted: list[list[str]] = case["keep"]
    into.wanted += len(wanted)
    into.kept += len(candidates)
    for words in wanted:
        best = next((c for c in candidates if _holds(c, words)), None)
        if best is None:
            into.faults.append(f"missed {case['id']} {words}: {case['messages'][-1]['content'][:90]!r}")
            continue
        into.found += 1
        if "type" in case:
            into.typed += 1
            into.typed_right += best.type in case["type"]
            if best.type not in case["type"]:
                into.faults.append(
                    f"type {case['id']} {best.type} for {case['type']} ({best.pattern}): {best.text[:90]!r}"
                )
        if "section" in case:
            into.filed += 1
            into.filed_right += best.section in case["section"]
            if best.section not in case["section"]:
                into.faults.append(
                    f"section {case['id']} {best.section} for {case['section']}: {best.text[:90]!r}"
                )
    for candidate in candidates:
        good = any(_holds(candidate, words) for words in wanted)
        into.right += good
        if not good:
            into.faults.append(
                f"kept {case['id']} {candidate.pattern} ({case['kind']}): {candidate.text[:120]!r}"
            )
    if case["kind"] == "noise:chitchat":
        into.chat += 1
        into.chat_kept += bool(candidates)


def scores(held: bool | None = None) -> Scores:
    """The rule-based Reflector's scores on the labelled cases."""
    result = Scores()
    for case in cases(held):
        judge(case, RuleReflector().reflect(messages_of(case), ReflectorSettings()).candidates, result)
    return result
