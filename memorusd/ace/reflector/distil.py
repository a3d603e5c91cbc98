"""Turns a matched sentence into the text that is kept: self-contained, within limits, in the user's words."""

from __future__ import annotations

import re

from ...text.han_patterns import HanPattern
from ...text.sentences import end_of_sentence
from .languages.en.lexicon import base_of
from .languages.zh import fragments as zh
from .tools import TOOLS

__all__ = ["DEPENDENT", "as_order", "capitalised", "cut_to_length", "rule_form", "with_code"]

DEPENDENT = HanPattern(
    r"^(?:it|its|it's|this|that|that's|these|those|they|they're|their|he|she|his|her|there|otherwise"
    r"|because|since then|so that|then|the (?:former|latter|same)|instead|same|both|here|which"
    r"|so (?:it|this|that|they)|if (?:it|this|that|they|not|so)|when (?:it|this|that|they)"
    rf"|{zh.DEPENDENT})(?:\b|(?<={zh.CHARACTER}))"
    r"(?! (?:repo|project|repository"
    r"|codebase|service"
    r"|package|file|module|app|team|(?:is|are) (?:a|an|no|two|three|some|several)\b))",
    re.IGNORECASE,
)
"""A sentence that depends on the one before it."""

_DOER = re.compile(
    r"(?:(?:so|now|then|first|and|ok|to (?:fix|solve|resolve) (?:it|this|that)),? )*(?:(?:you(?:'ll)?|we"
    r"|i)(?:'ll|'ve|'m"
    r"| am)? (?:(?:just|only|also|now|first|have|will|can|should|must|could|need|might|want|had|going"
    r"|ought|to)"
    r" )*(?:to )?|(?:try|please|let me|let's|the (?:fix|solution|trick|workaround) (?:is|was) to"
    r"|it's best to)"
    r" (?:to )?)?(?:just |now |also |then )*(?P<verb>[a-z]+)\b(?! (?:is|are|was|were|fix\w+|solv\w+"
    r"|help\w*|work\w*)\b)",
    re.IGNORECASE,
)
_MARKER = re.compile(r"\[REDACTED:[^\]\n]{1,80}\]?")
_PLAIN_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?(?=[\s,;:.!]|$)")
_WHEN = re.compile(
    r"(?P<word>when(?:ever)?|if|once) (?P<cond>[^,;.]{3,200}), (?P<rest>.{3,400})", re.IGNORECASE
)
_BEFORE = re.compile(r"before (?P<cond>(?:you|we|i) [^,;.]{3,200}), (?P<rest>.{3,400})", re.IGNORECASE)
_INSIDE = re.compile(
    r"(?P<action>[^,;.]{3,300}?),? (?P<word>when(?:ever)?|if"
    r"|once) (?P<cond>[^,;.]{3,200}?),? (?P<link>because|since|as otherwise"
    r"|otherwise) (?P<reason>.{3,300})",
    re.IGNORECASE,
)
_BECAUSE = re.compile(r",? (?P<link>because|since|otherwise|so that)\b,? (?P<reason>.{3,300})", re.IGNORECASE)
_SINCE_TIME = re.compile(
    r"since (?:last|yesterday|\d|january|february|march|april|may|june|july|august|september|october"
    r"|november|december|then|the (?:last|beginning|start))",
    re.IGNORECASE,
)


def capitalised(text: str) -> str:
    """The text with a capital first letter, unless it begins with a lower-case name (`npm`, `max_size`)."""
    match = _PLAIN_WORD.match(text)
    if not match or (match[0] in TOOLS and match[0] not in ("make", "express")):
        return text
    return text[0].upper() + text[1:]


def as_order(text: str) -> str:
    """What someone did or tells another to do, as an order: "You need to install X" becomes "Install X"."""
    match = _DOER.match(text)
    if not match:
        return text
    base = base_of(match["verb"].lower())
    return capitalised(base + text[match.end() :]) if base else text


def cut_to_length(text: str, limit: int) -> str:
    """The text cut to `limit` characters: whole sentences if one fits, else whole words; no split marker."""
    text = text.strip()
    if len(text) <= limit:
        return text
    end = 0
    while (stop := end_of_sentence(text, end)) and stop > end:
        if len(text[:stop].rstrip()) > limit:
            break
        end = stop
    if end:
        return text[:end].rstrip()
    cut = limit
    for marker in _MARKER.finditer(text):
        if marker.start() < cut < marker.end():
            cut = marker.start()
        if marker.start() >= limit:
            break
    space = text.rfind(" ", 0, cut + 1)
    if space > limit // 2:
        cut = space
    return text[:cut].rstrip(" ,;:-")


def with_code(text: str, code: str, max_lines: int, limit: int) -> str:
    """A sentence that ends in a colon, with the code that it announces if the limits allow it."""
    lines = [line.rstrip() for line in code.strip("\n").split("\n") if line.strip()]
    if not lines or len(lines) > max_lines:
        return text
    quoted = f"`{lines[0].strip()}`" if len(lines) == 1 and "`" not in lines[0] else "\n".join(lines)
    joined = f"{text} {quoted}" if len(lines) == 1 else f"{text}\n{quoted}"
    return joined if len(joined) <= limit else text


def rule_form(text: str) -> str | None:
    """ "When …, …, because …" if the text names both a condition and a reason; else None."""
    body = text.strip().rstrip(".!")
    if "\n" in body or len(body) > 700:
        return None
    if match := _WHEN.match(body):
        cond, rest = match["cond"], match["rest"]
    elif match := _BEFORE.match(body):
        cond, rest = re.sub(r"^(you|we|i) ", _about_to, match["cond"], flags=re.IGNORECASE), match["rest"]
    elif match := _INSIDE.match(body):
        reason = (
            match["reason"]
            if match["link"].lower() in ("because", "since")
            else f"otherwise {match['reason']}"
        )
        return _rule(match["cond"], match["action"], reason)
    else:
        return None
    because = _BECAUSE.search(rest)
    if not because or _SINCE_TIME.match(rest, because.start("link")):
        return None
    action = rest[: because.start()].rstrip(" ,;.")
    link = because["link"].lower()
    if link == "so that":  # a purpose, not a reason
        return None
    reason = because["reason"] if link in ("because", "since") else f"otherwise {because['reason']}"
    return _rule(cond, action, reason)


def _about_to(match: re.Match[str]) -> str:
    who = match[1]
    return f"{who} {'am' if who.lower() == 'i' else 'are'} about to "


def _rule(cond: str, action: str, reason: str) -> str | None:
    return f"When {cond.strip()}, {_lowered(action.strip())}, because {reason.strip().rstrip('.')}."


def _lowered(text: str) -> str:
    word = re.match(r"[A-Z][a-z]+(?=[\s,']|$)", text)
    return text[0].lower() + text[1:] if word and word[0].lower() not in TOOLS else text
