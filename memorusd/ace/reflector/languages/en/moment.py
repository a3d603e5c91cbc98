"""English sentences about the moment: an agent's progress, a user's report of a symptom, words like "now"."""

from __future__ import annotations

import re

from .lexicon import straight

__all__ = ["is_momentary", "progress_or_report"]

_PROGRESS = re.compile(
    r"^(?:(?:ok(?:ay)?|so|now|then|next|first|great|perfect|good|alright|right|sure|yes|done|excellent"
    r"|finally|and|also|but|hmm|wait|actually|got it|of course|certainly|absolutely|understood|thanks"
    r"|noted)[,!.:—-]* )*(?:"
    r"let me\b|let's\b|to (?:fix|solve|do|check|verify|test|confirm) (?:this|that|it),? (?:we|i|let)\b"
    r"|i'll\b|i will\b|i'm going to\b|i am going to\b|i'm (?:now |just )?\w+ing\b"
    r"|i've\b|i have (?:now |also |just |already |successfully )?\w+(?:ed|n|t|de|ne)\b|i (?:just |now "
    r"|also |then |already |first )?(?:need|want|can|see|found|added|updated|created|fixed|changed"
    r"|ran|read|checked|looked|moved|renamed|removed|wrote|made|put|used|opened|implemented|refactored"
    r"|started|noticed|think|believe|should|have|did|set|was|am|understand|replaced|pushed|committed"
    r"|tested|verified|installed|kept|left|tried|went|got|couldn't|could|would|may|might|don't|can't"
    r"|cannot|cleaned|extracted|converted|rewrote|deleted|merged|split|reviewed|skipped|applied|chose"
    r"|decided)\b"
    r"|we(?:'re| are) (?:now |almost )?\w+ing\b|we (?:can|now|still|need|have) (?:now|proceed|move|see"
    r"|to|a)\b|(?:looking|running|checking|reading|searching|updating|creating|starting|working|fixing"
    r"|adding|testing|installing|building|executing|retrying|trying|opening|moving|writing|applying"
    r"|verifying|analy[sz]ing|investigating|committing|pushing|generating|examining|exploring"
    r"|continuing|waiting|implementing|refactoring|cleaning|reviewing|removing|replacing|deploying"
    r"|debugging|fetching)\b"
    r"|(?:all|the) (?:\d+ )?(?:\w+ )?(?:tests?|checks?|builds?|types?|specs?|suite|pipeline|linter"
    r"|changes?|implementation|file|files|function|code|fix|refactor\w*|migration|output|deploy\w*"
    r"|script|page|server|app|pr)(?: \w+)? (?:now |still |all |also |has |have |is |are |looks? |was "
    r"|were )*(?:pass\w*|green|succe\w+|complete\w*|done|ready|good|clean|fine|fail\w*|work\w*|broken"
    r"|updated|added|created|running|finished|up|live|in place|red|pushed|deployed|not working|hang\w*"
    r"|crash\w*|timing out)\b"
    r"|(?:everything|all|that|this|it) (?:now |still |should |is |are |was |looks? |all "
    r"|seems? )*(?:pass\w*|green|succe\w+|complete|done|ready|good|clean|fine|work\w*|updated|finished"
    r"|up to date|set|in place|(?:not |un)\w*resolved|failing)\b"
    r"|(?:here's|here is|here are|below is|there you go|this is the)\b|good progress|step \d|task \d"
    r"|part \d|phase \d|(?:done|pushed|deployed|committed|merged|updated|fixed|added|created|renamed"
    r"|removed|installed|finished|completed|implemented|refactored|moved|replaced|applied|cleaned"
    r"|reverted|running)\b"
    r"|(?:two|three|four|five|\d+) of (?:the )?(?:two|three|four|five|six|\d+)\b|\d+ (?:tests?|files?"
    r"|errors?|warnings?|failures?) (?:pass|fail|chang|remain|left|found|were|are)\w*|no (?:errors"
    r"|failures|warnings|changes|issues)\b|would you like\b|do you want\b|if you(?:'d| would) like\b"
    r"|if you want,? i\b|want me to\b)"
)
_REPORT = re.compile(
    r"(?:\b(?:is|are|was|were|keeps?|still|it's|they're|just|now|starts?|started)(?: \w+)? (?:failing"
    r"|broken|not working|crash\w*|misaligned|stuck|hanging|throwing|down|red|missing|timing out|slow"
    r"|flaky|wrong|gone|empty|blank|weird)\b"
    r"|\b(?:doesn't|does not|didn't|won't|don't|isn't|aren't|not) (?:seem to |even )?(?:work|compile"
    r"|build|load|render|start|show|pass|run|fit|open|respond|help|match|happen|working|showing"
    r"|loading)\b(?! (?:with|on|in|for|when|if|unless|until|without|under|behind|inside)\b)"
    r"|\bi(?:'m| am| keep| just)? (?:getting|get|got|see|seeing|have|having|hit|hitting|noticed"
    r"|notice)\b.{0,60}\b(?:error|errors|exception|warning|crash|failure|issue|problem|bug|message"
    r"|timeout|404|500|blank|nothing)\b"
    r"|\b(?:right now|at the moment|this morning|earlier today|just now|for now|as we speak)\b)"
)


_STANDS = re.compile(
    r"^(?:(?:please|and|also|but|so|oh|no),? )*(?:don't|do not|never|always)\b|\bbecause\b.{3,160}, so\b"
)
"""An order, or a state with its cause and its consequence: these outlast the moment."""
_BARE_PROGRESS = re.compile(
    r"^(?:(?:ok(?:ay)?|so|now|then|next|great|good|alright|right|hmm|wait|sure"
    r"|perfect)[,!.:]* )*(?:let me (?!know)\w"
    r"|i(?:'ll| will) (?:now |just |go |also |first |then )*(?:check|look|take a|try|run|start|fix|add"
    r"|update|do|see"
    r"|create|make|write|read|open|investigate|implement|begin|continue|search|move|rename|remove|refactor"
    r"|test|push|commit|merge|deploy|install|be right|ping|let|get back)\b"
    r"|(?:i'm|i am|we're|we are) (?:now |just |still |currently |also |about to "
    r"|going to )*(?:(?:getting(?! married"
    r"| divorced| a (?:dog|cat|new))|seeing|hitting|trying|about to|going to (?:check|look|run|try|fix"
    r"|start|refactor|update|add|write|change|test|push|merge|deploy"
    r"|rename|remove|read|open|investigate|implement|search|create|make|do|move|see))\b"
    r"|(?!learning|living|taking|using|studying|training|planning|leaving|attending|managing|leading|teaching"
    r"|raising|caring|writing the)\w+ing (?:\w+ )?(?:the|this|it|that|these|those|all|tests?|your|through"
    r"|into"
    r"|another|a (?:fix|test|look|few|quick))\b)"
    r"|(?:i|we)(?:'ve| have)? (?:just |already |now |successfully )*(?:fixed|added|updated|created|removed"
    r"|pushed"
    r"|committed|ran|checked|renamed|refactored|implemented|deployed|installed|tested|reverted|finished)\b"
    r"|(?:just|already) \w+(?:ed|t) (?:the|a|an|my|it|that|this|all|some)\b"
    r"|(?:(?:all|the|\d+|your|my) (?:\w+ ){0,2})?(?:tests?|checks?|builds?|pipeline|suite|ci|specs"
    r"|deploy\w*) (?:now |still "
    r"|all |are |is |just |has |have )*(?:pass\w*|green|red|fail\w*|broken|done|finished|succeeded|running)"
    r"(?: now| again| already)?(?:[.!…]*$|[,;] )"
    r"|i (?:still |also )?(?:need|have|want) to (?:update|fix|check|look|run|add|write|refactor|test|read"
    r"|see|find|rename"
    r"|remove|create|figure)\b|(?:the|that|this) (?:\w+ ){1,3}now (?:returns|works|shows|handles|passes"
    r"|renders|loads)\b"
    r"|i(?:'ll| will) (?:\w+ )?\w+ (?:up |out |into |in |on |over )?(?:the|this|it|that|these|those|another) "
    r"|all (?:set|done)\b|let's (?!use|keep|avoid|stick|not|always|never|agree|name|call|prefer)\w"
    r"|(?:reverted|fixed|added|updated|removed|renamed|refactored|implemented|pushed|merged|committed"
    r"|cleaned|bumped"
    r"|changed|deleted|created|tested|checked|verified|finished|deployed|installed|rebased) (?:up )?(?:the"
    r"|a|an|my|your"
    r"|this|that|last|all|some|it)\b|(?:[a-z']+ ){1,5}(?:now|again)[.!…]*$"
    r"|(?:that|this|it) should (?:do|work|be)\b"
    r"|(?:it |this |that )?(?:looks like|seems like|seems to)\b|still (?:\w+ing|no|not|the same)\b"
    r"|(?:the )?(?:build|deploy|download|upload|install|migration|import|export|copy|sync|backup|scan)\w*"
    r"(?:'s| is| are)? (?:now |still )?(?:at|about|around) \d+ ?(?:%|percent)"
    r"|(?:one|two|three|four|five|six|\d+|half|most|some) (?:(?:out )?of (?:the |them|those|my )?)?(?:\w+ )?"
    r"(?:is|are|were) (?:done|finished|left|to go|in progress|pending|through|ready)\b"
    r"|(?:everything|all|it|that|this) (?:is |was |'s |now )*(?:works?|working|passes|green|done|merged|fixed"
    r"|pushed|deployed|good|set)\b(?: now| again)?[.!]*$)"
)
"""Progress in a bare text: only what cannot be anything else."""


def progress_or_report(text: str, role: str | None) -> str | None:
    """Why a sentence about the moment is not kept (progress, a symptom); None if it is about more."""
    lowered = straight(text).strip()
    if (_BARE_PROGRESS if role is None else _PROGRESS).match(lowered) and role != "user":
        return "progress talk"
    stands = _STANDS.search(lowered) and not _MOMENT.search(lowered)
    if role is not None and not stands and _REPORT.search(lowered):
        return "reports a state of the moment"
    return None


_MOMENT = re.compile(
    r"\b(?:today|tonight|right now|at the moment|just now|this (?:morning|afternoon|evening|time|once)"
    r"|for now|yesterday|currently|temporarily|in a (?:minute|sec\w*|bit))\b"
)


def is_momentary(text: str) -> bool:
    """Whether a sentence names a moment that will soon be past."""
    return bool(_MOMENT.search(straight(text).strip()))
