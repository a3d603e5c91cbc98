"""English rules: norms, warnings, remedies and commands that hold every time."""

from __future__ import annotations

import re

from ...word_sets import word_set, words_of
from .lexicon import VERBS
from .technical import is_technical
from .wording import FIRST_PERSON, VAGUE_SUBJECT, is_symptom

__all__ = ["ALARM", "OUTWEIGHED", "WARNING", "has_purpose", "is_one_off", "rule_pattern", "states_fix"]

_NEVER_RULE = re.compile(
    r"never (?:gets?|fails to|mind|know|seen|heard|thought|been|had|works?|worked|happened|said|saw|got"
    r"|did|tried"
    r"|knew|again|ever)\b|\b(?:i|i've|i'd|i'll|you) never\b"
)
_ALWAYS_RULE = re.compile(
    r"(?:almost|nearly|as|not) always|always (?:fails?|failing|happens?|been|was|crash\w*|breaks?"
    r"|wrong|get|gets|fun|nice|good|a pleasure|great|there|thought|wanted|wonder\w*|feels?|felt|had"
    r"|so)\b|\bi'(?:ve|m|ll) always\b"
)
_DO_NOT = re.compile(
    r"(?:^|[,;:.(—-] ?|\b(?:please|and|but|or|so|then|just|also|,) )(?:do not|don't|dont) (?!(?:know"
    r"|think|mind|worry|bother|understand|see|have|care|want|believe|remember|like|feel|need|get"
    r"|really|do that|do it|do this|touch (?:it|that|this)|run it|mention|be)\b)(?:\w+ )?[a-z]"
)
_MUST = re.compile(
    r"\b(?:must|mustn't|shall|needs? to|(?<!you )(?<!we )(?<!i )needs? (?:an?|at least|no)|has to"
    r"|have to|ought to|(?:is|are) (?:required|expected"
    r"|supposed|mandatory|forbidden|not allowed|prohibited|allowed|disallowed|banned|off[- ]limits)"
    r"|required?s?|may not|may only|can only|cannot be|can't be)\b(?! (?:have been|have (?:gone|got"
    r"|left|made|forgotten)|be (?:joking|kidding|tired|hard|nice|fun|great|something|a (?:bug"
    r"|problem)))\b)"
)
_SHOULD = re.compile(
    r"\bshould (?:always|never|only|not|use|be (?:\w+ly )?(?:\w+ed|kept|written|put|sent|built|run|set"
    r"|made|in|under|on|at|short|small|pure|immutable|unique|idempotent|between|less|more|no)\b|have"
    r"|live|go|come|follow|contain|include|return|start|end|begin|match|stay|go|inherit|extend|avoid"
    r"|prefer|point|keep|take|pass|handle|support|depend|import|call|log|throw|raise)\b"
    r"|\bshouldn't (?!(?:be (?:hard|too|a problem)|take|matter)\b)"
)
_SHOULD_SOFT = re.compile(
    r"\b(?:i|that|this|it|we|they|you) should\b|\bshould (?:be (?:fixed|done|fine|ok|resolved|ready)"
    r"|have (?:been|worked))\b"
)
_MAKE_SURE = re.compile(
    r"(?:^|[,;:.] ?|\b(?:please|and|but|also|must|should|always|so) )(?:make sure|be sure to|ensure"
    r"|remember to|don't forget to|do not forget to|take care (?:to|not to)|be careful (?:not )?to)\b"
)
_PREFER = re.compile(
    r"(?:^|[,;:] ?|\b(?:please|and|but|always|also) )(?:prefer|favou?r|avoid|refrain from|stick (?:to"
    r"|with)|opt for|only use|limit|minimi[sz]e|stay away from|steer clear)\b"
)
_USE_RULE = re.compile(
    r"(?:^|[,;:.] ?|\b(?:please|and|but|always|also|we|only|must) )use (?:the |a |an |our "
    r"|your )?[^,;]{1,80}?(?:,? (?:and )?(?:not|never|instead of|rather than|over|instead)\b|,? (?:for"
    r"|when|whenever|in|inside|on|to|because|since|as|with|wherever|where|everywhere|at)\b)"
)
_USE_TASK = re.compile(
    r"\b(?:the|that|this|those|these) (?:other|same|new|old|first|second|last|one|above|following"
    r"|previous|existing|file|one|ones)\b|\buse (?:it|that|this|them|your)\b"
)
_INSTEAD = re.compile(r"\b(?:instead of|rather than|in favou?r of|in place of|, not|and not|but not|never)\b")
_CONDITION = re.compile(
    r"^(?:in (?:this|our) (?:project|repo|codebase|app|service) (?P<here>[a-z][a-z-]+)|(?:when(?:ever)?|if"
    r"|before|after|once|while|unless|until|for (?:all|any|every|each|new)"
    r"|on (?:each|every)|in (?:tests?|production|prod|dev|development|staging|ci|\w+ mode)|inside"
    r"|within|every time|each time)\b[^,]{2,160}, (?:please |always |just |also |only |we |you (?:must"
    r"|need|have|should)|make |it |the |then |first )*(?P<verb>[a-z][a-z-]+))"
)
_TRAIL_CONDITION = re.compile(
    r"\b(?:when(?:ever)?|before|after|unless|every time|each time|until|once) (?:you|we|the|a|an|any"
    r"|each|every|it|all|\w+ing|changing|touching)\b"
)
WARNING = re.compile(
    r"^(?:(?:and|but|also|so|oh|please)[,]? )?(?:watch out|careful|be careful|be aware|beware|gotcha"
    r"|caveat|warning|caution|heads[ -]up|pitfall|attention|known issue|important)\b|\b(?:turns out"
    r"|turned out|gotcha|watch out (?:for|because|when)|be careful|beware|foot-?gun|known (?:bug|issue"
    r"|limitation))\b"
    r"|\b(?:breaks|fails|crashes|hangs|leaks|deadlocks|corrupts|silently \w+|will (?:break|fail|crash"
    r"|be lost|be overwritten|not work)|stops working|does(?:n't| not) work|do(?:n't| not) work"
    r"|is(?:n't| not) (?:supported|thread[- ]safe|safe|available|idempotent|compatible)|are(?:n't"
    r"| not) (?:supported|allowed|safe)|runs twice|has no effect|raises|throws)\b.{0,80}\b(?:if|when"
    r"|whenever|unless|because|since|with|on|in|for|under|without|behind|after|before|so|;)\b"
    r"|^note(?: that|:)|\botherwise\b"
)
_COMMAND = re.compile(r"`(?:\$ )?([a-z][\w.-]*(?:\s[^`\n]{1,200})?)`")
_RUNS = re.compile(
    r"(?:^|\b(?:to|and|then|please|,|can|must|should|:) ?)(?:run|use|execute|start|call|invoke|launch"
    r"|type|do|build|test|deploy|install|regenerate|pass|add)\b"
)
_FLAG = re.compile(r"(?:^|\s)--?[a-z][\w-]*")
OUTWEIGHED = ("norm", "tool", "fact", "decision")
"""Patterns whose words also occur in one-off tasks ("add X when the page loads")."""
_REASONED = re.compile(
    r"\b(?:because|since|always|never|every|each|before (?:you|we|each|every|commit\w*|push\w*|merg\w*"
    r"|deploy\w*)|after (?:you|each|every|chang\w+|edit\w+)|when(?:ever)?|instead|from now on"
    r"|otherwise)\b|, (?:it|the|this|that) "
)
_HERE_AND_NOW = re.compile(
    r"\b(?:this(?! (?:service|project|repo|repository|codebase|package|module|monorepo|team)\b)|these"
    r"|that|those|now|again|my|the (?:file|test|tests|function|page|button|bug|error|code|table|header"
    r"|class|component|form|branch|pr|script|script's|endpoint|failing|new|other|first|last|same))\b"
)
_FIXED = re.compile(
    r"\b(?:(?:fixed|solved|resolved) (?:it|this|that|the [\w -]{1,40})?\s?by|the (?:fix|solution"
    r"|workaround|trick) (?:is|was)|root cause (?:is|was)|(?:issue|problem|culprit) (?:was|turned out)"
    r"|(?:fixed|solved|resolved) (?:it|the \w+)|(?:as a )?workaround)\b"
)
_OURS = re.compile(
    r"\b(?:me|my|our|us|we|answers?|answering|repl(?:y|ies)|respon\w+|explain\w*|explanations?"
    r"|summar\w+|emojis?|jokes?|tone|bullet points|language|english|german|french|spanish|chinese"
    r"|format|headings?|lists?|words?|sentences?|metric|celsius|currency|dates?|units?)\b"
)
ALARM = re.compile(
    r"^(?:(?:oh|and|also|but|btw|please|hey)[, ]+)*(?:heads[ -]up|(?:be )?careful|watch out|beware"
    r"|warning|caution|caveat|gotcha|known issue)\b"
)
_IF = re.compile(r"\b(?:if|when|because|unless|otherwise|before|or else)\b")
_NEVER_ORDER = re.compile(
    r"(?:^|[,;:.—-] ?|\b(?:please|and|but|should|must|we|is|are) )never (?!(?:forget|give up|stop|lose"
    r"|let|mind|gets?|felt)\b)[a-z]"
)
_ALWAYS_ORDER = re.compile(
    r"(?:^|[,;:.—-] ?|\b(?:please|and|but|should|must|to) )always (?:[a-z]+ly )?(?P<verb>[a-z]+)"
)
_GIVEN_REASON = re.compile(
    r"\b(?:before|after|when|whenever|because|since|it|which|instead|if|unless|never|always|not"
    r"|with)\b|, the |\bto \w+"
)
_MUST_BE_SO = re.compile(
    r"\bmust(?: have (?:been|had|gone|got|left|made|felt|done|seen|taken|forgotten|\w+ed)\b|'ve\b"
    r"| (?:feel|look|seem|taste|sound|love|like|miss|enjoy|know|think)\b| be (?!(?:\w+ly )?(?:\w+ed"
    r"|kept|written|built|run|set|put|sent|made|done|given|held|left|unique|lower|upper|true|false"
    r"|valid|enabled|at|in|on|under|between|less|more|no|json|utc|green|present|one|an? \w+ (?:string"
    r"|number|list|uuid|id)|immutable|idempotent|pure|async|signed|installed|running|on|off|public"
    r"|private)\b))"
)
_HAVE_TO = re.compile(
    r"^(?:[a-z ]{1,40}, )?(?:[a-z]+ )?(?:we|you|i|it|this|that|they|he|she)(?:'ll| will| might| may"
    r"| do| also| just"
    r"| really)? (?:need|have|has|needs) to\b"
)
_COURTESY = word_set(
    """
    let know enjoy feel tell show look see try think ask be have take check give help remember
    imagine get go wait
    """
)
_WISHED = re.compile(r"if (?:you (?:want|like|need|ever)|you'd|possible|needed|i )")
_OFFER = re.compile(
    r"^(?:if (?:you (?:ever |want|need|get|have|like|are|do|can|could|feel|enjoy|decide|plan)|you'd"
    r"|you're|possible|needed|i |it )|once (?:you|done)|when you (?:get|have|are|can|come|see)"
    r"|for (?:example|instance|me)\b|in (?:general|fact|addition|short|summary|the end|conclusion"
    r"|other words)\b)"
)
_EVERY_TIME = re.compile(
    r"\b(?:whenever|every|each|before (?:you|we|each|every|commit\w*|push\w*|merg\w*|deploy\w*"
    r"|releas\w*)|after (?:every|each|chang\w+|edit\w+|touch\w+|updat\w+))\b"
)
_EACH = re.compile(
    r"^(?:every|each|all|any|anything|everything)\b(?! (?:time|day|week|one|of|good|right|set"
    r"|tests? (?:pass|fail|are|is)|checks?|done|this|that|it)\b)"
    r"(?: [\w/-]+){1,6}? (?:needs?|gets?|has to|have to|must|should|requires?|goes?|comes?|uses?|starts?"
    r"|ends?|lives?)\b"
)
_WITH_REASON = re.compile(
    r"^(?:please )?(?:use|call|put|keep|run|read|write|import|set|store|log|send|get|pass|wrap|build|start"
    r"|go)\b[^,;.]{8,120}"
    r"[,;] (?!it\b|that\b|they\b|this\b|i\b|you\b|and\b|then\b)(?:[\w-]+ ){1,5}?(?:gets?|is|are|will"
    r"|breaks?|fails?|would|won't"
    r"|can't|doesn't|don't|has|have|hides?|loses?|leaks?)\b"
)
_SO_ORDER = re.compile(
    r",? so (?:please |just |always |you (?:have to|need to|should|must) )*(?:(?P<verb>[a-z]+)|don't|never)\b"
)
_OR_ELSE = re.compile(
    r"^(?:watch|mind)\b.{6,120}[,;] |^[a-z]+ .{6,160}[,;] (?:without (?:it|that|this|them)|or else|if not)\b"
)
_ALL_OF = re.compile(
    r"^(?:all|every|each|no|most|both) (?!(?:good|done|set|the tests?|tests? (?:pass|fail)|of (?:it|them"
    r"|that)|right|green"
    r"|idea|problem|i|you|we)\b)[\w-]+(?: [\w/-]+){0,4} (?:is|are|has|have|sits?|lives?|runs?|goes?|go"
    r"|uses?|comes?|gets?"
    r"|needs?|talks?|reads?|writes?|starts?|ends?|shares?|belongs?|returns?|inherits?)\b(?! (?:now|done"
    r"|green|passing|failing"
    r"|broken|fixed|ready))"
)
_ASK_FIRST = re.compile(
    r"^(?:please )?(?:ask|tell|warn|ping|show|check with|consult) (?:me|us)\b.*\b(?:before (?:you|any"
    r"|every|each)|whenever"
    r"|every time|first)\b"
)
_ALWAYS_SO = re.compile(r"\b(?:is|are) always [a-z]+(?:ed|t|n|pt) (?:as|in|by|with|to|from|on|at)\b")
_EVERY_ANSWER = re.compile(
    r"\b(?:each|every|all(?: of)?(?: your)?) (?:answers?|repl(?:y|ies)|responses?|messages?|explanations?)\b"
)
_NEXT_TIME = re.compile(r"\bnext time\b(?! (?:i|we)\b)")
_STOP = re.compile(
    r"^(?:(?:please|also|and|but),? )*(?:stop|quit) \w+ing (?!the\b|this\b|that\b|it\b|now\b|for now)\w"
)
_SO_DO = re.compile(
    r"\bbecause\b.{3,160}, so (?:please |just |always |you (?:have to|need to|should|must) |we (?:have to"
    r"|need to) |don't"
    r" |never )*(?P<verb>[a-z]+)"
)
_NO_SUCH = re.compile(
    r"^no (?!problem|idea|worries|thanks|rush|need|luck|clue|doubt|way|one|longer|more|matter|news|change"
    r"|errors?)"
    r"[\w-]+s(?: [\w-]+){0,2}?(?: please)?(?:[,;.!]|$)|^no (?!problem|idea|need|one"
    r"|more)[\w-]+ [\w-]+s(?: please)?(?:[,;.!]|$)"
    r"|\b(?:no exceptions|without exception)\b|"
    r"^no (?:more )?[\w-]+(?: [\w-]+)? (?:in|on|for|without|from|inside|during|after|before)\b"
    r"|^no [\w-]+(?: [\w-]+)?[,;] ?(?:use|prefer|only)\b"
)


def rule_pattern(text: str, lowered: str, words: list[str], role: str | None) -> str | None:
    """The pattern of a norm, a warning, a remedy or a command; None if there is none."""
    bare_fix = re.match(r"(?:fixed|solved|resolved) (?:it|this|that)\b", lowered) and len(words) < 12
    if _FIXED.search(lowered) and len(words) > 7 and not bare_fix and not VAGUE_SUBJECT.match(lowered):
        return "error_fix"
    own = bool(FIRST_PERSON.match(lowered))
    if not own and len(words) > 5 and WARNING.search(lowered):
        if role == "user" and is_symptom(lowered):
            return None  # a reported problem; `fixes` reads it together with its fix
        if not VAGUE_SUBJECT.match(lowered) or _IF.search(lowered):
            return "pitfall"
    if own:
        return None
    about_work = role is None or is_technical(text, words)
    if "never" in words and not _NEVER_RULE.search(lowered) and (about_work or _NEVER_ORDER.search(lowered)):
        return "norm"
    if (
        "always" in words
        and not _ALWAYS_RULE.search(lowered)
        and (about_work or _ALWAYS_ORDER.search(lowered))
    ):
        return "norm"
    if _ALWAYS_SO.search(lowered) and not VAGUE_SUBJECT.match(lowered):
        return "norm"
    if len(words) >= 3 and (_NO_SUCH.search(lowered) or _STOP.match(lowered)):
        return "norm"
    if role != "assistant" and len(words) >= 4:
        if about_work and _EACH.match(lowered):
            return "norm"
        if words[0] in VERBS and _EVERY_ANSWER.search(lowered):
            return "norm"
        if _NEXT_TIME.search(lowered) and any(word in VERBS for word in words[:3]):
            return "norm"
    if (consequence := _SO_DO.search(lowered)) and consequence["verb"] in VERBS and about_work:
        return "pitfall"
    if role != "assistant" and _ASK_FIRST.match(lowered):
        return "norm"
    if not about_work and role == "user" and not _OURS.search(lowered):
        return None  # advice from one person to another
    if _DO_NOT.search(lowered) or (
        _MAKE_SURE.search(lowered) and len(words) > 3 and not _USE_TASK.search(lowered)
    ):
        return "norm"
    if _PREFER.search(lowered) and len(words) > 2:
        return "norm"
    if (_COMMAND.search(text) or _FLAG.search(text)) and _RUNS.search(lowered):
        around = words_of(_COMMAND.sub(" ", text))
        if len(around) > 2 and (_GIVEN_REASON.search(lowered) or role is None):
            return "tool"
    if role != "assistant" and _WITH_REASON.match(lowered) and not _USE_TASK.search(lowered):
        return "norm"
    if role != "assistant" and len(words) > 5:
        order = _SO_ORDER.search(lowered)
        if order and (order["verb"] is None or order["verb"] in VERBS) and not _USE_TASK.search(lowered):
            return "norm"
        if _OR_ELSE.match(lowered) and (words[0] in VERBS or words[0] == "mind"):
            return "pitfall"
        if _ALL_OF.match(lowered):
            return "norm"
    have_to = bool(_HAVE_TO.match(lowered)) and not (about_work and _IF.search(lowered))
    if len(words) > 3 and not have_to and _MUST.search(lowered) and not _MUST_BE_SO.search(lowered):
        return "norm"
    if len(words) > 3 and _SHOULD.search(lowered) and not _SHOULD_SOFT.search(lowered):
        return "norm"
    if (
        _USE_RULE.search(lowered) or (lowered.startswith("use ") and _INSTEAD.search(lowered))
    ) and not _USE_TASK.search(lowered):
        return "norm"
    match = _CONDITION.match(lowered)
    verb = (match["verb"] or match["here"]) if match else ""
    courteous = verb in _COURTESY or bool(_OFFER.match(lowered))
    if match and verb in VERBS and (about_work or not courteous) and not _WISHED.match(lowered):
        return "norm"
    if (
        words[0] in VERBS
        and _TRAIL_CONDITION.search(lowered)
        and _EVERY_TIME.search(lowered)
        and " me " not in lowered
    ):
        return "norm"
    return None


def states_fix(text: str) -> bool:
    """Whether a text says what caused an error or what fixed it."""
    return bool(_FIXED.search(text.lower().replace("’", "'")))


def has_purpose(text: str) -> bool:
    """Whether an order to run something says when or why, so that it outlasts the moment."""
    return bool(_REASONED.search(text.lower()))


def is_one_off(text: str) -> bool:
    """Whether an order is about the thing at hand ("this", "the failing test"), not about every time."""
    lowered = text.lower()
    if _STOP.match(lowered):
        return False
    if _MAKE_SURE.match(lowered):
        return bool(
            re.search(
                r"\b(?:then|now|this(?! (?:service|project|repo|repository|codebase|package|module)\b)|these"
                r"|again)\b",
                lowered,
            )
        ) and not _EVERY_TIME.search(lowered)
    return bool(_HERE_AND_NOW.search(lowered)) and not re.search(
        r"\b(?:always|never|every|each|must|all|any)\b", lowered
    )
