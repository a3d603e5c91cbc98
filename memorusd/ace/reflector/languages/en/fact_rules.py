"""English facts: preferences, people, decisions, and how things are set up."""

from __future__ import annotations

import re

from ...tools import TOOLS
from ...word_sets import word_set
from .lexicon import VERB_FORMS, VERBS
from .technical import has_specifics, is_technical
from .wording import FIRST_PERSON, VAGUE_SUBJECT, is_symptom

__all__ = ["fact_pattern"]

_WE_USE = re.compile(
    r"^(?:(?:in|at|on|for|here|since|as|because|note|but|and|so|also)\b[^,]{0,60},? )?(?:we|our team"
    r"|the team|this (?:project|repo|repository|codebase|service|package|monorepo|app)|the (?:project"
    r"|repo|repository|codebase|app|frontend|backend|api|service|company|client|server)|everyone"
    r"|everybody|the \w+ (?:team|service|app|repo)|i|they) "
    r"(?:(?:always|never|only|also|all|usually|generally|typically|normally|mostly|exclusively"
    r"|currently|strictly|still|now) )*(?:do(?:es)? not |don't |doesn't |no longer |are not |aren't "
    r"|can't |cannot )?"
    r"(?:uses?|prefers?|follows?|writes?|names?|keeps?|stores?|runs? on|deploys?|ships?|releases?"
    r"|hosts?|targets?|supports?|requires?|relies|rely|depends?|expects?|adopts?|avoids?|squash"
    r"|squashes|rebases?|merges?|tags?|versions?|builds?|manages?|tracks?|formats?|lints?|indents?"
    r"|caches?|maintains?|enforces?|treats?|generates?|validates?|logs?|reviews?|pins?|speaks?"
    r"|communicates?|talks?|works? (?:in|with|from)|sends?|bills?|pays?|accepts?|limits?|starts?|ends?"
    r"|meets?|lives? in|listens? on|exposes?|imports?|exports?|commits?|documents?|tests?|measures?"
    r"|allows?|assumes?|mocks?|are on|'re on|have a|has a|has no|have no|is a|is an|is built"
    r"|is written|is deployed|are moving)\b"
)
_LIKE = re.compile(
    r"\b(?:i|we|my (?:wife|husband|boss|team|partner|son|daughter|mom|dad|manager|client"
    r"|kids?)) (?:(?:really|also|much|always|usually|generally|still|personally|strongly|absolutely"
    r"|just|do|all|definitely|would|actually|don't|do not|never) )*"
    r"(?:prefer|prefers|hate|hates|dislike|dislikes|love|loves|like|likes|enjoy|enjoys|can't stand"
    r"|cannot stand|can't bear|favou?r|tend to|am a (?:big )?fan of|'m a (?:big )?fan of)\b(?! (?:it"
    r"|that|this|these|those|your|you|how|seeing|hearing|the (?:[\w-]+ ){0,3}(?:idea|ideas"
    r"|suggestions?|look|way|sound|new|change|changes|result|results|vibe|feeling|fact)|\w+ (?:it|this"
    r"|that|your|you))\b(?! when| more| if| better))"
    r"|\b(?:i'd|i would|we'd|we would|i'd much) (?:much )?rather\b|\b(?:i'd|i would|we'd) prefer\b"
    r"|\bmy (?:favou?rite|preferred|preference|go-to|pet peeve)s? (?:\w+ ){0,4}(?:is|are|was"
    r"|remains)\b|\b(?:is|are) (?:one of )?my (?:all-time )?(?:favou?rites?|go-to|pet peeve)\b"
    r"|^i (?:always|never|usually|mostly|only) (?!love|like|enjoy|hate|get|got|forget|forgot|thought|knew"
    r"|know|said|wanted|had|have|been|see|saw"
    r"|end|feel|felt|wonder|think|need|said|understand|understood|remember|realized|noticed|heard|tried"
    r"|did|was|will|meant)"
    r"[a-z]+ \w"
    r"|^i \w+, (?:never|not) \w+"
    r"|\bi'm (?:a|not a) (?:big |huge )?fan of\b|\bi (?:only|never|always|usually|mostly|don't"
    r"|do not) (?:use|eat|drink|work|write|read|listen|watch|buy|wear|fly|travel|code|commit|want)\b"
    r"|\bi(?:'m| am) (?:used to|more comfortable with|most comfortable with)\b"
)
_THEY_LIKE = re.compile(
    r"^(?:[A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+)?|(?:The|Our|My|Her|His|the|our"
    r"|my) [\w-]+(?: [\w-]+)?) (?:(?:really|always|usually|only|also|still|strongly|never|doesn't"
    r"|does not|don't) )*"
    r"(?:prefers?|wants?|likes|loves|hates|dislikes?|can't stand|insists on|would rather|favou?rs"
    r"|enjoys) (?!to (?:know|add|fix|see)\b)"
)
_NO_NAMES = word_set(
    """
    it this that i we you they he she there what who now so and but which moments things people
    everyone
    """
)
_AILS = r"(?:sick|seasick|carsick|nauseous|migraines?|hives|dizzy|hay fever)\b"
_PERSONAL = re.compile(
    r"\b(?:my (?:full |first |last |nick|user ?|middle )?name(?:'s| is)\b|call me (?!back|when|if"
    r"|later|at|crazy)\w|i(?:'m| am| was|'ve been| have been)? (?:currently )?(?:(?:training|studying"
    r"|saving|preparing) for|live|lives|living"
    r"|based|located|born|raised|married|divorced|engaged|allergic|vegetarian|vegan|lactose|gluten"
    r"|in a wheelchair|on (?:crutches|insulin|medication|(?:parental|maternity|paternity|sick) leave)"
    r"|hard of hearing"
    r"|claustrophobic|asthmatic|epileptic|autistic|diabetic|colou?r[- ]?blind|left[- ]handed"
    r"|right[- ]handed|dyslexic|deaf|retired|pregnant|celiac"
    r"|coeliac|pescatarian|originally from|from (?:the )?[a-z]{3,}|an? (?!(?:bit|little|lot|few|fan"
    r"|mess|moment|big|huge|minute|second|idea|error|issue|problem|question|bug|couple|test|quick|good"
    r"|bad|newbie here|terrible)\b)(?:[a-z-]+ ){0,4}[a-z-]+|responsible for|in charge of"
    r"|\d{1,3} years|(?:\w+ )?new to (?!this|here|the (?:team|project))\w+)\b"
    r"|i (?:work|works|worked|study|studied|teach|run|own|lead|manage|speak|play|drive"
    r"|have been working|grew up|graduated|specialize|major)\b (?:as|at|for|in|on|from|with|the|a|an"
    r"|my|our|two|english|german|french|spanish|chinese|portuguese|fluent|native|guitar|piano|football"
    r"|tennis|chess|remote|part|full|night|[a-z]+ish)"
    r"|i (?:moved|relocated|got married|graduated|adopted|started (?:a new job|working|learning|at)"
    r"|joined|quit|retired|was promoted|am moving|'m moving|signed up|bought a|became)\b|i'm (?:moving"
    r"|getting married|starting a new job|learning|expecting)\b|i(?:'ve| have) (?:just "
    r"|recently )?(?:started (?:learning|working|studying|playing)|moved|joined|been (?:living|working"
    r"|learning|playing|married))\b"
    r"|my (?:\w+ )?(?:wife|husband|partner|son|daughter|dog|cat|kids?|children|mother|father|mom|dad"
    r"|mum|brother|sister|boss|manager|birthday|email|phone|address|time ?zone|team|job|role|company"
    r"|hobby|hobbies|car|laptop|machine|girlfriend|boyfriend|fianc\w+|anniversary|doctor|hometown"
    r"|native language|mother tongue|parents|pet|pets|height|weight|salary|budget|goal|working hours"
    r"|office|desk|editor|os|setup|blood type|title|pronouns|passport|keyboard|monitor"
    r"|phone number)(?:'s)?\b(?: (?!and\b|but\b|i\b|that\b|which\b|so\b)\w+){0,3}? (?:is|are|was|has"
    r"|have|lives?|works?|starts?|turns?|turned|loves?|likes?|hates?|runs?|goes|plays?|studies|called"
    r"|named|ends?|moved|got|can|can't|doesn't|needs|uses|speaks)\b"
    r"|i get (?:\w+ ){0,2}" + _AILS + r"(?!.*\b(?:of|when i see|today)\b)"
    r"|(?:i|we)(?:'ve got| have got|'ve| have) (?:a |an |two |three |four |one |no |my own "
    r"|\d+ )(?:\w+ ){0,2}(?:kids?|children|sons?"
    r"|daughters?|dogs?|cats?|brothers?|sisters?|siblings?|wife|husband|allergy|degree|phd|car|house"
    r"|garden|pets?|macbook|laptop|diabetes|asthma|years|masters?)\b|i can(?:'t|not) (?:eat|drink|have"
    r"|drive|work (?:on|before|after)|hear|tolerate)\b|i don't (?:eat|drink|drive|speak|work (?:on"
    r"|before|after))\b)"
)
_TRANSIENT = re.compile(
    r"(?:(?:so|hey|hi|ok|and|but|now|also),? )*(?:i|we)(?:'m|'re| am| are| keep| just)? (?:now |still "
    r"|just |currently |also )*"
    r"(?:getting(?! married| divorced)|get(?! (?:\w+ ){0,2}" + _AILS + r")|got|seeing|see|trying|hitting"
    r"|hit|running (?:the|this|it|into)"
    r"|working on"
    r"|looking|debugging|wondering|stuck|having (?:a |some |the )?(?:trouble|problem|issue|hard))\b"
)
"""What someone is doing at the moment; it is not a fact about them."""
_I_WANT = re.compile(
    r"^i(?:'d)? (?:want|like|need) (?!to\b|you\b|the\b|this|that|these|a\b"
    r"|an\b)(?:[\w-]+ ){0,3}[\w-]+s\b.*\b(?:per|each|every|always|never"
    r"|everywhere|so (?:that )?i can|instead of|not|when|whenever|with)\b"
)
"""A wish for many things that says when: "I want small commits, one per step"."""
_SUBORDINATE = re.compile(r"\b(?:when|if|while|whenever|after|before|until|unless|once|because) $")
_HABIT = re.compile(
    r"\b(?:nobody|no one|everyone|everybody|automatically|by hand|in this (?:app|repo|project|codebase"
    r"|service|team)"
    r"|around here|here)\b|\b(?:gets?|is|are) \w+(?:ed|t|n) (?:by|from|in|into|with|through|via|on every|at) "
)
"""How things are usually done, not how one of them is at the moment."""
_MY_IS = re.compile(
    r"\b[Mm]y [a-z]+(?: [a-z]+)? (?:is|are|was) (?:called |named |in |at |on )?(?:Dr\.? "
    r"|the )?[A-Z][a-z]+"
)
_DECIDED = re.compile(
    r"\b(?:we|the team|they|i|management|the board|engineering|everyone|our team|leadership"
    r"|the architects?)(?:'ve| have|'d| had|'re| are| all)? (?:all |recently |just |finally |already "
    r"|also |now |then )*(?:decided|agreed|chose|chosen|went with|picked|settled on|switched|migrated"
    r"|moved (?:away|from|to|everything|all|the|our|off)|dropped|replaced|standardi[sz]ed|adopted"
    r"|opted|rejected|deprecated|abandoned|retired|rewrote|converted|stopped (?:using|supporting)"
    r"|no longer (?:use|support)|going with|moving to|sticking with|switching to|got rid of)\b"
    r"|\b(?:let's|we'll|i'll|we're gonna) (?:go (?:with|for)|take|stick (?:with|to)|pick|choose|settle on"
    r"|stay (?:with|on)|keep) (?!it\b|this\b|that\b|going\b|in\b|an? )[\w./-]+.{0,60}?(?:\b(?:because"
    r"|since)\b"
    r"|, (?:we|it|that's|the|our|they|he|she)\b)"
    r"|\b(?:the |our |final |we made a )decision\b|\bit was (?:decided|agreed)\b|\b(?:was|were"
    r"|has been|have been) (?:chosen|replaced|deprecated|removed in favou?r|dropped|migrated"
    r"|superseded|retired)\b"
)
_STABLE = re.compile(
    r"\b(?:is|are|'s|'re|was set|has|have|lives?|runs?|listens?|uses?|stores?|stored|located|hosted"
    r"|named|called|defaults?|expects?|targets?|generated|resets?|rotates?|expires?|goes|go|contains?"
    r"|owned|owns?|maintains?|maintained|handles?|handled|belongs?|requires?|points?|sits?|happens?"
    r"|starts?|ends?|ships?|deploys?|deployed|builds?|releases?|reads?|writes?|comes|returns?|accepts?"
    r"|supports?|costs?|takes?|allows?|limits?|limited|serves?|served|exposes?|connects?|syncs?"
    r"|depends?|means|equals|refers|lists?|holds?|keeps?|kept|provides?|implements?|triggers?|closes?"
    r"|opens?|needs?|set to|set in|configured|managed|responsible|works|meets?|begins?|charges?|bills?"
    r"|pays?|replicates?|sends?|sent|cached|versioned|written in|built (?:with|on|by|in)|based on|due"
    r"|scheduled|controls?|controlled|maps?|mapped|lags?|fires?|comes?|stays?|freezes?|renews?"
    r"|publishe[sd]|backs? up|backed up)\b"
)
_CASED = re.compile(
    r"\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b|\b[a-z]+[A-Z]\w+\b|\b[A-Z][a-z]+[A-Z]\w*\b|(?<=\S )[A-Z][\w-]+"
)
_TOPIC = re.compile(
    r"^(?:also |and |so |but |oh |here |there |currently |the reason is |in \w+,? |on \w+,? "
    r"|for \w+,? )*(?:our|the|this project|this repo|all|each|every|any|most|both|\w+'s|my|we|we're|it"
    r"|its|new|old|production|staging|prod|dev|nightly|daily|weekly|releases?|deploy\w*|builds?"
    r"|backups?|logs?|dashboards?|sessions?|secrets|config\w*|ci|tests?|specs?|migrations?|docs"
    r"|documentation|passwords?|tokens?|prs?|pull requests|branches|tickets|issues|customers?|users?"
    r"|clients?|invoices?|payments?|support|standups?|meetings?|retros?|sprints?|office"
    r"|[a-z-]+ ?[a-z-]* (?:is|are|owns|handles|maintains|lives?|runs?))\b"
)
_EXACT = re.compile(
    r"\bport \d{2,5}\b|https?://|\bevery \d+ |:\d{4,5}\b|\b\d+(?:\.\d+)? ?(?:%|ms|seconds?|minutes?"
    r"|hours?|days?|gb|mb)\b",
    re.I,
)
_OWNER = re.compile(
    r"\b(?:owns|owner|maintains|maintainer|responsible for|in charge of|handles|takes care of"
    r"|point of contact|on[- ]call|approves|reviews all|leads|reports to|is our|is the (?:lead|owner"
    r"|maintainer|contact|manager|cto|ceo|pm|admin|one who))\b"
)
_PLACE = re.compile(
    r"\b(?:lives? (?:in|at|under)|(?:is|are|'s) (?:all |both |always |now |only |still )?(?:in|at"
    r"|under|on|behind|located|stored|kept|hosted|defined|generated|set|configured|called|named|read"
    r"|written|pinned|frozen|deprecated|deployed|owned|managed|only)|listens? on|runs? (?:on|at|in"
    r"|behind|every)|goes? (?:to|out|through|against)|stored in|hosted (?:on|at|in)|belongs? (?:in|to"
    r"|under)|defaults? to|set to|expires?|due|deadline|depends on|written in|built (?:with|on)"
    r"|based on|deployed (?:to|on|from)|rotated?|starts? (?:on|at)|ends? (?:on|at))\b"
)
_ASIDE = re.compile(
    r"\b(?:error|bug|weird|wrong|broken|fail\w*|crash\w*|stuck|missing|issue|problem|again|still|now|"
    r"here(?:'s| is| are| you| we)|anymore)\b|[!?]$"
)
_POLICY = re.compile(
    r"^(?:we're|we are) (?:not|no longer|only|never) (?!going|getting|seeing|looking|trying|making|having"
    r"|doing"
    r"|talking|waiting|there|nothing)\w+ing\b(?!.*\b(?:yet|today|now|this (?:time|week|sprint))\b)"
)
"""What a team does not do: "we're not adding new dependencies"."""
_PAST_EVENT = re.compile(
    r"\b(?:yesterday|last night|this morning|a minute ago|earlier|just (?:now|finished|pushed|merged|did))\b"
)


def fact_pattern(text: str, lowered: str, words: list[str], role: str | None) -> str | None:
    """The pattern of a preference, a person, a decision or a fact; None if there is none."""
    if role != "assistant" and _LIKE.search(lowered) and len(words) > 2:
        return "preference"
    if role != "assistant" and _I_WANT.match(lowered):
        return "preference"
    if role != "assistant" and words[:2] == ["i", "use"] and any(word in TOOLS for word in words):
        return "preference"
    if role != "assistant" and len(words) >= 2 and not _TRANSIENT.match(lowered):
        person = _PERSONAL.search(lowered)
        if (person and not _SUBORDINATE.search(lowered, 0, person.start())) or _MY_IS.search(text):
            return "personal"
    if _DECIDED.search(lowered) and len(words) > 4 and not (role == "assistant" and words[0] == "i"):
        return "decision"
    if FIRST_PERSON.match(lowered):
        return None
    usual = len(words) > 3 and _WE_USE.match(lowered) and not _PAST_EVENT.search(lowered)
    if usual and (role != "assistant" or has_specifics(text)):
        return "norm" if re.search(r"\b(?:not|never|instead|only|don't|no longer)\b", lowered) else "fact"
    if role != "assistant" and len(words) > 4 and _POLICY.match(lowered):
        return "norm"
    if _PAST_EVENT.search(lowered) or (role == "user" and is_symptom(lowered)):
        return None
    if role != "assistant" and words[0] not in _NO_NAMES and _THEY_LIKE.match(text):
        return "preference"
    if _OWNER.search(lowered) and len(words) > 2 and not VAGUE_SUBJECT.match(lowered):
        return "fact"
    if (
        len(words) > 3
        and _STABLE.search(lowered)
        and not (VAGUE_SUBJECT.match(lowered) and role == "assistant" and not has_specifics(text))
    ):
        if role is not None and (
            text.endswith("!") or (VAGUE_SUBJECT.match(lowered) and not is_technical(text, words))
        ):
            return None
        specific = has_specifics(text)
        placed = bool(_PLACE.search(lowered))
        work = role != "assistant" and not _is_order(words) and is_technical(text, words)
        if specific and (placed or work or _TOPIC.match(lowered)):
            return "fact"
        if placed and _TOPIC.match(lowered) and (_CASED.search(text) or any(w in TOOLS for w in words)):
            return "fact"
        if (
            placed
            and re.search(r"\b(?:because|since|so that)\b", lowered)
            and not VAGUE_SUBJECT.match(lowered)
        ):
            return "fact"
    if (
        role != "assistant"
        and len(words) > 5
        and not VAGUE_SUBJECT.match(lowered)
        and words[0] not in VERBS
        and is_technical(text, words)
        and _HABIT.search(lowered)
        and not _ASIDE.search(lowered)
    ):
        return "fact"
    exact = bool(_EXACT.search(text)) and is_technical(text, words) and len(words) > 5
    return "fact" if exact and not VAGUE_SUBJECT.match(lowered) and words[0] not in VERBS else None


def _is_order(words: list[str]) -> bool:
    """Whether the first word is an order; in "branch names start with …" it is part of a noun."""
    if words[0] in ("no", "you"):
        return True
    named = words[1].endswith("s") and words[2] in VERB_FORMS
    return words[0] in VERBS and not named
