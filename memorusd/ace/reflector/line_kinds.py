"""What a line of a turn is by itself: prose, code, a log, a table, a heading or links."""

from __future__ import annotations

import re
from typing import Literal

__all__ = ["SegmentKind", "kind_of_line"]

SegmentKind = Literal["sentence", "code", "log", "table", "heading", "link", "recalled", "long"]

_HEADING = re.compile(r"[ \t]{0,3}#{1,6}[ \t]")
_RULE = re.compile(r"[ \t]*(?:[-=_*~#][ \t]?){3,}$")
_LEVELS = r"(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|ERR|FATAL|CRITICAL|SEVERE)"
_LOG = re.compile(
    r"""[ \t]*(?:
      [\[(]?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d            # 2024-05-01 12:00
    | [\[(]?\d\d:\d\d:\d\d[.,\]) ]
    | (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[ ]{1,2}\d{1,2}[ ]\d\d:\d\d:\d\d
    | \d{1,3}(?:\.\d{1,3}){3}[ ]\S{1,20}[ ]\S{1,40}[ ]\[
    | \[?"""
    + _LEVELS
    + r"""\]?(?:[ ]?[:|\]-][ ]?|[ ]{2,}|[ ]\[)(?!\w{1,9}[ ](?:is|are|must|should)\b)
    | \["""
    + _LEVELS
    + r"""\]
    | Traceback[ ]\(most | File[ ]"[^"\n]{1,200}",[ ]line[ ]\d | at[ ][\w.$<>/]{2,120}[ ]?\(
    | [\w.]{1,80}(?:Error|Exception|Warning):[ ] | Caused[ ]by:[ ] | panic:[ ] | goroutine[ ]\d
    | npm[ ](?:ERR!|error|warn|WARN)[ ] | yarn[ ](?:run|install)[ ]v\d | error(?:\[E\d{1,5}\]|[ ]TS\d{1,5}):
    | (?:PASSED|FAILED|ERROR|PASS|FAIL|SKIPPED|ok|not[ ]ok)[ ]{1,3}\S{0,100}[/.:\d]\S{0,100}
    | \d{1,6}[ ](?:passed|failed|tests?[ ]passed)\b | =====+ | -----+[ ]\w
    | [ ]{0,8}(?:Compiling|Finished|Downloading|Downloaded|Installing|Collecting|Fetching
      |Resolving)[ ][\w@\[./-]{1,60}
    | added[ ]\d{1,6}[ ]packages | [d-][r-][w-][xsS-][r-][w-][xsS-][r-][w-][xtT-][ .+@]
    | total[ ]\d{1,9}$ | [$%][ ]\S | \#[ ]?sudo[ ] | >>>[ ] | C:\\[^\n]{0,40}>
    )""",
    re.VERBOSE,
)
_DIFF = re.compile(r"diff --git |@@ -\d|(?:---|\+\+\+) [ab]/|index [0-9a-f]{7,40}\.\.")
_CODE = re.compile(
    r"""[ \t]*(?:
      (?:async[ ])?def[ ]\w{1,80}\( | class[ ]\w{1,80}[ ]?[(:{] | @\w[\w.]{0,60}\(?[^ ]{0,100}\)?$
    | import[ ][\w.]{1,80}(?:[ ]as[ ]\w{1,40})?(?:,[ ][\w.]{1,80}){0,20};?$
      | import[ ].{1,200}[ ]from[ ]["'] | from[ ][\w.]{1,80}[ ]import[ ]
    | (?:export[ ])?(?:default[ ])?(?:const|let|var)[ ][\w{}\[\], $]{1,120}[ ]?[=:]
    | (?:export[ ])?(?:default[ ])?(?:async[ ])?(?:function|interface|enum|struct|impl|fn
      |func)[ *]?[\w<(]{1,80}.{0,200}[{(]
    | (?:public|private|protected|static)[ ][\w<>\[\] ]{1,80}[({=;]
    | (?:if|for|while|switch|elif|else[ ]if)[ ]?\(.{0,300}\)[ ]?\{?$ | for[ ][\w, ]{1,60}[ ]in[ ][^ ]{1,200}:$
    | (?:if|elif|while)[ ](?:not[ ])?[\w.\[\]"'()]{1,120}(?:[ ](?:[=!<>]=?|in|is|and|or)[ ].{1,200})?:$
      | (?:with|except)[ ]?[\w.()]{0,120}(?:[ ]as[ ]\w{1,40})?:$
    | (?:else|try|finally)[ ]?[:{]$ | \#include[ ]?[<"] | \#!/ | package[ ](?:main|[\w.]{1,80};)$
      | using[ ][\w.]{1,80};
    | return(?:[ ][^ ]{1,80}(?:[ ][-+*/=<>&|]{1,3}[ ].{1,120})?)?;?$ | \}[;,)]*$ | [\]})][;,)]*$
    | (?:SELECT|INSERT[ ]INTO|UPDATE|DELETE[ ]FROM|CREATE[ ](?:TABLE|INDEX|VIEW)|ALTER[ ]TABLE
      |DROP[ ]TABLE|WITH)[ ].{0,300}(?:[ ]FROM[ ]|[ ]SET[ ]|[ ]VALUES|[ ]WHERE[ ]|\(|;$|[ ]ADD[ ]|[ ]AS[ ])
    | (?:FROM|WHERE|JOIN|GROUP[ ]BY|ORDER[ ]BY|RUN|COPY|ENTRYPOINT|CMD|WORKDIR)[ ][\w"\[./]
    | </?[a-zA-Z][\w-]{0,40}(?:[ ][^<>]{0,300})?/?> | <\?(?:php|xml) | <!(?:--|DOCTYPE)
    | [\w.\[\]'"]{1,80}[ ]?(?:[-+*/|]|:)?=[ ]?[^=\n]{1,300}[;({\[]$
      | [\w.$]{1,100}\([^()\n]{0,200}\)(?:\.\w{1,60}\([^()\n]{0,200}\)){0,10};?$
    | [\w$]{1,60}[ ]=[ ][\w.$"'\[{(]{1,80}[^ ]{0,80};?$
    | ["']?[\w-]{1,60}["']?:[ ]?[\[{]$ | ["'][\w.@/-]{1,80}["'][ ]?:[ ].{1,200},?$
      | [{\[][ ]?["'{\[].{0,4000}$ | [{\[]$
    | .{1,300}[;{]$(?<!&\w\w;)
    )""",
    re.VERBOSE,
)
_LINKS = re.compile(
    r"(?:[-*+•] |\d{1,3}[.)] )?(?:(?:!?\[[^\[\]\n]{0,200}\](?:\([^()\n]{0,300}\)|\[[^\[\]\n]{0,80}\]"
    r"|: ?[^\s,|]{1,300})|<?https?://[^\s,|]{1,500})(?:[ ,|·•]{1,3}|$)){1,20}"
)


def kind_of_line(line: str, inside: bool, kind: SegmentKind) -> SegmentKind:
    """The kind of a line; `inside` a block, `kind` is that of the block."""
    head = line[:4000]
    if _RULE.match(head[:200]) and len(line) <= 200:
        return "table"
    if _HEADING.match(head) and not inside:
        return "heading"
    if head.lstrip().startswith("|") and head.count("|") > 1:
        return "table"
    if _LOG.match(head) or _DIFF.match(head):
        return "log"
    bare = head.strip()
    if _LINKS.fullmatch(bare):
        return "link"
    if _CODE.match(head) and not _reads_as_prose(bare):
        return "code"
    if (
        inside
        and kind == "code"
        and (line.startswith(("    ", "\t", "  ")) or bare.startswith(("#", "//", "+", "-")))
    ):
        return "code"
    if inside and kind == "log" and (line.startswith(("  ", "\t")) or _symbols(bare) > 0.2):
        return "log"
    if _symbols(bare) > 0.3 and len(bare) > 8:
        return "code"
    return "sentence"


def _reads_as_prose(line: str) -> bool:
    """Whether a line that ends like code is a sentence ("Avoid `x`;", "if you can, use this:")."""
    if (
        line.endswith((";", ":"))
        and not line.split(" ", 1)[0].isupper()
        and _symbols(line.replace("`", "")) < 0.06
    ):
        return line.count(" ") >= 4
    return False


def _symbols(line: str) -> float:
    """The share of characters that do not occur in prose."""
    count = sum(line.count(c) for c in "{}[]()<>=;|&$\\+*/%^~#@")
    return (count - 8 * line.count("[REDACTED")) / (len(line) or 1)
