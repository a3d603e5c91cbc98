"""Facts about the work that a user states without a word that marks them as a rule or a fact.

"Spacing values come from the design tokens" is recognised by its subject: without an article, it speaks of
all of them, whereas "the page is blank" speaks of one at this moment.
"""

from __future__ import annotations

import re

from ...word_sets import word_set
from .chat import has_proper_noun
from .lexicon import VERB_FORMS, VERBS
from .technical import has_specifics, is_technical
from .verbs import has_verb
from .wording import is_symptom

__all__ = ["is_unmarked_fact"]

_NO_SUBJECTS = word_set(
    """
    the a an this that these those it its i i'm i've i'll i'd you you're we he she they there here what
    which who how why when where if because so then now my your his her can could would should will let
    please yes no ok okay sure maybe perhaps probably just still also not never always thanks sorry good
    great nice well hmm oh ah and but or as like at in on for with from to of after before while since
    until something someone anything one two more any some same another first next last almost looks
    sounds seems works worked
    """
)
_OF_THE_MOMENT = re.compile(
    r"\b(?:now|still|again|currently|today|yesterday|anymore|just|already|i|i'm|i've|me|maybe|perhaps"
    r"|probably|seems?"
    r"|looks?|sounds?|feels?|would|could|might|will|weird|strange|wrong|bug|bugs|buggy|broken|off|odd"
    r"|errors? out|keeps?|randomly|locally"
    r"|fails?(?! (?:the|if|when|unless|without|in review)\b)|failed|failing|crash\w*|stuck|hang\w*|missing"
    r"|late|delayed|(?:in|on|at) my|over|done|ready|finished|pending|waiting|lol|haha|was|were|did|didn't"
    r"|had|please|let's|sorry)\b|[?!]$"
)
_LASTING = re.compile(
    r"\b(?:only|always|never|all|both|every|lives?|comes? from|belongs?|called|named|talks? to"
    r"|goes through|sits"
    r"|reads? from|writes? to|mirrors?|owns?|opens?|closes?|(?:is|are) (?:on|in|at|behind|by|run by|owned by"
    r"|hosted|stored|from)|runs? (?:on|at|in|under|every))\b"
)
"""What one thing always does. After an article, any other verb may be about the moment."""


def is_unmarked_fact(text: str, lowered: str, words: list[str]) -> bool:
    """Whether a user's sentence says how things generally are: technical, in the present, no article."""
    if len(words) < 5 or _OF_THE_MOMENT.search(lowered):
        return False
    if words[0] == "our" or (words[0] == "the" and _LASTING.search(lowered)):
        return has_verb(words) and (has_specifics(text) or has_proper_noun(text)) and not is_symptom(lowered)
    if len(words) < 6 or words[0] in _NO_SUBJECTS:
        return False
    gerund = words[0].endswith("ing")
    if not gerund and (words[0] in VERBS or (words[0] in VERB_FORMS and words[1] not in VERB_FORMS)):
        return False
    return has_verb(words) and (is_technical(text, words) or has_specifics(text))
