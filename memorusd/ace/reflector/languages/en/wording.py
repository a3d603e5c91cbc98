"""Words around the substance of an English sentence: announcements, fillers, courtesies, clauses."""

from __future__ import annotations

import re

__all__ = [
    "FIRST_PERSON",
    "VAGUE_SUBJECT",
    "after_announcement",
    "conclusion",
    "is_symptom",
    "rule_clause",
    "wish_to_agent",
    "without_filler",
]

_ANNOUNCE = re.compile(
    r"^(?:(?:please|and|also|oh|so|btw|by the way|but|just|hey|hi|ok|okay|one more thing|another thing"
    r"|important|quick note|nb|ps|p\.s\.)[,:!.]? (?:and )?)*"
    r"(?:(?:please |just |do |and |you should |i want you to |i need you to |can you |could you )*"
    r"(?:remember(?! to\b)|keep in mind|bear in mind|note(?! (?:to self|taken|down how))"
    r"|don't forget(?! to\b)|do not forget(?! to\b)|memori[sz]e|make a note|take note|(?:store|save"
    r"|write down)(?= (?:this|that|the following|for later)\b|:)|be aware|know(?= that\b))"
    r"(?: (?:for (?:later|next time|the future)|this"
    r"|the following))?(?: of(?= the fact))?(?: the fact)?(?: that|:|,|;| -| —)?(?= )"
    r"|for (?:future )?(?:reference|the record|your information|next time|the future|context)[:,]?"
    r"|fyi[:,]?|note to self[:,]?|(?:as )?a reminder[:,]?|reminder[:,]?|just so you know[:,]?"
    r"|so you know[:,]?|for context[:,]?"
    r"|(?:from now on|going forward|from here on(?: out)?|in (?:the )?future|moving forward|as of now"
    r"|from today(?: on)?|starting now)[:,]?"
    r"|(?:let the record show|it's worth (?:noting|remembering|knowing)|worth noting"
    r"|it should be noted|keep this in mind|remember this|save this|note this)(?: that|:|,)?) ?"
)
_FILLER = re.compile(
    r"^(?:(?:oh|ah|um+|uh|well|hey|hi|hello|ok(?:ay)?|so|anyway|btw|by the way|also|and also|oh and"
    r"|and|but|plus|one more thing|another thing|one thing|quick note|last thing"
    r"|side note|just so you know|as i said|like i said|as (?:you )?(?:mentioned|know)|thanks"
    r"|thank you|great|perfect|cool|nice|right|sure|yes|yeah|no|nope|nah|actually|basically|honestly"
    r"|well"
    r"|good|got it|hm+|wait|please|kindly|again|first of all|before you start|before we start"
    r"|before i forget|never ?mind|found it|turns out|quick update|update|answer|note|important|remember"
    r"|ps|p\.s\.|nb|n\.b\.|in fact|to be clear|just to clarify"
    r"|that said|though|careful|heads[ -]up)(?:[,:!.;]+ ?| - | — )| (?=\S)|(?:oh and|and also"
    r"|and please|but please|also|and|so|but|please|ok so|okay so|btw|just|kindly|actually) (?=\w))",
    re.IGNORECASE,
)
_TRAILER = re.compile(
    r"(?:[,;]? (?:please|thanks|thank you|thx|ok|okay|alright|pls|got it|will you|right)[?!.]*"
    r"|[,;] ?(?:ok|okay|please)\?)$",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"(?:[,;.?!:]| -| —| and| but| so)+ (?:(?:and|but|also|then|please|just|oh) )*(?=(?:always|never"
    r"|please (?:always|never|keep|stick|avoid|use)|make sure|be sure|don't|do not|remember (?:that"
    r"|to)|from now on|going forward|avoid"
    r"|keep in mind|in future|in the future)\b)"
)
_ASKED_FOR = re.compile(
    r"(?:can|could|would|will) you (?:please )?(?=(?:always|never|make sure|from now on|remember)\b)",
    re.IGNORECASE,
)
_ASKED_OF_AGENT = re.compile(
    r"^(?:(?:hey|hi|ok|okay|also|and|so|btw|please)[,!]? )*(?:can|could|would|will) you (?:please |just "
    r"|maybe |also )*"
    r"(?P<wish>(?:keep|stop|avoid|use|be|answer|reply|respond|talk|speak|write|skip|drop|leave out|call"
    r"|address"
    r"|stick|not)\b(?=.{0,60}\b(?:answers?|answering|repl(?:y|ies)|responses?|explanations?|explaining"
    r"|emojis?|tone"
    r"|concise|brief|short|shorter|bullet points?|jargon|apologi[sz]ing|summari[sz]ing|summaries|english"
    r"|german"
    r"|french|spanish|chinese|metric|celsius|to me|(?:call|address) me)\b).{3,})",
    re.IGNORECASE,
)
_CONCLUSION = re.compile(r"(?:: | [—–-]+ |; |, (?:because|since|so|as) )(?=\S+ \S+ \S+ \S)")
_SYMPTOM = re.compile(
    r"\b(?:breaks|fails|crashes|hangs|leaks|deadlocks|does(?:n't| not) work|do(?:n't| not) work|raises"
    r"|throws|is(?:n't| not) (?:available|supported))\b"
)
_GENERAL_SYMPTOM = re.compile(
    r"\b(?:if|when|whenever|unless|because|since|so|under|without)\b(?! (?:i|we|my)\b)|; "
)
FIRST_PERSON = re.compile(r"^(?:i|i'm|i've|i'll|i'd|me)\b")
VAGUE_SUBJECT = re.compile(
    r"^(?:it|this|that|these|those|they|he|she|there|here|something|someone)(?:'s|'re)?\b"
)


def after_announcement(text: str) -> str | None:
    """The text after "remember that", "from now on" and the like; None if nothing is announced."""
    match = _ANNOUNCE.match(text.lower().replace("’", "'"))
    if not match or not match[0].strip():
        return None
    rest = text[match.end() :].lstrip(" ,:;-—")
    return rest if len(rest) > 3 else None


def without_filler(text: str) -> str:
    """The text without the fillers before it and the courtesies after it."""
    for _ in range(6):
        match = _FILLER.match(text)
        if not match or len(text) - match.end() < 6:
            break
        text = text[match.end() :]
    asked = _ASKED_FOR.match(text)
    if asked:
        text = text[asked.end() :].rstrip("?")
    return _TRAILER.sub("", text).strip()


def wish_to_agent(text: str) -> str | None:
    """How an agent should speak, from a text like "can you keep your answers short?"; else None.

    It is a question by its form, and a wish for every answer that follows.
    """
    match = _ASKED_OF_AGENT.match(text.replace("’", "'"))
    return match["wish"].split("?", 1)[0].strip() if match else None


def conclusion(text: str) -> str | None:
    """What an agent concludes after reporting progress ("All tests pass now: Redis has to run"), or None."""
    match = _CONCLUSION.search(text)
    return text[match.end() :] if match and match.start() < 80 else None


def rule_clause(text: str) -> str | None:
    """The standing rule after a one-off task in one sentence ("add the button, and always …"), or None."""
    lowered = text.lower().replace("’", "'")
    last = None
    for match in _CLAUSE.finditer(lowered):
        last = match
        break
    return text[last.end() :] if last and last.end() > 8 else None


def is_symptom(lowered: str) -> bool:
    """Whether a text reports a failure ("x fails when I …"), not when it always occurs ("x fails if …")."""
    return bool(_SYMPTOM.search(lowered)) and not _GENERAL_SYMPTOM.search(lowered)
