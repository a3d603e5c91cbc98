"""Talk in a text that is to be kept: what a few words say of a moment, a feeling, or nothing by name."""

from __future__ import annotations

import re

from .technical import has_specifics, is_technical

__all__ = ["COMPOUND", "is_chat", "names"]

_CHAT = re.compile(
    r"^(?:(?:it|that|this|those|these)(?:'s|'ll|'d)?\b(?! (?:project|repo|service|app|codebase|module"
    r"|package|team))"
    r"|you(?:'re|'ve|'d|'ll)? (?!must|need|should|can|may|have to|cannot|can't)"
    r"|(?:i|we) (?:could|can't|should|might|wish|guess|think|hope|wonder|feel|just|really|so|totally"
    r"|literally"
    r"|was|were|had|went|saw|slept|woke|need (?:a|some|more|another|to)|want (?:a|some|to))\b"
    r"|(?:i|we|i'm|we're)\b.*\b(?:today|tonight|right now|last night|this (?:morning|afternoon|evening))\b"
    r"|(?:give me|hold on|hang|wait (?:a|what|till|until i)|have (?:fun|a)|take (?:it|care|your)|enjoy"
    r"|guess|hope|wish|imagine|come on|sleep"
    r"|rest|stay (?:safe|warm|strong|cool)|drive safe|love|feels?|feeling|looks?|sounds?|seems?|glad|happy"
    r"|bet|cannot|can't"
    r"|good|nice|great|best of|tell me|time (?:for|to)|ready (?:for|to)|almost|finally|not (?:sure|gonna"
    r"|my|a|bad)"
    r"|so (?:much|many|\w+ed)|too (?:much|many)|what a|who (?:knew|cares)|no (?:more|one|kidding))\b)"
    r"|\b(?:way|far) too\b|\bso (?:much|fast|slow|good|bad|tired|happy)\b|!$|^(?:i'm|i am|we're"
    r"|we are) \w+\.?$"
)
"""About nothing that has a name, about the speaker's moment, a wish, or a feeling."""
COMPOUND = re.compile(
    r"^(?:release notes?|test (?:suite|coverage|plan|cases|strategy|results|data)|build (?:status|process"
    r"|steps|system"
    r"|instructions|pipeline|output)|design (?:decisions|docs?|principles|goals|system)|support (?:matrix"
    r"|policy)|change ?log"
    r"|code (?:style|review|structure|owners|of conduct)|start(?:er)? guide|release (?:process|checklist"
    r"|history|schedule))\b"
)
"""Nouns whose first word could begin an order."""
_PAST = re.compile(
    r"^(?:\w+ ){1,4}?(?:was|were|went|had|got|came|made|took|felt|did|said|looked|seemed|turned|ended"
    r"|started|finished)\b"
)


def is_chat(text: str, lowered: str, words: list[str]) -> bool:
    """Whether a few words about nothing that has a name are talk: the moment, a feeling, a wish, what was."""
    if len(words) > 10 or has_specifics(text) or is_technical(text, words) or names(text):
        return False
    return bool(_CHAT.search(lowered) or _PAST.match(lowered))


def names(text: str) -> bool:
    """Whether one of the words behind the first is a name, in a text that is no heading in title case."""
    tokens = [token for token in text.split()[1:] if token[0].isalpha() and len(token) > 3]
    large = sum(token[0].isupper() for token in tokens)
    return 0 < large < len(tokens)
