"""What a turn is made of: sentences, and parts that are none (code, logs, tables, headings, recalled text).

One pass over the lines, one over each paragraph; every expression is bounded, so time is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

__all__ = ["Kind", "Part", "end_of_sentence", "parts_of", "plain"]

Kind = Literal["sentence", "code", "log", "table", "heading", "link", "recalled", "long"]


@dataclass(frozen=True, slots=True)
class Part:
    """One sentence, or one block that is not prose."""

    text: str
    kind: Kind = "sentence"
    lead: str = ""
    """The line that opens the list which it stands in ("When deploying:")."""
    follows: bool = False
    """Whether it goes on in the paragraph of the sentence before it."""


_RECALLED = re.compile(
    r"<memorus_context[\s\S]*?(?:</memorus_context>|\Z)"
    r"|^[ \t>]*(?:\#{1,6}[ \t]+)?From[ ]memory[ ]\(Memorus\):?[ \t]*$(?:\n[ \t]*$)?"
    r"(?:\n(?:[ \t>]*(?:[-*•]|\d{1,4}[.)])[ \t]|[ ]{2,}\S)[^\n]*)*",
    re.IGNORECASE | re.MULTILINE,
)
"""Every form that recalled text is given in an agent's prompt (context.py), also cut off."""
_LONGEST = (
    1200  # characters of one sentence; beyond it, or with such a run, it is data, and patterns stay fast
)
_RUN = re.compile(r"[!-~]{240}|\w{120}")

_FENCE = re.compile(r"[ \t]{0,8}(`{3,}|~{3,})")
_HEADING = re.compile(r"[ \t]{0,3}#{1,6}[ \t]")
_RULE = re.compile(r"[ \t]*(?:[-=_*~#][ \t]?){3,}$")
_ITEM = re.compile(r"[ \t]*(?:[-*+•‣·–][ \t]{1,4}|\(?\d{1,3}[.)][ \t]{1,4})(?:\[[ xX]\][ \t]{1,4})?(?=\S)")
_QUOTE = re.compile(r"[ \t]{0,3}(?:>[ \t]?){1,4}")
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
_LINK = re.compile(r"!?\[([^\[\]\n]{1,200})\]\(([^()\s]{0,300})\)")
_LINKS = re.compile(
    r"(?:[-*+•] |\d{1,3}[.)] )?(?:(?:!?\[[^\[\]\n]{0,200}\](?:\([^()\n]{0,300}\)|\[[^\[\]\n]{0,80}\]"
    r"|: ?[^\s,|]{1,300})|<?https?://[^\s,|]{1,500})(?:[ ,|·•]{1,3}|$)){1,20}"
)
_BOLD = re.compile(r"(\*\*\*|\*\*|__)(?=\S)([^*_\n]{1,300}?)(?<=\S)\1")
_EMPHASIS = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]{1,200}?)(?<=[^\s*])\*(?![\w*])")
_SPACE = re.compile(r"\s+")
_BOUNDARY = re.compile(
    r"(?:[.!?…]{1,8}[\"'”’)\]`]{0,3}(?=\s|$)|[。！？]{1,8}[\"'”’」』）]{0,3}|[.!?](?=[\u4e00-\u9fff]))\s*"
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"'])(?:e\.?g|i\.?e|etc|vs|cf|approx|dr|mr|mrs|ms|prof|fig|z\.b|d\.h|bzw|resp|incl"
    r"|[a-z])\.$",
    re.IGNORECASE,
)  # fmt: skip
_NUMBERED = re.compile(r"\s*\d{1,3}\.")
_ENDS = (".", "!", "?", ":", "。", "！", "？", "：", ";", "…")


def plain(text: str) -> str:
    """Markdown taken off: emphasis, and links written out; inline code stays marked."""
    if "](" in text:
        text = _LINK.sub(lambda m: m[1] if not m[2] or m[2][0] in "#" else f"{m[1]} ({m[2]})", text)
    if "**" in text or "__" in text:
        text = _BOLD.sub(r"\2", text)
    if "*" in text:
        text = _EMPHASIS.sub(r"\1", text)
    return _SPACE.sub(" ", text).strip()


def end_of_sentence(text: str, start: int) -> int:
    """Where the sentence that begins at `start` ends, the space behind it included."""
    ticks = 0
    position = start
    for match in _BOUNDARY.finditer(text, start):
        ticks += text.count("`", position, match.start())
        position = match.start()
        if ticks % 2:
            continue
        stop = match.start() + 1
        if text[match.start()] == "." and _ABBREVIATION.search(text, max(start, stop - 12), stop):
            continue
        if _NUMBERED.match(text, start) and stop - start < 6:
            continue  # "1. Install it": the number belongs to what follows
        return match.end()
    return len(text)


def parts_of(text: str) -> list[Part]:
    """The parts of a turn, in order."""
    parts: list[Part] = []
    position = 0
    for block in _RECALLED.finditer(text):
        parts += _blocks(text[position : block.start()])
        parts.append(Part(block[0], "recalled"))
        position = block.end()
    if position < len(text):
        parts += _blocks(text[position:] if position else text)
    return parts


def _blocks(text: str) -> Iterator[Part]:
    """Lines to paragraphs, list items and blocks."""
    paragraph: list[str] = []
    block: list[str] = []  # code or log lines that stand together
    kind: Kind = "code"
    lead, fence, in_list = "", "", False

    def close() -> Iterator[Part]:
        nonlocal paragraph, block
        if block:
            yield Part("\n".join(block), kind)
            block = []
        if paragraph:
            yield from _sentences(" ".join(paragraph), lead if in_list else "")
            paragraph = []

    for line in text.split("\n"):
        line = line.rstrip("\r")
        if fence:
            if line.strip().startswith(fence):
                fence = ""
                yield Part("\n".join(block), "code")
                block = []
            else:
                block.append(line)
            continue
        if match := _FENCE.match(line):
            yield from close()
            fence, kind = match[1], "code"
            continue
        if not line.strip():
            if not (block and kind == "code"):  # code goes on over an empty line
                yield from close()
            continue
        if line.lstrip().startswith(">") and not line.startswith(">>>"):
            line = _QUOTE.sub("", line, count=1)
        found = _kind(line, bool(block), kind)
        if found in ("code", "log"):
            if not block or kind != found:
                yield from close()
                kind = found
            block.append(line)
            continue
        if block:
            yield from close()
        if found != "sentence":
            yield from close()
            in_list, lead = False, ""
            yield Part(line.strip(), found)
            continue
        if item := _ITEM.match(line):
            before = paragraph[-1].strip() if paragraph and not in_list else ""
            yield from close()
            if before.endswith((":", "：")):
                lead = before
            in_list = True
            paragraph = [line[item.end() :].strip()]
        elif paragraph and _wrapped(paragraph[-1], line, in_list):
            paragraph.append(line.strip())
        else:
            if in_list and not line.startswith((" ", "\t")):
                yield from close()
                in_list, lead = False, ""
            yield from close()
            paragraph = [line.strip()]
    if fence:
        yield Part("\n".join(block), "code")
        block = []
    yield from close()


def _kind(line: str, inside: bool, kind: Kind) -> Kind:
    """What a line is by itself."""
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
    """A line that ends like code and still is a sentence ("Avoid `x`;", "if you can, use this:")."""
    if (
        line.endswith((";", ":"))
        and not line.split(" ", 1)[0].isupper()
        and _symbols(line.replace("`", "")) < 0.06
    ):
        return line.count(" ") >= 4
    return False


def _symbols(line: str) -> float:
    """The share of characters that prose does not have."""
    count = sum(line.count(c) for c in "{}[]()<>=;|&$\\+*/%^~#@")
    return (count - 8 * line.count("[REDACTED")) / (len(line) or 1)


def _wrapped(before: str, line: str, in_list: bool) -> bool:
    """Whether a line goes on with the one before it, rather than being a thought of its own."""
    if before.endswith(_ENDS) and not (len(before) >= 60 or (in_list and line.startswith(" "))):
        return False
    if in_list:
        return line.startswith((" ", "\t")) or line[:1].islower()
    return len(before) >= 56 or line.lstrip()[:1].islower()


def _sentences(text: str, lead: str) -> Iterator[Part]:
    """A paragraph's sentences."""
    text = plain(text)
    position, first = 0, True
    while position < len(text):
        end = end_of_sentence(text, position)
        sentence = text[position:end].strip()
        position = end
        if len(sentence) > _LONGEST or _RUN.search(sentence):
            yield Part(sentence, "long")
        elif sentence:
            yield Part(sentence, "sentence", lead if first else "", not first)
            first = False
