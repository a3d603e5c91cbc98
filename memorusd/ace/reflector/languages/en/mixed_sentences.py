"""Statements that share a sentence with a reply or a question.

"Sounds good, but I get seasick" is more than an acknowledgement, and "my husband hates mushrooms, anything
else?" is more than a question.
"""

from __future__ import annotations

import re

__all__ = ["after_reply", "before_question"]

_REPLY = re.compile(
    r"^(?:(?:oh|ah|ok|okay|yes|yeah|no|well|hm+),? )?(?:(?:that |it |this )?(?:sounds?|looks?"
    r"|seems) (?:good|great"
    r"|nice|fine|fun|perfect|lovely|tempting|right)|makes sense|fair (?:enough|point)|got it|i see|thanks"
    r"(?: a lot| so much)?|thank you|no worries|good (?:point|idea|call|one|thinking|suggestion)"
    r"|nice (?:idea|one)"
    r"|i (?:like|love) (?:it|that)|(?:that|this|it)(?:'s| is| would be) (?:\w+ )?(?:fine|good|great|nice"
    r"|fair|true"
    r"|perfect|helpful|lovely)|works for me|perfect|cool|great|nice|lovely|sure|true|right|close|almost|ok"
    r"|okay)"
    r"(?:[,;.!]| -| —)* (?:but|though|although|except(?: that)?|only|however),? (?=\S+ \S+ \S)",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"(?:, |; | - | — |\. )(?:so |and |or |but )?(?=(?:any|anything|anyone|what|how|can|could|would|should"
    r"|shall|is|are|do|does|did"
    r"|will|where|which|who|why|when|ideas|thoughts|suggestions|got any|know any)\b[^,;]{2,70}\?$)",
    re.IGNORECASE,
)
_GIVEN = re.compile(r"^(?:(?:so|and|but|well|hm+|right|ok|okay),? )*(?:since|as|because|given(?: that)?"
                    r"|seeing (?:as|that)) ", re.IGNORECASE)  # fmt: skip
_OPEN = re.compile(
    r"^(?:if|when|whenever|what|how|why|which|who|where|suppose|say|let's say|imagine|assuming|can|could"
    r"|would"
    r"|should|is|are|do|does|did|will)\b|\b(?:i think|i guess|maybe|perhaps|probably|might|seems?|wonder)\b",
    re.IGNORECASE,
)


def after_reply(text: str) -> str:
    """The text without the reply before its "but"; the whole text if there is no reply."""
    match = _REPLY.match(text.replace("’", "'"))
    return text[match.end() :] if match else text


def before_question(text: str) -> str | None:
    """The statement before the question that ends a sentence; None for no statement, a guess or an if."""
    if not text.endswith("?") or not (match := _ASKED.search(text)):
        return None
    given = _GIVEN.match(text)
    stated = text[given.end() if given else 0 : match.start()].strip()
    return None if stated.count(" ") < 2 or _OPEN.search(stated) else stated
