"""Chat in a bare text: a few words about the moment, a feeling, or nothing that has a name."""

from __future__ import annotations

import re

from .technical import has_specifics, is_technical

__all__ = ["COMPOUND", "has_proper_noun", "is_chat"]

_LASTS = (
    r"(?:learning|living|studying|training|planning|leaving|attending|managing|leading|teaching|raising"
    r"|moving"
    r"|working (?:as|at|for|from|on)|saving|retiring|expecting|writing|building|taking|using|missing|nothing"
    r"|going through|recovering|caring|hosting|sharing|renting|allergic|amazing|interesting|turning"
    r"|starting|getting"
    r" married|preparing|paying|running (?:a|an|for|on)|wearing|avoiding|cutting)\b"
)
"""Verbs of what lasts, although they have the form of the moment ("I am learning")."""
_CRIES = (
    r"welp|yikes|oof|meh|whew|phew|dang|damn|jeez|gosh|omg|lord|aw+|bah|argh+|eek|ta|bye|cya|sup|yo|aye|bravo"
    r"|bingo"
    r"|voila|tada|a+h+|o+h+|m+|h[um]+h?|eh|lol|lmao|haha+|ugh+|woo+|whoa|wow"
)
_CHAT = re.compile(
    r"^(?:(?:it|that|this|those|these)(?:'s|'ll|'d)?\b(?! (?:project|repo|service|app|codebase|module"
    r"|package|team))"
    r"|you(?:'re|'ve|'d|'ll)? (?!must|need|should|can|may|have to|cannot|can't)"
    r"|(?:i|we) (?:could|can't|should|might|wish|guess|think|hope|wonder|feel|just|really|so|totally"
    r"|literally"
    r"|was (?!born)|were|had (?!my\b|an? )|went|saw|slept|woke|need (?:a|some|more|another|to)|want (?:a|some"
    r"|to))\b"
    r"|(?:i|we|i'm|we're)\b.*\b(?:today|tonight|right now|last night|this (?:morning|afternoon|evening))\b"
    r"|(?:i|we)(?:'ll| will|'d| would)? (?:almost|finally|forgot|swear|owe|promise|bet|suppose|got"
    r"|gave (?:up|it)"
    r"|made it|survived|missed|meant|said|thought|knew|tried|couldn't|didn't|never (?:thought|knew|said)"
    r"|don't (?:even|get|know|think|see|believe|remember|have (?:a|any|the) (?:clue|idea|energy|time))"
    r"|be (?:back|there|right|around|late)|see|take (?:a|it|that|five)|keep (?:forgetting|thinking|saying))\b"
    r"|(?:i'm|i am|we're|we are) (?:gonna|about to|off|heading|back|done|not (?:gonna|even|going|sure)|so"
    r"|too|still"
    r"|just|almost|literally|starting to|dying|dead|starving|running (?:late|out)|out of|in (?:a|the) (?:call"
    r"|meeting|middle)|going to (?:bed|sleep|grab|get|take|eat|need|pretend|go))\b"
    r"|(?:i'm|we're|i am|we are) (?!" + _LASTS + r")\w+ing\b"
    r"|(?:i'm|we're|i am|we are) (?:on (?:a|it|my|fire)|all (?:ears|over|for|good|yours)|in (?:love|luck"
    r"|shock|awe)"
    r"|at a loss|over the moon|such an?|your|up (?:and|to|for)|down (?:to|for)|good(?: to go)?$)\b"
    r"|(?:we|you|they) (?:\w+ )?(?:are|make|made|did|do|got|have|had|look|sound|deserve|earned|rock|nailed"
    r"|killed"
    r"|crushed|rule)\b(?=.*\b(?:great|good|best|awesome|amazing|terrible|dream|perfect|nice|fun|well|it"
    r"|this|one)\b)"
    r"|(?:haven't|hadn't|hasn't|wasn't|isn't|weren't|aren't|had|got|woke|slept|spent) "
    r"|(?:here|there) (?:goes|we go|you go|it (?:is|goes|comes)|comes)|(?:couldn't|can't|wouldn't|could"
    r"|would|might"
    r"|should|won't|didn't|don't) (?:have|be|say|hurt|ask|believe|help|complain|even|get|need|want|worry"
    r"|care|look"
    r"|sweat|judge|blame|laugh|get me)\b"
    r"|(?:the |my |our )?[\w' ]{2,24} (?:is|are|was|were) (?:finally|about to|already|almost|over|coming"
    r"|calling|here"
    r"|on fire|on strike|dead|done|gone|packed|killing|due for|up again|down again|at it again|acting up)\b"
    r"|(?:the |my |our )?[\w' ]{2,24} (?:is|are) (?!" + _LASTS + r")\w+ing\b"
    r"|(?:gonna|gotta|lemme|wanna|kinda|dunno|imma|need (?:a|some|more) |been (?:a (?:while|day|long"
    r"|minute)|there)"
    r"|back (?:to|in|at|from)|off (?:to|for)|talk (?:to|later)|same (?:here|old|as|again|but|thing|one)"
    r"|as (?:if|usual)|speaking of|dear god|(?:" + _CRIES + r"))\b"
    r"|(?:well|see|later|right|man|dude|lord|god|jesus|holy \w+|catch|heavens|whatever|anyway)"
    r"(?=[,.!…]|$| (?:i|you|ya|we|that|it)\b)"
    r"|(?:give me|hold on|hang|wait (?:a|what|till|until i)|have (?:fun|a)|take (?:it|care|your)|enjoy"
    r"|guess|hope|wish|imagine|come on|sleep"
    r"|rest|stay (?:safe|warm|strong|cool)|drive safe|love|feels?|feeling|looks?|sounds?|seems?|glad|happy"
    r"|bet|cannot|can't"
    r"|good|nice|great|best of|tell me|time (?:for|to)|ready (?:for|to)|almost|finally|not (?:sure|gonna"
    r"|my|a|bad)"
    r"|so (?:much|many|\w+ed)|too (?:much|many)|what a|who (?:knew|cares)|no (?:more|one|kidding))\b)"
    r"|(?<!would )(?<!'d )(?<!\bi )(?<!\bwe )\blike an? \w+"
    r"|\b(?:way|far) too\b|\bso (?:much|fast|slow|good|bad|tired|happy)\b|!$|^(?:i'm|i am|we're"
    r"|we are) \w+\.?$"
)
"""Words about nothing that has a name, the speaker's moment, a wish, or a feeling."""
_OPENER = re.compile(
    r"^(?:(?:ok|okay|alright|so|well|yeah|yep|anyway|and|but|hey|oh|sorry|man|ugh|lol"
    r"|right)[,. ]+)+(?=\S+ \S)"
)
COMPOUND = re.compile(
    r"^(?:release notes?|test (?:suite|coverage|plan|cases|strategy|results|data)|build (?:status|process"
    r"|steps|system"
    r"|instructions|pipeline|output)|design (?:decisions|docs?|principles|goals|system)|support (?:matrix"
    r"|policy)|change ?log"
    r"|code (?:style|review|structure|owners|of conduct)|start(?:er)? guide|release (?:process|checklist"
    r"|history|schedule))\b"
)
"""Compound nouns whose first word could begin an order."""
_PAST = re.compile(
    r"^(?:\w+ ){1,4}?(?:was|were|went|had|got|came|made|took|felt|did|said|looked|seemed|turned|ended"
    r"|started|finished)\b"
)


def is_chat(text: str, lowered: str, words: list[str]) -> bool:
    """Whether a few words that name nothing are chat: about the moment, a feeling, a wish, or the past."""
    lowered = _OPENER.sub("", lowered)
    if len(words) > 12 or has_specifics(text) or is_technical(text, words) or has_proper_noun(text):
        return False
    return bool(_CHAT.search(lowered) or _PAST.match(lowered))


def has_proper_noun(text: str) -> bool:
    """Whether a word after the first is a proper noun, in a text that is not a heading in title case."""
    tokens = [
        token for token in text.split()[1:] if token[0].isalpha() and len(token) > 3 and token[1] not in "'’"
    ]
    large = sum(token[0].isupper() for token in tokens)
    return 0 < large < len(tokens)
