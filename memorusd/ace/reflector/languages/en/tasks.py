"""English questions and one-off tasks, which matter only until they are answered or done."""

from __future__ import annotations

import re

from ...word_sets import words_of
from .lexicon import STANDING, VERBS, straight

__all__ = ["is_commission", "is_question", "is_task"]

_ASKS = re.compile(
    r"^(?:and |but |so |ok(?:ay)?,? |hey,? |hi,? |hmm?,? |well,? |btw,? |also,? |um+,? )?(?:"
    r"(?:what|which|who|whom|whose|where|how)(?:'s|'re)? (?!(?:matters|works|we need)\b)"
    r"|(?:does )?any(?:one|body) (?:know|here|have|else|seen|tried)\b|why\b(?! not only)|(?:is|are|was"
    r"|were|does|do|did|can|could|would|should|will|shall|has|have"
    r"|had|may|might|am"
    r"|isn't|aren't|doesn't|don't|didn't|can't|couldn't|wouldn't|shouldn't|won't) (?:i|you|we|they|it"
    r"|he|she|there|this|that|the|my|our|your|any|anyone|someone|these|those)\b"
    r"|(?:i wonder|i'm wondering|i was wondering|wondering|any (?:idea|chance|thoughts|suggestions)"
    r"|do you know|what about|how about|i'd like to know|i want to know|not sure (?:if|whether|how|why"
    r"|what)|when (?:is|are|do|does|did|will|was|were|can|should)\b))"
)
_HOW_TO = re.compile(r"^(?:how to|where to|what to|why|when to) ")
_TAG = re.compile(r"[,;] ?(?:ok|okay|alright|please|yes|yeah|thanks|got it|deal|understood)\?$")
_VERBS = (
    "fix|rename|refactor|write|create|generate|translate|summari[sz]e|review|debug|implement|explain|add|remove|delete|change|update|make|build"
    "|bump|push|commit|merge|rebase|deploy|run|rerun|check|show|find|look|list|move|replace|convert"
    "|optimi[sz]e|simplify"
    "|clean|split|extract"
    "|test|try|give|tell|help|read|open|search|investigate|figure|redo|undo|revert|continue|proceed"
    "|start|stop|set|put|draft|prepare|send"
    "|analy[sz]e|compare|design|format|improve|increase|decrease|reduce|insert|install|upgrade"
    "|downgrade|migrate|port|wire|hook|style|center"
    "|align|adjust|tweak|scaffold|finish|complete|drop|apply|copy|paste|compute|calculate|count|plot"
    "|draw|sort|filter|rewrite|rework|polish"
    "|proofread|shorten|expand|enable|disable|restart|kill|close|hide|swap|turn|use|do|go|let's|let us"
    "|handle|connect|configure|document"
    "|describe|suggest|propose|recommend|pick|choose|book|order|call|email|remind|print|export|import"
    "|log|take|get|bring|plan|organi[sz]e"
)
_TASK = re.compile(

r"^(?:(?:ok(?:ay)?|so|now|then|and|also|next|first|great|cool|perfect|hey|hi|yes|no|sure|alright"
r"|right|good|thanks|please|just|actually|finally|but)[,!.:]? )*"

r"(?:(?:can|could|would|will) (?:you|we) (?:please |also |just )*|i(?:'d| would) like (?:you )?to "
r"|i (?:want|need) (?:you )?to |i(?:'m| am) (?:trying|looking|going|about|planning) to |we (?:need"
r"|want|have) to |we should (?:probably )?"

r"|you (?:can|could|should) (?:now |also )?|help me (?:to )?|please (?:also |just )?|let's "
r"|try to |go ahead and )?"
    r"(?:also |just |now |then |please |quickly |maybe )*(?:" + _VERBS + r")\b"
)  # fmt: skip
_WISH = re.compile(
    r"^(?:(?:ok(?:ay)?|so|now|and|also|hey|hi|but|please)[,!.]? )*"
    r"(?:i (?:want|need|would like)|i'd (?:like|love)|we (?:need|want)|i(?:'m| am) (?:trying|looking"
    r"|planning|going|working|building|making|writing|getting|seeing|having|using it|about)"
    r"|(?:can|could|would|will) (?:you|we|i)\b|let's\b|let us\b|help\b|it would be (?:nice|great|good)"
    r"|would you|show me|give me|tell me|how about)"
)
_ONE_OFF = re.compile(
    r"^(?:please )?(?:(?:fix|rename|translate|summari[sz]e|explain|refactor|debug|review|reformat"
    r"|rewrite|proofread|optimi[sz]e|finish|help|show|tell|remind) "
    r"(?:me|us|him|her|the|this|that|these|those|my|it|them)\b"
    r"|(?:can|could|would|will) you\b|help me\b|(?:write|create|generate|make|build|implement|design"
    r"|draw|code) (?:me |us )?(?:a|an|some|the|this) (?:\w+ )?(?:function|script|program|class"
    r"|component|poem|story|essay|button|page|regex|query|app|game|website|email|letter|haiku|song"
    r"|list|joke)\b"
    r"(?![^.]{0,200}\b(?:every|each|all|always|never|any|when|before|after|whenever|for new|if|instead"
    r"|rather|per|to avoid|so that)\b))"
)

_POINTS = re.compile(
    r"\b(?:earlier|just now|from before|(?:i|you|we) (?:just )?(?:had|made|wrote|sent|gave|said|showed"
    r"|opened)"
    r"|the (?:last|first|second|other|previous) one|the (?:one|rest|same) (?:above|below|as))\b"
)
"""References to this conversation."""
_ADJUSTS = re.compile(
    r"^[a-z]+ (?:the|this|that|these|those|it|my) ?[^.,;]{0,60}\b(?:bigger"
    r"|smaller|larger"
    r"|darker|lighter|bolder|brighter|wider|narrower|taller|shorter|thinner|thicker|higher|lower|left"
    r"|right|up|down"
    r"|a bit|a little)[.!]*$"
)
"""A small change to one thing ("make the title bigger")."""
_COMMISSION = re.compile(
    r"(?:please )?(?:can you |could you )?(?:write|create|generate|draft|compose|tell|give|make"
    r"|sing) (?:me |us )?"
    r"(?:a|an|another|some) (?:[\w-]+ )?(?:post|article|poem|haiku|song|story|joke|essay|tweet|speech"
    r"|letter|limerick|rap)\b"
)


def is_question(text: str) -> bool:
    """Whether a text is a question, with or without its mark, and not an order ("could you always …?")."""
    lowered = straight(text).strip()
    if lowered.startswith(("can you", "could you", "would you", "will you")) and STANDING.search(lowered):
        return False
    if lowered.endswith("?"):
        return not _TAG.search(lowered)
    if "? " in lowered[-12:]:
        return True
    return (bool(_ASKS.match(lowered)) and not lowered.endswith((".", ":", ";"))) or bool(
        _HOW_TO.match(lowered) and len(lowered) < 60 and "," not in lowered
    )


def is_commission(text: str) -> bool:
    """Whether a text orders a piece of writing, whose title is not a rule ("a post on why to always …")."""
    return bool(_COMMISSION.match(straight(text).strip()))


def is_task(text: str, bare: bool) -> bool:
    """Whether a text asks to do something once ("fix the test"). In a bare text, only clear tasks count."""
    lowered = straight(text).strip()
    if lowered.startswith(("let's ", "let us ")) and not bare:
        return True
    if is_commission(text):
        return True
    if STANDING.search(lowered):
        return False
    if bare:
        if _ONE_OFF.match(lowered):
            return True
        order = any(word in VERBS for word in words_of(lowered)[:1])
        return order and bool(_ADJUSTS.match(lowered) or _POINTS.search(lowered))
    return bool(_TASK.match(lowered) or _WISH.match(lowered))
