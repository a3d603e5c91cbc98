"""Words about problems: something fails, why, how it was fixed, and whether that worked."""

from __future__ import annotations

import re

from ...text.han_patterns import HanPattern
from .languages.zh import fragments as zh

__all__ = [
    "CAUSE",
    "CONFIRMED",
    "DENIED",
    "FAILURE",
    "FAULT",
    "FOUND_CAUSE",
    "IMPROVED",
    "LESSON",
    "PLEASED",
    "PLEASED_END",
    "REMEDY",
    "SUCCESS",
]

FAILURE = HanPattern(
    r"\b(?:isn't|aren't|doesn't|is not|does not|errors?|exception|fail(?:s|ed|ing|ure)?|crash(?:es|ed"
    r"|ing)?|traceback|can't|cannot|couldn't"
    r"|doesn't work|not working|won't|not found|denied|refused|timed? ?out|undefined|broken|hangs?"
    r"|freezes|oom\w*|segfault|panic|dies|killed|unable|missing|stuck|conflict|rejected|invalid"
    r"|econn\w+|enoent|eacces|eresolve|404|500|502|503|403|401|throws?|\w+error|\w+exception|warning"
    r"|deadlock|leak\w*|slow|complain(?:s|ed|ing)?|keeps? \w+ing|randomly|logged out|los(?:t|es|ing)"
    r"|nothing happens|does nothing|flickers?|disappears?|vanish(?:es)?|unreachable"
    r"|unresponsive|black screen|stopped \w+ing|(?:is|are|stays?|comes out|come out"
    r"|shows up) (?:\w+ )?(?:blank|empty"
    r"|garbled|wrong|gone|twice))\b"
    rf"|{zh.FAILURE}",
    re.I,
)
"""Something goes wrong."""
CAUSE = HanPattern(
    r"\b(?:because|caused by|root cause|(?:issue|problem|cause|reason|culprit|bug|trouble) (?:is|was"
    r"|here is)|happens (?:when|because|if)|due to|comes (?:from|with)|turns? out|turned out|expects?"
    r"|needs?|requires?|incompatible|was missing|is missing|were missing|isn't set|wasn't|is not"
    r"|was not|aren't|doesn't|means that|conflicts? with|no longer|stale|outdated|before, )\b"
    rf"|{zh.CAUSE}",
    re.I,
)
"""Why it went wrong."""
REMEDY = HanPattern(
    r"\b(?:fix(?:ed|es|ing)? (?:it|this|that|the|by)|resolved|resolves|solved|solves|solution"
    r"|workaround|you (?:need|have|should|can|must)|to (?:fix|solve|resolve|avoid)|instead"
    r"|now (?:works?|pass\w*)|setting|adding|removing|upgrading|downgrading|pinning|switching"
    r"|increasing|i (?:now )?(?:added|set|changed|pinned|removed|replaced|upgraded|downgraded|moved"
    r"|switched|increased|read|wrapped|use|used|made|installed|updated|configured|disabled|enabled"
    r"|renamed|cleared|deleted))\b|; (?:set|use|run|add|change|install|upgrade|pin|remove|enable"
    r"|disable)\b"
    rf"|{zh.REMEDY}",
    re.I,
)
"""What to do about it, or what was done."""
FOUND_CAUSE = HanPattern(
    r"\b(?:found it|root cause|(?:issue|problem|culprit|cause|bug) (?:was|turned out)|fixed (?:it|the"
    r"|by|this)|resolved|solved|the fix (?:is|was)|fix(?:es|ed) (?:it|the))\b"
    rf"|{zh.FOUND_CAUSE}",
    re.I,
)
"""The cause or the remedy was found, without doubt."""
CONFIRMED = HanPattern(
    r"\b(?:that|it|this|which|\w+ing|\w+) (?:worked|works|fixed|solved|did (?:it|the trick)|helped"
    r"|does the trick|resolved)\b|\b(?:works? (?:now|fine|again|like a charm|great|perfectly)"
    r"|working now|fixed it|solved|resolved|all (?:good|green)|passes now|no more errors?|problem gone"
    r"|got rid of|went away|did it|confirmed|no more"
    rf"|it's gone|you're right|that was it)\b|{zh.CONFIRMED}"
    r"|\b(?:there we go|bingo|magic|back to normal|(?<!not )as (?:it should|expected)"
    r"|good as new|that's better|much (?:better|faster)|way (?:better|faster))\b"
    r"|\b(?:loads?|runs?|builds?|starts?|opens?|reloads?|connects?|shows? up|shows?|appears?|responds?"
    r"|comes? up"
    r"|prints?|plays?|syncs?|renders?|boots?|is up|are up|goes through|see it|flies)"
    r"(?: \w+){0,3} (?:now|again|instantly|at once|right away)\b"
    r"|^(?:\w+[,!] )?(?:works|worked|fixed|solved)\b",
    re.I,
)
"""The user says that the remedy worked."""
PLEASED = HanPattern(
    r"^(?:yep|yup|yeah|ah|great|perfect|awesome|excellent|thanks|thank you|nice|amazing|yes|cool"
    rf"|{zh.PLEASED})\b",
    re.I,
)
"""A reply that opens with thanks or praise."""
PLEASED_END = re.compile(
    r"(?:^|[,.!] ?|\s)(?:brilliant|cheers|thanks|thank you|thx|ty|nice|perfect|great|awesome|amazing"
    r"|lovely|sweet"
    r"|excellent|yay|woo+|phew|hooray|fantastic|wonderful|legend|magic)[\s!.:)]*$|[👍🎉🙏🥳]\s*$",
    re.I,
)
"""A reply that ends with thanks or praise."""
IMPROVED = re.compile(
    r"\b(?:now|finally|again|(?:is|are|it's) \w+ing|can see|i see|i can|comes?|shows?|gone)\b", re.I
)
"""Something is different now."""
DENIED = HanPattern(
    r"\b(?:didn't|did not|doesn't|does not|still (?:the same|fail\w*|get\w*|see\w*|broken|not|no|happen\w*"
    r"|doesn't|error\w*|crash\w*|there|hang\w*|nothing)|no luck|same (?:error|problem|issue)|nope|not working"
    r"|another error|worse)\b"
    rf"|{zh.DENIED}",
    re.I,
)
"""The user says that the remedy did not work."""
LESSON = HanPattern(
    r"\b(?:has to|have to|must|needs? to|needs?|requires?|because|root cause|turn(?:s|ed) out|was missing"
    r"|is missing"
    r"|only|the (?:problem|issue|cause|culprit|reason) (?:was|is)|wasn't|isn't|aren't|not (?:set|running"
    r"|installed|up)|without|instead|expects?|before|conflicts? with|stale|outdated)\b"
    rf"|{zh.LESSON}",
    re.I,
)
"""What an agent concludes about a fault."""
FAULT = re.compile(
    r"(?:\berr!|\b(?:could not|error|exception|traceback|failed|failure|fatal|denied|refused|not found"
    r"|no such file|does(?:n't| not) exist|cannot|unable to|panic|killed|timed out|no rule|usage:"
    r"|unrecogni[sz]ed|unknown (?:option|command|flag)|no matches|illegal option"
    r"|conflict|invalid|rejected"
    r"|command not found|exit (?:code|status) [1-9])\b|\w+(?:Error|Exception)\b)",
    re.I,
)
"""A line that a program prints when something went wrong."""
SUCCESS = HanPattern(
    r"\b(?:pass(?:es|ed)?|works?|worked|succeed\w*|green|fixed|resolved|solved|starts? (?:now|up)|builds? now"
    r"|that did it)\b"
    rf"|{zh.SUCCESS}",
    re.I,
)
"""Something works at last."""
